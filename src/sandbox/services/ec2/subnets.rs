//! DescribeSubnets.

use serde_json::{Value, json};

use super::common::tag_set;
use super::filter::{Field, Filters};
use super::state::Subnet;
use super::zones::zone_id;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let ids = read::strings(&params.0, "SubnetId");
    for id in &ids {
        if !world.ec2.subnets.contains_key(id) {
            let message = format!("The subnet ID '{id}' does not exist");
            return Err(ApiError::client("InvalidSubnetID.NotFound", message));
        }
    }
    let mut found = Vec::new();
    for subnet in world.ec2.subnets.values().filter(|subnet| ids.is_empty() || ids.contains(&subnet.id)) {
        if filters.pass(|name| match name {
            "subnet-id" => Field::one(&subnet.id),
            "vpc-id" => Field::one(&subnet.vpc_id),
            "availability-zone" | "availabilityZone" => Field::one(&subnet.zone),
            "cidr" | "cidr-block" | "cidrBlock" => Field::one(subnet.cidr()),
            "map-public-ip-on-launch" => Field::one(subnet.public.to_string()),
            "state" => Field::one("available"),
            "default-for-az" | "defaultForAz" => Field::one("false"),
            _ => Field::tag(name, &subnet.tags),
        })? {
            found.push(shown(world, subnet));
        }
    }
    Ok(json!({"subnetSet": found}))
}

fn shown(world: &World, subnet: &Subnet) -> Value {
    json!({
        "subnetId": subnet.id, "subnetArn": world.account.arn("ec2", &format!("subnet/{}", subnet.id)),
        "state": "available", "ownerId": world.account.id, "vpcId": subnet.vpc_id, "cidrBlock": subnet.cidr(),
        "ipv6CidrBlockAssociationSet": [], "availableIpAddressCount": subnet.free(),
        "availabilityZone": subnet.zone, "availabilityZoneId": zone_id(world, &subnet.zone),
        "defaultForAz": false, "mapPublicIpOnLaunch": subnet.public, "assignIpv6AddressOnCreation": false,
        "mapCustomerOwnedIpOnLaunch": false, "enableDns64": false, "ipv6Native": false,
        "privateDnsNameOptionsOnLaunch": {
            "hostnameType": "ip-name", "enableResourceNameDnsARecord": false, "enableResourceNameDnsAAAARecord": false,
        },
        "tagSet": tag_set(&subnet.tags),
    })
}

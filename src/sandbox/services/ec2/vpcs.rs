//! DescribeVpcs.

use serde_json::json;

use super::common::tag_set;
use super::filter::{Field, Filters};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let ids = read::strings(&params.0, "VpcId");
    for id in &ids {
        if !world.ec2.vpcs.contains_key(id) {
            return Err(ApiError::client("InvalidVpcID.NotFound", format!("The vpc ID '{id}' does not exist")));
        }
    }
    let mut found = Vec::new();
    for vpc in world.ec2.vpcs.values().filter(|vpc| ids.is_empty() || ids.contains(&vpc.id)) {
        if filters.pass(|name| match name {
            "vpc-id" => Field::one(&vpc.id),
            "cidr" | "cidr-block" | "cidr-block-association.cidr-block" => Field::one(&vpc.cidr),
            "state" => Field::one("available"),
            "isDefault" | "is-default" => Field::one("false"),
            "owner-id" => Field::one(&world.account.id),
            _ => Field::tag(name, &vpc.tags),
        })? {
            found.push(json!({
                "vpcId": vpc.id, "ownerId": world.account.id, "state": "available", "cidrBlock": vpc.cidr,
                "dhcpOptionsId": format!("dopt-{}", vpc.id.trim_start_matches("vpc-")),
                "instanceTenancy": "default", "isDefault": false, "tagSet": tag_set(&vpc.tags),
                "cidrBlockAssociationSet": [{
                    "associationId": format!("vpc-cidr-assoc-{}", vpc.id.trim_start_matches("vpc-")),
                    "cidrBlock": vpc.cidr, "cidrBlockState": {"state": "associated"},
                }],
            }));
        }
    }
    Ok(json!({"vpcSet": found}))
}

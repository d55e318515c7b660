//! CreateSecurityGroup.

use serde_json::json;

use crate::sandbox::services::ec2::common::{required, tag_set, tags_for};
use crate::sandbox::services::ec2::state::{Rule, SecurityGroup, Source};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(in crate::sandbox::services::ec2) fn create(world: &mut World, params: &Params) -> Reply {
    let name = required(&params.0, "GroupName")?;
    let description = required(&params.0, "GroupDescription")?;
    let vpc_id = read::text(&params.0, "VpcId").ok_or_else(|| {
        ApiError::client(
            "VPCIdNotSpecified",
            "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.",
        )
    })?;
    if !world.ec2.vpcs.contains_key(vpc_id) {
        return Err(ApiError::client("InvalidVpcID.NotFound", format!("The vpc ID '{vpc_id}' does not exist")));
    }
    if name.starts_with("sg-") {
        let message = format!("Invalid value '{name}' for groupName. Security group names may not start with 'sg-'");
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    if name.len() > 255 || description.len() > 255 {
        let message = "Security group names and descriptions may have at most 255 characters";
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    if world.ec2.security_group_named(vpc_id, name).is_some() {
        let message = format!("The security group '{name}' already exists for VPC '{vpc_id}'");
        return Err(ApiError::client("InvalidGroup.Duplicate", message));
    }
    let tags = tags_for(&params.0, "security-group")?;
    let id = world.ids.ec2("sg");
    let everything_out = Rule {
        id: world.ids.ec2("sgr"),
        protocol: "-1".into(),
        from_port: None,
        to_port: None,
        peer: Source::Ipv4("0.0.0.0/0".into()),
        description: None,
    };
    let group = SecurityGroup {
        id: id.clone(),
        name: name.into(),
        description: description.into(),
        vpc_id: vpc_id.into(),
        ingress: Vec::new(),
        egress: vec![everything_out],
        tags,
    };
    let reply = json!({
        "return": true, "groupId": id, "tagSet": tag_set(&group.tags),
        "securityGroupArn": world.account.arn("ec2", &format!("security-group/{id}")),
    });
    world.ec2.tag_index.add_all(&id, &group.tags);
    world.ec2.security_group_names.insert(format!("{vpc_id}/{name}"), id.clone());
    world.ec2.security_groups.insert(id, group);
    Ok(reply)
}

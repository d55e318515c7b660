//! CreateServiceLinkedRole.

use std::collections::BTreeMap;

use serde_json::json;

use super::role::describe;
use super::state::Role;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// Service principal and the name of its role.
const ROLES: &[(&str, &str)] = &[
    ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
    ("spotfleet.amazonaws.com", "AWSServiceRoleForEC2SpotFleet"),
    ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"),
    ("eks.amazonaws.com", "AWSServiceRoleForAmazonEKS"),
    ("eks-nodegroup.amazonaws.com", "AWSServiceRoleForAmazonEKSNodegroup"),
    ("elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"),
];

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let service = params.text("AWSServiceName").unwrap_or_default();
    let Some((service, name)) = ROLES.iter().find(|(known, _)| *known == service) else {
        let message = format!("Service-linked roles cannot be created for the service {service}.");
        return Err(ApiError::client("InvalidInput", message));
    };
    if world.iam.roles.contains_key(*name) {
        let message =
            format!("Service role name {name} has been taken in this account, please try a different suffix.");
        return Err(ApiError::client("InvalidInput", message));
    }
    let path = format!("/aws-service-role/{service}/");
    let role = Role {
        id: world.ids.iam("AROA"),
        arn: world.account.iam_arn(&format!("role{path}{name}")),
        name: (*name).to_owned(),
        path,
        description: params.text("Description").unwrap_or_default().to_owned(),
        trust: json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
        }),
        boundary: None,
        attached: Vec::new(),
        inline: BTreeMap::new(),
        tags: Default::default(),
        created: world.clock.now,
        max_session: 3600,
    };
    let reply = json!({"Role": describe(&role, &world.clock)});
    world.iam.roles.insert((*name).to_owned(), role);
    Ok(reply)
}

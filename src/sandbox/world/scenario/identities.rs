//! IAM roles of the account: the cluster's, and the service-linked ones that AWS made on first use.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Scenario;
use super::network::suffix;
use crate::sandbox::services::iam::state::Role;
use crate::sandbox::world::World;

pub(super) fn build(scenario: &Scenario, world: &mut World) {
    for (service, name, description) in [
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot", "Default EC2 Spot Service Linked Role"),
        (
            "autoscaling.amazonaws.com",
            "AWSServiceRoleForAutoScaling",
            "Default Service-Linked Role enables access to AWS Services and Resources used or managed by Auto Scaling",
        ),
        ("eks.amazonaws.com", "AWSServiceRoleForAmazonEKS", "Allows Amazon EKS to call AWS services on your behalf."),
        (
            "eks-nodegroup.amazonaws.com",
            "AWSServiceRoleForAmazonEKSNodegroup",
            "This policy allows Amazon EKS to create and manage Nodegroups",
        ),
    ] {
        let path = format!("/aws-service-role/{service}/");
        role(world, name, &path, service, description, &[]);
    }
    let name = cluster_role_name(scenario, world);
    let policies = ["AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController"];
    role(world, &name, "/", "eks.amazonaws.com", "", &policies);
}

pub(super) fn cluster_role_name(scenario: &Scenario, world: &World) -> String {
    format!("eksctl-{}-cluster-ServiceRole-{}", scenario.cluster, suffix(world, "service-role"))
}

/// Makes a role and returns its ARN.
pub(super) fn role(
    world: &mut World,
    name: &str,
    path: &str,
    service: &str,
    description: &str,
    policies: &[&str],
) -> String {
    let arn = world.account.iam_arn(&format!("role{path}{name}"));
    let attached = policies.iter().map(|policy| format!("arn:{}:iam::aws:policy/{policy}", world.account.partition));
    let role = Role {
        name: name.into(),
        id: world.ids.iam("AROA"),
        arn: arn.clone(),
        path: path.into(),
        description: description.into(),
        trust: trust(service),
        boundary: None,
        attached: attached.collect(),
        inline: BTreeMap::new(),
        tags: Default::default(),
        created: world.now(),
        max_session: 3600,
    };
    world.iam.roles.insert(name.into(), role);
    arn
}

fn trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    })
}

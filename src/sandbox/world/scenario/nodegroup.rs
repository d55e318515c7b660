//! The managed On-Demand group that the tutorial begins with, made as EKS makes one.

use indexmap::IndexMap;

use super::Scenario;
use super::identities::role;
use super::network::{Network, suffix};
use crate::sandbox::services::eks::state::Nodegroup;
use crate::sandbox::world::{World, nodegroups};

const TYPE: &str = "m5.large";
const AMI_TYPE: &str = "AL2023_x86_64_STANDARD";

pub(super) fn build(scenario: &Scenario, world: &mut World, network: &Network) {
    let name = format!("ng-{:08x}", world.ids.next("nodegroup").0 >> 32);
    let uuid = world.ids.uuid("nodegroup");
    let Some(chosen) = nodegroups::choose_image(world, AMI_TYPE, &scenario.kubernetes, None) else { return };
    let role_arn = node_role(scenario, world, &name);
    let labels = [
        ("alpha.eksctl.io/cluster-name", scenario.cluster.as_str()),
        ("alpha.eksctl.io/nodegroup-name", name.as_str()),
        ("intent", "control-apps"),
        ("lifecycle", "OnDemand"),
    ];
    let group = Nodegroup {
        name: name.clone(),
        arn: world.account.arn("eks", &format!("nodegroup/{}/{name}/{uuid}", scenario.cluster)),
        status: "ACTIVE".into(),
        version: scenario.kubernetes.clone(),
        release_version: chosen.release,
        capacity_type: "ON_DEMAND".into(),
        ami_type: AMI_TYPE.into(),
        instance_types: vec![TYPE.into()],
        disk_size: 80,
        subnet_ids: network.private.clone(),
        node_role: role_arn,
        labels: labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        min: scenario.control_nodes,
        max: scenario.control_nodes,
        desired: scenario.control_nodes,
        tags: IndexMap::from([
            ("alpha.eksctl.io/cluster-name".to_owned(), scenario.cluster.clone()),
            ("alpha.eksctl.io/nodegroup-name".to_owned(), name.clone()),
            ("alpha.eksctl.io/nodegroup-type".to_owned(), "managed".to_owned()),
        ]),
        created: world.now(),
        modified: world.now(),
        uuid,
        ..Nodegroup::default()
    };
    if let Some(cluster) = world.eks.clusters.get_mut(&scenario.cluster) {
        cluster.nodegroups.insert(name.clone(), group);
    }
    if nodegroups::make(world, &scenario.cluster, &name).is_err()
        && let Some(cluster) = world.eks.clusters.get_mut(&scenario.cluster)
    {
        cluster.nodegroups.remove(&name);
    }
}

fn node_role(scenario: &Scenario, world: &mut World, name: &str) -> String {
    let suffix = suffix(world, "node-role");
    // CloudFormation cuts the stack's name so that the whole fits into IAM's 64 characters.
    let end = format!("-NodeInstanceRole-{suffix}");
    let stack = format!("eksctl-{}-nodegroup-{name}", scenario.cluster);
    let role_name = format!("{}{end}", stack.chars().take(64 - end.len()).collect::<String>());
    let policies = [
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonSSMManagedInstanceCore",
    ];
    role(world, &role_name, "/", "ec2.amazonaws.com", "", &policies)
}

//! The cluster as the architecture diagram draws it: zones × groups.

use std::collections::{BTreeSet, HashMap};

use k8s_openapi::api::core::v1::Node;

use super::groups_of;
use super::member::members;
use super::owner::group_name;
use crate::domain::catalogue;
use crate::domain::cloud::{AutoScalingGroup, Instance, Lifecycle};
use crate::domain::error::Result;
use crate::domain::inventory::{Topology, TopologyGroup, TopologyNode};
use crate::domain::taint::Taint;
use crate::ops::{Session, cluster};

/// Taints that Kubernetes sets and clears by itself: a state of the node, not an intent of its group.
const PASSING: [&str; 3] =
    ["node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", "ToBeDeletedByClusterAutoscaler"];
/// Where the Cluster Autoscaler reads the taints of a group that has no node.
const TEMPLATE_TAINT: &str = "k8s.io/cluster-autoscaler/node-template/taint/";

/// The live picture of a cluster.
///
/// # Errors
/// `SPOT-0310` when there is no such cluster, and what AWS or the API server refuses.
pub async fn topology(session: &Session, cluster_name: &str) -> Result<Topology> {
    let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
    let api = session.connect(&cluster).await?;
    let ids: Vec<String> = groups.iter().flat_map(|group| &group.instances).map(|member| member.id.clone()).collect();
    let (nodes, instances, subnets) =
        tokio::try_join!(api.nodes(""), session.cloud.instances(&ids), session.cloud.subnets(&cluster.subnet_ids),)?;
    let mut groups: Vec<TopologyGroup> = groups.iter().map(|group| band(group, &instances, &nodes)).collect();
    groups.sort_by(|a, b| b.spot_percentage.cmp(&a.spot_percentage).then_with(|| a.name.cmp(&b.name)));
    Ok(Topology {
        cluster: cluster.name,
        version: cluster.version,
        region: session.cloud.region().to_owned(),
        zones: subnets.into_iter().map(|subnet| subnet.zone).collect::<BTreeSet<_>>().into_iter().collect(),
        groups,
    })
}

fn band(group: &AutoScalingGroup, instances: &[Instance], nodes: &[Node]) -> TopologyGroup {
    let members = members(group, instances, nodes);
    let spot = members.iter().filter(|member| member.lifecycle == Lifecycle::Spot).count();
    // Without a policy of its own (managed groups hide theirs) what runs is the best witness.
    let all_spot = !members.is_empty() && spot == members.len();
    let spot_percentage = match &group.distribution {
        Some(distribution) => 100u8.saturating_sub(distribution.on_demand_percentage),
        None if all_spot => 100,
        None => 0,
    };
    let types = match group.types.is_empty() {
        true => members.iter().map(|member| member.instance_type.as_str()).collect::<BTreeSet<_>>(),
        false => group.types.iter().map(String::as_str).collect(),
    };
    TopologyGroup {
        name: group_name(group).to_owned(),
        shape: shape(&types),
        size: group.size,
        autoscaler_discovery: group.tags.contains_key("k8s.io/cluster-autoscaler/enabled"),
        spot_percentage,
        taints: taints(group, nodes, &members.iter().filter_map(|m| m.node.as_deref()).collect::<Vec<_>>()),
        nodes: members
            .into_iter()
            .map(|member| TopologyNode {
                name: member.node.unwrap_or(member.instance_id),
                instance_type: member.instance_type,
                zone: member.zone,
                lifecycle: member.lifecycle,
                ready: member.ready,
            })
            .collect(),
    }
}

/// The shape that all types share, `mixed`, or `unknown` when the table has none of them.
fn shape(types: &BTreeSet<&str>) -> String {
    let shapes: BTreeSet<_> = types.iter().filter_map(|name| catalogue::get(name)).map(|known| known.shape()).collect();
    match shapes.len() {
        0 => "unknown".to_owned(),
        1 => shapes.first().map(ToString::to_string).unwrap_or_default(),
        _ => "mixed".to_owned(),
    }
}

/// Taints that all nodes of the group carry, or with no node those its tags promise.
fn taints(group: &AutoScalingGroup, nodes: &[Node], members: &[&str]) -> Vec<Taint> {
    let by_name: HashMap<&str, &Node> =
        nodes.iter().filter_map(|node| Some((node.metadata.name.as_deref()?, node))).collect();
    let mut sets = members.iter().filter_map(|name| by_name.get(name)).map(|node| node_taints(node));
    match sets.next() {
        Some(first) => {
            let rest: Vec<Vec<Taint>> = sets.collect();
            first.into_iter().filter(|taint| rest.iter().all(|set| set.contains(taint))).collect()
        }
        None => group
            .tags
            .iter()
            .filter_map(|(key, value)| Taint::from_map_entry(key.strip_prefix(TEMPLATE_TAINT)?, value).ok())
            .collect(),
    }
}

/// The taints of a node that its group means it to have.
fn node_taints(node: &Node) -> Vec<Taint> {
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    taints
        .iter()
        .filter(|taint| !PASSING.iter().any(|prefix| taint.key.starts_with(prefix)))
        .filter_map(|taint| {
            Taint::from_map_entry(&taint.key, &format!("{}:{}", taint.value.as_deref().unwrap_or(""), taint.effect))
                .ok()
        })
        .collect()
}

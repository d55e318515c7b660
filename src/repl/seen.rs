//! Names of nodes, groups and clusters in a value: what Tab offers in strings.

use rhai::Dynamic;

use crate::bindings::values::{ClusterValue, Group, Groups, NodeValue, Nodegroup, Nodes, Report};
use crate::domain::kubernetes::node::name;

/// Calls `keep` with each name and what it names.
pub(super) fn gather(value: &Dynamic, keep: &mut impl FnMut(&str, &'static str)) {
    if let Some(list) = value.read_lock::<rhai::Array>() {
        list.iter().for_each(|item| gather(item, keep));
    } else if let Some(map) = value.read_lock::<rhai::Map>() {
        map.values().for_each(|item| gather(item, keep));
    } else if let Some(nodes) = value.read_lock::<Nodes>() {
        nodes.nodes.iter().for_each(|node| keep(name(&node.0.node), "node"));
    } else if let Some(node) = value.read_lock::<NodeValue>() {
        keep(name(&node.0.node), "node");
        keep(&node.0.cluster, "cluster");
    } else if let Some(groups) = value.read_lock::<Groups>() {
        for group in groups.0.iter() {
            keep(&group.name, "group");
            keep(&group.cluster, "cluster");
        }
    } else if let Some(group) = value.read_lock::<Group>() {
        keep(&group.0.summary.name, "group");
        keep(&group.0.summary.cluster, "cluster");
    } else if let Some(group) = value.read_lock::<Nodegroup>() {
        keep(&group.0.name, "group");
        keep(&group.0.cluster, "cluster");
    } else if let Some(cluster) = value.read_lock::<ClusterValue>() {
        keep(&cluster.0.name, "cluster");
    } else if let Some(report) = value.read_lock::<Report>() {
        keep(&report.0.group, "group");
        keep(&report.0.cluster, "cluster");
        report.0.ready_nodes.iter().for_each(|node| keep(node, "node"));
    }
}

//! Which nodes stand where: the part that both drawings share.

use std::collections::BTreeSet;

use crate::domain::inventory::{Topology, TopologyGroup, TopologyNode};

/// The cluster's zones and any other zone where a node stands, sorted: no node is left out of a drawing.
pub fn zones(topology: &Topology) -> Vec<&str> {
    let nodes = topology.groups.iter().flat_map(|group| &group.nodes).map(|node| node.zone.as_str());
    topology.zones.iter().map(String::as_str).chain(nodes).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The nodes of one cell, by name.
pub fn cell<'a>(group: &'a TopologyGroup, zone: &str) -> Vec<&'a TopologyNode> {
    let mut nodes: Vec<_> = group.nodes.iter().filter(|node| node.zone == zone).collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    nodes
}

/// The first part of a node's name: enough to know it by.
pub fn short_name(node: &TopologyNode) -> &str {
    node.name.split('.').next().unwrap_or(&node.name)
}

/// Shape, Spot share and sizes of a group in one line.
pub fn facts(group: &TopologyGroup) -> String {
    let share = match group.spot_percentage {
        0 => "On-Demand".to_owned(),
        100 => "Spot".to_owned(),
        percentage => format!("{percentage}% Spot above the base"),
    };
    format!("{} · {share} · min {} desired {} max {}", group.shape, group.size.min, group.size.desired, group.size.max)
}

/// The taints of a group, or nothing.
pub fn taints(group: &TopologyGroup) -> Option<String> {
    let taints: Vec<String> = group.taints.iter().map(ToString::to_string).collect();
    (!taints.is_empty()).then(|| taints.join(", "))
}

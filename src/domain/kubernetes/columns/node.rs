//! NAME STATUS ROLES AGE VERSION, and what `-o wide` adds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Node;

use super::{Column, narrow, or, wide};
use crate::domain::kubernetes::{age, node};

/// Columns of nodes.
pub const NODE_COLUMNS: [Column; 10] = [
    narrow("Name", "Name of the node"),
    narrow("Status", "The status of the node"),
    narrow("Roles", "The roles of the node"),
    narrow("Age", "Time since the object was created"),
    narrow("Version", "Kubelet version reported by the node"),
    wide("Internal-IP", "First internal address of the node"),
    wide("External-IP", "First external address of the node"),
    wide("OS-Image", "OS image reported by the node"),
    wide("Kernel-Version", "Kernel version reported by the node"),
    wide("Container-Runtime", "Container runtime and its version reported by the node"),
];

/// Cells of a node, one for each of [`NODE_COLUMNS`].
pub fn node_cells(node: &Node, now: Timestamp) -> [String; 10] {
    let created = node.metadata.creation_timestamp.as_ref().map(|time| time.0);
    let info = node.status.as_ref().and_then(|status| status.node_info.clone()).unwrap_or_default();
    [
        node::name(node).to_string(),
        status(node),
        or(&roles(node).into_iter().collect::<Vec<_>>().join(","), "<none>"),
        age::since(created, now),
        info.kubelet_version,
        or(node::address(node, "InternalIP").unwrap_or_default(), "<none>"),
        or(node::address(node, "ExternalIP").unwrap_or_default(), "<none>"),
        or(&info.os_image, "<unknown>"),
        or(&info.kernel_version, "<unknown>"),
        or(&info.container_runtime_version, "<unknown>"),
    ]
}

fn status(node: &Node) -> String {
    let ready = match node::condition(node, "Ready") {
        Some(ready) if ready.status == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    let cordoned = if node::is_schedulable(node) { "" } else { ",SchedulingDisabled" };
    format!("{ready}{cordoned}")
}

/// Roles that labels give: `node-role.kubernetes.io/ROLE` and `kubernetes.io/role=ROLE`.
fn roles(node: &Node) -> BTreeSet<&str> {
    let labels = node.metadata.labels.iter().flatten();
    let role = |(key, value): (&'_ String, &'_ String)| match key.strip_prefix("node-role.kubernetes.io/") {
        Some(role) => Some(role.len()),
        None if key == "kubernetes.io/role" => Some(value.len()),
        None => None,
    };
    labels
        .filter(|pair| role(*pair).is_some_and(|length| length > 0))
        .map(|(key, value)| key.strip_prefix("node-role.kubernetes.io/").unwrap_or(value))
        .collect()
}

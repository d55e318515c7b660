//! Joining what EC2, Auto Scaling and Kubernetes each say about one machine.

use k8s_openapi::api::core::v1::Node;

use crate::domain::cloud::{AutoScalingGroup, Instance, Lifecycle};
use crate::domain::inventory::Member;
use crate::domain::kubernetes::node::{instance_id, is_ready};

/// The members of a group. `nodes` and `instances` may hold those of other groups too.
pub(super) fn members(group: &AutoScalingGroup, instances: &[Instance], nodes: &[Node]) -> Vec<Member> {
    let by_id: std::collections::HashMap<&str, &Node> =
        nodes.iter().filter_map(|node| Some((instance_id(node)?, node))).collect();
    let mut members: Vec<Member> = group
        .instances
        .iter()
        .map(|member| {
            let instance = instances.iter().find(|instance| instance.id == member.id);
            let node = by_id.get(member.id.as_str());
            Member {
                instance_id: member.id.clone(),
                instance_type: match instance {
                    Some(instance) if member.instance_type.is_empty() => instance.instance_type.clone(),
                    _ => member.instance_type.clone(),
                },
                zone: member.zone.clone(),
                lifecycle: instance.map_or(Lifecycle::OnDemand, |instance| instance.lifecycle),
                lifecycle_state: member.lifecycle_state.clone(),
                health: member.health_status.clone(),
                protected: member.protected,
                launch_template_version: member.launch_template_version.clone(),
                node: node.and_then(|node| node.metadata.name.clone()),
                ready: node.is_some_and(|node| is_ready(node)),
            }
        })
        .collect();
    members.sort_by(|a, b| (&a.zone, &a.instance_id).cmp(&(&b.zone, &b.instance_id)));
    members
}

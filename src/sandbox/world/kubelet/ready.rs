//! A node turns Ready.

use serde_json::Value;

use super::conditions;
use super::node::NOT_READY;
use super::register::event;
use crate::sandbox::services::ec2::state::Boot;
use crate::sandbox::world::clock::Millis;
use crate::sandbox::world::{World, system};

/// Turns a registered node Ready at a moment that is not in the future.
pub(super) fn turn_ready(world: &mut World, instance: &str, name: &str, at: Millis) {
    let changed = world.objects.modify("nodes", "", name, |node| {
        if let Some(taints) = node["spec"]["taints"].as_array_mut() {
            taints.retain(|taint| taint["key"] != NOT_READY);
        }
        if node["spec"]["taints"].as_array().is_some_and(Vec::is_empty)
            && let Some(spec) = node["spec"].as_object_mut()
        {
            spec.shift_remove("taints");
        }
        let conditions = node["status"]["conditions"].as_array_mut();
        if let Some(slot) = conditions.and_then(|all| all.iter_mut().find(|one| one["type"] == "Ready")) {
            *slot = conditions::ready(at);
        }
    });
    if changed.is_err() {
        return;
    }
    event(&mut world.objects, name, "kubelet", "NodeReady", &format!("Node {name} status is now: NodeReady"), at);
    if let Some(instance) = world.ec2.instances.get_mut(instance) {
        instance.boot = Boot::Joined { node: name.to_owned(), ready: true };
    }
    system::node_changed(world, name, at);
}

/// Whether a Node object belongs to an instance.
pub(super) fn is_node_of(node: &Value, instance: &str) -> bool {
    node["spec"]["providerID"].as_str().is_some_and(|id| id.rsplit('/').next() == Some(instance))
}

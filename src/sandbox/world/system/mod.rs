//! What runs in `kube-system`, and what it does as nodes come and go.
//!
//! Placement is the controllers' and the scheduler's business (`sandbox::kube`); here are the objects that every EKS
//! cluster begins with, and what only a node's own pods know (addresses).

mod daemonsets;
mod dns;
mod namespaces;
mod pods;
#[cfg(test)]
mod tests;

use super::World;
use super::clock::Millis;
use crate::sandbox::kube::{controllers, reported};

/// The system daemon sets.
const DAEMONSETS: [&str; 2] = ["aws-node", "kube-proxy"];

/// Puts the system objects into an empty cluster, at the present.
pub fn install(world: &mut World) {
    let now = world.now();
    let registry = format!("602401143452.dkr.ecr.{}.amazonaws.com", world.account.region);
    namespaces::create(&mut world.objects, now);
    daemonsets::create(&mut world.objects, &registry, now);
    dns::create(&mut world.objects, &registry, now);
    reported::follow(&mut world.objects, now);
}

/// A node has registered or turned Ready: pods that belong there come, pods that wait may find room.
pub(super) fn node_changed(world: &mut World, node: &str, at: Millis) {
    controllers::node_changed(&mut world.objects, node, at);
    pods::settle(&mut world.objects, node);
    reported::follow(&mut world.objects, at);
}

/// The network plugin's pod on a node does not come up.
pub(super) fn plugin_fails(world: &mut World, node: &str) {
    pods::fail_plugin(&mut world.objects, node);
    let now = world.now();
    reported::follow(&mut world.objects, now);
}

/// A node is gone with its pods and its lease.
pub(super) fn node_gone(world: &mut World, node: &str, at: Millis) {
    controllers::node_gone(&mut world.objects, node, at);
}

//! From a running machine to a node of the cluster: earned, step by step, or not at all.

use super::World;

/// The boot data is read; the kubelet registers, or the console says why not.
pub fn start(_world: &mut World, _instance: &str) {}

/// The network plugin is up: the node turns Ready.
pub fn network_up(_world: &mut World, _instance: &str) {}

/// The cloud controller found the instance gone: its Node goes.
pub fn remove_node(_world: &mut World, _instance: &str) {}

/// What the machine printed while it booted.
pub fn console(_world: &World, _instance: &str) -> String {
    String::new()
}

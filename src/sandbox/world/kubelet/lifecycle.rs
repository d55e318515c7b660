//! The three moments of a node: its kubelet starts, its network is up, it is gone.

use super::console::failure;
use super::join::{decide, network_fault};
use super::ready::{is_node_of, turn_ready};
use super::register::{event, register};
use crate::sandbox::services::ec2::state::{Boot, Image, InstanceState};
use crate::sandbox::world::clock::{MINUTE, Millis, SECOND};
use crate::sandbox::world::event::Event;
use crate::sandbox::world::hash::{between, hash};
use crate::sandbox::world::{World, nodegroups, system};

/// The boot data is read and the kubelet tries to register. Tries again later where that can help.
pub fn start(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get(id) else { return };
    if instance.state != InstanceState::Running || !matches!(instance.boot, Boot::Starting | Boot::Failed { .. }) {
        return;
    }
    let instance = instance.clone();
    match decide(world, &instance) {
        Ok(admission) => {
            register(world, &instance, &admission, world.now());
            nodegroups::joined(world, id);
            let delay = between(hash(world.seed, &["network-up", id]), 10 * SECOND, 25 * SECOND);
            world.after(delay, Event::NodeReady { instance: id.to_owned() });
        }
        Err(refusal) => {
            if refusal.heals() {
                let delay = patience(world.now() - instance.launched);
                world.after(delay, Event::KubeletStarts { instance: id.to_owned() });
            }
            let windows = world.ec2.images.get(&instance.image_id).is_some_and(Image::is_windows);
            if let Some(instance) = world.ec2.instances.get_mut(id) {
                instance.boot = failure(&refusal, &instance.private_dns, windows);
            }
        }
    }
}

/// The network plugin has had its time: the node turns Ready, or goes on waiting for what the plugin lacks.
pub fn network_up(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get(id) else { return };
    let (Boot::Joined { node, ready: false } | Boot::NoNetwork { node, .. }) = &instance.boot else { return };
    if instance.state != InstanceState::Running {
        return;
    }
    let name = node.clone();
    match network_fault(world, instance) {
        None => turn_ready(world, id, &name, world.now()),
        Some(reason) => {
            let delay = patience(world.now() - instance.launched);
            world.after(delay, Event::NodeReady { instance: id.to_owned() });
            if let Some(instance) = world.ec2.instances.get_mut(id) {
                instance.boot = Boot::NoNetwork { node: name.clone(), reason: reason.to_owned() };
            }
            system::plugin_fails(world, &name);
        }
    }
}

/// The cloud controller finds the instance gone and removes its Node, and with it its pods and its lease.
pub fn remove_node(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get(id) else { return };
    let name = instance.private_dns.clone();
    // The address may belong to a younger instance by now.
    if !world.objects.get("nodes", "", &name).is_some_and(|node| is_node_of(node, id)) {
        return;
    }
    let now = world.now();
    let gone = format!("Deleting node {name} because it does not exist in the cloud provider");
    event(&mut world.objects, &name, "cloud-node-lifecycle-controller", "DeletingNode", &gone, now);
    let removed = format!("Node {name} event: Removing Node {name} from Controller");
    event(&mut world.objects, &name, "node-controller", "RemovingNode", &removed, now);
    let _ = world.objects.delete("nodes", "", &name);
    system::node_gone(world, &name, now);
}

/// How long until the next try: longer the longer it has been in vain.
fn patience(waited: Millis) -> Millis {
    (waited / 8).clamp(7 * SECOND, MINUTE)
}

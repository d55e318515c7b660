//! The kubelet registers: Node, lease and the events of its start.

use serde_json::json;

use super::join::Admission;
use super::node::node;
use crate::sandbox::kube::events::{Occurrence, record};
use crate::sandbox::kube::store::ObjectStore;
use crate::sandbox::kube::time;
use crate::sandbox::services::ec2::state::{Boot, Instance};
use crate::sandbox::world::clock::{Millis, SECOND};
use crate::sandbox::world::{World, system};

/// How often a kubelet renews its lease.
const LEASE_PERIOD: Millis = 10 * SECOND;

/// Makes the Node at a moment that is not in the future.
pub(super) fn register(world: &mut World, instance: &Instance, admission: &Admission, at: Millis) {
    let name = instance.private_dns.clone();
    let object = node(world, instance, admission, at);
    // A kubelet that finds its own node there takes it over.
    let made = match world.objects.create("nodes", object.clone(), at) {
        Ok(made) => made,
        Err(_) => match world.objects.update("nodes", object) {
            Ok(made) => made,
            Err(_) => return,
        },
    };
    let lease = json!({
        "metadata": {
            "name": name,
            "namespace": "kube-node-lease",
            "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": name, "uid": made["metadata"]["uid"]}],
        },
        "spec": {
            "holderIdentity": name,
            "leaseDurationSeconds": 40,
            "renewTime": time::heartbeat_micro(at, LEASE_PERIOD),
        },
    });
    let _ = world.objects.create("leases", lease, at);
    started(&mut world.objects, &name, at);
    if let Some(instance) = world.ec2.instances.get_mut(&instance.id) {
        instance.boot = Boot::Joined { node: name.clone(), ready: false };
        instance.user_data = "".into();
    }
    system::node_changed(world, &name, at);
}

fn started(objects: &mut ObjectStore, name: &str, at: Millis) {
    let status = |reason: &'static str| (reason, format!("Node {name} status is now: {reason}"));
    event(objects, name, "kubelet", "Starting", "Starting kubelet.", at);
    for (reason, message) in ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"].map(status) {
        event(objects, name, "kubelet", reason, &message, at);
    }
    let enforced = "Updated Node Allocatable limit across pods";
    event(objects, name, "kubelet", "NodeAllocatableEnforced", enforced, at);
    let synced = "Node synced successfully";
    event(objects, name, "cloud-node-controller", "Synced", synced, at);
    let registered = format!("Node {name} event: Registered Node {name} in Controller");
    event(objects, name, "node-controller", "RegisteredNode", &registered, at);
}

/// Records an event about a node.
pub(super) fn event(objects: &mut ObjectStore, name: &str, component: &str, reason: &str, message: &str, at: Millis) {
    let Some(node) = objects.get("nodes", "", name).cloned() else { return };
    record(objects, at, Occurrence { resource: "nodes", object: &node, warning: false, reason, message, component });
}

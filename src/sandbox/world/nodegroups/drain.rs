//! The lifecycle hook by which EKS empties a node of a managed group before its instance ends.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::nodes;
use crate::sandbox::kube::workload::{is_finished, owner};
use crate::sandbox::kube::{controllers, reported, world as kube};
use crate::sandbox::kube_face::Answer;
use crate::sandbox::world::clock::{MINUTE, Millis, SECOND};
use crate::sandbox::world::event::Event;
use crate::sandbox::world::{World, fleet};

/// After so long Auto Scaling goes on, whatever is left on the node.
const HOOK: Millis = 5 * MINUTE;
/// Between two looks.
const TICK: Millis = 5 * SECOND;

/// Begins to empty a member of a group that EKS manages; `false` for others, which end at once.
pub fn begin(world: &mut World, group: &str, instance: &str) -> bool {
    let managed = world
        .autoscaling
        .groups
        .get(group)
        .is_some_and(|group| group.status.is_none() && group.tags.contains_key("eks:nodegroup-name"));
    if !managed || nodes::node_of(world, instance).is_none() {
        return false;
    }
    world.after(SECOND, Event::MemberDrains { instance: instance.to_owned(), since: world.now() });
    true
}

/// Goes on emptying a member; its instance ends when nothing is left to evict, or the hook's time is over.
pub fn step(world: &mut World, instance: &str, since: Millis) {
    nodes::cordon(world, instance, true);
    let left = evict(world, instance, false);
    if left > 0 && world.now() - since < HOOK {
        world.after(TICK, Event::MemberDrains { instance: instance.to_owned(), since });
        return;
    }
    let why = "Client.UserInitiatedShutdown";
    fleet::terminate(world, instance, why, "Client.UserInitiatedShutdown: User initiated shutdown");
}

/// Asks for the eviction of what is on a node; with `force`, pods that may not go are deleted. How many are still there.
pub(super) fn evict(world: &mut World, instance: &str, force: bool) -> usize {
    let Some((node, _)) = nodes::node_of(world, instance) else { return 0 };
    let pods: Vec<(String, String, bool)> = world
        .objects
        .pods_on(&node)
        .filter(|pod| evictable(pod))
        .map(|pod| {
            let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
            (text("namespace"), text("name"), pod["metadata"]["deletionTimestamp"].is_null())
        })
        .collect();
    for (namespace, name, _) in pods.iter().filter(|(_, _, unasked)| *unasked) {
        if !allowed(world, namespace, name) && force {
            let now = world.now();
            let leaving = controllers::delete_pod(&mut world.objects, namespace, name, None, now);
            kube::schedule(world, leaving);
            reported::follow(&mut world.objects, now);
        }
    }
    pods.len()
}

/// Pods that a drain takes away: not those of daemon sets, mirrors of static pods, or what has ended.
fn evictable(pod: &Value) -> bool {
    let daemon = owner(pod).is_some_and(|(kind, _)| kind == "DaemonSet");
    let mirror = !pod["metadata"]["annotations"]["kubernetes.io/config.mirror"].is_null();
    !daemon && !mirror && !is_finished(pod)
}

/// Asks the API server, as EKS does; whether it said yes.
fn allowed(world: &mut World, namespace: &str, name: &str) -> bool {
    let body = json!({
        "apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"namespace": namespace, "name": name},
    });
    let request = Request::post(format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction"))
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()));
    let Ok(request) = request else { return false };
    match kube::respond(world, &request) {
        Answer::Whole(response) => response.status().is_success(),
        Answer::Stream(..) => false,
    }
}

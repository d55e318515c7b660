//! What controllers and kubelets do about pods: enough that a drain moves work and an interruption costs something.
//!
//! - A pod being deleted goes when its grace period is over: the caller schedules [`pod_gone`] at the [`Leaving`]
//!   moments that it is given.
//! - Owners make pods anew, each kind in its way ([`super::replicas`]); the scheduler places them or leaves them Pending.
//! - A DaemonSet has one pod on every node that its template allows; it is not replaced on a node that goes.
//! - A bound pod runs and is ready at once: image pulls and start-up are not simulated.
//! - What owners report follows their pods ([`super::reported`]).
//! - Pending pods are looked at again when a node joins, becomes ready, is uncordoned or loses a taint.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::events::{Occurrence, record};
use super::replicas::{self, from_template, owned_by};
use super::resource::Resource;
use super::store::{ObjectStore, Owner, object_mut};
use super::workload::{is_finished, is_set_of, keeper, owner};
use super::{reported, scheduler, time};

/// A pod that will be gone at a moment of the world's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// When, in milliseconds since the world's epoch.
    pub at: i64,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Uid: another pod of that name is another pod.
    pub uid: String,
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Marks a pod for deletion, and has it replaced. `None` when it is gone at once.
pub fn delete_pod(
    objects: &mut ObjectStore,
    namespace: &str,
    name: &str,
    grace_seconds: Option<i64>,
    now: i64,
) -> Option<Leaving> {
    let pod = objects.get("pods", namespace, name)?.clone();
    let grace = grace_seconds.or(pod["spec"]["terminationGracePeriodSeconds"].as_i64()).unwrap_or(30).max(0);
    let unbound = text(&pod["spec"]["nodeName"]).is_empty();
    if grace == 0 || unbound || is_finished(&pod) {
        let _ = objects.delete("pods", namespace, name);
        replicas::leaves(objects, &pod, now);
        replicas::has_left(objects, &pod, now);
        return None;
    }
    let at = now.saturating_add(grace.saturating_mul(1000));
    let already = time::millis(&pod["metadata"]["deletionTimestamp"]);
    if already.is_some_and(|already| already <= at) {
        return None;
    }
    let _ = objects.modify("pods", namespace, name, |pod| {
        let metadata = object_mut(pod, "metadata");
        metadata.insert("deletionTimestamp".into(), time::at(at));
        metadata.insert("deletionGracePeriodSeconds".into(), grace.into());
    });
    if already.is_none() {
        replicas::leaves(objects, &pod, now);
    }
    let uid = text(&pod["metadata"]["uid"]).to_string();
    Some(Leaving { at, namespace: namespace.to_string(), name: name.to_string(), uid })
}

/// The end of a pod's grace period. Nothing happens when the pod is another one by now, or leaves later.
pub fn pod_gone(objects: &mut ObjectStore, namespace: &str, name: &str, uid: &str, now: i64) {
    let due = objects.get("pods", namespace, name).is_some_and(|pod| {
        text(&pod["metadata"]["uid"]) == uid
            && time::millis(&pod["metadata"]["deletionTimestamp"]).is_some_and(|at| at <= now)
    });
    if due && let Ok(pod) = objects.delete("pods", namespace, name) {
        replicas::has_left(objects, &pod, now);
        // A place has become free.
        schedule_pending(objects, now);
        reported::follow(objects, now);
    }
}

/// A node has joined or turned ready: daemon sets put their pods on it, and pods that wait may find room.
pub fn node_changed(objects: &mut ObjectStore, node: &str, now: i64) {
    if objects.is_still() {
        return;
    }
    let Some(node) = objects.get("nodes", "", node).cloned() else { return };
    let daemon_sets: Vec<Arc<Value>> = objects.list("daemonsets", None).cloned().collect();
    for daemon_set in daemon_sets {
        ensure_daemon(objects, &daemon_set, &node, now);
    }
    schedule_pending(objects, now);
    reported::follow(objects, now);
}

/// A node object is gone: its pods are, too, and what owners keep is made anew elsewhere.
pub fn node_gone(objects: &mut ObjectStore, node: &str, now: i64) {
    if objects.is_still() {
        return;
    }
    let pods: Vec<Arc<Value>> = objects.pods_on(node).cloned().collect();
    for pod in &pods {
        let _ = objects.delete("pods", text(&pod["metadata"]["namespace"]), text(&pod["metadata"]["name"]));
    }
    let _ = objects.delete("leases", "kube-node-lease", node);
    for pod in &pods {
        if pod["metadata"]["deletionTimestamp"].is_null() {
            replicas::leaves(objects, pod, now);
        }
        replicas::has_left(objects, pod, now);
    }
    reported::follow(objects, now);
}

/// A workload was made or changed: its pods follow.
pub fn workload_changed(objects: &mut ObjectStore, resource: &str, namespace: &str, name: &str, now: i64) {
    if objects.is_still() {
        return;
    }
    if let Some(Resource { plural, .. }) = Resource::by_plural(resource) {
        objects.touch(Owner { plural, namespace: namespace.to_owned(), name: name.to_owned() });
    }
    match resource {
        "daemonsets" => {
            let Some(daemon_set) = objects.get(resource, namespace, name).cloned() else { return };
            let nodes: Vec<Arc<Value>> = objects.list("nodes", None).cloned().collect();
            for node in nodes {
                ensure_daemon(objects, &daemon_set, &node, now);
            }
        }
        "deployments" => {
            let Some(deployment) = objects.get(resource, namespace, name).cloned() else { return };
            let (Some(own), Some(of_sets)) = (Resource::by_plural(resource), Resource::by_plural("replicasets")) else {
                return;
            };
            // Its name tells nothing: a copy has names that others gave.
            let is_its = |set: &&Arc<Value>| owner(set) == Some(("Deployment", name)) && is_set_of(set, &deployment);
            let there = objects.list("replicasets", Some(namespace)).find(is_its);
            let there = there.map(|set| text(&set["metadata"]["name"]).to_owned());
            let (is_new, set) = match there {
                Some(set) => (false, set),
                None => {
                    let hash = super::store::short_hash(&deployment["spec"]["template"].to_string());
                    (true, format!("{name}-{}", &hash[..9]))
                }
            };
            let replicas = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
            if is_new {
                let mut owned = json!({"metadata": {"name": set, "namespace": namespace}});
                owned["metadata"]["labels"] = deployment["spec"]["template"]["metadata"]["labels"].clone();
                owned["metadata"]["ownerReferences"] = owned_by(&deployment, own);
                owned["spec"] = json!({
                    "replicas": replicas,
                    "selector": deployment["spec"]["selector"],
                    "template": deployment["spec"]["template"],
                });
                let _ = objects.create("replicasets", owned, now);
            } else {
                let _ = objects.modify("replicasets", namespace, &set, |set| set["spec"]["replicas"] = replicas.into());
            }
            replicas::changed(objects, of_sets, namespace, &set, now);
        }
        other => {
            if let Some(resource) = Resource::by_plural(other) {
                replicas::changed(objects, resource, namespace, name, now);
            }
        }
    }
}

/// Tries to place every pod that is bound to no node.
pub fn schedule_pending(objects: &mut ObjectStore, now: i64) {
    if objects.is_still() {
        return;
    }
    let waiting: Vec<Arc<Value>> = objects.pods_on("").cloned().collect();
    let mut owners: BTreeMap<(&str, &str, &str), (usize, bool)> = BTreeMap::new();
    for pod in waiting.iter().filter(|pod| !is_finished(pod)) {
        let placed = schedule(objects, pod, now);
        if placed {
            replicas::placed(objects, pod, now);
        }
        if let Some((resource, name)) = keeper(pod) {
            let namespace = text(&pod["metadata"]["namespace"]);
            let (waited, found) = owners.entry((resource.plural, namespace, name)).or_default();
            *waited += 1;
            *found |= placed;
        }
    }
    for ((plural, namespace, name), (waited, found)) in owners {
        if found
            && replicas::had_to_stop(waited)
            && let Some(resource) = Resource::by_plural(plural)
        {
            replicas::changed(objects, resource, namespace, name, now);
        }
    }
}

/// Tries to place one pod; whether it has a node now.
pub fn schedule(objects: &mut ObjectStore, pod: &Value, now: i64) -> bool {
    if objects.is_still() {
        return false;
    }
    let (namespace, name) = (text(&pod["metadata"]["namespace"]), text(&pod["metadata"]["name"]));
    match scheduler::place(objects, pod) {
        Ok(node) => objects.modify("pods", namespace, name, |pod| run_on(pod, &node, now)).is_ok(),
        Err(message) => {
            let waiting = json!([{
                "type": "PodScheduled",
                "status": "False",
                "reason": "Unschedulable",
                "message": message,
                "lastProbeTime": null,
                "lastTransitionTime": pod["metadata"]["creationTimestamp"],
            }]);
            let _ = objects.modify("pods", namespace, name, |pod| {
                pod["status"] = json!({"phase": "Pending", "conditions": waiting, "qosClass": "BestEffort"});
            });
            let what = Occurrence {
                resource: "pods",
                object: pod,
                warning: true,
                reason: "FailedScheduling",
                message: &message,
                component: "default-scheduler",
            };
            record(objects, now, what);
            false
        }
    }
}

/// Binds a pod to a node and has its containers run.
fn run_on(pod: &mut Value, node: &str, now: i64) {
    pod["spec"]["nodeName"] = node.into();
    let since = time::at(now);
    let condition =
        |kind: &str| json!({"type": kind, "status": "True", "lastProbeTime": null, "lastTransitionTime": since});
    let conditions: Vec<Value> =
        ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition).into();
    let containers = pod["spec"]["containers"].as_array().cloned().unwrap_or_default();
    let statuses = containers.iter().map(|container| {
        json!({
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "containerID": format!("containerd://{}", super::store::short_hash(text(&pod["metadata"]["uid"]))),
            "ready": true,
            "started": true,
            "restartCount": 0,
            "state": {"running": {"startedAt": since}},
            "lastState": {},
        })
    });
    let ip = address(text(&pod["metadata"]["uid"]));
    pod["status"] = json!({
        "phase": "Running",
        "conditions": conditions,
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "startTime": since,
        "containerStatuses": statuses.collect::<Vec<_>>(),
        "qosClass": "BestEffort",
    });
}

/// An address out of the VPC's range, told by the pod's uid.
fn address(uid: &str) -> String {
    let hash = u16::from_str_radix(uid.get(..4).unwrap_or_default(), 16).unwrap_or(0);
    format!("192.168.{}.{}", (hash >> 8) & 0x7f, (hash & 0xff).clamp(4, 250))
}

fn ensure_daemon(objects: &mut ObjectStore, daemon_set: &Value, node: &Value, now: i64) {
    let (namespace, name) = (text(&daemon_set["metadata"]["namespace"]), text(&daemon_set["metadata"]["name"]));
    let node_name = text(&node["metadata"]["name"]);
    let mut pod = from_template(&daemon_set["spec"]["template"], namespace, name);
    tolerate_node_troubles(&mut pod);
    let there = objects
        .pods_on(node_name)
        .any(|pod| owner(pod) == Some(("DaemonSet", name)) && text(&pod["metadata"]["namespace"]) == namespace);
    let welcome =
        scheduler::selects(&pod, node) && scheduler::untolerated(&pod, node, &["NoSchedule", "NoExecute"]).is_none();
    if there || !welcome {
        return;
    }
    let Some(resource) = Resource::by_plural("daemonsets") else { return };
    pod["metadata"]["ownerReferences"] = owned_by(daemon_set, resource);
    if let Ok(pod) = objects.create("pods", pod, now) {
        let pod_name = text(&pod["metadata"]["name"]);
        let _ = objects.modify("pods", namespace, pod_name, |pod| run_on(pod, node_name, now));
    }
}

/// Daemon pods stay through what drives others away.
fn tolerate_node_troubles(pod: &mut Value) {
    let tolerations = [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];
    let slot = &mut pod["spec"]["tolerations"];
    if !slot.is_array() {
        *slot = json!([]);
    }
    if let Some(list) = slot.as_array_mut() {
        list.extend(tolerations.map(|(key, effect)| json!({"key": key, "operator": "Exists", "effect": effect})));
    }
}

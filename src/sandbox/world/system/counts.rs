//! The numbers that controllers report of the system workloads, kept without counting a whole cluster's pods.

use serde_json::{Value, json};

use super::DAEMONSETS;
use crate::sandbox::kube::store::{ObjectStore, object_mut};
use crate::sandbox::kube::workload::{is_ready, owner};

/// What one node adds to each daemon set: pods, and ready pods.
pub(super) type Share = [(i64, i64); DAEMONSETS.len()];

/// A node's share as it is.
pub(super) fn on(objects: &ObjectStore, node: &str) -> Share {
    DAEMONSETS.map(|name| {
        let own = || objects.pods_on(node).filter(|pod| owner(pod) == Some(("DaemonSet", name)));
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        (count(own().count()), count(own().filter(|pod| is_ready(pod)).count()))
    })
}

/// Books the difference that a change of a node made.
pub(super) fn changed(objects: &mut ObjectStore, before: Share, node: &str) {
    let after = on(objects, node);
    for ((name, old), new) in DAEMONSETS.iter().zip(before).zip(after) {
        if old == new {
            continue;
        }
        let _ = objects.modify("daemonsets", "kube-system", name, |set| {
            let status = object_mut(set, "status");
            let of = |status: &serde_json::Map<String, Value>, field: &str| {
                status.get(field).and_then(Value::as_i64).unwrap_or(0)
            };
            let pods = (of(status, "desiredNumberScheduled") + new.0 - old.0).max(0);
            let ready = (of(status, "numberReady") + new.1 - old.1).clamp(0, pods);
            for field in ["currentNumberScheduled", "desiredNumberScheduled", "updatedNumberScheduled"] {
                status.insert(field.into(), pods.into());
            }
            for field in ["numberReady", "numberAvailable"] {
                status.insert(field.into(), ready.into());
            }
            // The API leaves a zero out here.
            status.shift_remove("numberUnavailable");
            if pods > ready {
                status.insert("numberUnavailable".into(), (pods - ready).into());
            }
        });
    }
}

/// Counts CoreDNS's few pods anew.
pub(super) fn settle(objects: &mut ObjectStore) {
    let prefix = "kube-system/coredns-";
    let pods = || {
        objects
            .list_after("pods", "kube-system", prefix)
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(_, pod)| pod["metadata"]["deletionTimestamp"].is_null())
    };
    let (all, ready) = (pods().count(), pods().filter(|(_, pod)| is_ready(pod)).count());
    let set = pods().find_map(|(_, pod)| owner(pod).map(|(_, name)| name.to_owned()));
    let Some(set) = set else { return };
    let mut status = json!({"observedGeneration": 1, "replicas": all});
    for field in ["readyReplicas", "availableReplicas"] {
        if ready > 0 {
            status[field] = ready.into();
        }
    }
    let mut of_set = status.clone();
    of_set["fullyLabeledReplicas"] = all.into();
    let _ = objects.modify("replicasets", "kube-system", &set, |set| set["status"] = of_set);
    status["updatedReplicas"] = all.into();
    if all > ready {
        status["unavailableReplicas"] = (all - ready).into();
    }
    let _ = objects.modify("deployments", "kube-system", "coredns", |deployment| deployment["status"] = status);
}

//! What controllers report of their pods: the `status` of DaemonSets, Deployments, Jobs, ReplicaSets,
//! ReplicationControllers and StatefulSets follows the pods.
//!
//! Only those report whose pods have changed: what a copy was loaded with stands until then. A pod that is ready is
//! available, whatever `minReadySeconds` says. Each field is there or left out as the API does it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::resource::Resource;
use super::store::{Difference, ObjectStore, Owner, object_mut};
use super::workload::{condition, is_finished, is_ready, is_set_of, owner};
use super::{replicas, time, unseen};

type Status = Map<String, Value>;

/// Has every owner report whose pods have changed since it last did.
pub fn follow(objects: &mut ObjectStore, now: i64) {
    let mut deployments: BTreeSet<Owner> = BTreeSet::new();
    for (owner, difference) in objects.take_touched() {
        match owner.plural {
            "daemonsets" => daemon_set(objects, &owner, &difference),
            "deployments" => {
                deployments.insert(owner);
            }
            "jobs" => job(objects, &owner, now),
            "statefulsets" => stateful_set(objects, &owner),
            "replicasets" | "replicationcontrollers" => {
                replica_set(objects, &owner);
                deployments.extend(deployment_of(objects, &owner));
            }
            _ => {}
        }
    }
    for owner in deployments {
        deployment(objects, &owner, now);
    }
}

/// Writes a report.
fn report(objects: &mut ObjectStore, owner: &Owner, change: impl FnOnce(&mut Status)) {
    let Some(resource) = Resource::by_plural(owner.plural) else { return };
    unseen::modify(objects, resource, &owner.namespace, &owner.name, |object| {
        let generation = object["metadata"]["generation"].clone();
        let status = object_mut(object, "status");
        // Jobs are the only ones that do not say which of their generations they have seen.
        if !generation.is_null() && owner.plural != "jobs" {
            status.insert("observedGeneration".into(), generation);
        }
        change(status);
    });
}

/// Sets a number that the API leaves out when it is zero.
fn set(status: &mut Status, field: &str, number: i64) {
    if number == 0 {
        status.shift_remove(field);
    } else {
        status.insert(field.into(), number.into());
    }
}

fn of(status: &Value, field: &str) -> i64 {
    status[field].as_i64().unwrap_or(0)
}

fn count<'a>(pods: &'a [Arc<Value>], is: impl Fn(&'a Value) -> bool) -> i64 {
    i64::try_from(pods.iter().filter(|pod| is(pod)).count()).unwrap_or(i64::MAX)
}

fn is_leaving(pod: &Value) -> bool {
    !pod["metadata"]["deletionTimestamp"].is_null()
}

/// An owner that is among the objects, with its pods. What was made up reports to nobody.
fn with_pods(objects: &ObjectStore, owner: &Owner) -> Option<(Arc<Value>, Vec<Arc<Value>>)> {
    let object = objects.get(owner.plural, &owner.namespace, &owner.name)?.clone();
    let resource = Resource::by_plural(owner.plural)?;
    Some((object, replicas::own(objects, resource, &owner.namespace, &owner.name)))
}

/// Booked by the difference: the pods of a whole cluster are not counted for each of its nodes. A pod on its way out counts
/// until it is gone. A node that is gone wants no pod any more; one that is there goes on wanting one.
fn daemon_set(objects: &mut ObjectStore, owner: &Owner, difference: &Difference) {
    let gone = difference.left.iter().filter(|node| objects.get("nodes", "", node).is_none()).count();
    let gone = i64::try_from(gone).unwrap_or(i64::MAX);
    report(objects, owner, |status| {
        let was = |field: &str| status.get(field).and_then(Value::as_i64).unwrap_or(0);
        let current = (was("currentNumberScheduled") + difference.pods).max(0);
        let desired = (was("desiredNumberScheduled") - gone).max(current);
        let updated = (was("updatedNumberScheduled") + difference.pods).clamp(0, current);
        let ready = (was("numberReady") + difference.ready).clamp(0, current);
        let available = (was("numberAvailable") + difference.ready).clamp(0, current);
        let misplaced = was("numberMisscheduled");
        let always = [
            ("currentNumberScheduled", current),
            ("numberMisscheduled", misplaced),
            ("desiredNumberScheduled", desired),
            ("numberReady", ready),
        ];
        for (field, number) in always {
            status.insert(field.into(), number.into());
        }
        set(status, "updatedNumberScheduled", updated);
        set(status, "numberAvailable", available);
        set(status, "numberUnavailable", desired - available);
    });
}

/// Of a ReplicaSet or a ReplicationController: a pod on its way out counts no more.
fn replica_set(objects: &mut ObjectStore, owner: &Owner) {
    let Some((object, mut pods)) = with_pods(objects, owner) else { return };
    pods.retain(|pod| !is_finished(pod));
    let terminating = count(&pods, is_leaving);
    pods.retain(|pod| !is_leaving(pod));
    let labels = object["spec"]["template"]["metadata"]["labels"].as_object();
    let has_all =
        |pod: &Value| labels.into_iter().flatten().all(|(key, value)| &pod["metadata"]["labels"][key] == value);
    let (all, labelled, ready) = (count(&pods, |_| true), count(&pods, has_all), count(&pods, is_ready));
    report(objects, owner, |status| {
        status.insert("replicas".into(), all.into());
        set(status, "fullyLabeledReplicas", labelled);
        set(status, "readyReplicas", ready);
        set(status, "availableReplicas", ready);
        // Newer clusters tell these, too.
        if let Some(told) = status.get_mut("terminatingReplicas") {
            *told = terminating.into();
        }
    });
}

/// Of a StatefulSet: a pod on its way out is still one of its replicas, and ready as long as it says so.
fn stateful_set(objects: &mut ObjectStore, owner: &Owner) {
    let Some((object, mut pods)) = with_pods(objects, owner) else { return };
    pods.retain(|pod| !pod["status"]["phase"].is_null());
    let is_up = |pod: &Value| pod["status"]["phase"] == "Running" && is_ready(pod);
    let status = &object["status"];
    let of_revision = |field: &str| {
        count(&pods, |pod| !is_leaving(pod) && pod["metadata"]["labels"]["controller-revision-hash"] == status[field])
    };
    let (all, ready) = (count(&pods, |_| true), count(&pods, is_up));
    let (current, updated) = (of_revision("currentRevision"), of_revision("updateRevision"));
    report(objects, owner, |status| {
        status.insert("replicas".into(), all.into());
        set(status, "readyReplicas", ready);
        set(status, "currentReplicas", current);
        set(status, "updatedReplicas", updated);
        status.insert("availableReplicas".into(), ready.into());
    });
}

/// Of a Job, until it is over.
fn job(objects: &mut ObjectStore, owner: &Owner, now: i64) {
    let Some((object, pods)) = with_pods(objects, owner) else { return };
    if ["Complete", "Failed"].iter().any(|kind| condition(&object, kind) == Some("True")) {
        return;
    }
    let is_active = |pod: &Value| !is_finished(pod) && !is_leaving(pod);
    let active = count(&pods, is_active);
    let ready = count(&pods, |pod| is_active(pod) && is_ready(pod));
    let terminating = count(&pods, |pod| !is_finished(pod) && is_leaving(pod));
    let succeeded = replicas::succeeded(&object, &pods);
    let suspended = object["spec"]["suspend"] == true;
    report(objects, owner, |status| {
        set(status, "active", active);
        status.insert("ready".into(), ready.into());
        status.insert("terminating".into(), terminating.into());
        set(status, "succeeded", succeeded);
        if !suspended && !status.contains_key("startTime") {
            status.insert("startTime".into(), time::at(now));
        }
    });
}

/// The Deployment that a ReplicaSet is of.
fn deployment_of(objects: &ObjectStore, set: &Owner) -> Option<Owner> {
    let set_object = objects.get(set.plural, &set.namespace, &set.name)?;
    let (_, name) = owner(set_object).filter(|(kind, _)| *kind == "Deployment")?;
    Some(Owner { plural: "deployments", namespace: set.namespace.clone(), name: name.to_owned() })
}

/// Of a Deployment: what its ReplicaSets report.
fn deployment(objects: &mut ObjectStore, it: &Owner, now: i64) {
    let Some(object) = objects.get(it.plural, &it.namespace, &it.name).cloned() else { return };
    let sets: Vec<Arc<Value>> = objects
        .list("replicasets", Some(&it.namespace))
        .filter(|set| owner(set) == Some(("Deployment", it.name.as_str())))
        .cloned()
        .collect();
    let sum = |field: &str| sets.iter().map(|set| of(&set["status"], field)).sum::<i64>();
    let (all, ready, available) = (sum("replicas"), sum("readyReplicas"), sum("availableReplicas"));
    let terminating = sum("terminatingReplicas");
    let new = sets.iter().find(|set| is_set_of(set, &object));
    let updated = new.map_or(0, |set| of(&set["status"], "replicas"));
    let wanted: i64 = sets.iter().map(|set| set["spec"]["replicas"].as_i64().unwrap_or(1)).sum();
    let replicas = object["spec"]["replicas"].as_i64().unwrap_or(1);
    let enough = available >= replicas - may_be_away(&object["spec"]["strategy"], replicas);
    report(objects, it, |status| {
        set(status, "replicas", all);
        set(status, "updatedReplicas", updated);
        set(status, "readyReplicas", ready);
        set(status, "availableReplicas", available);
        set(status, "unavailableReplicas", (wanted - available).max(0));
        if let Some(told) = status.get_mut("terminatingReplicas") {
            *told = terminating.into();
        }
        tell_availability(status, enough, now);
    });
}

/// How many pods a Deployment may lack without being unavailable.
fn may_be_away(strategy: &Value, replicas: i64) -> i64 {
    if strategy["type"] == "Recreate" || replicas == 0 {
        return 0;
    }
    let share = |field: &str, up: i64| match &strategy["rollingUpdate"][field] {
        Value::Number(number) => number.as_i64().unwrap_or(0),
        other => {
            let percent = other.as_str().unwrap_or("25%").trim_end_matches('%').parse::<i64>().unwrap_or(0);
            replicas.saturating_mul(percent).saturating_add(up) / 100
        }
    };
    let (away, more) = (share("maxUnavailable", 0), share("maxSurge", 99));
    // Neither fewer nor more would be no way to go on.
    if away == 0 && more == 0 { 1 } else { away.min(replicas) }
}

/// The condition `Available`, whose times move only when it turns.
fn tell_availability(status: &mut Status, enough: bool, now: i64) {
    let (said, reason, message) = if enough {
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    };
    let mut all = status.get("conditions").and_then(Value::as_array).cloned().unwrap_or_default();
    let before = all.iter().position(|one| one["type"] == "Available").map(|place| all.remove(place));
    if before.as_ref().is_some_and(|before| before["status"] == said && before["reason"] == reason) {
        return;
    }
    let turned = before.filter(|before| before["status"] == said).map(|before| before["lastTransitionTime"].clone());
    all.push(json!({
        "type": "Available", "status": said, "reason": reason, "message": message,
        "lastUpdateTime": time::at(now), "lastTransitionTime": turned.unwrap_or_else(|| time::at(now)),
    }));
    status.insert("conditions".into(), all.into());
}

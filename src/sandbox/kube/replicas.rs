//! The controllers that make pods anew: of ReplicaSets and ReplicationControllers, StatefulSets, and Jobs.
//!
//! - A ReplicaSet has another pod as soon as one is being deleted.
//! - A StatefulSet has a pod of the same name and ordinal, with the same claims, once the old one is gone; in order, unless
//!   its pods are managed in parallel: then none waits for another.
//! - A Job has another pod as long as completions are missing, as soon as one is being deleted, or once it is gone where its
//!   `podReplacementPolicy` is `Failed`. An eviction does not count against its `backoffLimit`: what a rehearsal asks is
//!   where work goes. Nothing in the sandbox ends by itself, so neither does a Job.
//! - No owner makes more pods at once than an [`Allowance`] lets it, however many it wants.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::resource::Resource;
use super::store::{ObjectStore, object_mut};
use super::workload::{condition, is_finished, is_ready, keeper};
use super::{controllers, unseen};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A pod is being deleted: its owner makes another where it does not wait for the end of this one.
pub(super) fn leaves(objects: &mut ObjectStore, pod: &Value, now: i64) {
    let Some((resource, name)) = keeper(pod).filter(|_| !objects.is_still()) else { return };
    let namespace = text(&pod["metadata"]["namespace"]);
    match resource.plural {
        "jobs" => job(objects, namespace, name, now),
        "replicasets" | "replicationcontrollers" => fill(objects, resource, namespace, name, now),
        _ => {}
    }
}

/// A pod is gone: its owner makes another where it waited for that.
pub(super) fn has_left(objects: &mut ObjectStore, pod: &Value, now: i64) {
    let Some((resource, name)) = keeper(pod).filter(|_| !objects.is_still()) else { return };
    let namespace = text(&pod["metadata"]["namespace"]);
    match resource.plural {
        "statefulsets" => stateful(objects, namespace, name, now),
        "jobs" => {
            if pod["status"]["phase"] == "Succeeded" {
                keep_success(objects, resource, namespace, name, pod);
            }
            job(objects, namespace, name, now);
        }
        _ => {}
    }
}

/// An owner was made or changed.
pub(super) fn changed(objects: &mut ObjectStore, resource: &Resource, namespace: &str, name: &str, now: i64) {
    match resource.plural {
        "replicasets" | "replicationcontrollers" => fill(objects, resource, namespace, name, now),
        "statefulsets" => stateful(objects, namespace, name, now),
        "jobs" => job(objects, namespace, name, now),
        _ => {}
    }
}

/// A pod was placed: those of its StatefulSet that waited for it may come.
pub(super) fn placed(objects: &mut ObjectStore, pod: &Value, now: i64) {
    if let Some((resource, name)) = keeper(pod)
        && resource.plural == "statefulsets"
    {
        stateful(objects, text(&pod["metadata"]["namespace"]), name, now);
    }
}

/// The pods of an owner.
pub(super) fn own(objects: &ObjectStore, resource: &Resource, namespace: &str, name: &str) -> Vec<Arc<Value>> {
    let is_own = |pod: &&Arc<Value>| keeper(pod).is_some_and(|(of, owner)| of == resource && owner == name);
    objects.list("pods", Some(namespace)).filter(is_own).cloned().collect()
}

fn is_leaving(pod: &Value) -> bool {
    !pod["metadata"]["deletionTimestamp"].is_null()
}

/// How many pods an owner may still make before somebody else's turn.
///
/// The real controllers make 500 at a time and come back until nothing is missing, be it a thousand million pods that wait
/// for a node. Here an owner stops when as many of its pods wait as one such time makes: more of them would tell nothing,
/// and fill the memory. When a place is found for one that waits, it goes on. Where nodes take pods without end, it stops
/// after [`Allowance::AT_ONCE`] and goes on with the next change of itself or its pods.
struct Allowance {
    made: usize,
    waiting: usize,
}

impl Allowance {
    /// The most pods that are made in one go.
    const AT_ONCE: usize = 5_000;
    /// The most pods that may wait for a place.
    const WAITING: usize = 500;

    /// Of an owner of these pods.
    fn of(pods: &[Arc<Value>]) -> Self {
        let waits = |pod: &&Arc<Value>| text(&pod["spec"]["nodeName"]).is_empty() && !is_finished(pod);
        Allowance { made: 0, waiting: pods.iter().filter(waits).count() }
    }

    fn is_spent(&self) -> bool {
        self.made >= Self::AT_ONCE || self.waiting >= Self::WAITING
    }

    /// Makes a pod and has it placed.
    fn make(&mut self, objects: &mut ObjectStore, resource: &Resource, owner: &Value, mut pod: Value, now: i64) {
        self.made += 1;
        pod["metadata"]["ownerReferences"] = owned_by(owner, resource);
        if let Ok(pod) = objects.create("pods", pod, now)
            && !controllers::schedule(objects, &pod, now)
        {
            self.waiting += 1;
        }
    }
}

/// Whether as many pods as may wait for a place did: their owner has stopped there.
pub(super) fn had_to_stop(waited: usize) -> bool {
    waited >= Allowance::WAITING
}

/// Makes the pods that a ReplicaSet lacks, or removes those it has too many of.
fn fill(objects: &mut ObjectStore, resource: &Resource, namespace: &str, name: &str, now: i64) {
    let Some(set) = unseen::find(objects, resource, namespace, name) else { return };
    let mut active = own(objects, resource, namespace, name);
    active.retain(|pod| !is_leaving(pod) && !is_finished(pod));
    let wanted = usize::try_from(set["spec"]["replicas"].as_i64().unwrap_or(1)).unwrap_or(0);
    for surplus in active.iter().skip(wanted) {
        let _ = objects.delete("pods", namespace, text(&surplus["metadata"]["name"]));
    }
    let mut allowance = Allowance::of(&active);
    for _ in active.len()..wanted {
        if allowance.is_spent() {
            return;
        }
        let pod = from_template(&set["spec"]["template"], namespace, name);
        allowance.make(objects, resource, &set, pod, now);
    }
}

/// The number in the name of a StatefulSet's pod.
pub(super) fn ordinal(pod: &Value, set: &str) -> Option<i64> {
    text(&pod["metadata"]["name"]).strip_prefix(set)?.strip_prefix('-')?.parse().ok().filter(|number| *number >= 0)
}

/// Makes the pods that a StatefulSet lacks and whose turn it is, and removes those beyond its number.
fn stateful(objects: &mut ObjectStore, namespace: &str, name: &str, now: i64) {
    let Some(resource) = Resource::by_plural("statefulsets") else { return };
    let Some(set) = unseen::find(objects, resource, namespace, name) else { return };
    let spec = &set["spec"];
    let start = spec["ordinals"]["start"].as_i64().unwrap_or(0).max(0);
    let end = start.saturating_add(spec["replicas"].as_i64().unwrap_or(1));
    let in_order = spec["podManagementPolicy"] != "Parallel";
    let pods = own(objects, resource, namespace, name);
    for surplus in pods.iter().filter(|pod| ordinal(pod, name).is_some_and(|number| !(start..end).contains(&number))) {
        let _ = objects.delete("pods", namespace, text(&surplus["metadata"]["name"]));
    }
    let mut allowance = Allowance::of(&pods);
    for number in start..end {
        let pod_name = format!("{name}-{number}");
        let there = objects.get("pods", namespace, &pod_name).cloned();
        let is_there = match &there {
            // One that has ended makes room for the next of its name.
            Some(pod) if is_finished(pod) && !is_leaving(pod) => objects.delete("pods", namespace, &pod_name).is_err(),
            other => other.is_some(),
        };
        if !is_there {
            if allowance.is_spent() {
                return;
            }
            allowance.make(objects, resource, &set, member(&set, namespace, name, number), now);
        }
        let stands = objects.get("pods", namespace, &pod_name).is_some_and(|pod| is_ready(pod) && !is_leaving(pod));
        if in_order && !stands {
            return;
        }
    }
}

/// A StatefulSet's pod: what its template says, and what is its own.
fn member(set: &Value, namespace: &str, name: &str, number: i64) -> Value {
    let pod_name = format!("{name}-{number}");
    let mut pod = from_template(&set["spec"]["template"], namespace, name);
    pod["metadata"]["name"] = pod_name.as_str().into();
    let labels = object_mut(&mut pod["metadata"], "labels");
    labels.insert("apps.kubernetes.io/pod-index".into(), number.to_string().into());
    labels.insert("statefulset.kubernetes.io/pod-name".into(), pod_name.as_str().into());
    let revisions = ["updateRevision", "currentRevision"].map(|field| text(&set["status"][field]));
    if let Some(revision) = revisions.into_iter().find(|revision| !revision.is_empty()) {
        labels.insert("controller-revision-hash".into(), revision.into());
    }
    let spec = &mut pod["spec"];
    spec["hostname"] = pod_name.as_str().into();
    if !text(&set["spec"]["serviceName"]).is_empty() {
        spec["subdomain"] = set["spec"]["serviceName"].clone();
    }
    let templates = set["spec"]["volumeClaimTemplates"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut volumes: Vec<Value> = spec["volumes"].as_array().cloned().unwrap_or_default();
    for claim in templates.iter().map(|template| text(&template["metadata"]["name"])) {
        volumes.retain(|volume| volume["name"] != claim);
        volumes.push(json!({"name": claim, "persistentVolumeClaim": {"claimName": format!("{claim}-{pod_name}")}}));
    }
    if !volumes.is_empty() {
        spec["volumes"] = volumes.into();
    }
    pod
}

/// The index of a pod of an indexed Job, as text; null for another's.
pub(super) fn completion_index(pod: &Value) -> &Value {
    &pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"]
}

/// Makes the pods that a Job lacks.
fn job(objects: &mut ObjectStore, namespace: &str, name: &str, now: i64) {
    let Some(resource) = Resource::by_plural("jobs") else { return };
    let Some(job) = unseen::find(objects, resource, namespace, name) else { return };
    let spec = &job["spec"];
    let over = ["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"];
    if over.iter().any(|kind| condition(&job, kind) == Some("True")) || spec["suspend"] == true || is_leaving(&job) {
        return;
    }
    let pods = own(objects, resource, namespace, name);
    let waits_for_the_end = spec["podReplacementPolicy"] == "Failed" || spec["podFailurePolicy"].is_object();
    let at_work = |pod: &&Arc<Value>| !is_finished(pod) && (waits_for_the_end || !is_leaving(pod));
    let active: Vec<&Arc<Value>> = pods.iter().filter(at_work).collect();
    let succeeded = succeeded(&job, &pods);
    let parallelism = spec["parallelism"].as_i64().unwrap_or(1);
    let wanted = match spec["completions"].as_i64() {
        Some(completions) => parallelism.min(completions - succeeded),
        // Of a queue of work, the first that is done ends it: the others are waited for.
        None if succeeded > 0 => 0,
        None => parallelism,
    };
    let lacking = usize::try_from(wanted).unwrap_or(0).saturating_sub(active.len());
    let mut allowance = Allowance::of(&pods);
    if spec["completionMode"] != "Indexed" {
        for _ in 0..lacking {
            if allowance.is_spent() {
                return;
            }
            allowance.make(objects, resource, &job, from_template(&spec["template"], namespace, name), now);
        }
        return;
    }
    let index = |pod: &Arc<Value>| completion_index(pod).as_str().and_then(|index| index.parse::<i64>().ok());
    let done = pods.iter().filter(|pod| pod["status"]["phase"] == "Succeeded");
    let mut taken: BTreeSet<i64> = active.iter().copied().chain(done).filter_map(index).collect();
    for field in ["completedIndexes", "failedIndexes"] {
        taken.extend(indexes(text(&job["status"][field])));
    }
    let free = (0..spec["completions"].as_i64().unwrap_or(0)).filter(|index| !taken.contains(index));
    for index in free.take(lacking) {
        if allowance.is_spent() {
            return;
        }
        let mut pod = from_template(&spec["template"], namespace, name);
        pod["metadata"]["generateName"] = format!("{name}-{index}-").into();
        for field in ["labels", "annotations"] {
            let fields = object_mut(&mut pod["metadata"], field);
            fields.insert("batch.kubernetes.io/job-completion-index".into(), index.to_string().into());
        }
        pod["spec"]["hostname"] = format!("{name}-{index}").into();
        allowance.make(objects, resource, &job, pod, now);
    }
}

/// How many of a Job's pods have done their work: those it has counted, and those that are there.
pub(super) fn succeeded(job: &Value, pods: &[Arc<Value>]) -> i64 {
    let there = pods.iter().filter(|pod| pod["status"]["phase"] == "Succeeded").count();
    job["status"]["succeeded"].as_i64().unwrap_or(0).max(i64::try_from(there).unwrap_or(i64::MAX))
}

/// What a pod has done stays done when it is gone.
fn keep_success(objects: &mut ObjectStore, resource: &Resource, namespace: &str, name: &str, gone: &Value) {
    let Some(job) = unseen::find(objects, resource, namespace, name) else { return };
    let mut pods = own(objects, resource, namespace, name);
    pods.push(Arc::new(gone.clone()));
    let done = succeeded(&job, &pods);
    if job["status"]["succeeded"].as_i64() != Some(done) {
        unseen::modify(objects, resource, namespace, name, |job| {
            object_mut(job, "status").insert("succeeded".into(), done.into());
        });
    }
}

/// The numbers of `0-2,5`.
fn indexes(text: &str) -> impl Iterator<Item = i64> {
    /// More indexes than a Job may have.
    const MOST: i64 = 100_000;
    text.split(',')
        .filter_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (first.trim().parse::<i64>().ok()?, last.trim().parse::<i64>().ok()?);
            Some(first.max(0)..=last.min(MOST))
        })
        .flatten()
}

/// A pod of a template, not placed yet.
pub(super) fn from_template(template: &Value, namespace: &str, owner: &str) -> Value {
    let mut pod = json!({"metadata": {"generateName": format!("{owner}-"), "namespace": namespace}});
    for field in ["labels", "annotations"] {
        if let Some(map) = template["metadata"][field].as_object() {
            pod["metadata"][field] = Value::Object(map.clone());
        }
    }
    pod["spec"] = template["spec"].clone();
    pod["status"] = json!({"phase": "Pending"});
    pod
}

/// The reference to an owner.
pub(super) fn owned_by(owner: &Value, resource: &Resource) -> Value {
    json!([{
        "apiVersion": resource.api_version(),
        "kind": resource.kind,
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": true,
        "blockOwnerDeletion": true,
    }])
}

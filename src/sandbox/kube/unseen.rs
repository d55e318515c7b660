//! Owners of pods that are not among the objects of a copy: `kubectl get nodes,pods` prints none of them.
//!
//! Of the kinds that the sandbox has controllers for, an owner is made up from its pods: as many as there are, each as it
//! is. It is kept beside the API's resources, so that no list has it; an object of that name that is made later counts
//! instead. Whoever owns pods and is of another kind is told: nobody makes those pods anew.
//!
//! A drain asks the API server for the DaemonSet of a pod, and takes the pod for an orphan when there is none. So a DaemonSet
//! that was made up is found by its name; where others were given, one that is not among them is really gone. New nodes get
//! none of its pods: the DaemonSet controller puts the node's name in place of the affinity that said where they belong.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::resource::Resource;
use super::store::ObjectStore;
use super::workload::{is_finished, is_ready, keeper, owner_reference};

/// Pods whose owners are not among the objects, by the owner's kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Unseen {
    /// Made anew after their own example.
    pub by_example: BTreeMap<String, usize>,
    /// Not made anew: the sandbox has no such controller.
    pub not_remade: BTreeMap<String, usize>,
    /// Of DaemonSets: new nodes get none.
    pub of_daemon_sets: usize,
}

/// A kind with the version that tells it from others of that name: `Rollout (argoproj.io/v1alpha1)`, `Secret`.
pub fn spelled(api_version: &str, kind: &str) -> String {
    if api_version.contains('/') { format!("{kind} ({api_version})") } else { kind.to_owned() }
}

/// Where an owner is kept that was made up.
fn collection(resource: &Resource) -> String {
    format!("unseen {}", resource.plural)
}

/// The owner of pods: the object, else what was made up for it.
pub(super) fn find(objects: &ObjectStore, resource: &Resource, namespace: &str, name: &str) -> Option<Arc<Value>> {
    let made_up = || objects.get(&collection(resource), namespace, name);
    objects.get(resource.plural, namespace, name).or_else(made_up).cloned()
}

/// What a request for one object finds that was made up: a DaemonSet, as drains ask for those of pods.
pub(super) fn by_name<'a>(
    objects: &'a ObjectStore,
    resource: &Resource,
    namespace: &str,
    name: &str,
) -> Option<&'a Arc<Value>> {
    let asked_for = resource.plural == "daemonsets";
    asked_for.then(|| objects.get(&collection(resource), namespace, name)).flatten()
}

/// Changes the owner of pods.
pub(super) fn modify(
    objects: &mut ObjectStore,
    resource: &Resource,
    namespace: &str,
    name: &str,
    change: impl FnOnce(&mut Value),
) {
    let there = objects.get(resource.plural, namespace, name).is_some();
    let kept = if there { resource.plural.to_owned() } else { collection(resource) };
    let _ = objects.modify(&kept, namespace, name, change);
}

/// An owner was deleted: nothing is made up for it from now on.
pub(super) fn forget(objects: &mut ObjectStore, resource: &Resource, namespace: &str, name: &str) {
    let _ = objects.delete(&collection(resource), namespace, name);
}

/// Makes up the owners that pods name and that are not there.
pub fn remember(objects: &mut ObjectStore) -> Unseen {
    let mut unseen = Unseen::default();
    let mut groups: BTreeMap<(&'static str, String, String), Vec<Arc<Value>>> = BTreeMap::new();
    let has_daemon_sets = objects.count("daemonsets") > 0;
    for pod in objects.list("pods", None) {
        let Some(reference) = owner_reference(pod) else { continue };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let namespace = text(&pod["metadata"]["namespace"]);
        match keeper(pod) {
            Some((resource, name)) if objects.get(resource.plural, &namespace, name).is_some() => {}
            Some((resource, _)) if resource.plural == "daemonsets" && has_daemon_sets => unseen.of_daemon_sets += 1,
            Some((resource, name)) => {
                unseen.of_daemon_sets += usize::from(resource.plural == "daemonsets");
                groups.entry((resource.plural, namespace, name.to_owned())).or_default().push(Arc::clone(pod));
            }
            // A static pod is its node's, and goes with it.
            None if reference["kind"] == "Node" || is_finished(pod) => {}
            None => {
                let kind = spelled(&text(&reference["apiVersion"]), &text(&reference["kind"]));
                *unseen.not_remade.entry(kind).or_default() += 1;
            }
        }
    }
    for ((plural, namespace, name), pods) in groups {
        let Some(resource) = Resource::by_plural(plural) else { continue };
        if let Some((owner, count)) = made_up(resource, &namespace, &name, &pods) {
            if plural != "daemonsets" {
                *unseen.by_example.entry(resource.kind.to_owned()).or_default() += count;
            }
            objects.restore(&collection(resource), owner);
        }
    }
    unseen
}

/// An owner as its pods show it, and how many of them it keeps. `None` when all of them have ended.
fn made_up(resource: &Resource, namespace: &str, name: &str, pods: &[Arc<Value>]) -> Option<(Value, usize)> {
    let stays = |pod: &&Arc<Value>| pod["metadata"]["deletionTimestamp"].is_null() && !is_finished(pod);
    // The pod of a StatefulSet or a DaemonSet that is on its way out has no other in its place yet.
    let lasting = ["statefulsets", "daemonsets"].contains(&resource.plural);
    let kept: Vec<&Arc<Value>> = pods.iter().filter(|pod| stays(pod) || (lasting && !is_finished(pod))).collect();
    let example = kept.iter().find(|pod| stays(pod)).or(kept.first())?;
    let mut owner = json!({
        // None of the server's own versions: making it up changes nothing that can be watched.
        "metadata": {"name": name, "namespace": namespace, "uid": owner_reference(example)?["uid"], "resourceVersion": "0"},
        "spec": {"template": template(example)},
    });
    let spec = &mut owner["spec"];
    match resource.plural {
        "statefulsets" => {
            let mut ordinals: Vec<i64> = pods.iter().filter_map(|pod| super::replicas::ordinal(pod, name)).collect();
            ordinals.sort_unstable();
            let (first, last) = (*ordinals.first()?, *ordinals.last()?);
            // They count from zero, and the first may be the one that is missing; if more were missing than there are,
            // they begin where the first stands.
            let start = if usize::try_from(first).is_ok_and(|missing| missing <= ordinals.len()) { 0 } else { first };
            spec["ordinals"] = json!({"start": start});
            spec["replicas"] = (last - start).saturating_add(1).into();
            spec["serviceName"] = example["spec"]["subdomain"].clone();
            claims(spec, &format!("-{}", example["metadata"]["name"].as_str().unwrap_or_default()));
        }
        "jobs" => {
            let succeeded = pods.iter().filter(|pod| pod["status"]["phase"] == "Succeeded").count();
            spec["parallelism"] = kept.len().into();
            // How many are wanted in all is not known: those at work are to come to their end.
            spec["completions"] = (kept.len() + succeeded).into();
            if !super::replicas::completion_index(example).is_null() {
                spec["completionMode"] = "Indexed".into();
                let indexes =
                    kept.iter().filter_map(|pod| super::replicas::completion_index(pod).as_str()?.parse::<i64>().ok());
                let most = indexes.max().unwrap_or(0).saturating_add(1);
                spec["completions"] = most.max(spec["completions"].as_i64().unwrap_or(0)).into();
            }
        }
        "daemonsets" => {
            let ready = kept.iter().filter(|pod| is_ready(pod)).count();
            owner["status"] = json!({
                "currentNumberScheduled": kept.len(), "numberMisscheduled": 0, "desiredNumberScheduled": kept.len(),
                "numberReady": ready, "updatedNumberScheduled": kept.len(), "numberAvailable": ready,
            });
        }
        _ => spec["replicas"] = kept.len().into(),
    }
    Some((owner, kept.len()))
}

/// What a pod was made from, as far as it shows: without its place and what its controller and the server gave it.
fn template(pod: &Value) -> Value {
    let mut metadata = json!({});
    for field in ["labels", "annotations"] {
        if let Some(map) = pod["metadata"][field].as_object() {
            metadata[field] = Value::Object(map.clone());
        }
    }
    let mut spec = pod["spec"].clone();
    if let Some(fields) = spec.as_object_mut() {
        for field in ["nodeName", "ephemeralContainers", "hostname", "subdomain", "resourceClaims"] {
            fields.shift_remove(field);
        }
    }
    json!({"metadata": metadata, "spec": spec})
}

/// Volumes whose claims end in the pod's name come from claim templates: each ordinal has its own.
fn claims(spec: &mut Value, end: &str) {
    let mut templates = vec![];
    if let Some(volumes) = spec["template"]["spec"]["volumes"].as_array_mut() {
        volumes.retain(|volume| {
            let claim = volume["persistentVolumeClaim"]["claimName"].as_str().and_then(|claim| claim.strip_suffix(end));
            templates.extend(
                claim.filter(|claim| volume["name"] == *claim).map(|claim| json!({"metadata": {"name": claim}})),
            );
            claim.is_none_or(|claim| volume["name"] != *claim)
        });
    }
    spec["volumeClaimTemplates"] = templates.into();
}

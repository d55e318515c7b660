//! Where a pod may go: the scheduler's filters in short, and one preference.
//!
//! Filters: readiness, cordon, node selector, required node affinity, taints, pod count, CPU and memory requests.
//! Among the nodes that pass, the one with the fewest untolerated `PreferNoSchedule` taints, then with the fewest
//! pods, then the first by name. Not here: inter-pod affinity, topology spread, volumes, preemption.

use std::collections::BTreeMap;

use serde_json::Value;

use super::store::ObjectStore;
use super::workload::{condition, holds, is_finished};
use crate::domain::kubernetes::quantity::parse_milli;

/// Finds a node for a pod; the error is the scheduler's sentence about why there is none.
pub fn place(objects: &ObjectStore, pod: &Value) -> Result<String, String> {
    let mut best: Option<(usize, usize, String)> = None;
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for node in objects.list("nodes", None) {
        let name = node["metadata"]["name"].as_str().unwrap_or_default();
        if let Some(reason) = unfit(objects, pod, node, name) {
            *reasons.entry(reason).or_default() += 1;
            continue;
        }
        let rank = (discouraging(pod, node), objects.pods_on(name).count(), name.to_string());
        if best.as_ref().is_none_or(|best| rank < *best) {
            best = Some(rank);
        }
    }
    match best {
        Some((_, _, name)) => Ok(name),
        None => {
            let total = objects.count("nodes");
            let said = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect::<Vec<_>>().join(", ");
            Err(if total == 0 {
                "no nodes available to schedule pods".to_string()
            } else {
                format!("0/{total} nodes are available: {said}.")
            })
        }
    }
}

/// Whether a node selector and required node affinity allow a node, as far as its labels go.
pub fn selects(pod: &Value, node: &Value) -> bool {
    let labels = &node["metadata"]["labels"];
    let selector = pod["spec"]["nodeSelector"].as_object();
    if !selector.into_iter().flatten().all(|(key, value)| &labels[key.as_str()] == value) {
        return false;
    }
    let required = &pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    let Some(terms) = required["nodeSelectorTerms"].as_array() else { return true };
    let named = |expression: &Value| {
        expression["key"] == "metadata.name"
            && expression["values"].as_array().is_some_and(|names| names.contains(&node["metadata"]["name"]))
    };
    terms.iter().any(|term| {
        let expressions = term["matchExpressions"].as_array();
        let fields = term["matchFields"].as_array();
        expressions.into_iter().flatten().all(|expression| holds(expression, labels))
            && fields.into_iter().flatten().all(named)
    })
}

/// The first taint with one of the effects that the pod does not tolerate.
pub fn untolerated<'a>(pod: &Value, node: &'a Value, effects: &[&str]) -> Option<&'a Value> {
    let taints = node["spec"]["taints"].as_array()?;
    taints
        .iter()
        .find(|taint| taint["effect"].as_str().is_some_and(|it| effects.contains(&it)) && !tolerates(pod, taint))
}

fn tolerates(pod: &Value, taint: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    pod["spec"]["tolerations"].as_array().into_iter().flatten().any(|toleration| {
        let (effect, key) = (text(&toleration["effect"]), text(&toleration["key"]));
        let exists = toleration["operator"] == "Exists";
        (effect.is_empty() || effect == text(&taint["effect"]))
            && (key == text(&taint["key"]) || (key.is_empty() && exists))
            && (exists || text(&toleration["value"]) == text(&taint["value"]))
    })
}

fn discouraging(pod: &Value, node: &Value) -> usize {
    let taints = node["spec"]["taints"].as_array().into_iter().flatten();
    taints.filter(|taint| taint["effect"] == "PreferNoSchedule" && !tolerates(pod, taint)).count()
}

/// Why a node is not for a pod.
fn unfit(objects: &ObjectStore, pod: &Value, node: &Value, name: &str) -> Option<String> {
    if node["spec"]["unschedulable"] == true {
        return Some("node(s) were unschedulable".to_string());
    }
    if let Some(taint) = untolerated(pod, node, &["NoSchedule", "NoExecute"]) {
        let text = |field: &str| taint[field].as_str().unwrap_or_default();
        return Some(format!("node(s) had untolerated taint {{{}: {}}}", text("key"), text("value")));
    }
    if condition(node, "Ready") != Some("True") {
        return Some("node(s) were not ready".to_string());
    }
    if !selects(pod, node) {
        return Some("node(s) didn't match Pod's node affinity/selector".to_string());
    }
    let allocatable = |resource: &str| node["status"]["allocatable"][resource].as_str().and_then(parse_milli);
    let others: Vec<&Value> = objects.pods_on(name).map(AsRef::as_ref).filter(|other| !is_finished(other)).collect();
    let count = i128::try_from(others.len()).unwrap_or(i128::MAX);
    if allocatable("pods").is_some_and(|pods| (count + 1) * 1000 > pods) {
        return Some("Too many pods".to_string());
    }
    for resource in ["cpu", "memory"] {
        let wanted = request(pod, resource);
        let used: i128 = others.iter().map(|other| request(other, resource)).sum();
        if wanted > 0 && allocatable(resource).is_some_and(|all| used + wanted > all) {
            return Some(format!("Insufficient {resource}"));
        }
    }
    None
}

/// What a pod asks for, in thousandths: the sum of its containers, or its greediest init container.
fn request(pod: &Value, resource: &str) -> i128 {
    let asked =
        |container: &Value| container["resources"]["requests"][resource].as_str().and_then(parse_milli).unwrap_or(0);
    let containers = |field: &str| pod["spec"][field].as_array().map(Vec::as_slice).unwrap_or_default();
    let running: i128 = containers("containers").iter().map(asked).sum();
    containers("initContainers").iter().map(asked).max().unwrap_or(0).max(running)
}

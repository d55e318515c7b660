//! How a PodDisruptionBudget stands: worked out from the pods there are when someone asks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::store::ObjectStore;
use super::unseen;
use super::workload::{is_finished, is_ready, keeper, matches_selector, owner};

/// The standing of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Pods that the covered workloads want.
    pub expected: i64,
    /// Pods that must be healthy.
    pub desired: i64,
    /// Pods that are.
    pub healthy: i64,
    /// Evictions allowed now.
    pub allowed: i64,
}

impl Standing {
    /// Works a budget's standing out. A status that was recorded with the object is believed as long as it can be true.
    pub fn of(objects: &ObjectStore, budget: &Value) -> Standing {
        let status = &budget["status"];
        if let Some(allowed) = status["disruptionsAllowed"].as_i64().filter(|_| objects.are_believed()) {
            let number = |field: &str| status[field].as_i64().unwrap_or(0);
            return Standing {
                expected: number("expectedPods"),
                desired: number("desiredHealthy"),
                healthy: number("currentHealthy"),
                allowed,
            };
        }
        let namespace = budget["metadata"]["namespace"].as_str().unwrap_or_default();
        let covered: Vec<&Value> = objects
            .list("pods", Some(namespace))
            .map(AsRef::as_ref)
            .filter(|pod| covers(budget, pod) && !is_finished(pod))
            .collect();
        let healthy = covered.iter().filter(|pod| is_ready(pod) && pod["metadata"]["deletionTimestamp"].is_null());
        let healthy = i64::try_from(healthy.count()).unwrap_or(i64::MAX);
        let expected = expected(objects, namespace, &covered);
        let spec = &budget["spec"];
        let desired = match (&spec["minAvailable"], &spec["maxUnavailable"]) {
            (Value::Null, Value::Null) => expected,
            (Value::Null, unavailable) => (expected - share(unavailable, expected)).max(0),
            (available, _) => share(available, expected),
        };
        let allowed = if expected == 0 { 0 } else { (healthy - desired).max(0) };
        Standing { expected, desired, healthy, allowed }
    }

    /// The `status` of the budget.
    pub fn to_status(self) -> Value {
        json!({
            "observedGeneration": 1,
            "disruptionsAllowed": self.allowed,
            "currentHealthy": self.healthy,
            "desiredHealthy": self.desired,
            "expectedPods": self.expected,
        })
    }
}

/// Whether a budget is about a pod of its namespace.
pub fn covers(budget: &Value, pod: &Value) -> bool {
    matches_selector(&budget["spec"]["selector"], &pod["metadata"]["labels"])
}

/// The sum of what the owners of the pods want; a pod without an owner counts for itself.
fn expected(objects: &ObjectStore, namespace: &str, pods: &[&Value]) -> i64 {
    let mut wanted: BTreeMap<String, i64> = BTreeMap::new();
    for (index, pod) in pods.iter().enumerate() {
        let (key, replicas) = match owner(pod) {
            None => (index.to_string(), 1),
            Some((kind, name)) => {
                let key = format!("{kind}/{name}");
                // An owner that is not there wants the pods it has.
                let there = wanted.get(&key).copied().unwrap_or_default();
                let owner = keeper(pod).and_then(|(resource, name)| unseen::find(objects, resource, namespace, name));
                let replicas = owner.map_or(there + 1, |owner| replicas(&owner));
                (key, replicas)
            }
        };
        wanted.insert(key, replicas);
    }
    wanted.values().sum()
}

fn replicas(owner: &Value) -> i64 {
    owner["spec"]["replicas"].as_i64().or_else(|| owner["status"]["desiredNumberScheduled"].as_i64()).unwrap_or(1)
}

/// A number, or a percentage of `total` rounded up.
fn share(value: &Value, total: i64) -> i64 {
    match value {
        Value::String(text) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or(0);
            (total.saturating_mul(percent).saturating_add(99)).div_euclid(100)
        }
        number => number.as_i64().unwrap_or(0),
    }
}

//! What pods ask for and may use, and how much of a node that is.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::kubernetes::quantity::Quantity;

/// Quantities by resource.
pub(super) type Resources = BTreeMap<String, Quantity>;

/// A list of quantities as an object holds it.
pub(super) fn list(value: &Value) -> Resources {
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(name, value)| (name.clone(), Quantity::parse(&printed(value)).unwrap_or_default())).collect()
}

/// A quantity may be written as a number.
fn printed(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Adds each. What is there for the first time stays as it is written.
pub(super) fn add(to: &mut Resources, more: &Resources) {
    for (name, quantity) in more {
        to.entry(name.clone()).and_modify(|there| there.add(*quantity)).or_insert(*quantity);
    }
}

/// Takes the greater of each.
fn at_least(of: &mut Resources, other: &Resources) {
    for (name, quantity) in other {
        match of.get(name) {
            Some(there) if !there.is_less_than(*quantity) => {}
            _ => drop(of.insert(name.clone(), *quantity)),
        }
    }
}

/// What a pod asks for (`requests`), or may use (`limits`).
pub(super) fn of_pod(pod: &Value, field: &str) -> Resources {
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let spec = &pod["spec"];
    let statuses = items(&pod["status"]["containerStatuses"]);
    let mut total = Resources::new();
    for container in items(&spec["containers"]) {
        let mut own = list(&container["resources"][field]);
        // A container that was resized asks for what it has until it has what it asks for.
        let status = statuses.iter().find(|status| status["name"] == container["name"]);
        if let Some(now) = status.map(|status| &status["resources"]).filter(|now| field == "requests" && !now.is_null())
        {
            let now = list(&now[field]);
            if pod["status"]["resize"] == "Infeasible" {
                own = now;
            } else {
                at_least(&mut own, &now);
            }
        }
        add(&mut total, &own);
    }
    let (mut sidecars, mut init) = (Resources::new(), Resources::new());
    for container in items(&spec["initContainers"]) {
        let mut own = list(&container["resources"][field]);
        if container["restartPolicy"] == "Always" {
            add(&mut total, &own);
            add(&mut sidecars, &own);
            own.clone_from(&sidecars);
        } else {
            add(&mut own, &sidecars);
        }
        at_least(&mut init, &own);
    }
    at_least(&mut total, &init);
    for (name, overhead) in list(&spec["overhead"]) {
        if field == "requests" || total.get(&name).is_some_and(|limit| !limit.is_zero()) {
            total.entry(name).and_modify(|there| there.add(overhead)).or_insert(overhead);
        }
    }
    total
}

/// How much of `of` a quantity is, in percent: cut, not rounded. Numbers beyond 64 bits wrap around, as kubectl's do.
pub(super) fn percent(quantity: Quantity, of: Quantity, cpu: bool) -> i64 {
    let number = |quantity: Quantity| if cpu { quantity.milli_value() } else { quantity.value() };
    let part = number(quantity) as f64 / number(of) as f64 * 100.0;
    // What is no number of 64 bits becomes the least one there.
    let (least, most) = (i64::MIN as f64, i64::MAX as f64);
    if (least..most).contains(&part) { part as i64 } else { i64::MIN }
}

//! Questions to ask of stored pods and of the objects that own them.

use serde_json::Value;

use super::resource::Resource;

/// Whose pods the sandbox's controllers make anew.
const KEEPERS: [&str; 5] = ["daemonsets", "jobs", "replicasets", "replicationcontrollers", "statefulsets"];

/// Whether the pod's `Ready` condition holds.
pub fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready") == Some("True")
}

/// The status of a condition of any object.
pub fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a str> {
    let conditions = object["status"]["conditions"].as_array()?;
    conditions.iter().find(|condition| condition["type"] == kind)?["status"].as_str()
}

/// Whether the pod has ended by itself.
pub fn is_finished(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// The reference to the controller that owns an object.
pub fn owner_reference(object: &Value) -> Option<&Value> {
    let owners = object["metadata"]["ownerReferences"].as_array()?;
    owners.iter().find(|owner| owner["controller"] == true)
}

/// Kind and name of the controller that owns an object.
pub fn owner(object: &Value) -> Option<(&str, &str)> {
    let owner = owner_reference(object)?;
    Some((owner["kind"].as_str()?, owner["name"].as_str()?))
}

/// The resource and name of the controller that owns a pod, where the sandbox has that controller. A `Job` of another API
/// group is another kind.
pub fn keeper(pod: &Value) -> Option<(&'static Resource, &str)> {
    let owner = owner_reference(pod)?;
    let resource = Resource::of_kind(owner["apiVersion"].as_str()?, owner["kind"].as_str()?)?;
    KEEPERS.contains(&resource.plural).then_some((resource, owner["name"].as_str()?))
}

/// Whether a ReplicaSet makes the pods that a Deployment wants now: their templates are equal but for the hash in the labels.
pub fn is_set_of(set: &Value, deployment: &Value) -> bool {
    let plain = |owner: &Value| {
        let mut template = owner["spec"]["template"].clone();
        for (part, field) in [("/metadata/labels", "pod-template-hash"), ("/metadata", "creationTimestamp")] {
            if let Some(map) = template.pointer_mut(part).and_then(Value::as_object_mut) {
                map.shift_remove(field);
            }
        }
        template
    };
    plain(set) == plain(deployment)
}

/// Whether labels satisfy a `LabelSelector` object. The empty selector matches everything, none matches nothing.
pub fn matches_selector(selector: &Value, labels: &Value) -> bool {
    let Some(fields) = selector.as_object() else { return false };
    let equal = fields.get("matchLabels").and_then(Value::as_object);
    let expressions = fields.get("matchExpressions").and_then(Value::as_array);
    equal.into_iter().flatten().all(|(key, value)| &labels[key.as_str()] == value)
        && expressions.into_iter().flatten().all(|expression| holds(expression, labels))
}

/// Whether labels satisfy one `key operator values` expression.
pub fn holds(expression: &Value, labels: &Value) -> bool {
    let key = expression["key"].as_str().unwrap_or_default();
    let found = labels[key].as_str();
    let values: Vec<&str> = expression["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    match expression["operator"].as_str().unwrap_or_default() {
        "In" => found.is_some_and(|value| values.contains(&value)),
        "NotIn" => found.is_none_or(|value| !values.contains(&value)),
        "Exists" => found.is_some(),
        "DoesNotExist" => found.is_none(),
        "Gt" => number(found).zip(number(values.first().copied())).is_some_and(|(value, bound)| value > bound),
        "Lt" => number(found).zip(number(values.first().copied())).is_some_and(|(value, bound)| value < bound),
        _ => false,
    }
}

//! The fields that field selectors may name, by resource.

use serde_json::Value;

use super::resource::Resource;
use super::status::Refusal;
use crate::domain::kubernetes::FieldSelector;

const COMMON: [&str; 2] = ["metadata.name", "metadata.namespace"];
const PODS: [&str; 8] = [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
];
const EVENTS: [&str; 11] = [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];

/// Refuses a selector that names a field which the resource does not have.
pub fn check(resource: &Resource, selector: &FieldSelector) -> Result<(), Refusal> {
    let own: &[&str] = match resource.plural {
        "pods" => &PODS,
        "events" => &EVENTS,
        "nodes" => &["spec.unschedulable"],
        "namespaces" => &["status.phase"],
        _ => &[],
    };
    let known = |field: &str| COMMON.contains(&field) || own.contains(&field);
    match selector.terms.iter().find(|term| !known(&term.field)) {
        None => Ok(()),
        Some(term) if own.is_empty() => Err(Refusal::bad_request(format!(
            "\"{}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
            term.field
        ))),
        Some(term) => Err(Refusal::bad_request(format!("field label not supported: {}", term.field))),
    }
}

/// The printed value of a field; empty when it is unset.
pub fn value(resource: &Resource, object: &Value, field: &str) -> String {
    let path = match (resource.plural, field) {
        ("events", "source") => "source.component",
        (_, field) => field,
    };
    let found = path.split('.').fold(object, |value, key| &value[key]);
    match found {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        // Booleans are never unset.
        _ if matches!(field, "spec.unschedulable" | "spec.hostNetwork") => "false".to_string(),
        _ => String::new(),
    }
}

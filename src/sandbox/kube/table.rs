//! Lists and objects as Tables: what kubectl prints when it prints what the server says.

use k8s_openapi::api::core::v1::{Node, Pod};
use serde::Deserialize;
use serde_json::{Value, json};

use super::resource::Resource;
use super::time::{Now, millis, to_wire};
use super::workload::condition;
use crate::domain::kubernetes::age;
use crate::domain::kubernetes::columns::{Column, NODE_COLUMNS, POD_COLUMNS, node_cells, pod_cells};

/// Whether an `Accept` header asks for a Table before anything else that we have.
pub fn wanted(accept: &str) -> bool {
    let first = accept.split(',').find(|part| part.contains("json")).unwrap_or_default();
    first.contains("as=Table")
        && first.contains("g=meta.k8s.io")
        && first.contains("v=v1")
        && !first.contains("v=v1beta1")
}

/// A Table of objects. `include` is the query's `includeObject`; without `columns` the definitions are left out.
pub fn table(resource: &Resource, objects: &[&Value], now: Now, include: &str, columns: bool) -> Value {
    let rows: Vec<Value> = objects.iter().map(|object| row(resource, object, now, include)).collect();
    let definitions: Vec<Value> = if columns { definitions(resource) } else { Vec::new() };
    let mut table = json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {}});
    table["columnDefinitions"] = definitions.into();
    table["rows"] = rows.into();
    table
}

fn row(resource: &Resource, object: &Value, now: Now, include: &str) -> Value {
    let wire = to_wire(object, now);
    let cells = cells(resource, &wire, object, now);
    let shown = match include {
        "None" => Value::Null,
        "Object" => {
            let mut shown = json!({"kind": resource.kind, "apiVersion": resource.api_version()});
            super::patch::merge(&mut shown, &wire);
            shown
        }
        _ => json!({
            "kind": "PartialObjectMetadata",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": wire["metadata"],
        }),
    };
    json!({"cells": cells, "object": shown})
}

const NAME: Column = Column { name: "Name", wide: false, description: "Name of the object" };
const AGE: Column = Column { name: "Age", wide: false, description: "Time since the object was created" };

const fn column(name: &'static str, description: &'static str) -> Column {
    Column { name, wide: false, description }
}

const fn wide(name: &'static str, description: &'static str) -> Column {
    Column { name, wide: true, description }
}

fn columns(resource: &Resource) -> Vec<Column> {
    match resource.plural {
        "nodes" => NODE_COLUMNS.to_vec(),
        "pods" => POD_COLUMNS.to_vec(),
        "leases" => vec![NAME, column("Holder", "Holder of the lease"), AGE],
        "namespaces" => vec![NAME, column("Status", "Phase of the namespace"), AGE],
        "configmaps" => vec![NAME, column("Data", "Number of entries"), AGE],
        "events" => vec![
            column("Last Seen", "Time since the event happened last"),
            column("Type", "Normal or Warning"),
            column("Reason", "Machine-readable reason"),
            column("Object", "What the event is about"),
            wide("Subobject", "Part of the object"),
            wide("Source", "Who reports it"),
            column("Message", "Sentence for people"),
            wide("First Seen", "Time since the event happened first"),
            wide("Count", "How often it happened"),
            Column { wide: true, ..NAME },
        ],
        "daemonsets" => vec![
            NAME,
            column("Desired", "Nodes that should have a pod"),
            column("Current", "Nodes that have one"),
            column("Ready", "Pods that are ready"),
            column("Up-to-date", "Pods of the current template"),
            column("Available", "Pods that have been ready long enough"),
            column("Node Selector", "Which nodes"),
            AGE,
        ],
        "deployments" => vec![
            NAME,
            column("Ready", "Pods that are ready, of those wanted"),
            column("Up-to-date", "Pods of the current template"),
            column("Available", "Pods that have been ready long enough"),
            AGE,
        ],
        "replicasets" | "replicationcontrollers" => vec![
            NAME,
            column("Desired", "Pods wanted"),
            column("Current", "Pods there are"),
            column("Ready", "Pods that are ready"),
            AGE,
        ],
        "statefulsets" => vec![NAME, column("Ready", "Pods that are ready, of those wanted"), AGE],
        "jobs" => vec![
            NAME,
            column("Status", "Whether it is over, and how it ended"),
            column("Completions", "Pods that have done their work, of those wanted"),
            column("Duration", "Time from its start to its end, or until now"),
            AGE,
        ],
        "poddisruptionbudgets" => vec![
            NAME,
            column("Min Available", "Pods that must be healthy"),
            column("Max Unavailable", "Pods that may be away"),
            column("Allowed Disruptions", "Evictions allowed now"),
            AGE,
        ],
        "runtimeclasses" => vec![NAME, column("Handler", "Runtime that runs its pods"), AGE],
        _ => vec![NAME, AGE],
    }
}

fn definitions(resource: &Resource) -> Vec<Value> {
    let definition = |column: Column| {
        json!({
            "name": column.name,
            "type": "string",
            "format": if column.name == "Name" { "name" } else { "" },
            "description": column.description,
            "priority": i32::from(column.wide),
        })
    };
    columns(resource).into_iter().map(definition).collect()
}

fn cells(resource: &Resource, wire: &Value, stored: &Value, now: Now) -> Vec<String> {
    let metadata = &wire["metadata"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let ago = |stored: &Value| match millis(stored) {
        Some(then) => age::human_duration(now.millis.saturating_sub(then) / 1000),
        None => "<unknown>".to_string(),
    };
    let age = ago(&stored["metadata"]["creationTimestamp"]);
    match resource.plural {
        "nodes" => match Node::deserialize(wire) {
            Ok(node) => node_cells(&node, now.timestamp()).to_vec(),
            Err(_) => unreadable(metadata, NODE_COLUMNS.len()),
        },
        "pods" => match Pod::deserialize(wire) {
            Ok(pod) => pod_cells(&pod, now.timestamp()).to_vec(),
            Err(_) => unreadable(metadata, POD_COLUMNS.len()),
        },
        "leases" => vec![text(&metadata["name"]), text(&wire["spec"]["holderIdentity"]), age],
        "namespaces" => vec![text(&metadata["name"]), text(&wire["status"]["phase"]), age],
        "configmaps" => {
            let entries = |field: &str| wire[field].as_object().map_or(0, serde_json::Map::len);
            vec![text(&metadata["name"]), (entries("data") + entries("binaryData")).to_string(), age]
        }
        "events" => event_cells(wire, stored, &ago),
        "daemonsets" => {
            let status = &wire["status"];
            let selector = wire["spec"]["template"]["spec"]["nodeSelector"].as_object();
            let pairs: Vec<String> =
                selector.into_iter().flatten().map(|(key, value)| format!("{key}={}", text(value))).collect();
            vec![
                text(&metadata["name"]),
                count(&status["desiredNumberScheduled"]),
                count(&status["currentNumberScheduled"]),
                count(&status["numberReady"]),
                count(&status["updatedNumberScheduled"]),
                count(&status["numberAvailable"]),
                if pairs.is_empty() { "<none>".to_string() } else { pairs.join(",") },
                age,
            ]
        }
        "deployments" => {
            let status = &wire["status"];
            let ready = format!("{}/{}", count(&status["readyReplicas"]), replicas(wire));
            let (updated, available) = (count(&status["updatedReplicas"]), count(&status["availableReplicas"]));
            vec![text(&metadata["name"]), ready, updated, available, age]
        }
        "replicasets" | "replicationcontrollers" => {
            let status = &wire["status"];
            let (current, ready) = (count(&status["replicas"]), count(&status["readyReplicas"]));
            vec![text(&metadata["name"]), replicas(wire), current, ready, age]
        }
        "statefulsets" => {
            let ready = format!("{}/{}", count(&wire["status"]["readyReplicas"]), replicas(wire));
            vec![text(&metadata["name"]), ready, age]
        }
        "jobs" => vec![text(&metadata["name"]), job_status(wire), completions(wire), duration(stored, now), age],
        "poddisruptionbudgets" => {
            let bound = |value: &Value| match value {
                Value::Null => "N/A".to_string(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let (least, most) = (bound(&wire["spec"]["minAvailable"]), bound(&wire["spec"]["maxUnavailable"]));
            vec![text(&metadata["name"]), least, most, count(&wire["status"]["disruptionsAllowed"]), age]
        }
        "runtimeclasses" => vec![text(&metadata["name"]), text(&wire["handler"]), age],
        _ => vec![text(&metadata["name"]), age],
    }
}

/// A number that a status may lack.
fn count(value: &Value) -> String {
    value.as_i64().unwrap_or(0).to_string()
}

fn replicas(wire: &Value) -> String {
    wire["spec"]["replicas"].as_i64().unwrap_or(1).to_string()
}

/// A Job in a word: the first of these that holds.
fn job_status(wire: &Value) -> String {
    let ended = ["Complete", "Failed"].into_iter();
    let on_its_way = ["Suspended", "FailureTarget", "SuccessCriteriaMet"].into_iter();
    let holds = |kind: &&str| condition(wire, kind) == Some("True");
    let leaves = (!wire["metadata"]["deletionTimestamp"].is_null()).then_some("Terminating");
    let said = ended.clone().find(holds).or(leaves).or_else(|| on_its_way.clone().find(holds));
    said.unwrap_or("Running").to_owned()
}

/// How many of a Job's pods have done their work, of how many. Of a queue of work one is enough.
fn completions(wire: &Value) -> String {
    let (spec, done) = (&wire["spec"], count(&wire["status"]["succeeded"]));
    match (spec["completions"].as_i64(), spec["parallelism"].as_i64().unwrap_or(0)) {
        (Some(wanted), _) => format!("{done}/{wanted}"),
        (None, at_once) if at_once > 1 => format!("{done}/1 of {at_once}"),
        (None, _) => format!("{done}/1"),
    }
}

/// How long a Job has been at work; nothing of one that has not begun.
fn duration(stored: &Value, now: Now) -> String {
    let status = &stored["status"];
    let Some(start) = millis(&status["startTime"]) else { return String::new() };
    let end = millis(&status["completionTime"]).unwrap_or(now.millis);
    age::human_duration(end.saturating_sub(start) / 1000)
}

/// What the columns of events show. A series knows best when its event happened last.
fn event_cells(wire: &Value, stored: &Value, ago: &impl Fn(&Value) -> String) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let first = [&stored["firstTimestamp"], &stored["eventTime"]].into_iter().find(|time| !time.is_null());
    let first = ago(first.unwrap_or(&Value::Null));
    let series = &stored["series"];
    let last = match (series.is_null(), &stored["lastTimestamp"]) {
        (false, _) => ago(&series["lastObservedTime"]),
        (true, Value::Null) => first.clone(),
        (true, time) => ago(time),
    };
    let count = if series.is_null() { &wire["count"] } else { &wire["series"]["count"] };
    let count = count.as_i64().filter(|count| *count > 0 || !series.is_null()).unwrap_or(1);
    let object = &wire["involvedObject"];
    let source = &wire["source"];
    let source = match (text(&source["component"]), text(&source["host"])) {
        (component, host) if component.is_empty() && host.is_empty() => {
            let controller = text(&wire["reportingComponent"]);
            let instance = text(&wire["reportingInstance"]);
            if instance.is_empty() { controller } else { format!("{controller}, {instance}") }
        }
        (component, host) if host.is_empty() => component,
        (component, host) => format!("{component}, {host}"),
    };
    let kind = text(&object["kind"]).to_lowercase();
    let name = text(&object["name"]);
    vec![
        last,
        text(&wire["type"]),
        text(&wire["reason"]),
        if name.is_empty() { kind } else { format!("{kind}/{name}") },
        text(&object["fieldPath"]),
        source,
        text(&wire["message"]).trim().to_string(),
        first,
        count.to_string(),
        text(&wire["metadata"]["name"]),
    ]
}

/// Cells of an object that is not of its own kind's form: its name and nothing known.
fn unreadable(metadata: &Value, columns: usize) -> Vec<String> {
    let name = metadata["name"].as_str().unwrap_or_default().to_string();
    std::iter::once(name).chain(std::iter::repeat_n("<unknown>".to_string(), columns - 1)).collect()
}

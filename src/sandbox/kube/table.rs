//! Lists and objects as Tables: what kubectl prints when it prints what the server says.

use k8s_openapi::api::core::v1::{Node, Pod};
use serde::Deserialize;
use serde_json::{Value, json};

use super::resource::Resource;
use super::time::{Now, millis, to_wire};
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
            column("Message", "Sentence for people"),
        ],
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
        "events" => {
            let object = &wire["involvedObject"];
            let seen = ["lastTimestamp", "eventTime"].into_iter().find(|field| !stored[field].is_null());
            vec![
                seen.map_or_else(|| "<unknown>".to_string(), |field| ago(&stored[field])),
                text(&wire["type"]),
                text(&wire["reason"]),
                format!("{}/{}", text(&object["kind"]).to_lowercase(), text(&object["name"])),
                text(&wire["message"]).trim().to_string(),
            ]
        }
        _ => vec![text(&metadata["name"]), age],
    }
}

/// Cells of an object that is not of its own kind's form: its name and nothing known.
fn unreadable(metadata: &Value, columns: usize) -> Vec<String> {
    let name = metadata["name"].as_str().unwrap_or_default().to_string();
    std::iter::once(name).chain(std::iter::repeat_n("<unknown>".to_string(), columns - 1)).collect()
}

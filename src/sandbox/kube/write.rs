//! Create, replace, patch and delete.

use std::sync::Arc;

use serde_json::{Value, json};

use super::request::{Query, Target, dry_run};
use super::resource::Resource;
use super::status::{Refusal, success};
use super::store::{StoreError, object_mut};
use super::{Server, controllers, evict, patch, read, time};
use crate::domain::kubernetes::names;

/// What a write answers: the object, or a `Status`.
pub enum Written {
    /// The object as it is (or would be) now.
    Object(u16, Arc<Value>),
    /// A `Status`.
    Status(Value),
}

/// Answers a POST.
pub fn create(server: &mut Server<'_>, target: &Target, query: &Query, mut object: Value) -> Result<Written, Refusal> {
    let resource = target.resource;
    if target.subresource == "eviction" {
        return eviction(server, target, query, &object);
    }
    if !target.name.is_empty() {
        return Err(Refusal::method_not_allowed());
    }
    expect_kind(resource, &object)?;
    settle_namespace(target, &mut object)?;
    time::to_stored(&mut object, &Value::Null, server.now);
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_string();
    if !name.is_empty() {
        validate(resource, &object)?;
    }
    let namespaces = Resource::by_plural("namespaces").unwrap_or(resource);
    if resource.namespaced && server.objects.get("namespaces", "", &target.namespace).is_none() {
        return Err(Refusal::not_found(namespaces, &target.namespace));
    }
    if resource.plural == "pods" && object["status"].is_null() {
        object["status"] = json!({"phase": "Pending"});
    }
    if resource.plural == "namespaces" {
        object["status"] = json!({"phase": "Active"});
    }
    let now = server.now.millis;
    let created = if query.dry_run {
        server.objects.rehearse_create(resource.plural, object, now)
    } else {
        server.objects.create(resource.plural, object, now)
    };
    let created = created.map_err(|error| refusal(resource, &name, &error))?;
    if !query.dry_run {
        let created_name = text(&created["metadata"]["name"]);
        match resource.plural {
            "nodes" => controllers::node_changed(server.objects, created_name, now),
            "pods" if text(&created["spec"]["nodeName"]).is_empty() => {
                controllers::schedule(server.objects, &created, now);
            }
            plural => controllers::workload_changed(server.objects, plural, &target.namespace, created_name, now),
        }
    }
    Ok(Written::Object(201, created))
}

/// Answers a PUT.
pub fn replace(server: &mut Server<'_>, target: &Target, query: &Query, mut object: Value) -> Result<Written, Refusal> {
    let resource = target.resource;
    expect_kind(resource, &object)?;
    settle_namespace(target, &mut object)?;
    if object["metadata"]["name"] != target.name.as_str() {
        return Err(Refusal::bad_request("the name of the object does not match the name on the URL"));
    }
    let current = current(server, target)?;
    time::to_stored(&mut object, &current, server.now);
    // The object and its status are written through different doors.
    if target.subresource == "status" {
        let mut whole = Value::clone(&current);
        whole["status"] = object["status"].take();
        whole["metadata"]["resourceVersion"] = object["metadata"]["resourceVersion"].take();
        object = whole;
    } else if resource.has_status {
        match current.get("status") {
            Some(status) => object["status"] = status.clone(),
            None => object["status"] = Value::Null,
        }
    }
    keep(server, target, query, &current, object)
}

/// Answers a PATCH. `kind` is the media type.
pub fn change(
    server: &mut Server<'_>,
    target: &Target,
    query: &Query,
    kind: &str,
    body: &Value,
) -> Result<Written, Refusal> {
    let resource = target.resource;
    let apply = kind.starts_with("application/apply-patch");
    if apply && server.objects.get(resource.plural, &target.namespace, &target.name).is_none() {
        let collection = Target { name: String::new(), ..target.clone() };
        return create(server, &collection, query, body.clone());
    }
    let current = current(server, target)?;
    let mut object = time::to_wire(&current, server.now);
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/json-patch+json" => patch::json(&mut object, body).map_err(Refusal::bad_request)?,
        "application/merge-patch+json" => patch::merge(&mut object, body),
        "application/strategic-merge-patch+json" => patch::strategic(&mut object, body),
        _ if apply => patch::strategic(&mut object, body),
        other => {
            return Err(Refusal::unsupported_media_type(format!(
                "the body of the request was in an unknown format - accepted media types include: \
                 application/json-patch+json, application/merge-patch+json, \
                 application/strategic-merge-patch+json, application/apply-patch+yaml (got {other:?})"
            )));
        }
    }
    time::to_stored(&mut object, &current, server.now);
    if target.subresource == "status" {
        let mut whole = Value::clone(&current);
        whole["status"] = object["status"].take();
        object = whole;
    }
    // A version in the patch is the writer's condition.
    if body["metadata"]["resourceVersion"].is_null() {
        object["metadata"]["resourceVersion"] = current["metadata"]["resourceVersion"].clone();
    }
    keep(server, target, query, &current, object)
}

/// Answers a DELETE of one object.
pub fn delete(server: &mut Server<'_>, target: &Target, query: &Query, options: &Value) -> Result<Written, Refusal> {
    let resource = target.resource;
    let current = current(server, target)?;
    let dry = query.dry_run || options_dry_run(options)?;
    for field in ["uid", "resourceVersion"] {
        let wanted = &options["preconditions"][field];
        if !wanted.is_null() && *wanted != current["metadata"][field] {
            let why = format!(
                "Precondition failed: {field} in precondition: {}, {field} in object meta: {}",
                text(wanted),
                text(&current["metadata"][field])
            );
            return Err(Refusal::conflict(resource, &target.name, &why));
        }
    }
    if !dry {
        remove(server, target, query.grace_seconds.or(options["gracePeriodSeconds"].as_i64()));
    }
    // A pod that takes its time is shown as it is; what is gone is only named.
    if resource.plural == "pods" {
        let pod = server.objects.get("pods", &target.namespace, &target.name).cloned().unwrap_or(current);
        return Ok(Written::Object(200, pod));
    }
    let mut status = success(200);
    if let Some(status) = status.as_object_mut() {
        status.shift_remove("code");
    }
    status["details"] = json!({"name": target.name, "kind": resource.plural, "uid": current["metadata"]["uid"]});
    if !resource.group.is_empty() {
        status["details"]["group"] = resource.group.into();
    }
    Ok(Written::Status(status))
}

/// Answers a DELETE of a collection.
pub fn delete_collection(
    server: &mut Server<'_>,
    target: &Target,
    query: &Query,
    options: &Value,
) -> Result<Written, Refusal> {
    let resource = target.resource;
    let all: Vec<Arc<Value>> = server.objects.list(resource.plural, Some(&target.namespace)).cloned().collect();
    let dry = query.dry_run || options_dry_run(options)?;
    for object in all.iter().filter(|object| !dry && read::picked(resource, object, query)) {
        let one = Target {
            namespace: text(&object["metadata"]["namespace"]).to_string(),
            name: text(&object["metadata"]["name"]).to_string(),
            ..target.clone()
        };
        remove(server, &one, query.grace_seconds.or(options["gracePeriodSeconds"].as_i64()));
    }
    Ok(Written::Status(success(200)))
}

fn remove(server: &mut Server<'_>, target: &Target, grace_seconds: Option<i64>) {
    let now = server.now.millis;
    let (namespace, name) = (target.namespace.as_str(), target.name.as_str());
    match target.resource.plural {
        "pods" => {
            let leaving = controllers::delete_pod(server.objects, namespace, name, grace_seconds, now);
            server.leaving.extend(leaving);
        }
        plural => {
            let _ = server.objects.delete(plural, namespace, name);
            match plural {
                "nodes" => controllers::node_gone(server.objects, name, now),
                "replicasets" | "replicationcontrollers" | "daemonsets" | "statefulsets" | "deployments" | "jobs" => {
                    super::unseen::forget(server.objects, target.resource, namespace, name);
                    orphaned(server, target.resource.kind, namespace, name);
                }
                _ => {}
            }
        }
    }
}

/// What an owner leaves behind goes with it.
fn orphaned(server: &mut Server<'_>, kind: &str, namespace: &str, name: &str) {
    if server.objects.is_still() {
        return;
    }
    for plural in ["replicasets", "pods"] {
        let owned: Vec<Arc<Value>> = server
            .objects
            .list(plural, Some(namespace))
            .filter(|object| super::workload::owner(object) == Some((kind, name)))
            .cloned()
            .collect();
        for object in owned {
            let Some(resource) = Resource::by_plural(plural) else { continue };
            let target = Target {
                resource,
                namespace: namespace.to_string(),
                name: text(&object["metadata"]["name"]).to_string(),
                subresource: String::new(),
            };
            remove(server, &target, None);
        }
    }
}

fn eviction(server: &mut Server<'_>, target: &Target, query: &Query, body: &Value) -> Result<Written, Refusal> {
    let options = &body["deleteOptions"];
    let dry = query.dry_run || options_dry_run(options)?;
    evict::allow(server.objects, &target.namespace, &target.name, dry)?;
    if !dry {
        remove(server, target, options["gracePeriodSeconds"].as_i64());
    }
    Ok(Written::Status(success(201)))
}

fn options_dry_run(options: &Value) -> Result<bool, Refusal> {
    dry_run(options["dryRun"].as_array().into_iter().flatten().filter_map(Value::as_str))
}

fn current(server: &Server<'_>, target: &Target) -> Result<Arc<Value>, Refusal> {
    let resource = target.resource;
    let found = server.objects.get(resource.plural, &target.namespace, &target.name);
    found.cloned().ok_or_else(|| Refusal::not_found(resource, &target.name))
}

/// Stores what an object has become, unless it is a dry run.
fn keep(
    server: &mut Server<'_>,
    target: &Target,
    query: &Query,
    current: &Value,
    mut object: Value,
) -> Result<Written, Refusal> {
    let resource = target.resource;
    if let Some(fields) = object.as_object_mut() {
        fields.shift_remove("kind");
        fields.shift_remove("apiVersion");
    }
    if object["metadata"]["name"] != current["metadata"]["name"] {
        return Err(Refusal::bad_request("the name of the object may not change"));
    }
    validate(resource, &object)?;
    if query.dry_run {
        return Ok(Written::Object(200, Arc::new(object)));
    }
    let now = server.now.millis;
    let kept =
        server.objects.update(resource.plural, object).map_err(|error| refusal(resource, &target.name, &error))?;
    match resource.plural {
        "nodes"
            if current["spec"] != kept["spec"] || current["status"]["conditions"] != kept["status"]["conditions"] =>
        {
            controllers::node_changed(server.objects, &target.name, now);
        }
        "daemonsets" | "deployments" | "jobs" | "replicasets" | "replicationcontrollers" | "statefulsets"
            if current["spec"] != kept["spec"] =>
        {
            controllers::workload_changed(server.objects, resource.plural, &target.namespace, &target.name, now);
        }
        _ => {}
    }
    Ok(Written::Object(200, kept))
}

fn expect_kind(resource: &Resource, object: &Value) -> Result<(), Refusal> {
    match object["kind"].as_str() {
        None if object.is_object() => Ok(()),
        Some(kind) if kind == resource.kind => Ok(()),
        Some(kind) => Err(Refusal::bad_request(format!(
            "{kind} in version {:?} cannot be handled as a {}",
            text(&object["apiVersion"]),
            resource.kind
        ))),
        None => Err(Refusal::bad_request("the object provided is unrecognized (must be of type JSON or YAML)")),
    }
}

fn settle_namespace(target: &Target, object: &mut Value) -> Result<(), Refusal> {
    let metadata = object_mut(object, "metadata");
    if !target.resource.namespaced {
        metadata.shift_remove("namespace");
        return Ok(());
    }
    match metadata.get("namespace").and_then(Value::as_str) {
        Some(namespace) if namespace != target.namespace && !namespace.is_empty() => Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        )),
        _ => {
            metadata.insert("namespace".into(), target.namespace.as_str().into());
            Ok(())
        }
    }
}

/// Name and labels must be what Kubernetes accepts.
fn validate(resource: &Resource, object: &Value) -> Result<(), Refusal> {
    let name = text(&object["metadata"]["name"]);
    let mut causes = Vec::new();
    let mut say = |field: &str, value: &str, rules: Vec<String>| {
        causes.extend(rules.into_iter().map(|rule| (field.to_string(), format!("Invalid value: {value:?}: {rule}"))));
    };
    say("metadata.name", name, names::subdomain(name));
    for (key, value) in object["metadata"]["labels"].as_object().into_iter().flatten() {
        say("metadata.labels", key, names::qualified_name(key));
        say("metadata.labels", text(value), names::label_value(text(value)));
    }
    if causes.is_empty() { Ok(()) } else { Err(Refusal::invalid(resource, name, &causes)) }
}

fn refusal(resource: &Resource, name: &str, error: &StoreError) -> Refusal {
    match error {
        StoreError::AlreadyExists => Refusal::already_exists(resource, name),
        StoreError::NotFound => Refusal::not_found(resource, name),
        StoreError::Conflict => Refusal::conflict(
            resource,
            name,
            "the object has been modified; please apply your changes to the latest version and try again",
        ),
        StoreError::NoName => {
            let cause = ("metadata.name".to_string(), "Required value: name or generateName is required".to_string());
            Refusal::invalid(resource, name, &[cause])
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

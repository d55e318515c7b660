//! As much of OpenAPI v3 as `kubectl apply` asks for: that the server checks fields itself, so that the client need not.
//!
//! Schemas are left out: `kubectl explain` has nothing to explain here.

use serde_json::{Map, Value, json};

use super::resource::{RESOURCES, groups};

fn path_of(group: &str) -> String {
    if group.is_empty() { "api/v1".to_string() } else { format!("apis/{group}/v1") }
}

/// `GET /openapi/v3`.
pub fn index() -> Value {
    let paths: Map<String, Value> = std::iter::once("")
        .chain(groups())
        .map(|group| (path_of(group), json!({"serverRelativeURL": format!("/openapi/v3/{}", path_of(group))})))
        .collect();
    json!({"paths": paths})
}

/// `GET /openapi/v3/api/v1` or `/openapi/v3/apis/GROUP/v1`; `None` for a group that is not there.
pub fn group(group: &str) -> Option<Value> {
    let paths: Map<String, Value> = RESOURCES
        .iter()
        .filter(|resource| resource.group == group)
        .map(|resource| {
            let scope = if resource.namespaced { "namespaces/{namespace}/" } else { "" };
            let patch = json!({
                "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "OK"}},
                "x-kubernetes-group-version-kind": {"group": group, "version": "v1", "kind": resource.kind},
            });
            (format!("/{}/{scope}{}/{{name}}", path_of(group), resource.plural), json!({"patch": patch}))
        })
        .collect();
    (!paths.is_empty())
        .then(|| json!({"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1"}, "paths": paths}))
}

//! What the API server says about itself: version, groups and resources, in the old and the aggregated form.

use serde_json::{Value, json};

use super::resource::{RESOURCES, Resource, groups};

const VERBS: [&str; 8] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const STATUS_VERBS: [&str; 3] = ["get", "patch", "update"];

/// `GET /version`.
pub fn version(cluster_version: &str) -> Value {
    let (major, minor) = cluster_version.split_once('.').unwrap_or((cluster_version, "0"));
    json!({
        "major": major,
        "minor": minor,
        "gitVersion": format!("v{major}.{minor}.0-eks-sandbox"),
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": "linux/amd64",
    })
}

/// `GET /api` without aggregation.
pub fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
}

/// `GET /apis` without aggregation.
pub fn group_list() -> Value {
    let groups = groups().into_iter().map(group).collect::<Vec<_>>();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

fn group(name: &str) -> Value {
    let version = json!({"groupVersion": format!("{name}/v1"), "version": "v1"});
    json!({"name": name, "versions": [version], "preferredVersion": version})
}

/// `GET /apis/GROUP`; `None` for a group that is not there.
pub fn one_group(name: &str) -> Option<Value> {
    let mut answer = group(groups().into_iter().find(|known| *known == name)?);
    answer["kind"] = "APIGroup".into();
    answer["apiVersion"] = "v1".into();
    Some(answer)
}

/// `GET /api/v1` (empty group) or `GET /apis/GROUP/v1`; `None` for a group that is not there.
pub fn resource_list(group: &str) -> Option<Value> {
    let mut resources = Vec::new();
    for resource in RESOURCES.iter().filter(|resource| resource.group == group) {
        resources.push(json!({
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": VERBS,
            "shortNames": resource.short,
            "categories": categories(resource),
        }));
        for (name, (group, kind), verbs) in subresources(resource) {
            resources.push(json!({
                "name": format!("{}/{name}", resource.plural),
                "singularName": "",
                "namespaced": resource.namespaced,
                "group": group,
                "version": if group.is_empty() { "" } else { "v1" },
                "kind": kind,
                "verbs": verbs,
            }));
        }
    }
    let version = if group.is_empty() { "v1".to_string() } else { format!("{group}/v1") };
    (!resources.is_empty()).then(
        || json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}),
    )
}

/// `GET /api` (only the core group) or `GET /apis` (all others) with aggregation.
pub fn aggregated(core: bool) -> Value {
    let names = if core { vec![""] } else { groups() };
    let items = names.into_iter().map(|name| {
        let resources = RESOURCES.iter().filter(|resource| resource.group == name).map(aggregated_resource);
        let versions = json!([{"version": "v1", "freshness": "Current", "resources": resources.collect::<Vec<_>>()}]);
        let metadata = if name.is_empty() { json!({}) } else { json!({"name": name}) };
        json!({"metadata": metadata, "versions": versions})
    });
    json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items.collect::<Vec<_>>(),
    })
}

fn aggregated_resource(resource: &Resource) -> Value {
    let subresources = subresources(resource).into_iter().map(|(name, (group, kind), verbs)| {
        let version = if group.is_empty() { "" } else { "v1" };
        json!({
            "subresource": name,
            "responseKind": {"group": group, "version": version, "kind": kind},
            "verbs": verbs,
        })
    });
    json!({
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": "v1", "kind": resource.kind},
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular,
        "verbs": VERBS,
        "shortNames": resource.short,
        "categories": categories(resource),
        "subresources": subresources.collect::<Vec<_>>(),
    })
}

/// What `kubectl get all` means.
fn categories(resource: &Resource) -> &'static [&'static str] {
    let workload = matches!(resource.group, "apps" | "batch") || matches!(resource.plural, "pods" | "services");
    if workload { &["all"] } else { &[] }
}

type Subresource = (&'static str, (&'static str, &'static str), &'static [&'static str]);

fn subresources(resource: &Resource) -> Vec<Subresource> {
    let mut all: Vec<Subresource> = Vec::new();
    if resource.plural == "pods" {
        // kubectl drain evicts only where it finds this one; else it deletes.
        all.push(("eviction", ("policy", "Eviction"), &["create"]));
    }
    if resource.has_status {
        all.push(("status", ("", resource.kind), &STATUS_VERBS));
    }
    all
}

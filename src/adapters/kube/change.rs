//! Mutations as requests.

use http::{Request, header};
use k8s_openapi::api::core::v1::{ConfigMap, Node, Pod};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::core::Status;
use kube::{Client, Resource};
use serde_json::{Map, Value, json};

use super::failure::from_kube;
use crate::domain::error::Result;
use crate::domain::mutation::KubeMutation;

/// Makes a mutating request; with `dry_run`, the server keeps nothing of it.
pub(super) async fn make(client: &Client, mutation: &KubeMutation, dry_run: bool) -> Result<()> {
    let nodes: Api<Node> = Api::all(client.clone());
    let patching = PatchParams { dry_run, ..PatchParams::default() };
    let posting = PostParams { dry_run, ..PostParams::default() };
    let deleting = DeleteParams { dry_run, ..DeleteParams::default() };
    match mutation {
        KubeMutation::Cordon { node, unschedulable } => {
            // Null removes the field: an uncordoned node looks as if it had never been cordoned.
            let value = if *unschedulable { json!(true) } else { json!(null) };
            let patch = Patch::Strategic(json!({"spec": {"unschedulable": value}}));
            let verb = if *unschedulable { "cordon" } else { "uncordon" };
            let patched = nodes.patch(node, &patching, &patch).await;
            patched.map_err(|error| from_kube(&format!("{verb} node `{node}`"), error))?;
        }
        KubeMutation::SetTaints { node, taints, resource_version } => {
            let taints = if taints.is_empty() { Value::Null } else { taints.clone().into() };
            let mut patch = json!({"spec": {"taints": taints}});
            if let Some(version) = resource_version {
                patch["metadata"] = json!({"resourceVersion": version});
            }
            let patched = nodes.patch(node, &patching, &Patch::Strategic(patch)).await;
            patched.map_err(|error| from_kube(&format!("taint node `{node}`"), error))?;
        }
        KubeMutation::SetLabels { node, set, remove } => {
            let mut labels: Map<String, Value> = remove.iter().map(|key| (key.clone(), Value::Null)).collect();
            labels.extend(set.iter().map(|(key, value)| (key.clone(), value.clone().into())));
            let patch = Patch::Merge(json!({"metadata": {"labels": labels}}));
            let patched = nodes.patch(node, &patching, &patch).await;
            patched.map_err(|error| from_kube(&format!("label node `{node}`"), error))?;
        }
        KubeMutation::Evict { namespace, pod, grace_seconds } => {
            match evict(client, namespace, pod, *grace_seconds, dry_run).await {
                // Gone is what was asked for.
                Err(kube::Error::Api(status)) if status.code == 404 => {}
                other => {
                    other.map_err(|error| from_kube(&format!("evict pod `{namespace}/{pod}`"), error))?;
                }
            }
        }
        KubeMutation::DeleteNode { node } => match nodes.delete(node, &deleting).await {
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            other => {
                other.map_err(|error| from_kube(&format!("delete node `{node}`"), error))?;
            }
        },
        KubeMutation::PutConfigMap { namespace, name, data, resource_version } => {
            let mut object = ConfigMap::default();
            object.metadata.name = Some(name.clone());
            object.metadata.namespace = Some(namespace.clone());
            object.metadata.resource_version = resource_version.clone();
            object.data = Some(data.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
            let maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
            let put = match resource_version {
                Some(_) => maps.replace(name, &posting, &object).await,
                None => maps.create(&posting, &object).await,
            };
            put.map_err(|error| from_kube(&format!("write ConfigMap `{namespace}/{name}`"), error))?;
        }
        KubeMutation::DeleteConfigMap { namespace, name } => {
            let maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
            match maps.delete(name, &deleting).await {
                Err(kube::Error::Api(status)) if status.code == 404 => {}
                other => {
                    other.map_err(|error| from_kube(&format!("delete ConfigMap `{namespace}/{name}`"), error))?;
                }
            }
        }
    }
    Ok(())
}

/// Asks for an eviction. Put together here because kube-rs writes `delete_options`, which API servers pass over: the
/// grace period would be lost.
async fn evict(
    client: &Client,
    namespace: &str,
    pod: &str,
    grace_seconds: Option<i64>,
    dry_run: bool,
) -> kube::Result<Status> {
    let mut options = Map::new();
    if let Some(seconds) = grace_seconds {
        options.insert("gracePeriodSeconds".to_owned(), seconds.into());
    }
    if dry_run {
        options.insert("dryRun".to_owned(), json!(["All"]));
    }
    let eviction = json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": namespace},
        "deleteOptions": options,
    });
    let path = format!("{}/{pod}/eviction", Pod::url_path(&(), Some(namespace)));
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    let body = serde_json::to_vec(&eviction).map_err(kube::Error::SerdeError)?;
    client.request(request.body(body).map_err(kube::Error::HttpError)?).await
}

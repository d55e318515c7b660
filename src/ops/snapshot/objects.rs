//! The objects of a cluster that decide what becomes of a node and of its pods.

use serde_json::Value;

use crate::domain::cloud::Cluster;
use crate::domain::error::Result;
use crate::domain::kubernetes::kinds::Kind;
use crate::domain::kubernetes::node::provided;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::snapshot::Missing;
use crate::ops::Session;
use crate::ops::objects::{Scope, object, objects};

/// Without these there is nothing to rehearse on.
const NEEDED: [&str; 2] = ["nodes", "pods"];
/// What owns pods, protects them, or says whom nodes are. Secrets and configuration are not read.
const ALSO: [&str; 12] = [
    "namespaces",
    "serviceaccounts",
    "services",
    "daemonsets",
    "deployments",
    "replicasets",
    "replicationcontrollers",
    "statefulsets",
    "jobs",
    "poddisruptionbudgets",
    "runtimeclasses",
    "leases",
];
/// Of events those about nodes and those about nothing: others are many, and old in an hour.
const EVENTS: [&str; 2] = ["involvedObject.kind=Node", "involvedObject.kind="];

/// Reads them, each with its kind, as the server writes it.
pub(super) async fn read(session: &Session, cluster: &Cluster, missing: &mut Vec<Missing>) -> Result<Vec<Value>> {
    let api = session.connect(cluster).await?;
    let mut all = vec![];
    let whole = NEEDED.into_iter().chain(ALSO).map(|name| (name, ""));
    for (name, fields) in whole.chain(EVENTS.map(|fields| ("events", fields))) {
        let Some(kind) = Kind::find(name) else { continue };
        match objects(&*api, Scope { kind, namespace: None, labels: "", fields }).await {
            Ok(found) => all.extend(found),
            Err(Refusal::Own(error)) => return Err(*error),
            Err(refusal) if NEEDED.contains(&name) => return Err(refusal.into()),
            Err(refusal) => missing.push(Missing { what: name.to_owned(), why: refusal.sentence() }),
        }
    }
    // Whom a cluster without access entries knows.
    if let Some(kind) = Kind::find("configmaps") {
        match object(&*api, kind, Some("kube-system"), "aws-auth").await {
            Ok(map) => all.push(map),
            Err(Refusal::Own(error)) => return Err(*error),
            Err(refusal) if refusal.is_not_found() => {}
            Err(refusal) => {
                missing.push(Missing { what: "configmaps/aws-auth".to_owned(), why: refusal.sentence() });
            }
        }
    }
    Ok(all)
}

/// The instance behind a node.
pub(super) fn instance(object: &Value) -> Option<String> {
    let provider = object["spec"]["providerID"].as_str().filter(|_| object["kind"] == "Node")?;
    provided(provider).map(str::to_owned)
}

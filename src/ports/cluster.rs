//! What operations and views read from a cluster's API server, and the one way they change it.
//!
//! Objects are `k8s_openapi` types: plain data in Kubernetes' own terms.

use async_trait::async_trait;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod};

use crate::domain::drain::Missing;
use crate::domain::error::Result;
use crate::domain::kubernetes::refusal::Status;
use crate::domain::mutation::{KubeMutation, Outcome};

/// A Kubernetes cluster.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// Nodes that a label selector (kubectl's grammar; empty is all) picks, in the server's order, all pages.
    async fn nodes(&self, selector: &str) -> Result<Vec<Node>>;
    /// One node.
    async fn node(&self, name: &str) -> Result<Option<Node>>;
    /// Pods: of a namespace or all (`None`), by label selector, by field selector (both may be empty).
    async fn pods(&self, namespace: Option<&str>, labels: &str, fields: &str) -> Result<Vec<Pod>>;
    /// One pod.
    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>>;
    /// Whether there is such a DaemonSet, or the server's sentence about why that cannot be told.
    async fn daemon_set(&self, namespace: &str, name: &str) -> std::result::Result<(), Missing>;
    /// Events: of a namespace or all (`None`), by field selector.
    async fn events(&self, namespace: Option<&str>, fields: &str) -> Result<Vec<Event>>;
    /// A ConfigMap.
    async fn config_map(&self, namespace: &str, name: &str) -> Result<Option<ConfigMap>>;
    /// `kubectl describe node`'s text. `now` is the clock for ages.
    async fn describe_node(&self, name: &str, now: jiff::Timestamp) -> Result<Option<String>>;
    /// `kubectl describe pod`'s text. `now` is the clock for ages.
    async fn describe_pod(&self, namespace: &str, name: &str, now: jiff::Timestamp) -> Result<Option<String>>;
    /// Reads what is at a path of the API, in the form that `accept` asks for, or what the server says against it.
    async fn read(&self, path: &str, accept: &str) -> Result<std::result::Result<Vec<u8>, Status>>;
    /// Makes a mutating request of which the server shall keep nothing (`dryRun=All`): it says whether it would.
    async fn rehearse(&self, mutation: &KubeMutation) -> Result<()>;
    /// Makes one mutating request.
    async fn apply(&self, mutation: &KubeMutation) -> Result<Outcome>;
}

/// How to reach the API server of an EKS cluster.
#[async_trait]
pub trait ClusterAccess: Send + Sync {
    /// Connects; cheap, makes no request by itself.
    async fn connect(&self, cluster: &crate::domain::cloud::Cluster) -> Result<std::sync::Arc<dyn Cluster>>;
    /// The cluster that is reached without asking EKS about it, with its name: that of `name` if one is meant. `None` where
    /// only EKS knows the way.
    async fn without_eks(&self, _name: Option<&str>) -> Result<Option<(String, std::sync::Arc<dyn Cluster>)>> {
        Ok(None)
    }
}

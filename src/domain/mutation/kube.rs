//! Mutating Kubernetes requests.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A mutating Kubernetes request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation")]
#[allow(missing_docs, reason = "fields carry the API's own names")]
pub enum KubeMutation {
    /// Sets `spec.unschedulable` of a node.
    Cordon { node: String, unschedulable: bool },
    /// Replaces `spec.taints` of a node, guarded by the `resource_version` at which they were read. Taints are as the API
    /// writes them: what was there before may carry more than key, value and effect.
    SetTaints { node: String, taints: Vec<Value>, resource_version: Option<String> },
    /// Sets and removes labels of a node.
    SetLabels { node: String, set: IndexMap<String, String>, remove: Vec<String> },
    /// Asks for an eviction; the API server honours PodDisruptionBudgets.
    Evict { namespace: String, pod: String, grace_seconds: Option<i64> },
    /// Removes a node object whose instance is gone.
    DeleteNode { node: String },
    /// Creates or replaces `data` of a ConfigMap, guarded by `resource_version` when it existed.
    PutConfigMap { namespace: String, name: String, data: IndexMap<String, String>, resource_version: Option<String> },
    /// Removes a ConfigMap.
    DeleteConfigMap { namespace: String, name: String },
}

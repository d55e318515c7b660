//! Mutating Kubernetes requests.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A mutating Kubernetes request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation")]
#[allow(missing_docs, reason = "fields carry the API's own names")]
pub enum KubeMutation {
    /// Sets `spec.unschedulable` of a node.
    Cordon { node: String, unschedulable: bool },
    /// Asks for an eviction; the API server honours PodDisruptionBudgets.
    Evict { namespace: String, pod: String, grace_seconds: Option<i64> },
    /// Removes a node object whose instance is gone.
    DeleteNode { node: String },
    /// Creates or replaces `data` of a ConfigMap, guarded by `resource_version` when it existed.
    PutConfigMap { namespace: String, name: String, data: IndexMap<String, String>, resource_version: Option<String> },
}

//! A node with the machine behind it: what the cluster says and what EC2 says, side by side.

use serde::Serialize;

use super::cloud::Lifecycle;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeRow {
    /// Node name.
    pub node: String,
    /// kubectl's STATUS.
    pub status: String,
    /// How the instance is bought, from EC2; `None` when EC2 does not know it.
    pub lifecycle: Option<Lifecycle>,
    /// Instance type, from EC2 or else from the node's label.
    pub instance_type: String,
    /// Availability Zone, from EC2 or else from the node's label.
    pub zone: String,
    /// Node group, from the instance's tags or else from the node's labels; where neither names one, the Auto Scaling group.
    pub group: String,
    /// `i-…`.
    pub instance: String,
    /// What EC2 says of the instance: `running`, `shutting-down`.
    pub state: String,
    /// Seconds until EC2 takes the instance back, once its notice is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reclaimed_in: Option<i64>,
    /// Pods on it that have not ended.
    pub pods: usize,
    /// kubectl's AGE.
    pub age: String,
    /// kubelet's version.
    pub version: String,
}

//! What the Auto Scaling group does beside keeping a number of instances.

use serde::{Deserialize, Serialize};

/// The processes of an Auto Scaling group that can be suspended.
pub const PROCESSES: [&str; 9] = [
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
];

/// Shortest life that AWS takes for instances: a day, in seconds.
pub const SHORTEST_LIFETIME: u32 = 86_400;

/// Settings of the Auto Scaling group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupSettings {
    /// Processes that are suspended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspended_processes: Vec<String>,
    /// Seconds after which an instance is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_instance_lifetime: Option<u32>,
    /// Metrics that the group reports to CloudWatch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricsCollection>,
    /// Target groups that the instances join.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target_group_arns: Vec<String>,
    /// Classic load balancers that the instances join.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub load_balancers: Vec<String>,
    /// Whether labels and taints are told to the Cluster Autoscaler by tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagate_tags: Option<bool>,
}

/// Metrics of one granularity; all of them where none is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsCollection {
    /// `1Minute`.
    pub granularity: String,
    /// Names of metrics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
}

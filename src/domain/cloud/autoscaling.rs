//! An Auto Scaling group with a mixed-instances policy, its instances and its activities.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TagMap;
use crate::domain::nodegroup::{Distribution, Size};

/// An instance as its group sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInstance {
    /// `i-…`.
    pub id: String,
    /// Instance type name; empty when AWS does not say.
    pub instance_type: String,
    /// Availability Zone name.
    pub zone: String,
    /// `Pending`, `InService`, `Terminating:Wait`, …
    pub lifecycle_state: String,
    /// `Healthy` or `Unhealthy`.
    pub health_status: String,
    /// Launch template version it was started from.
    pub launch_template_version: Option<String>,
    /// Protected from scale-in.
    pub protected: bool,
}

impl GroupInstance {
    /// Whether it is on its way out.
    pub fn is_ending(&self) -> bool {
        self.lifecycle_state.starts_with("Terminat")
    }
}

/// An Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoScalingGroup {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Min, desired and max.
    pub size: Size,
    /// Instance type names of the overrides, in order.
    pub types: Vec<String>,
    /// Distribution between On-Demand and Spot; `None` when the group has no mixed-instances policy.
    pub distribution: Option<Distribution>,
    /// Launch template name.
    pub launch_template: Option<String>,
    /// Launch template version: a number, `$Latest` or `$Default`.
    pub launch_template_version: Option<String>,
    /// Subnet ids, in order.
    pub subnet_ids: Vec<String>,
    /// Zones, as AWS lists them.
    pub zones: Vec<String>,
    /// Tags.
    pub tags: TagMap,
    /// Members.
    pub instances: Vec<GroupInstance>,
    /// `EC2` or `ELB`.
    pub health_check_type: String,
    /// Seconds.
    pub health_check_grace_seconds: i32,
    /// Seconds.
    pub default_cooldown_seconds: i32,
    /// Names of suspended processes.
    pub suspended_processes: Vec<String>,
    /// Termination policies.
    pub termination_policies: Vec<String>,
    /// Seconds after which an instance is replaced.
    #[serde(default)]
    pub max_instance_lifetime: Option<u32>,
    /// Target groups that the instances join.
    #[serde(default)]
    pub target_group_arns: Vec<String>,
    /// Classic load balancers that the instances join.
    #[serde(default)]
    pub load_balancers: Vec<String>,
    /// Metrics that are reported.
    #[serde(default)]
    pub enabled_metrics: Vec<String>,
    /// Service-linked role ARN.
    pub service_linked_role_arn: Option<String>,
    /// `Delete in progress` while it goes.
    pub status: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
}

/// How an activity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActivityStatus {
    /// Not finished.
    InProgress,
    /// Finished well.
    Successful,
    /// Finished badly: the status message says why.
    Failed,
    /// Given up.
    Cancelled,
}

/// One thing the group did or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScalingActivity {
    /// Id.
    pub id: String,
    /// `Launching a new EC2 instance: i-…`.
    pub description: String,
    /// Why it was begun.
    pub cause: String,
    /// How it stands.
    pub status: ActivityStatus,
    /// AWS's own status code (`WaitingForSpotInstanceId`, …).
    pub status_code: String,
    /// Details, above all the reason of a failure.
    pub status_message: Option<String>,
    /// Begun.
    pub started: Timestamp,
    /// Ended.
    pub ended: Option<Timestamp>,
}

//! A managed node group as DescribeNodegroup tells it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::TagMap;
use crate::domain::nodegroup::{NodeRepair, Size, UpdateConfig};
use crate::domain::taint::Taint;

/// A launch template as a managed group names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodegroupTemplate {
    /// `lt-…`; a request has this or the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Number as text.
    pub version: String,
}

/// Something that EKS finds wrong: a health issue of a group, or an error of an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthIssue {
    /// `NodeCreationFailure`, `AsgInstanceLaunchFailures`, …
    pub code: String,
    /// EKS's sentence.
    pub message: String,
    /// Instances, groups, nodes that it is about.
    pub resource_ids: Vec<String>,
}

/// A managed node group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedNodegroup {
    /// Cluster.
    pub cluster: String,
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, `CREATE_FAILED`, `DELETE_FAILED`, `DEGRADED`.
    pub status: String,
    /// Kubernetes minor version.
    pub version: String,
    /// Release of the image; the image's id for one's own.
    pub release_version: String,
    /// Whether its capacity is Spot.
    pub spot: bool,
    /// `AL2023_x86_64_STANDARD`, …, `CUSTOM`.
    pub ami_type: String,
    /// Instance types in order; empty when the launch template names one.
    pub instance_types: Vec<String>,
    /// Subnets.
    pub subnet_ids: Vec<String>,
    /// ARN of the nodes' role.
    pub node_role: String,
    /// Sizes.
    pub size: Size,
    /// Labels that EKS gives nodes.
    pub labels: IndexMap<String, String>,
    /// Taints that EKS gives nodes.
    pub taints: Vec<Taint>,
    /// How many nodes an update may take away.
    pub update_config: UpdateConfig,
    /// Repair of broken nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_repair: Option<NodeRepair>,
    /// The launch template it was made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_template: Option<NodegroupTemplate>,
    /// Auto Scaling groups behind it: one, once it is there.
    pub auto_scaling_groups: Vec<String>,
    /// What is wrong.
    pub issues: Vec<HealthIssue>,
    /// Tags.
    pub tags: TagMap,
}

impl ManagedNodegroup {
    /// Whether EKS is at work on it.
    pub fn is_busy(&self) -> bool {
        matches!(self.status.as_str(), "CREATING" | "UPDATING" | "DELETING")
    }

    /// Whether EKS has given up on it.
    pub fn has_failed(&self) -> bool {
        matches!(self.status.as_str(), "CREATE_FAILED" | "DELETE_FAILED")
    }

    /// Whether its image is one of the user's own.
    pub fn has_own_image(&self) -> bool {
        self.ami_type == "CUSTOM"
    }
}

/// An update of a managed node group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodegroupUpdate {
    /// UUID.
    pub id: String,
    /// `InProgress`, `Successful`, `Failed`, `Cancelled`.
    pub status: String,
    /// Why it failed.
    pub errors: Vec<HealthIssue>,
}

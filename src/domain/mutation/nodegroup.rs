//! What EKS is told about managed node groups.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::cloud::{NodegroupTemplate, TagMap};
use crate::domain::nodegroup::{NodeRepair, Size, UpdateConfig};
use crate::domain::taint::Taint;

/// What CreateNodegroup is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodegroupRequest {
    /// Cluster.
    pub cluster: String,
    /// Name.
    pub name: String,
    /// ARN of the nodes' role.
    pub node_role: String,
    /// Sizes.
    pub size: Size,
    /// Spot capacity, or On-Demand.
    pub spot: bool,
    /// `AL2023_x86_64_STANDARD`, …; `None` with an image of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ami_type: Option<String>,
    /// Release of the image; the newest unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_version: Option<String>,
    /// Instance types in order; empty when the launch template names one.
    pub instance_types: Vec<String>,
    /// Subnets.
    pub subnet_ids: Vec<String>,
    /// Labels of the nodes.
    pub labels: IndexMap<String, String>,
    /// Taints of the nodes.
    pub taints: Vec<Taint>,
    /// Launch template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_template: Option<NodegroupTemplate>,
    /// How many nodes an update may take away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_config: Option<UpdateConfig>,
    /// Repair of broken nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_repair: Option<NodeRepair>,
    /// Tags.
    pub tags: TagMap,
    /// Idempotency token.
    pub client_token: String,
}

/// What UpdateNodegroupConfig is told: only what changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodegroupConfig {
    /// Sizes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Labels to add or change.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub set_labels: IndexMap<String, String>,
    /// Keys of labels to remove.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_labels: Vec<String>,
    /// Taints to add or change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_taints: Vec<Taint>,
    /// Taints to remove.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_taints: Vec<Taint>,
    /// How many nodes an update may take away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_config: Option<UpdateConfig>,
    /// Repair of broken nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_repair: Option<NodeRepair>,
}

impl NodegroupConfig {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == NodegroupConfig::default()
    }
}

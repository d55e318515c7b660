//! What only a group that EKS manages has.

use serde::{Deserialize, Serialize};

use super::{Distribution, SpotAllocationStrategy};

/// eksctl's `managedNodeGroups`, as far as they differ from `nodeGroups`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Managed {
    /// Spot capacity; EKS chooses the strategy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<bool>,
    /// A launch template of the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_template: Option<GivenTemplate>,
    /// Release of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_version: Option<String>,
    /// Repair of broken nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_repair: Option<NodeRepair>,
}

impl Managed {
    /// How EKS divides Spot and On-Demand: all of the one or all of the other, with the recommended strategy, and with
    /// rebalancing of Spot.
    pub fn distribution(spot: bool) -> Distribution {
        if spot {
            return Distribution::spot(SpotAllocationStrategy::PriceCapacityOptimized).with_capacity_rebalance(true);
        }
        Distribution { on_demand_percentage: 100, ..Distribution::spot(SpotAllocationStrategy::LowestPrice) }
    }
}

/// A launch template by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenTemplate {
    /// `lt-…`.
    pub id: String,
    /// Version number; the default version unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// How many nodes an update may take away at once: a number or a percentage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateConfig {
    /// A number of nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<i64>,
    /// A percentage of nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unavailable_percentage: Option<i64>,
}

/// EKS's repair of nodes that its monitoring finds broken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeRepair {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Unhealthy nodes beyond which nothing is repaired, as a percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy_threshold_percentage: Option<i64>,
    /// Unhealthy nodes beyond which nothing is repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy_threshold_count: Option<i64>,
    /// Nodes repaired at once, as a percentage of the unhealthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_percentage: Option<i64>,
    /// Nodes repaired at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_count: Option<i64>,
    /// What to do about single conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<RepairOverride>,
}

/// What to do about one condition of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepairOverride {
    /// Condition, such as `AcceleratedInstanceNotReady`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Reason, such as `NvidiaXID13Error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Minutes to wait first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_minutes: Option<i64>,
    /// `Terminate`, `Restart` or `NoAction`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

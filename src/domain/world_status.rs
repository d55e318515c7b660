//! What a sandbox world holds, in numbers.

use jiff::Timestamp;
use serde::Serialize;

/// A world at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorldStatus {
    /// What its chance derives from.
    pub seed: u64,
    /// Its present.
    pub time: Timestamp,
    /// Milliseconds that passed in it since it began.
    pub age_ms: u64,
    /// Events that will happen when time goes on.
    pub pending_events: usize,
    /// Region.
    pub region: String,
    /// Account.
    pub account: String,
    /// Names of its EKS clusters.
    pub clusters: Vec<String>,
    /// Auto Scaling groups.
    pub groups: usize,
    /// Spot instances that run or will.
    pub spot_instances: usize,
    /// On-Demand instances that run or will.
    pub on_demand_instances: usize,
    /// Node objects.
    pub nodes: usize,
    /// Those that are Ready.
    pub ready_nodes: usize,
    /// Faults in force, one sentence fragment each.
    pub faults: Vec<String>,
}

//! What Auto Scaling knows: groups, their members and their activities.

use std::collections::{BTreeMap, VecDeque};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::sandbox::services::ec2::state::TagIndex;
use crate::sandbox::world::clock::Millis;

/// A launch template as a group names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRef {
    /// `lt-…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Number, `$Latest` or `$Default`.
    pub version: String,
}

/// One override of a mixed-instances policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Instance type name.
    pub instance_type: String,
    /// WeightedCapacity as given.
    pub weight: Option<String>,
}

/// On-Demand and Spot, as given: what was not given is not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstancesDistribution {
    /// `prioritized` or `lowest-price`.
    pub on_demand_strategy: Option<String>,
    /// First so many instances are On-Demand.
    pub on_demand_base: Option<i64>,
    /// Of the others, so many per cent.
    pub on_demand_percent: Option<i64>,
    /// `capacity-optimized`, …
    pub spot_strategy: Option<String>,
    /// Pools for `lowest-price`.
    pub spot_pools: Option<i64>,
    /// Highest Spot price, US dollars per hour.
    pub spot_max_price: Option<String>,
}

/// A mixed-instances policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MixedPolicy {
    /// Launch template.
    pub template: TemplateRef,
    /// Overrides in order.
    pub overrides: Vec<Override>,
    /// Distribution.
    pub distribution: InstancesDistribution,
}

/// A group's tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTag {
    /// Value.
    pub value: String,
    /// Given to instances at launch.
    pub propagate: bool,
}

/// Where a member is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberState {
    /// Launched.
    Pending,
    /// Counts.
    InService,
    /// Going.
    Terminating,
}

impl MemberState {
    /// Auto Scaling's name.
    pub const fn name(self) -> &'static str {
        match self {
            MemberState::Pending => "Pending",
            MemberState::InService => "InService",
            MemberState::Terminating => "Terminating",
        }
    }
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Instance id.
    pub id: String,
    /// Instance type name.
    pub instance_type: String,
    /// Zone name.
    pub zone: String,
    /// State.
    pub state: MemberState,
    /// `Healthy` or not.
    pub healthy: bool,
    /// Spot.
    pub spot: bool,
    /// Launch template and version number.
    pub template: TemplateRef,
    /// Protected from scale-in.
    pub protected: bool,
    /// Launched.
    pub launched: Millis,
}

/// How an activity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActivityStatus {
    /// The request is out.
    PreInService,
    /// Under way.
    InProgress,
    /// Well.
    Successful,
    /// Not well.
    Failed,
    /// Given up.
    Cancelled,
}

/// One thing a group did or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// UUID.
    pub id: String,
    /// `Launching a new EC2 instance: i-…`.
    pub description: String,
    /// Why.
    pub cause: String,
    /// How it stands.
    pub status: ActivityStatus,
    /// Details.
    pub message: Option<String>,
    /// `{"Subnet ID":…,"Availability Zone":…}`.
    pub details: String,
    /// Begun.
    pub started: Millis,
    /// Ended.
    pub ended: Option<Millis>,
    /// Per cent.
    pub progress: i64,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Made.
    pub created: Millis,
    /// Smallest size.
    pub min: i64,
    /// Largest size.
    pub max: i64,
    /// Wanted size.
    pub desired: i64,
    /// Seconds.
    pub cooldown: i64,
    /// `EC2` or `ELB`.
    pub health_check_type: String,
    /// Seconds.
    pub health_check_grace: i64,
    /// Launch template, when there is no mixed-instances policy.
    pub template: Option<TemplateRef>,
    /// Mixed-instances policy.
    pub mixed: Option<MixedPolicy>,
    /// Subnets in order.
    pub subnet_ids: Vec<String>,
    /// Zones of the subnets, in order, once each.
    pub zones: Vec<String>,
    /// Capacity Rebalancing; `None` when never said.
    pub capacity_rebalance: Option<bool>,
    /// New instances are protected from scale-in.
    pub protect_new: bool,
    /// Termination policies.
    pub termination_policies: Vec<String>,
    /// Names of suspended processes.
    pub suspended: Vec<String>,
    /// Seconds after which an instance is replaced.
    #[serde(default)]
    pub max_instance_lifetime: Option<i64>,
    /// Target groups.
    #[serde(default)]
    pub target_group_arns: Vec<String>,
    /// Classic load balancers.
    #[serde(default)]
    pub load_balancers: Vec<String>,
    /// Metrics that are reported.
    #[serde(default)]
    pub metrics: Vec<String>,
    /// Tags.
    pub tags: IndexMap<String, GroupTag>,
    /// Members by instance id, in order of launch.
    pub members: IndexMap<String, Member>,
    /// Activities, oldest first; a bounded history.
    pub activities: VecDeque<Activity>,
    /// `Delete in progress`.
    pub status: Option<String>,
    /// Why desired changed and was not acted upon yet, in AWS's words.
    pub pending_causes: Vec<String>,
    /// A reconcile is scheduled for this moment.
    pub reconcile_at: Option<Millis>,
    /// Launches that failed in a row, per zone: the back-off.
    pub failures: u32,
    /// How many instances were ever launched: distributes over zones and On-Demand.
    pub launched: u64,
}

/// The service's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoScalingState {
    /// Groups by name.
    pub groups: BTreeMap<String, Group>,
    /// Group names by tag.
    pub tag_index: TagIndex,
}

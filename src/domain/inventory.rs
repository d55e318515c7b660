//! What operations answer: a group as a whole, put together from AWS and Kubernetes facts.
//!
//! Views draw these; scripts read them; `-o json` prints them as they are.

use jiff::Timestamp;
use serde::Serialize;

use super::cloud::{AutoScalingGroup, Instance, LaunchTemplate, Lifecycle, ManagedNodegroup, ScalingActivity, TagMap};
use super::desired::{CLUSTER_TAG, NODEGROUP_TAG};
use super::nodegroup::Size;
use super::taint::Taint;

/// Who made a group, and so who may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Made by spotscript: tagged `spotscript/owner`.
    Spotscript,
    /// Owned by a CloudFormation stack (eksctl): never edited in place.
    CloudFormation,
    /// An EKS managed node group.
    Managed,
    /// Anything else.
    Other,
}

/// One row of `get nodegroup`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupSummary {
    /// EKS cluster.
    pub cluster: String,
    /// Group name.
    pub name: String,
    /// `ACTIVE`, `DELETING`, …
    pub status: String,
    /// When the Auto Scaling group was made.
    pub created: Option<Timestamp>,
    /// Sizes.
    pub size: Size,
    /// Instances there are.
    pub instances: u32,
    /// Nodes that are Ready.
    pub ready: u32,
    /// Types of the overrides, in order.
    pub types: Vec<String>,
    /// Types actually running, with their numbers, sorted by name.
    pub running_types: Vec<(String, u32)>,
    /// Image id of the launch template.
    pub image_id: Option<String>,
    /// Auto Scaling group name.
    pub auto_scaling_group: String,
    /// `unmanaged` or `managed`, eksctl's TYPE column.
    pub kind: String,
    /// Who made it.
    pub owner: Owner,
}

/// How a group differs from what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// EKS cluster.
    pub cluster: String,
    /// Group name.
    pub name: String,
    /// Whether there is a group of that name.
    pub there: bool,
    /// Each difference in words; empty when it is as it should be.
    pub differences: Vec<String>,
}

/// One node of a group: instance, group member and Kubernetes node joined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// `i-…`.
    pub instance_id: String,
    /// Instance type.
    pub instance_type: String,
    /// Zone.
    pub zone: String,
    /// From EC2, not from a label.
    pub lifecycle: Lifecycle,
    /// The Auto Scaling group's lifecycle state.
    pub lifecycle_state: String,
    /// `Healthy` or `Unhealthy`.
    pub health: String,
    /// Protected from scale-in.
    pub protected: bool,
    /// Launch template version.
    pub launch_template_version: Option<String>,
    /// Node name, once it has joined.
    pub node: Option<String>,
    /// Whether the node is Ready.
    pub ready: bool,
}

/// Everything about one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupDetail {
    /// Its row.
    pub summary: GroupSummary,
    /// The group as EKS knows it, when EKS manages it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed: Option<ManagedNodegroup>,
    /// The Auto Scaling group.
    pub group: AutoScalingGroup,
    /// Its launch template.
    pub launch_template: Option<LaunchTemplate>,
    /// Its members.
    pub members: Vec<Member>,
    /// EC2's view of its members.
    pub instances: Vec<Instance>,
    /// Newest activities.
    pub activities: Vec<ScalingActivity>,
}

/// A node as the architecture diagram shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopologyNode {
    /// Node name, or the instance id while it has not joined.
    pub name: String,
    /// Instance type.
    pub instance_type: String,
    /// Zone.
    pub zone: String,
    /// From EC2.
    pub lifecycle: Lifecycle,
    /// Whether it is Ready.
    pub ready: bool,
}

/// One band of the architecture diagram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopologyGroup {
    /// Group name.
    pub name: String,
    /// `4 vCPU / 16 GiB`, or `mixed`.
    pub shape: String,
    /// Sizes.
    pub size: Size,
    /// Whether the Cluster Autoscaler discovers it by its tags.
    pub autoscaler_discovery: bool,
    /// Share of Spot above the base, 0 to 100.
    pub spot_percentage: u8,
    /// Taints the nodes carry.
    pub taints: Vec<Taint>,
    /// Nodes.
    pub nodes: Vec<TopologyNode>,
}

/// The cluster as the tutorial's architecture diagram draws it: zones × groups, from live state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Topology {
    /// EKS cluster.
    pub cluster: String,
    /// Kubernetes version.
    pub version: String,
    /// Region.
    pub region: String,
    /// Zones of the cluster, sorted.
    pub zones: Vec<String>,
    /// Groups, On-Demand ones last.
    pub groups: Vec<TopologyGroup>,
}

/// Something with its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Name, or ARN where it has none.
    pub name: String,
    /// Tags.
    pub tags: TagMap,
}

/// A group by its names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct GroupRef {
    /// EKS cluster.
    pub cluster: String,
    /// Group name.
    pub name: String,
}

impl GroupRef {
    /// The group that something was made for, by its tags.
    pub fn of_tags(tags: &TagMap) -> Option<Self> {
        Some(GroupRef { cluster: tags.get(CLUSTER_TAG)?.clone(), name: tags.get(NODEGROUP_TAG)?.clone() })
    }
}

/// What is left of a group that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Orphan {
    /// The group that it was made for.
    #[serde(flatten)]
    pub group: GroupRef,
    /// ``launch template `x` ``, one text each.
    pub resources: Vec<String>,
    /// What shows that nothing of it is needed.
    pub proof: Vec<String>,
}

/// What looked as if it were left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftAlone {
    /// The group that it was made for.
    #[serde(flatten)]
    pub group: GroupRef,
    /// Why it is not touched.
    pub why: String,
}

/// What a sweep found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sweep {
    /// What nothing needs.
    pub orphans: Vec<Orphan>,
    /// What may be needed.
    pub left_alone: Vec<LeftAlone>,
}

/// One resource that an idempotent verb settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// `IAM role`, `launch template`, …
    pub kind: String,
    /// Name.
    pub name: String,
    /// `created`, `changed`, `unchanged`, `deleted`.
    pub verdict: String,
}

/// What `ensure`, `scale` and `delete` did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeReport {
    /// EKS cluster.
    pub cluster: String,
    /// Group name.
    pub group: String,
    /// `created`, `changed`, `unchanged` or `deleted`: the strongest of the resources' verdicts.
    pub verdict: String,
    /// Every resource, in the order it was settled.
    pub resources: Vec<Settled>,
    /// Names of the Ready nodes at the end.
    pub ready_nodes: Vec<String>,
    /// Mutating requests made, AWS and Kubernetes.
    pub mutating_requests: u64,
    /// Requests made in all, polls of waits aside.
    pub requests: u64,
    /// How long it took on the target's clock, in milliseconds.
    pub elapsed_ms: u64,
}

//! How instances are placed and what they have beside their type.

use serde::{Deserialize, Serialize};

/// Settings of the instances themselves. `None` is EC2's or eksctl's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// Put before the usual `Name` tag of the instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_prefix: Option<String>,
    /// `Name` tag of the instances, instead of the usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Placement group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// Dedicated throughput to EBS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs_optimized: Option<bool>,
    /// CloudWatch metrics each minute instead of each five.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detailed_monitoring: Option<bool>,
    /// Nitro Enclaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enclaves: Option<bool>,
    /// What burstable types do when their credits are spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_credits: Option<CpuCredits>,
    /// Elastic Fabric Adapters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efa: Option<bool>,
    /// Capacity that was reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservation: Option<CapacityReservation>,
    /// EC2's market type: `capacity-block`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_type: Option<String>,
    /// Outpost that the instances run on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outpost_arn: Option<String>,
    /// Whether IMDSv1, which asks for no token, is off; it is unless this says `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_imds_v1: Option<bool>,
    /// Whether pods are kept from the metadata service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_pod_imds: Option<bool>,
}

/// A placement group, or a spread within an Outpost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Placement {
    /// Name of an existing placement group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// `host` or `rack`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread_level: Option<String>,
}

/// What burstable types do when their credits are spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CpuCredits {
    /// They slow down.
    Standard,
    /// They go on, and surplus credits cost.
    Unlimited,
}

impl CpuCredits {
    /// EC2's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            CpuCredits::Standard => "standard",
            CpuCredits::Unlimited => "unlimited",
        }
    }
}

/// Reserved capacity: a preference, or a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CapacityReservation {
    /// `open` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preference: Option<String>,
    /// `cr-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A resource group of reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_group_arn: Option<String>,
}

impl Machine {
    /// Whether the metadata service wants a token.
    pub fn imds_v2_only(&self) -> bool {
        self.disable_imds_v1.unwrap_or(true)
    }

    /// How many network hops an answer of the metadata service may take: the second reaches pods.
    pub fn imds_hop_limit(&self) -> i32 {
        if self.disable_pod_imds == Some(true) { 1 } else { 2 }
    }
}

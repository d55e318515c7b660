//! What AWS tells about the things a Spot worker group is made of: plain facts, in AWS's terms.
//!
//! Adapters fill these in; operations compare them with what is wanted. Times are [`jiff::Timestamp`].

mod autoscaling;
mod cluster;
mod firewall;
mod iam;
mod launch_template;
mod network;
mod nodegroup;
mod quota;

pub use autoscaling::{ActivityStatus, AutoScalingGroup, GroupInstance, ScalingActivity};
pub use cluster::{AccessEntry, AuthenticationMode, Cluster, ClusterStatus};
pub use firewall::{Firewall, FirewallRule, Peer};
pub use iam::{CallerIdentity, InstanceProfile, Role};
pub use launch_template::{
    BlockDevice, InstanceSettings, LaunchTemplate, LaunchTemplateData, MetadataOptions, TagSpecification,
    TemplateHistory, TemplateVersion,
};
pub use network::{IngressRule, Instance, KeyPair, Lifecycle, Offering, Reclaim, SecurityGroup, SpotPrice, Subnet};
pub use nodegroup::{HealthIssue, ManagedNodegroup, NodegroupTemplate, NodegroupUpdate};
pub use quota::SpotQuota;

/// AWS tags, in the order they were given.
pub type TagMap = indexmap::IndexMap<String, String>;

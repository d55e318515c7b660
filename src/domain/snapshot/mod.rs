//! A cluster as it was at one moment, in one document: what EKS, EC2, Auto Scaling and IAM say of its groups, and the
//! objects of its API server. Saved by `spotscript snapshot`, made a world of by `spotscript sandbox load`.

mod bare;
mod check;
mod read;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use bare::{Bare, bare};
pub use read::{is_one, read};

use super::cloud::{
    AccessEntry, AutoScalingGroup, Cluster, Firewall, Instance, InstanceProfile, KeyPair, ManagedNodegroup, Role,
    ScalingActivity, Subnet, TemplateHistory,
};

/// The name of the document's schema, without its version.
pub const SCHEMA: &str = "spotscript.snapshot";
/// The version that is written. It grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// An Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The group with its members.
    #[serde(flatten)]
    pub group: AutoScalingGroup,
    /// Its newest activities, the newest first.
    #[serde(default)]
    pub activities: Vec<ScalingActivity>,
}

/// Whom a cluster knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// IAM principal.
    pub principal_arn: String,
    /// Its access entry.
    #[serde(flatten)]
    pub entry: AccessEntry,
}

/// A cluster at one moment. What a later program adds is not looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The moment.
    pub taken: Timestamp,
    /// Region.
    pub region: String,
    /// The cluster.
    pub cluster: Cluster,
    /// IPv4 CIDRs of its VPC.
    pub vpc_cidrs: Vec<String>,
    /// Subnets of the cluster and of its groups, by id.
    pub subnets: Vec<Subnet>,
    /// Security groups of the cluster and of the launch templates, by id.
    pub security_groups: Vec<Firewall>,
    /// The account's key pairs in the region, by name; those that were made for groups of the cluster with their tags and
    /// public keys, of others the names alone. Snapshots of before have none.
    #[serde(default)]
    pub key_pairs: Vec<KeyPair>,
    /// Launch templates of the groups, by name.
    pub launch_templates: Vec<TemplateHistory>,
    /// Auto Scaling groups, by name; those that EKS manages too.
    pub groups: Vec<Group>,
    /// Managed node groups, by name.
    pub nodegroups: Vec<ManagedNodegroup>,
    /// Instances of the groups and of the nodes, by id.
    pub instances: Vec<Instance>,
    /// Instance profiles of the launch templates, by name.
    pub instance_profiles: Vec<InstanceProfile>,
    /// Roles of the nodes, by name.
    pub roles: Vec<Role>,
    /// Access entries of those roles, by ARN.
    pub access_entries: Vec<Entry>,
    /// Public parameters that name the newest images of the groups' kinds, and their releases.
    pub images: BTreeMap<String, String>,
    /// Objects of the API server, each with its kind, unchanged.
    pub objects: Vec<Value>,
    /// What others name and that was not there, or that could not be read: ids, names, kinds.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// Commands in boot data that were left out.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// What a snapshot does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// Id, name, ARN or kind.
    pub what: String,
    /// Why, in the words of who refused; `there is none` when nobody did.
    pub why: String,
}

/// Commands that were left out of a version's boot data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Launch template.
    pub launch_template: String,
    /// Version.
    pub version: i64,
    /// Each by size and hash.
    pub commands: Vec<String>,
}

//! What EKS keeps of a managed node group: what was asked for, what it made of it, and what it is at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::cloud::TagMap;
use crate::domain::taint::Taint;
use crate::sandbox::world::clock::Millis;

/// A managed node group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodegroup {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, `CREATE_FAILED`, …
    pub status: String,
    /// Kubernetes minor version.
    pub version: String,
    /// AMI release, `1.33.5-20251209`; the image's id for an image of one's own.
    pub release_version: String,
    /// `ON_DEMAND` or `SPOT`.
    pub capacity_type: String,
    /// `AL2023_x86_64_STANDARD`.
    pub ami_type: String,
    /// Instance types as given; empty when the launch template names one.
    pub instance_types: Vec<String>,
    /// GiB.
    pub disk_size: i64,
    /// Subnets.
    pub subnet_ids: Vec<String>,
    /// Node role.
    pub node_role: String,
    /// Labels given to nodes.
    pub labels: BTreeMap<String, String>,
    /// Taints given to nodes.
    pub taints: Vec<Taint>,
    /// Sizes.
    pub min: i64,
    /// Sizes.
    pub max: i64,
    /// Sizes.
    pub desired: i64,
    /// The Auto Scaling group behind it; empty as long as there is none.
    pub group: String,
    /// Tags.
    pub tags: TagMap,
    /// Made.
    pub created: Millis,
    /// Last changed.
    pub modified: Millis,
    /// Ends the names of what EKS makes for it.
    #[serde(default)]
    pub uuid: String,
    /// The launch template that was given.
    #[serde(default)]
    pub source: Option<SourceTemplate>,
    /// Key pair and source groups for SSH, when no launch template was given.
    #[serde(default)]
    pub remote_access: Value,
    /// Id of EKS's own launch template.
    #[serde(default)]
    pub template: String,
    /// Name of the instance profile that EKS made.
    #[serde(default)]
    pub profile: String,
    /// Whether EKS let the role into the cluster for this group.
    #[serde(default)]
    pub made_access: bool,
    /// How many nodes an update may take away.
    #[serde(default)]
    pub unavailable: UnavailableNodes,
    /// `nodeRepairConfig`, as given.
    #[serde(default)]
    pub node_repair: Value,
    /// What is wrong.
    #[serde(default)]
    pub issues: Vec<Issue>,
    /// Updates, oldest first.
    #[serde(default)]
    pub updates: Vec<Update>,
    /// The create request's idempotency token.
    #[serde(default)]
    pub client_token: Option<String>,
}

impl Nodegroup {
    /// `SPOT`.
    pub fn is_spot(&self) -> bool {
        self.capacity_type == "SPOT"
    }

    /// The update that is under way.
    pub fn running_update(&mut self) -> Option<&mut Update> {
        self.updates.iter_mut().find(|update| update.status == "InProgress")
    }
}

/// A version of someone's launch template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTemplate {
    /// `lt-…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Number.
    pub version: i64,
}

/// `updateConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnavailableNodes {
    /// A number of nodes.
    Count(i64),
    /// A percentage of all.
    Percentage(i64),
}

impl Default for UnavailableNodes {
    fn default() -> Self {
        UnavailableNodes::Count(1)
    }
}

impl UnavailableNodes {
    /// How many of `size` nodes: one at least.
    pub fn of(self, size: i64) -> i64 {
        let number = match self {
            UnavailableNodes::Count(number) => number,
            UnavailableNodes::Percentage(percent) => size * percent / 100,
        };
        number.clamp(1, 100)
    }
}

/// A health issue, or an error of an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// `NodeCreationFailure`, …
    pub code: String,
    /// EKS's sentence.
    pub message: String,
    /// Whom it is about.
    pub resource_ids: Vec<String>,
}

/// What an update changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpdateKind {
    /// Sizes, labels, taints: the tree of the request.
    Config(Value),
    /// Image or launch template: nodes are replaced.
    Version(Box<Rolling>),
}

/// An update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// UUID.
    pub id: String,
    /// `InProgress`, `Successful`, `Failed`.
    pub status: String,
    /// Type and value, as answers list them.
    pub params: Vec<(String, String)>,
    /// What it does.
    pub kind: UpdateKind,
    /// Begun.
    pub created: Millis,
    /// Why it failed.
    pub errors: Vec<Issue>,
    /// The request's idempotency token.
    pub client_token: Option<String>,
}

/// A replacement of all nodes, phase by phase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rolling {
    /// Launch template to come to.
    pub source: Option<SourceTemplate>,
    /// Kubernetes version to come to.
    pub version: String,
    /// Release to come to.
    pub release_version: String,
    /// Pods that cannot be evicted are deleted.
    pub force: bool,
    /// How many nodes more there are meanwhile; 0 before the group was made larger.
    pub surge: i64,
    /// The version of EKS's own launch template that nodes come from in the end, and that which they came from.
    pub template_versions: (i64, i64),
    /// When this phase began.
    pub phase_began: Millis,
    /// Whether old nodes were cordoned: the new ones are there.
    pub upgrading: bool,
    /// Nodes being drained: instance, since when, and since when it is empty.
    pub batch: Vec<(String, Millis, Option<Millis>)>,
}

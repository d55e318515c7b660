//! What EKS knows: clusters, whom they know, and their managed node groups.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use super::nodegroup_state::{Issue, Nodegroup, Rolling, SourceTemplate, UnavailableNodes, Update, UpdateKind};

use crate::domain::cloud::{AuthenticationMode, TagMap};
use crate::sandbox::world::clock::Millis;

/// Who may come to a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// IAM principal.
    pub principal_arn: String,
    /// `access-entry/CLUSTER/role/…` as an ARN.
    pub arn: String,
    /// `EC2_LINUX`, `STANDARD`, …
    pub kind: String,
    /// `system:node:{{EC2PrivateDNSName}}` for nodes.
    pub username: String,
    /// Kubernetes groups.
    pub groups: Vec<String>,
    /// Tags.
    pub tags: TagMap,
    /// Made.
    pub created: Millis,
    /// Last changed.
    pub modified: Millis,
    /// The request's idempotency token.
    pub client_token: Option<String>,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Kubernetes minor version.
    pub version: String,
    /// `eks.28`.
    pub platform_version: String,
    /// `ACTIVE`, …
    pub status: String,
    /// `https://….REGION.eks.amazonaws.com`.
    pub endpoint: String,
    /// Base64 of the CA's PEM.
    pub certificate_authority: String,
    /// Service CIDR.
    pub service_cidr: String,
    /// Cluster role.
    pub role_arn: String,
    /// VPC.
    pub vpc_id: String,
    /// Subnets of the control plane.
    pub subnet_ids: Vec<String>,
    /// Additional security groups of the control plane.
    pub security_group_ids: Vec<String>,
    /// The security group that EKS made.
    pub cluster_security_group: String,
    /// Whom to ask about a principal.
    pub authentication_mode: AuthenticationMode,
    /// OIDC issuer URL.
    pub oidc_issuer: String,
    /// Tags.
    pub tags: TagMap,
    /// Made.
    pub created: Millis,
    /// Access entries by principal ARN.
    pub access_entries: BTreeMap<String, AccessEntry>,
    /// Managed node groups by name.
    pub nodegroups: BTreeMap<String, Nodegroup>,
}

/// The service's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EksState {
    /// Clusters by name.
    pub clusters: BTreeMap<String, Cluster>,
}

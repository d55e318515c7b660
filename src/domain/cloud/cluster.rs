//! An EKS cluster as DescribeCluster tells it.

use serde::{Deserialize, Serialize};

use super::TagMap;

/// State of an EKS cluster, in EKS's spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterStatus(pub String);

impl ClusterStatus {
    /// Whether node groups can be added now.
    pub fn is_active(&self) -> bool {
        matches!(self.0.as_str(), "ACTIVE" | "UPDATING")
    }
}

/// How a cluster decides which IAM principals it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthenticationMode {
    /// Only the `aws-auth` ConfigMap. Also what a cluster without an access configuration means.
    ConfigMap,
    /// Access entries first, then the ConfigMap.
    ApiAndConfigMap,
    /// Only access entries.
    Api,
}

/// Lets an IAM principal into a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// `EC2_LINUX` for nodes, `STANDARD` for people.
    pub kind: String,
    /// Tags.
    pub tags: TagMap,
}

/// An EKS cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Name.
    pub name: String,
    /// ARN; its fourth and fifth fields are region and account.
    pub arn: String,
    /// Kubernetes minor version such as `1.33`.
    pub version: String,
    /// State.
    pub status: ClusterStatus,
    /// API server address.
    pub endpoint: String,
    /// API server CA, base64 of PEM.
    pub certificate_authority: String,
    /// Service CIDR (`10.100.0.0/16`), or `None` when the answer has none.
    pub service_cidr: Option<String>,
    /// VPC id.
    pub vpc_id: Option<String>,
    /// Subnet ids of the control plane.
    pub subnet_ids: Vec<String>,
    /// The security group that EKS made for nodes and control plane.
    pub cluster_security_group: Option<String>,
    /// Node authorisation.
    pub authentication_mode: AuthenticationMode,
}

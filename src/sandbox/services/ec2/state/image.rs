//! A machine image.

use serde::{Deserialize, Serialize};

use crate::domain::shape::Architecture;
use crate::sandbox::world::clock::Millis;

/// A machine image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `ami-…`.
    pub id: String,
    /// `amazon-eks-node-al2023-x86_64-standard-1.33-v20251209`.
    pub name: String,
    /// Description.
    pub description: String,
    /// Architecture.
    pub architecture: Architecture,
    /// `/dev/xvda`.
    pub root_device: String,
    /// Snapshot of the root device.
    pub snapshot_id: String,
    /// GiB.
    pub size_gib: i64,
    /// Account of the owner.
    pub owner_id: String,
    /// `al2023`, `al2`, `bottlerocket`, `ubuntu`, or `windows` with its year.
    pub family: String,
    /// Kubernetes minor version.
    pub kubernetes: String,
    /// Kubelet version such as `v1.33.5-eks-113cf36`.
    pub kubelet: String,
    /// Made.
    pub created: Millis,
}

impl Image {
    /// Whether its machines run Windows.
    pub fn is_windows(&self) -> bool {
        self.family.starts_with("windows")
    }

    /// What EC2 calls its operating system where it bills.
    pub fn platform(&self) -> &'static str {
        if self.is_windows() { "Windows" } else { "Linux/UNIX" }
    }
}

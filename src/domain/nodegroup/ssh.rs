//! SSH access to the nodes.

use serde::{Deserialize, Serialize};

use super::PublicKey;
use crate::domain::error::Result;

/// SSH access to the nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SshAccess {
    /// Name of an EC2 key pair of the region; empty where the key itself is given.
    pub key_name: String,
    /// CIDRs that may reach port 22. Empty means the VPC's own CIDR: never the whole world unless it is written here.
    pub sources: Vec<String>,
    /// The key itself, a line as OpenSSH writes it, which becomes a key pair of the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// A file with the key. Whoever reads a document reads it too, and puts its text beside this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_path: Option<String>,
    /// Ids of security groups that may reach port 22, instead of addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_security_groups: Vec<String>,
    /// The key is put on the nodes, and port 22 stays shut.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// The file that eksctl imports a key from when none is named.
pub const DEFAULT_KEY_FILE: &str = "~/.ssh/id_rsa.pub";

impl SshAccess {
    /// Access with a key pair of the region, from the VPC.
    pub fn with_key_pair(name: impl Into<String>) -> Self {
        SshAccess { key_name: name.into(), ..SshAccess::default() }
    }

    /// Access with a key that becomes a key pair of the region, from the VPC.
    pub fn with_public_key(text: impl Into<String>) -> Self {
        SshAccess { public_key: Some(text.into()), ..SshAccess::default() }
    }

    /// The key that becomes a key pair; `None` where a pair is named, and where a file was named that nobody has read.
    ///
    /// # Errors
    /// `SPOT-0133` when it is no public key.
    pub fn key(&self) -> Result<Option<PublicKey>> {
        self.public_key.as_deref().map(PublicKey::parse).transpose()
    }
}

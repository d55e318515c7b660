//! A key pair: its public half.

use serde::{Deserialize, Serialize};

use crate::domain::cloud::TagMap;
use crate::sandbox::world::clock::Millis;

/// A key pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPair {
    /// `key-…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Fingerprint.
    pub fingerprint: String,
    /// `rsa` or `ed25519`.
    pub kind: String,
    /// The public key as OpenSSH writes it; `None` for one that was not imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Tags.
    pub tags: TagMap,
    /// Made.
    pub created: Millis,
}

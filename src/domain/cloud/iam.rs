//! Who we are, and what nodes may do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::TagMap;

/// The answer to GetCallerIdentity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerIdentity {
    /// Twelve digits.
    pub account: String,
    /// ARN of the caller.
    pub arn: String,
}

impl CallerIdentity {
    /// Partition of the ARN: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).filter(|partition| !partition.is_empty()).unwrap_or("aws")
    }
}

/// An IAM role with its policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Trust policy: who may take it. `Null` when AWS does not say.
    #[serde(default)]
    pub trust: serde_json::Value,
    /// ARNs of attached managed policies.
    pub attached: BTreeSet<String>,
    /// Inline policies: name → document as JSON.
    pub inline: BTreeMap<String, serde_json::Value>,
    /// Tags.
    pub tags: TagMap,
}

/// An instance profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Names of the roles in it: none or one.
    pub roles: Vec<String>,
    /// Tags.
    pub tags: TagMap,
}

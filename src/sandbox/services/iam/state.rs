//! What IAM knows. Partition-global, but there is one region here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::cloud::TagMap;
use crate::sandbox::world::clock::Millis;

/// A role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Name.
    pub name: String,
    /// `AROA…`.
    pub id: String,
    /// ARN, path included.
    pub arn: String,
    /// `/` or `/aws-service-role/spot.amazonaws.com/`.
    pub path: String,
    /// Description.
    pub description: String,
    /// Trust policy.
    pub trust: Value,
    /// ARN of the policy that bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// ARNs of attached managed policies, in order.
    pub attached: Vec<String>,
    /// Inline policies by name.
    pub inline: BTreeMap<String, Value>,
    /// Tags.
    pub tags: TagMap,
    /// When it was made.
    pub created: Millis,
    /// Longest session in seconds.
    pub max_session: i64,
}

/// An instance profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Name.
    pub name: String,
    /// `AIPA…`.
    pub id: String,
    /// ARN.
    pub arn: String,
    /// Path.
    pub path: String,
    /// Name of the role in it.
    pub role: Option<String>,
    /// Tags.
    pub tags: TagMap,
    /// When it was made.
    pub created: Millis,
    /// From when on EC2 and Auto Scaling can see it (IAM is eventually consistent): 10–35 s after creation.
    pub visible_at: Millis,
}

/// The service's state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IamState {
    /// Roles by name.
    pub roles: BTreeMap<String, Role>,
    /// Instance profiles by name.
    pub profiles: BTreeMap<String, Profile>,
}

impl IamState {
    /// The role with this ARN.
    pub fn role_by_arn(&self, arn: &str) -> Option<&Role> {
        self.roles.get(arn.rsplit('/').next()?).filter(|role| role.arn == arn)
    }

    /// The profile with this name or ARN.
    pub fn profile(&self, name_or_arn: &str) -> Option<&Profile> {
        let name = name_or_arn.rsplit('/').next()?;
        self.profiles.get(name).filter(|profile| !name_or_arn.contains(':') || profile.arn == name_or_arn)
    }
}

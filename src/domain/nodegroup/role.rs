//! Who the nodes are: a role made for them, or one that is given.

use serde::{Deserialize, Serialize};

use super::boot::Document;

/// eksctl's `iam`, its add-on policies aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeRole {
    /// An inline policy of the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_policy: Option<Document>,
    /// ARNs of managed policies. They take the place of those that every node gets, the one for pulling images aside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attach_policy_arns: Vec<String>,
    /// An instance profile that is there: nothing is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_profile_arn: Option<String>,
    /// A role that is there: only a profile is made for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// Name of the role that is made, instead of the usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// ARN of a policy that bounds what the role can ever be allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
}

impl NodeRole {
    /// Whether role or profile is someone else's: it is used and never changed.
    pub fn is_given(&self) -> bool {
        self.instance_profile_arn.is_some() || self.role_arn.is_some()
    }
}

/// eksctl's `securityGroups`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityGroups {
    /// Ids of groups that the nodes get too, before the cluster's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attach_ids: Vec<String>,
    /// Whether nodes share the cluster's group; they do unless this says `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_shared: Option<bool>,
    /// Whether nodes get a group of their own; one is made when a rule needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_local: Option<bool>,
}

//! The node role: who may take it and what it may do.

use std::collections::{BTreeMap, BTreeSet};

use super::names::ResourceNames;
use super::tags::resource_tags;
use crate::domain::cloud::{CallerIdentity, TagMap};
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::policies;

/// A role as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct DesiredRole {
    /// Name.
    pub name: String,
    /// ARN that it has or will have.
    pub arn: String,
    /// Trust policy.
    pub trust: serde_json::Value,
    /// ARNs of managed policies.
    pub managed: BTreeSet<String>,
    /// Inline policies by name.
    pub inline: BTreeMap<String, serde_json::Value>,
    /// Tags.
    pub tags: TagMap,
    /// ARN of the policy that bounds it.
    pub boundary: Option<String>,
}

/// The role of a group's nodes.
pub fn desired_role(spec: &NodegroupSpec, names: &ResourceNames, caller: &CallerIdentity) -> DesiredRole {
    let partition = caller.partition();
    let own = spec.role.attach_policy.clone().map(|policy| ("Policy1".to_owned(), policy.into()));
    DesiredRole {
        name: names.role.clone(),
        arn: role_arn(caller, &names.role),
        trust: policies::trust(policies::dns_suffix(partition)),
        managed: policies::managed(partition, &spec.addons, &spec.role.attach_policy_arns).into_iter().collect(),
        inline: policies::inline(partition, &spec.addons).into_iter().chain(own).collect(),
        tags: resource_tags(spec),
        boundary: spec.role.permissions_boundary.clone(),
    }
}

/// ARN of a role of the caller's account.
pub fn role_arn(caller: &CallerIdentity, name: &str) -> String {
    format!("arn:{}:iam::{}:role/{name}", caller.partition(), caller.account)
}

/// ARN of an instance profile of the caller's account.
pub fn instance_profile_arn(caller: &CallerIdentity, name: &str) -> String {
    format!("arn:{}:iam::{}:instance-profile/{name}", caller.partition(), caller.account)
}

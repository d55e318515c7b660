//! Live groups of any maker, read back as specifications.
//!
//! What a specification has no words for, or what is known by its id alone, is told: nothing is dropped silently. A group of
//! ours comes back so that making it again changes nothing; a foreign one so that an equal group is made under another name.

/// Boot data read back.
pub mod boot;
mod machine;
mod managed;
mod own;
mod place;
mod role;
mod script;
mod secure;
mod tags;

use std::collections::BTreeMap;

pub use managed::managed;
pub use own::own;
pub use script::{runbook, wordless};

use super::cloud::{
    AutoScalingGroup, Cluster, Firewall, InstanceProfile, KeyPair, ManagedNodegroup, Offering, Role, Subnet,
    TemplateVersion,
};
use super::inventory::Owner;
use super::nodegroup::NodegroupSpec;
use super::taint::Taint;

/// What was read of a group.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The cluster.
    pub cluster: Cluster,
    /// Region.
    pub region: String,
    /// Name of the group.
    pub name: String,
    /// Who made it.
    pub owner: Owner,
    /// The Auto Scaling group; of a managed group the one behind it.
    pub group: Option<AutoScalingGroup>,
    /// The group as EKS knows it, when EKS manages it.
    pub managed: Option<ManagedNodegroup>,
    /// The launch template's version that new instances come from: of a managed group the one that EKS was given.
    pub template: Option<TemplateVersion>,
    /// Its instance profile.
    pub profile: Option<InstanceProfile>,
    /// The nodes' role.
    pub role: Option<Role>,
    /// Subnets of the cluster and of the group.
    pub subnets: Vec<Subnet>,
    /// CIDRs of the VPC.
    pub vpc_cidrs: Vec<String>,
    /// Where its types are offered.
    pub offerings: Vec<Offering>,
    /// Security groups of the template.
    pub security_groups: Vec<Firewall>,
    /// The template's key pair, where it is one that was made for the group.
    pub key_pair: Option<KeyPair>,
    /// The newest images, by the public parameters that name them.
    pub images: BTreeMap<String, String>,
    /// Labels that all nodes have, beside those that Kubernetes and AWS give.
    pub node_labels: indexmap::IndexMap<String, String>,
    /// Taints that all nodes have.
    pub node_taints: Vec<Taint>,
    /// What one of its nodes calls its operating system, as `Windows Server 2022 Datacenter`.
    pub os_image: Option<String>,
}

/// A group read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The specification.
    pub spec: NodegroupSpec,
    /// Who made the group.
    pub owner: Owner,
    /// What it does not say, or says otherwise than the group is; each a sentence fragment.
    pub notes: Vec<String>,
}

/// Reads a group back.
pub fn import(facts: &Facts) -> Imported {
    let mut imported = match facts.managed {
        Some(_) => managed(facts),
        None => own(facts),
    };
    if imported.owner != Owner::Spotscript && facts.managed.is_none() {
        imported.notes.push(
            "scaling policies, scheduled actions, lifecycle hooks, warm pools, and weights and templates of single types were not looked at"
                .to_owned(),
        );
    }
    imported.notes.dedup();
    imported
}

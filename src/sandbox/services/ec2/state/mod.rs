//! What EC2 knows. Everything is found by id or by an index: no operation scans what it does not return.

mod image;
mod instance;
mod key_pair;
mod launch_template;
mod network;
mod security_group;
mod tag_index;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use image::Image;
pub use instance::{Boot, Instance, InstanceState, StateReason};
pub use key_pair::KeyPair;
pub use launch_template::{LaunchTemplate, LaunchTemplateVersion};
pub use network::{Subnet, Vpc};
pub use security_group::{Rule, SecurityGroup, Source};
pub use tag_index::TagIndex;

/// The service's state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ec2State {
    /// VPCs by id.
    pub vpcs: BTreeMap<String, Vpc>,
    /// Subnets by id.
    pub subnets: BTreeMap<String, Subnet>,
    /// Security groups by id.
    pub security_groups: BTreeMap<String, SecurityGroup>,
    /// Security group ids by VPC id and name, joined by `/`.
    pub security_group_names: BTreeMap<String, String>,
    /// How many network interfaces use a security group.
    pub security_group_uses: BTreeMap<String, u64>,
    /// How many rules of other groups name a security group.
    pub security_group_references: BTreeMap<String, u64>,
    /// Key pairs by name.
    pub key_pairs: BTreeMap<String, KeyPair>,
    /// Images by id.
    pub images: BTreeMap<String, Image>,
    /// Launch templates by id.
    pub launch_templates: BTreeMap<String, LaunchTemplate>,
    /// Launch template ids by name.
    pub launch_template_names: BTreeMap<String, String>,
    /// Launch template ids by client token.
    pub launch_template_tokens: BTreeMap<String, String>,
    /// Instances by id.
    pub instances: BTreeMap<String, Instance>,
    /// Instance ids by private DNS name: the node's name.
    pub instance_names: BTreeMap<String, String>,
    /// Ids of tagged resources by tag.
    pub tag_index: TagIndex,
    /// vCPUs of living instances per quota class (`standard/spot`, `standard/on-demand`, `g/spot`, …).
    pub vcpus_in_use: BTreeMap<String, u64>,
    /// Living instances per capacity pool (`m5.xlarge/ap-northeast-1a/spot`).
    pub pool_use: BTreeMap<String, u64>,
}

impl Ec2State {
    /// A security group by VPC and name.
    pub fn security_group_named(&self, vpc_id: &str, name: &str) -> Option<&SecurityGroup> {
        self.security_groups.get(self.security_group_names.get(&format!("{vpc_id}/{name}"))?)
    }

    /// A launch template by name.
    pub fn launch_template_named(&self, name: &str) -> Option<&LaunchTemplate> {
        self.launch_templates.get(self.launch_template_names.get(name)?)
    }
}

//! Security groups and SSH.

use super::Facts;
use crate::domain::cloud::{Firewall, LaunchTemplateData, Peer};
use crate::domain::desired::{NODEGROUP_TAG, OWNER_TAG};
use crate::domain::nodegroup::{NodegroupSpec, PublicKey, SshAccess};

pub(super) fn read(facts: &Facts, data: &LaunchTemplateData, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let shared = facts.cluster.cluster_security_group.as_deref();
    let ours = |id: &str| {
        facts.security_groups.iter().find(|group| {
            group.id == id && group.tags.contains_key(OWNER_TAG) && group.tags.get(NODEGROUP_TAG) == Some(&facts.name)
        })
    };
    let mut opened = None;
    for id in &data.security_group_ids {
        match ours(id) {
            Some(group) => opened = Some(group),
            None if Some(id.as_str()) == shared => {}
            None => spec.security_groups.attach_ids.push(id.clone()),
        }
    }
    // Without any group EC2 takes the VPC's default one, in which nodes do not reach the control plane.
    let lists_shared = data.security_group_ids.iter().any(|id| Some(id.as_str()) == shared);
    if !lists_shared && !spec.security_groups.attach_ids.is_empty() {
        spec.security_groups.with_shared = Some(false);
    }
    for id in &spec.security_groups.attach_ids {
        let name = facts.security_groups.iter().find(|group| group.id == *id).map(|group| group.name.as_str());
        notes.push(format!(
            "security group `{id}`{} is named by its id",
            name.map(|it| format!(" ({it})")).unwrap_or_default()
        ));
    }
    let Some(key_name) = data.key_name.clone() else { return };
    // A pair that was made for this group of a key is told by the key: under that name it is there for this group only.
    let made = facts.key_pair.as_ref().filter(|pair| pair.name == key_name);
    let made = made.filter(|pair| pair.tags.get(NODEGROUP_TAG) == Some(&facts.name));
    let key = made.and_then(|pair| PublicKey::parse(pair.public_key.as_ref()?).ok());
    let access = match key {
        Some(key) => SshAccess::with_public_key(key.openssh()),
        None => SshAccess::with_key_pair(key_name),
    };
    spec.ssh = Some(match opened {
        Some(group) => {
            let groups = groups(group);
            let vpc: &[String] = if groups.is_empty() { &facts.vpc_cidrs } else { &[] };
            SshAccess { sources: sources(group, vpc), source_security_groups: groups, ..access }
        }
        // Who may reach port 22 stands in the groups that are attached.
        None => SshAccess { closed: true, ..access },
    });
}

/// The security groups whose members may connect.
fn groups(group: &Firewall) -> Vec<String> {
    let groups = group.ingress.iter().filter_map(|rule| match &rule.peer {
        Peer::Group(id) => Some(id.clone()),
        _ => None,
    });
    let mut groups: Vec<String> = groups.collect();
    groups.sort();
    groups
}

/// The CIDRs that may connect; empty for those that are `usual`.
fn sources(group: &Firewall, usual: &[String]) -> Vec<String> {
    let cidrs = group.ingress.iter().filter_map(|rule| match &rule.peer {
        Peer::Ipv4(cidr) => Some(cidr.clone()),
        _ => None,
    });
    let mut cidrs: Vec<String> = cidrs.collect();
    let mut usual = usual.to_vec();
    cidrs.sort();
    usual.sort();
    if cidrs == usual { vec![] } else { cidrs }
}

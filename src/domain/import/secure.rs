//! Security groups and SSH.

use super::Facts;
use crate::domain::cloud::{Firewall, LaunchTemplateData, Peer};
use crate::domain::desired::{NODEGROUP_TAG, OWNER_TAG};
use crate::domain::nodegroup::{NodegroupSpec, SshAccess};

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
    spec.ssh = Some(match opened {
        Some(group) => SshAccess { sources: sources(group, &facts.vpc_cidrs), ..SshAccess::with_key_pair(key_name) },
        // Who may reach port 22 stands in the groups that are attached.
        None => SshAccess { closed: true, ..SshAccess::with_key_pair(key_name) },
    });
}

/// The CIDRs that may connect; empty for those of the VPC.
fn sources(group: &Firewall, vpc_cidrs: &[String]) -> Vec<String> {
    let cidrs = group.ingress.iter().filter_map(|rule| match &rule.peer {
        Peer::Ipv4(cidr) => Some(cidr.clone()),
        _ => None,
    });
    let mut cidrs: Vec<String> = cidrs.collect();
    let mut vpc = vpc_cidrs.to_vec();
    cidrs.sort();
    vpc.sort();
    if cidrs == vpc { vec![] } else { cidrs }
}

//! Which key the nodes have, and who may reach their port 22.

use std::net::Ipv4Addr;

use super::ResourceNames;
use crate::domain::cloud::IngressRule;
use crate::domain::nodegroup::{NodegroupSpec, SshAccess};

/// The CIDRs that may connect: those asked for, else none beside the security groups that may, else the VPC's own. Never the
/// whole world unless it is written down.
pub fn ssh_sources<'a>(ssh: &'a SshAccess, vpc_cidrs: &'a [String]) -> &'a [String] {
    if needs_vpc_cidrs(ssh) { vpc_cidrs } else { &ssh.sources }
}

/// Whether it is open to the addresses of the VPC.
pub fn needs_vpc_cidrs(ssh: &SshAccess) -> bool {
    ssh.sources.is_empty() && ssh.source_security_groups.is_empty()
}

/// The rules of the group's own security group, each once: EC2 refuses to be given one twice.
pub fn ssh_rules(sources: &[String], groups: &[String]) -> Vec<IngressRule> {
    let rule = |cidr: String, source_group: Option<&String>| IngressRule {
        protocol: "tcp".to_owned(),
        from_port: 22,
        to_port: 22,
        cidr,
        source_group: source_group.cloned(),
        description: "SSH to the nodes".to_owned(),
    };
    let by_address = sources.iter().map(|cidr| rule(network(cidr), None));
    let by_group = groups.iter().map(|group| rule(String::new(), Some(group)));
    let mut rules: Vec<IngressRule> = vec![];
    for rule in by_address.chain(by_group) {
        if !rules.iter().any(|other| rule.lets_the_same_in(other)) {
            rules.push(rule);
        }
    }
    rules
}

/// An IPv4 CIDR as EC2 keeps it, whatever address of the network it was given by: `203.0.113.7/24` is `203.0.113.0/24`.
fn network(cidr: &str) -> String {
    let parsed = cidr.split_once('/').and_then(|(address, bits)| {
        let (address, bits) = (address.parse::<Ipv4Addr>().ok()?, bits.parse::<u32>().ok().filter(|bits| *bits <= 32)?);
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        Some(format!("{}/{bits}", Ipv4Addr::from(u32::from(address) & mask)))
    });
    parsed.unwrap_or_else(|| cidr.to_owned())
}

/// The key pair of the nodes: the one that is named, or that of the key that is given. `None` without SSH, and for a file
/// that nobody has read.
pub fn key_pair_name(spec: &NodegroupSpec) -> Option<String> {
    let ssh = spec.ssh.as_ref()?;
    match ssh.key() {
        Ok(Some(key)) => Some(ResourceNames::of_spec(spec).key_pair(&key)),
        _ => Some(ssh.key_name.clone()).filter(|name| !name.is_empty()),
    }
}

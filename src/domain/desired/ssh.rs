//! Who may reach port 22 of the nodes.

use crate::domain::cloud::IngressRule;
use crate::domain::nodegroup::SshAccess;

/// The CIDRs that may connect: those asked for, else the VPC's own. Never the whole world unless it is written down.
pub fn ssh_sources<'a>(ssh: &'a SshAccess, vpc_cidrs: &'a [String]) -> &'a [String] {
    if ssh.sources.is_empty() { vpc_cidrs } else { &ssh.sources }
}

/// The rules of the group's own security group.
pub fn ssh_rules(sources: &[String]) -> Vec<IngressRule> {
    let rule = |cidr: &String| IngressRule {
        protocol: "tcp".to_owned(),
        from_port: 22,
        to_port: 22,
        cidr: cidr.clone(),
        description: "SSH to the nodes".to_owned(),
    };
    sources.iter().map(rule).collect()
}

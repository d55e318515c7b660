//! The security groups of the nodes: the cluster's own, and with SSH one of the group's. Port 22 is open only to whom the
//! spec names.

use super::is_of;
use super::observe::Facts;
use super::preflight::Plan;
use super::role::at_least_changed;
use crate::domain::Code;
use crate::domain::cloud::{IngressRule, SecurityGroup};
use crate::domain::desired::{ResourceNames, attached_security_groups, resource_tags, ssh_rules, ssh_sources};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::AwsMutation;
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::ledger::Ledger;
use crate::ports::{ResourceKind, Verdict};

/// Ids of the security groups for the launch template.
pub(super) async fn ensure_groups(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    plan: &Plan,
) -> Result<Vec<String>> {
    let mut ids = attached_security_groups(spec, &facts.cluster);
    if let Some(ssh) = spec.ssh.as_ref().filter(|_| opens_ssh(spec)) {
        let rules = ssh_rules(ssh_sources(ssh, &facts.vpc_cidrs), &ssh.source_security_groups);
        if rules.is_empty() {
            return Err(Error::new(Code::SubnetNotFound, "the VPC has no IPv4 CIDR to let SSH in from")
                .help("name the CIDRs that may connect"));
        }
        ids.push(ensure_group(ledger, spec, facts, plan, &rules).await?);
    } else if !spec.has_own_template() {
        shut(ledger, spec, facts).await?;
    }
    Ok(ids)
}

/// Shuts a port that was open: on machines that still have the security group too, and before the launch template forgets
/// it. The group itself goes with the node group, for EC2 removes none that a machine has.
async fn shut(ledger: &Ledger<'_>, spec: &NodegroupSpec, facts: &Facts) -> Result<()> {
    let ours = |group: &&SecurityGroup| is_of(&group.tags, spec);
    let Some(group) = facts.security_group.as_ref().filter(ours).filter(|group| !group.ingress.is_empty()) else {
        return Ok(());
    };
    let (group_id, rules) = (group.id.clone(), group.ingress.clone());
    ledger.aws(AwsMutation::RevokeSecurityGroupIngress { group_id, rules }).await?;
    ledger.settle(ResourceKind::SecurityGroup, &group.name, Verdict::Changed);
    ledger.session().note(format!("security group \"{}\" lets nobody in any more", group.name));
    Ok(())
}

/// Whether the nodes have a security group that lets SSH in.
pub(in crate::ops) fn opens_ssh(spec: &NodegroupSpec) -> bool {
    spec.ssh.as_ref().is_some_and(|ssh| !ssh.closed)
}

/// Whether the security groups are there that SSH is to be open to.
pub(super) fn source_groups(spec: &NodegroupSpec, facts: &Facts) -> Result<()> {
    let Some(ssh) = spec.ssh.as_ref().filter(|_| opens_ssh(spec)) else { return Ok(()) };
    let there = |id: &String| facts.ssh_groups.iter().any(|group| group.id == *id);
    match ssh.source_security_groups.iter().find(|id| !there(id)) {
        None => Ok(()),
        Some(id) => Err(Error::new(Code::SecurityGroupNotFound, format!("there is no security group `{id}`"))
            .because("SSH was to be open to its members")
            .help("name one that is there, or the addresses that may connect")),
    }
}

/// The request that makes that group.
pub(super) fn creation(spec: &NodegroupSpec, facts: &Facts, names: &ResourceNames) -> AwsMutation {
    AwsMutation::CreateSecurityGroup {
        name: names.security_group.clone(),
        description: format!("SSH to the nodes of {} in {}", spec.name, spec.cluster),
        vpc_id: facts.vpc_id.clone().unwrap_or_default(),
        // Not `kubernetes.io/cluster/…`: the AWS Load Balancer Controller wants that on one group of an interface only, and
        // the cluster's own has it.
        tags: resource_tags(spec),
    }
}

async fn ensure_group(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    plan: &Plan,
    rules: &[IngressRule],
) -> Result<String> {
    let name = &plan.names.security_group;
    let mut verdict = Verdict::Unchanged;
    let (group_id, there) = match &facts.security_group {
        Some(group) => (group.id.clone(), group.ingress.as_slice()),
        None => {
            verdict = Verdict::Created;
            let outcome = ledger.aws(creation(spec, facts, &plan.names)).await?;
            (outcome.id.unwrap_or_default(), [].as_slice())
        }
    };
    let without = |of: &[IngressRule], others: &[IngressRule]| -> Vec<IngressRule> {
        of.iter().filter(|rule| !others.iter().any(|other| rule.lets_the_same_in(other))).cloned().collect()
    };
    let (missing, surplus) = (without(rules, there), without(there, rules));
    if !missing.is_empty() {
        ledger.aws(AwsMutation::AuthorizeSecurityGroupIngress { group_id: group_id.clone(), rules: missing }).await?;
        verdict = at_least_changed(verdict);
    }
    if !surplus.is_empty() {
        ledger.aws(AwsMutation::RevokeSecurityGroupIngress { group_id: group_id.clone(), rules: surplus }).await?;
        verdict = at_least_changed(verdict);
    }
    ledger.settle(ResourceKind::SecurityGroup, name, verdict);
    Ok(group_id)
}

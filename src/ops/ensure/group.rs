//! The Auto Scaling group: created, or changed where it differs.

use super::observe::Facts;
use super::preflight::Plan;
use crate::domain::Code;
use crate::domain::desired::{group_difference, group_request};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{AwsMutation, GroupRequest};
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::insist::{insist, propagation, unknown_yet};
use crate::ops::ledger::Ledger;
use crate::ports::{ResourceKind, Verdict};

/// Makes the group be as wanted, with this version of the launch template.
pub(super) async fn ensure(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    plan: &Plan,
    template_version: i64,
) -> Result<()> {
    let wanted = group_request(spec, &plan.names, &plan.placement, template_version)?;
    let Some(there) = &plan.group else {
        create(ledger, &wanted, facts).await?;
        ledger.settle(ResourceKind::AutoScalingGroup, &wanted.name, Verdict::Created);
        return Ok(());
    };
    let difference = group_difference(there, &wanted);
    if !difference.fixed.is_empty() {
        let error = Error::new(
            Code::CannotChangeInPlace,
            format!("group `{}` differs from what is asked for in a way that cannot be changed in place", spec.name),
        );
        let error = difference.fixed.into_iter().fold(error, Error::because);
        return Err(error.help("delete the group and create it anew, or give the new one another name"));
    }
    if difference.is_empty() {
        ledger.settle(ResourceKind::AutoScalingGroup, &wanted.name, Verdict::Unchanged);
        return Ok(());
    }
    if !difference.changes.is_empty() {
        ledger.session().note(format!("Auto Scaling group \"{}\": {}", wanted.name, difference.changes.join("; ")));
    }
    if difference.size || difference.policy || difference.subnets {
        // Parts of a policy are sent together: AWS takes a policy as a whole.
        let policy = difference.policy;
        let request = AwsMutation::UpdateAutoScalingGroup {
            name: wanted.name.clone(),
            size: difference.size.then_some(wanted.size),
            types: policy.then(|| wanted.types.clone()),
            distribution: policy.then(|| wanted.distribution.clone()),
            launch_template: policy.then(|| wanted.launch_template.clone()),
            subnet_ids: difference.subnets.then(|| wanted.subnet_ids.clone()),
        };
        propagated(ledger, &request).await?;
    }
    if !difference.set_tags.is_empty() {
        let (group, tags) = (wanted.name.clone(), difference.set_tags);
        ledger.aws(AwsMutation::CreateOrUpdateTags { group, tags }).await?;
    }
    if !difference.remove_tags.is_empty() {
        let (group, keys) = (wanted.name.clone(), difference.remove_tags);
        ledger.aws(AwsMutation::DeleteTags { group, keys }).await?;
    }
    ledger.settle(ResourceKind::AutoScalingGroup, &wanted.name, Verdict::Changed);
    Ok(())
}

async fn create(ledger: &Ledger<'_>, wanted: &GroupRequest, facts: &Facts) -> Result<()> {
    match propagated(ledger, &AwsMutation::CreateAutoScalingGroup(Box::new(wanted.clone()))).await {
        Err(error) if error.has_cause("AlreadyExists") => {
            let message = format!("an Auto Scaling group `{}` exists and is not this group's", wanted.name);
            let error = Error::new(Code::NotOurs, message);
            Err(error
                .because(format!("it does not carry the tags of a node group of cluster `{}`", facts.cluster.name))
                .help("remove or rename it, or give the group another name"))
        }
        other => other,
    }
}

/// Auto Scaling refuses an instance profile that IAM has not yet told it of: tried again until it knows.
async fn propagated(ledger: &Ledger<'_>, request: &AwsMutation) -> Result<()> {
    insist(ledger, request.clone(), &mut propagation(ledger), |refusal| {
        (refusal.code == Code::InstanceProfileInvalid)
            .then(|| unknown_yet(refusal, "Auto Scaling", "the new instance profile"))
    })
    .await
}

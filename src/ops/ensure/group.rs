//! The Auto Scaling group: created, or changed where it differs.

use super::observe::Facts;
use super::preflight::Plan;
use crate::domain::Code;
use crate::domain::cloud::AutoScalingGroup;
use crate::domain::desired::{group_difference, group_request};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{AwsMutation, GroupRequest};
use crate::domain::nodegroup::{GroupSettings, NodegroupSpec};
use crate::domain::roll::{lasting_size, unfinished};
use crate::ops::insist::{insist, propagation, unknown_yet};
use crate::ops::ledger::Ledger;
use crate::ops::roll::unfinished_roll;
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
        settings(ledger, &wanted.name, &[], &[], &spec.settings).await?;
        ledger.settle(ResourceKind::AutoScalingGroup, &wanted.name, Verdict::Created);
        return Ok(());
    };
    let rolling = unfinished(there).is_some();
    if rolling && lasting_size(there) != wanted.size {
        return Err(unfinished_roll(&spec.name));
    }
    // What a roll has added it takes away itself: Auto Scaling would end nodes without asking their pods.
    let difference = group_difference(&AutoScalingGroup { size: lasting_size(there), ..there.clone() }, &wanted);
    if !difference.fixed.is_empty() {
        let error = Error::new(
            Code::CannotChangeInPlace,
            format!("group `{}` differs from what is asked for in a way that cannot be changed in place", spec.name),
        );
        let error = difference.fixed.into_iter().fold(error, Error::because);
        return Err(error.help("let it be drained, deleted and made anew (`replace: true` of `eks::ensure`), or give the new one another name"));
    }
    let settled =
        settings(ledger, &wanted.name, &there.suspended_processes, &there.enabled_metrics, &spec.settings).await?;
    if difference.is_empty() {
        let verdict = if settled { Verdict::Unchanged } else { Verdict::Changed };
        ledger.settle(ResourceKind::AutoScalingGroup, &wanted.name, verdict);
        return Ok(());
    }
    if !difference.changes.is_empty() {
        ledger.session().note(format!("Auto Scaling group \"{}\": {}", wanted.name, difference.changes.join("; ")));
    }
    if difference.size || difference.policy || difference.subnets || difference.lifetime {
        // Parts of a policy are sent together: AWS takes a policy as a whole.
        let policy = difference.policy;
        let request = AwsMutation::UpdateAutoScalingGroup {
            name: wanted.name.clone(),
            size: difference.size.then_some(wanted.size),
            types: policy.then(|| wanted.types.clone()),
            distribution: policy.then(|| wanted.distribution.clone()),
            launch_template: policy.then(|| wanted.launch_template.clone()),
            subnet_ids: difference.subnets.then(|| wanted.subnet_ids.clone()),
            // AWS takes 0 for none.
            max_instance_lifetime: difference.lifetime.then(|| wanted.max_instance_lifetime.unwrap_or(0)),
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

/// Processes and metrics have requests of their own; gives whether all was as it should be. Processes that someone
/// suspended by hand stay so: only what was asked for and is not there is changed.
async fn settings(
    ledger: &Ledger<'_>,
    group: &str,
    suspended: &[String],
    metrics: &[String],
    wanted: &GroupSettings,
) -> Result<bool> {
    let without = |wanted: &[String], there: &[String]| -> Vec<String> {
        wanted.iter().filter(|one| !there.contains(one)).cloned().collect()
    };
    let mut settled = true;
    let processes = without(&wanted.suspended_processes, suspended);
    if !processes.is_empty() {
        settled = false;
        ledger.aws(AwsMutation::SuspendProcesses { group: group.to_owned(), processes }).await?;
    }
    for one in &wanted.metrics {
        let missing =
            if one.metrics.is_empty() { metrics.is_empty() } else { !without(&one.metrics, metrics).is_empty() };
        if missing {
            settled = false;
            let (group, granularity, metrics) = (group.to_owned(), one.granularity.clone(), one.metrics.clone());
            ledger.aws(AwsMutation::EnableMetricsCollection { group, granularity, metrics }).await?;
        }
    }
    Ok(settled)
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

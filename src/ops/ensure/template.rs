//! The launch template: a new version when its content differs.

use super::observe::Facts;
use super::preflight::Plan;
use crate::domain::cloud::LaunchTemplateData;
use crate::domain::desired::{
    ResourceNames, attached_security_groups, launch_template_data, resource_tags, template_difference,
};
use crate::domain::error::Result;
use crate::domain::mutation::AwsMutation;
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::ledger::Ledger;
use crate::ports::{ResourceKind, Verdict};

/// Makes the template be as wanted; gives the number of the version to use and what it holds.
pub(super) async fn ensure(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    plan: &Plan,
    profile_arn: &str,
    security_groups: Vec<String>,
) -> Result<(i64, LaunchTemplateData)> {
    let data = launch_template_data(spec, &facts.cluster, &plan.image_id, profile_arn, security_groups)?;
    ensure_data(ledger, spec, facts, plan, data).await
}

/// The same, with its content.
pub(super) async fn ensure_data(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    plan: &Plan,
    data: LaunchTemplateData,
) -> Result<(i64, LaunchTemplateData)> {
    let name = plan.names.launch_template.clone();
    let Some(there) = &facts.template else {
        ledger.aws(creation_of(ledger, spec, &name, data.clone())).await?;
        ledger.settle(ResourceKind::LaunchTemplate, &name, Verdict::Created);
        return Ok((1, data));
    };
    let differs = template_difference(&there.data, &data);
    if differs.is_empty() {
        ledger.settle(ResourceKind::LaunchTemplate, &name, Verdict::Unchanged);
        return Ok((there.latest_version, data));
    }
    ledger.session().note(format!("launch template \"{name}\" gets a new version: {} differ", differs.join(", ")));
    let request = AwsMutation::CreateLaunchTemplateVersion {
        name: name.clone(),
        // The version it follows belongs to the token: a change that is taken back is a new request, not a repeat.
        client_token: ledger.token("launch-template-version", &format!("{name}/{}", there.latest_version)),
        data: Box::new(data.clone()),
    };
    let outcome = ledger.aws(request).await?;
    ledger.settle(ResourceKind::LaunchTemplate, &name, Verdict::Changed);
    Ok((outcome.id.and_then(|number| number.parse().ok()).unwrap_or(there.latest_version + 1), data))
}

/// The request that makes the template, as far as it can be told before anything was made: without the security group for
/// SSH. `None` when it cannot be told what it holds.
pub(super) fn creation(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    names: &ResourceNames,
    profile_arn: &str,
) -> Option<AwsMutation> {
    let groups = attached_security_groups(spec, &facts.cluster);
    let data = launch_template_data(spec, &facts.cluster, facts.image.as_deref()?, profile_arn, groups).ok()?;
    Some(creation_of(ledger, spec, &names.launch_template, data))
}

fn creation_of(ledger: &Ledger<'_>, spec: &NodegroupSpec, name: &str, data: LaunchTemplateData) -> AwsMutation {
    AwsMutation::CreateLaunchTemplate {
        name: name.to_owned(),
        client_token: ledger.token("launch-template", name),
        data: Box::new(data),
        tags: resource_tags(spec),
    }
}

//! Makes a group be as specified: reads everything, refuses what cannot work, then creates or changes what differs.
//!
//! A second run finds nothing to do and makes no mutating request. Writes go one after the other, in an order in which
//! each needs only what stands before it: a run that is killed leaves a state from which the next one goes on.

mod group;
mod observe;
mod preflight;
mod role;
mod ssh;
mod template;

pub(super) use preflight::not_ours;

use super::access::{self, Way};
use super::ledger::Ledger;
use super::wait::{self, Goal};
use super::{EnsureOptions, Session};
use crate::domain::desired::{desired_role, instance_profile_arn, resource_tags};
use crate::domain::error::Result;
use crate::domain::inventory::ChangeReport;
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::forgotten::forgotten;

/// Makes the group `spec` be there, and waits until its nodes are as asked for.
///
/// # Errors
/// `SPOT-01xx` for what the specification gets wrong, `SPOT-03xx` before the first write for what the account or the
/// cluster lacks, `SPOT-0319` when the group differs in what cannot be changed, `SPOT-05xx` when nodes do not come up,
/// with the true cause.
pub async fn ensure(session: &Session, spec: &NodegroupSpec, options: &EnsureOptions) -> Result<ChangeReport> {
    spec.validate()?;
    session.same_region(spec.region.as_deref())?;
    let ledger = Ledger::new(session);
    let facts = observe::observe(session, spec).await?;
    let plan = preflight::check(session, spec, &facts)?;
    preflight::tell(session, spec, &facts, &plan);

    let api = session.connect(&facts.cluster).await?;
    let tags = resource_tags(spec);
    let role_arn = &facts.role_arn;
    if !spec.role.is_given() {
        let role = desired_role(spec, &plan.names, &facts.caller);
        role::ensure_role(&ledger, &role, facts.role.as_ref()).await?;
    }
    let profile_arn = match &spec.role.instance_profile_arn {
        Some(given) => given.clone(),
        None => {
            role::ensure_profile(&ledger, &plan.names, &tags, facts.profile.as_ref()).await?;
            instance_profile_arn(&facts.caller, &plan.names.instance_profile)
        }
    };
    let security_groups = ssh::ensure_groups(&ledger, spec, &facts, &plan).await?;
    match access::way(facts.cluster.authentication_mode) {
        Way::AccessEntry => {
            access::ensure_entry(&ledger, &spec.cluster, role_arn, facts.access_entry.as_ref(), &tags).await?;
        }
        Way::AwsAuth => access::ensure_row(&ledger, &*api, role_arn).await?,
    }
    let version = template::ensure(&ledger, spec, &facts, &plan, &profile_arn, security_groups).await?;
    group::ensure(&ledger, spec, &facts, &plan, version).await?;

    let mut ready = vec![];
    if options.wait {
        let goal = Goal {
            cluster: &facts.cluster,
            group: &spec.name,
            auto_scaling_group: &plan.names.auto_scaling_group,
            role_arn: Some(role_arn.clone()),
            desired: spec.size.desired,
            timeout: options.timeout,
        };
        if plan.group.as_ref().is_some_and(|there| there.size.desired > spec.size.desired) {
            forgotten(&ledger, &*api, &spec.name, spec.size.desired).await?;
        }
        let nodes = wait::until_ready(&ledger, &*api, &goal).await?;
        wait::verify(spec, &nodes)?;
        ready = wait::names(&nodes);
    }
    Ok(ledger.report(&spec.cluster, &spec.name, ready))
}

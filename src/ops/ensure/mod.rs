//! Makes a group be as specified: reads everything, refuses what cannot work, then creates or changes what differs.
//!
//! A second run finds nothing to do and makes no mutating request. Writes go one after the other, in an order in which
//! each needs only what stands before it: a run that is killed leaves a state from which the next one goes on.

mod allowed;
mod group;
mod keys;
mod live;
mod managed;
mod observe;
mod preflight;
mod role;
mod room;
mod ssh;
mod template;
mod windows;

pub(super) use preflight::{image_not_found, not_ours};
pub(super) use ssh::opens_ssh;

use std::sync::Arc;

use super::access::{self, Way};
use super::ledger::Ledger;
use super::wait::{self, Goal};
use super::{DeleteOptions, EnsureOptions, Session, delete};
use crate::domain::Code;
use crate::domain::cloud::TagMap;
use crate::domain::desired::{desired_role, instance_profile_arn, resource_tags};
use crate::domain::error::{Error, Result};
use crate::domain::inventory::{ChangeReport, GroupRef};
use crate::domain::nodegroup::{NodegroupSpec, node_selector};
use crate::domain::roll::unfinished;
use crate::ops::forgotten::forgotten;
use crate::ops::roll;
use crate::ports::{Answer, Event, Operator};
use live::Versions;

/// Looks at several groups before the first of them is made: what would be refused of the last is known before the first
/// write. Told is nothing but that; making them tells the rest.
///
/// # Errors
/// All that [`ensure`] would refuse of any of them before its first write, but for permissions, each with its group.
pub async fn foresee(session: &Session, specs: &[NodegroupSpec]) -> Result<()> {
    let silent = Session { operator: Arc::new(Silent), ..session.clone() };
    let mut found: Vec<Error> = vec![];
    for spec in specs {
        let Err(error) = checked(&silent, spec).await else { continue };
        // What is wrong with the cluster or the region is told once.
        if found.iter().all(|other| (other.code, &other.message) != (error.code, &error.message)) {
            found.push(error.of_group(&spec.name));
        }
    }
    Error::together(found).map_or(Ok(()), Err)
}

async fn checked(session: &Session, spec: &NodegroupSpec) -> Result<()> {
    spec.validate()?;
    session.same_region(spec.region.as_deref())?;
    let facts = observe::observe(session, spec).await?;
    let checked = match spec.managed {
        Some(_) => preflight::check_managed(session, spec, &facts),
        None => preflight::check(session, spec, &facts, vec![]),
    };
    match checked {
        // A group that is to be replaced is no obstacle.
        Err(error) if error.code == Code::CannotChangeInPlace => Ok(()),
        other => other.map(drop),
    }
}

/// Hears nothing.
struct Silent;

impl Operator for Silent {
    fn tell(&self, _: &Event) {}

    fn confirm(&self, _: &str) -> Answer {
        Answer::Nobody
    }
}

/// Whether something was made for the group, by its tags.
fn is_of(tags: &TagMap, spec: &NodegroupSpec) -> bool {
    GroupRef::of_tags(tags).is_some_and(|group| group.cluster == spec.cluster && group.name == spec.name)
}

/// Makes the group `spec` be there, and waits until its nodes are as asked for.
///
/// # Errors
/// `SPOT-01xx` for what the specification gets wrong, `SPOT-03xx` before the first write for what the account or the
/// cluster lacks, `SPOT-0319` when the group differs in what cannot be changed, `SPOT-05xx` when nodes do not come up,
/// with the true cause.
pub async fn ensure(session: &Session, spec: &NodegroupSpec, options: &EnsureOptions) -> Result<ChangeReport> {
    let in_place = async || match spec.managed {
        Some(_) => managed::in_place(session, spec, options).await,
        None => in_place(session, spec, options).await,
    };
    match in_place().await {
        Err(fixed) if fixed.code == Code::CannotChangeInPlace && options.replace => {
            session.warn(format!("node group \"{}\" is replaced: {}", spec.name, fixed.causes.join("; ")));
            let how = DeleteOptions { timeout: options.timeout, ..DeleteOptions::default() };
            delete(session, &spec.cluster, &spec.name, &how).await?;
            in_place().await
        }
        other => other,
    }
}

async fn in_place(session: &Session, spec: &NodegroupSpec, options: &EnsureOptions) -> Result<ChangeReport> {
    spec.validate()?;
    session.same_region(spec.region.as_deref())?;
    let ledger = Ledger::new(session);
    let facts = observe::observe(session, spec).await?;
    let denials = allowed::denials(&ledger, spec, &facts).await;
    let plan = preflight::check(session, spec, &facts, denials)?;
    preflight::tell(session, spec, &facts, &plan);

    let api = session.connect(&facts.cluster).await?;
    windows::tell(session, &*api, spec).await;
    let tags = resource_tags(spec);
    let role_arn = &facts.role_arn;
    keys::ensure(&ledger, spec, &facts, &plan.names).await?;
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
            let kind = access::entry_type(spec.ami_family);
            access::ensure_entry(&ledger, &spec.cluster, role_arn, kind, facts.access_entry.as_ref(), &tags).await?;
        }
        Way::AwsAuth => access::ensure_row(&ledger, &*api, role_arn, spec.ami_family).await?,
    }
    let (version, template) = template::ensure(&ledger, spec, &facts, &plan, &profile_arn, security_groups).await?;
    group::ensure(&ledger, spec, &facts, &plan, version).await?;
    keys::remove_others(&ledger, spec, &facts, &plan.names).await?;

    let mut nodes = None;
    if options.wait {
        // A roll that has not ended keeps its surplus until it goes on.
        let rolling = plan.group.as_ref().filter(|there| unfinished(there).is_some());
        let goal = Goal {
            cluster: &facts.cluster,
            group: &spec.name,
            auto_scaling_group: &plan.names.auto_scaling_group,
            role_arn: Some(role_arn.clone()),
            desired: rolling.map_or(spec.size.desired, |there| there.size.desired),
            excused: vec![],
            since: None,
            timeout: options.timeout,
            managed: false,
        };
        if plan.group.as_ref().is_some_and(|there| there.size.desired > goal.desired) {
            forgotten(&ledger, &*api, &spec.name, goal.desired).await?;
        }
        nodes = Some(wait::until_ready(&ledger, &*api, &goal).await?);
    }
    if let Some(there) = &plan.group {
        let running = match &nodes {
            Some(nodes) => nodes.clone(),
            None => api.nodes(&node_selector(&spec.name)).await?,
        };
        let versions = Versions::read(&ledger, there, &plan.names.launch_template, version).await?;
        let mut renewed = live::ensure(&ledger, &*api, spec, &versions, &running).await?;
        match &options.roll {
            Some(how) => {
                // The group as it is now, for its version is the one that its nodes are compared with.
                let now = session.cloud.group(&there.name).await?.unwrap_or_else(|| there.clone());
                roll::replace(&ledger, &*api, &facts.cluster, &spec.name, &now, how).await?;
                renewed = true;
            }
            None => versions.tell_outdated(&ledger, &spec.name, &template),
        }
        if renewed && options.wait {
            nodes = Some(api.nodes(&node_selector(&spec.name)).await?);
        }
    }
    let Some(nodes) = nodes else { return Ok(ledger.report(&spec.cluster, &spec.name, vec![])) };
    wait::verify(spec, &nodes)?;
    let ready = wait::names(&nodes);
    Ok(ledger.report(&spec.cluster, &spec.name, ready))
}

//! The same for a group that EKS manages: role, security group and launch template are ours, all else is asked of EKS.

use super::observe::{self, Facts};
use super::preflight;
use super::{keys, role, ssh, template, windows};
use crate::domain::Code;
use crate::domain::cloud::{LaunchTemplate, ManagedNodegroup};
use crate::domain::desired::{
    desired_role, has_own_image, managed_template_data, newest_release_parameter, nodegroup_difference,
    nodegroup_request,
};
use crate::domain::error::{Error, Result};
use crate::domain::inventory::ChangeReport;
use crate::domain::kubernetes::node::instance_id;
use crate::domain::mutation::{AwsMutation, NodegroupRequest};
use crate::domain::nodegroup::{NodegroupSpec, node_selector};
use crate::ops::backoff::Backoff;
use crate::ops::forgotten::forgotten;
use crate::ops::insist::{insist, propagation, unknown_yet};
use crate::ops::ledger::Ledger;
use crate::ops::managed::{self, Waiting};
use crate::ops::{EnsureOptions, Session, wait};
use crate::ports::{Cluster, ResourceKind, Verdict, polling};

/// How long EKS may take to give running nodes what an update says.
const SPREADING: std::time::Duration = std::time::Duration::from_secs(60);

/// Makes the group be as described, changing in place what EKS changes in place.
pub(super) async fn in_place(session: &Session, spec: &NodegroupSpec, options: &EnsureOptions) -> Result<ChangeReport> {
    spec.validate()?;
    session.same_region(spec.region.as_deref())?;
    let ledger = Ledger::new(session);
    let facts = observe::observe(session, spec).await?;
    let plan = preflight::check_managed(session, spec, &facts)?;
    preflight::tell(session, spec, &facts, &plan);
    let api = session.connect(&facts.cluster).await?;
    windows::tell(session, &*api, spec).await;
    let there = match &facts.nodegroup {
        // One thing at a time.
        Some(group) if group.is_busy() => managed::at_rest(&ledger, &spec.cluster, &spec.name, options.timeout).await?,
        group => group.clone(),
    };
    if let Some(group) = there.as_ref().filter(|group| group.has_failed()) {
        return Err(given_up(group));
    }
    keys::ensure(&ledger, spec, &facts, &plan.names).await?;
    if !spec.role.is_given() {
        let role = desired_role(spec, &plan.names, &facts.caller);
        role::ensure_role(&ledger, &role, facts.role.as_ref()).await?;
    }
    let mut version = 1;
    if !spec.has_own_template() {
        let groups = ssh::ensure_groups(&ledger, spec, &facts, &plan).await?;
        let image = Some(plan.image_id.as_str()).filter(|_| has_own_image(spec));
        let data = managed_template_data(spec, &facts.cluster, image, groups)?;
        version = template::ensure_data(&ledger, spec, &facts, &plan, data).await?.0;
    }
    let wanted = nodegroup_request(spec, &plan.names, &plan.placement, &facts.role_arn, version)?;
    match &there {
        None => create(&ledger, &wanted).await?,
        Some(there) => change(&ledger, &*api, there, &wanted, options).await?,
    }
    let mut ready = vec![];
    if options.wait {
        let waiting = Waiting {
            cluster: &facts.cluster,
            name: &spec.name,
            role_arn: &facts.role_arn,
            desired: spec.size.desired,
            since: None,
            timeout: options.timeout,
        };
        let nodes = managed::until_ready(&ledger, &*api, &waiting).await?;
        // Those of an update too that an earlier run began and EKS has ended by itself.
        forgotten(&ledger, &*api, &spec.name, spec.size.desired).await?;
        verified(&ledger, &*api, spec, nodes.iter().filter_map(instance_id).collect()).await?;
        ready = wait::names(&nodes);
    }
    if let Some(there) = &there
        && let Some(renewed) = renew(&ledger, &*api, spec, &facts, there, version, options).await?
    {
        ready = renewed;
    }
    // EKS starts nodes from the version that it was told until an update: what that names is needed.
    let told = match (&there, &options.roll) {
        (Some(_), Some(_)) => session.cloud.nodegroup(&spec.cluster, &spec.name).await?,
        _ => there,
    };
    let told = told.and_then(|group| group.launch_template).map(|template| template.version);
    if told.is_some_and(|told| told == version.to_string()) && !spec.has_own_template() {
        keys::remove_others(&ledger, spec, &facts, &plan.names).await?;
    }
    Ok(ledger.report(&spec.cluster, &spec.name, ready))
}

fn given_up(group: &ManagedNodegroup) -> Error {
    let failed = managed::failed(group);
    let error = Error::new(Code::CannotChangeInPlace, failed.message);
    let error = failed.causes.into_iter().fold(error, Error::because);
    error.help("mend that, then delete the group and make it anew: `ensure` with `replace` does both")
}

async fn create(ledger: &Ledger<'_>, wanted: &NodegroupRequest) -> Result<()> {
    let mut request = wanted.clone();
    request.client_token = ledger.token("nodegroup", &wanted.name);
    let request = AwsMutation::CreateNodegroup(Box::new(request));
    // EKS refuses a role that IAM has not yet told it of.
    insist(ledger, request, &mut propagation(ledger), |refusal| {
        let role = refusal.has_cause("InvalidParameterException") && refusal.mentions("ole ");
        (role && (refusal.mentions("cannot be found") || refusal.mentions("assume")))
            .then(|| unknown_yet(refusal, "EKS", "the new role"))
    })
    .await?;
    ledger.settle(ResourceKind::ManagedNodegroup, &wanted.name, Verdict::Created);
    Ok(())
}

async fn change(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    there: &ManagedNodegroup,
    wanted: &NodegroupRequest,
    options: &EnsureOptions,
) -> Result<()> {
    let name = &wanted.name;
    let difference = nodegroup_difference(there, wanted);
    if !difference.fixed.is_empty() {
        let message = format!("managed node group `{name}` differs from what is asked for in what EKS cannot change");
        let error = difference.fixed.into_iter().fold(Error::new(Code::CannotChangeInPlace, message), Error::because);
        return Err(error.help(
            "give the group another name, move the pods, delete the old one; or `ensure` with `replace`, which drains and \
             deletes it first",
        ));
    }
    if difference.config.is_empty() {
        ledger.settle(ResourceKind::ManagedNodegroup, name, Verdict::Unchanged);
        return Ok(());
    }
    ledger.session().note(format!("managed nodegroup \"{name}\" changes: {}", difference.changes.join(", ")));
    let request = AwsMutation::UpdateNodegroupConfig {
        cluster: wanted.cluster.clone(),
        name: name.clone(),
        config: Box::new(difference.config),
        client_token: ledger.token("nodegroup-config", name),
    };
    let id = managed::send(ledger, there, request, options.timeout).await?;
    if options.wait {
        managed::settled(ledger, api, there, &id, options.timeout).await?;
    }
    ledger.settle(ResourceKind::ManagedNodegroup, name, Verdict::Changed);
    Ok(())
}

/// EKS gives running nodes labels and taints a moment after its update has ended.
async fn verified(ledger: &Ledger<'_>, api: &dyn Cluster, spec: &NodegroupSpec, ids: Vec<&str>) -> Result<()> {
    let session = ledger.session();
    let mut pauses = Backoff::new(&*session.clock, std::time::Duration::from_secs(5), SPREADING);
    loop {
        let mut nodes = polling(api.nodes(&node_selector(&spec.name))).await?;
        nodes.retain(|node| instance_id(node).is_some_and(|id| ids.contains(&id)));
        match wait::verify(spec, &nodes) {
            Err(_) if pauses.pause(&*session.clock).await => {}
            result => return result,
        }
    }
}

/// Nodes that only a replacement makes as asked for: replaced when that was asked for, else told about.
async fn renew(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    spec: &NodegroupSpec,
    facts: &Facts,
    there: &ManagedNodegroup,
    version: i64,
    options: &EnsureOptions,
) -> Result<Option<Vec<String>>> {
    let session = ledger.session();
    let given = spec.managed.as_ref().and_then(|managed| managed.release_version.clone());
    let release = match (given, newest_release_parameter(&there.ami_type, &facts.cluster.version)) {
        (Some(given), _) => Some(given),
        (None, Some(parameter)) => session.cloud.image_parameter(&parameter).await?,
        (None, None) => None,
    };
    if let Some(how) = &options.roll {
        // As it is now: what has just changed belongs to what its nodes are compared with.
        let now = session.cloud.nodegroup(&spec.cluster, &spec.name).await?.unwrap_or_else(|| there.clone());
        return managed::replace(ledger, api, &facts.cluster, &now, release, how).await.map(Some);
    }
    let template = facts.template.clone().map(|template| LaunchTemplate { latest_version: version, ..template });
    let template = template.filter(|_| !spec.has_own_template());
    let why = managed::outdated(there, template.as_ref(), release.as_deref(), &facts.cluster.version);
    if !why.is_empty() {
        session.warn(format!(
            "nodes of managed nodegroup \"{}\" run {}: `spotscript roll nodegroup {}` has EKS replace them",
            spec.name,
            why.join("; "),
            spec.name
        ));
    }
    Ok(None)
}

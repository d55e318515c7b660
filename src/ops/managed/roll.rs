//! The nodes of a managed group are replaced by EKS: UpdateNodegroupVersion.

use super::wait::Waiting;
use super::{ours, send, settled, until_ready};
use crate::domain::Code;
use crate::domain::change::UNKNOWN;
use crate::domain::cloud::{AutoScalingGroup, Cluster, LaunchTemplate, ManagedNodegroup, NodegroupTemplate};
use crate::domain::desired::ResourceNames;
use crate::domain::error::{Error, Result};
use crate::domain::inventory::ChangeReport;
use crate::domain::mutation::AwsMutation;
use crate::ops::ledger::Ledger;
use crate::ops::{RollOptions, Session, wait};
use crate::ports::{self, ResourceKind, Verdict};

/// Replaces the outdated nodes of a managed group that is ours.
pub(in crate::ops) async fn roll(
    ledger: Ledger<'_>,
    cluster: &Cluster,
    name: &str,
    auto_scaling_group: &AutoScalingGroup,
    options: &RollOptions,
) -> Result<ChangeReport> {
    let session = ledger.session();
    if options.surge.is_some() || options.max_unavailable.is_some() {
        let message = format!("EKS decides how many nodes of managed node group `{name}` go at once");
        return Err(Error::new(Code::InvalidValue, message)
            .because("`surge` and `max_unavailable` are for self-managed groups")
            .help("set `updateConfig` of the group (`update` in a script), then roll without them"));
    }
    let group = ours(session, &cluster.name, name, auto_scaling_group).await?;
    let api = session.connect(cluster).await?;
    let release = newest_release(session, &group).await?;
    let ready = replace(&ledger, &*api, cluster, &group, release, options).await?;
    Ok(ledger.report(&cluster.name, name, ready))
}

/// Why nodes are not what the group would start now, in words; empty when they are.
pub(in crate::ops) fn outdated(
    group: &ManagedNodegroup,
    template: Option<&LaunchTemplate>,
    release: Option<&str>,
    version: &str,
) -> Vec<String> {
    let mut why = vec![];
    if let (Some(there), Some(template)) = (&group.launch_template, template)
        && there.version != template.latest_version.to_string()
    {
        why.push(format!("version {} of the launch template, not {}", there.version, template.latest_version));
    }
    if group.has_own_image() {
        return why;
    }
    // Of a group that is only planned EKS decides it: the newest.
    let known = group.release_version != UNKNOWN;
    if let Some(release) = release.filter(|release| known && *release != group.release_version) {
        why.push(format!("image release {}, not {release}", group.release_version));
    }
    if group.version != version && group.version != UNKNOWN {
        why.push(format!("Kubernetes {}, not {version}", group.version));
    }
    why
}

/// The newest release of the group's image; `None` for an image of one's own, or where the account may not ask.
async fn newest_release(session: &Session, group: &ManagedNodegroup) -> Result<Option<String>> {
    match crate::domain::desired::newest_release_parameter(&group.ami_type, &group.version) {
        Some(parameter) => session.cloud.image_parameter(&parameter).await,
        None => Ok(None),
    }
}

/// Has EKS replace the nodes, if they are outdated or all are to go. Gives the names of the Ready nodes at the end.
pub(in crate::ops) async fn replace(
    ledger: &Ledger<'_>,
    api: &dyn ports::Cluster,
    cluster: &Cluster,
    group: &ManagedNodegroup,
    release: Option<String>,
    options: &RollOptions,
) -> Result<Vec<String>> {
    let session = ledger.session();
    let name = &group.name;
    let own = ResourceNames::of(&cluster.name, name).launch_template;
    let is_own = group.launch_template.as_ref().is_some_and(|template| template.name.as_ref() == Some(&own));
    let template = if is_own { session.cloud.launch_template(&own).await? } else { None };
    let mut why = outdated(group, template.as_ref(), release.as_deref(), &cluster.version);
    let mut version = template.as_ref().map(|template| template.latest_version);
    if options.all && why.is_empty() {
        let Some(template) = template else {
            let message =
                format!("nothing about managed node group `{name}` is new, and its launch template is not ours");
            return Err(Error::new(Code::InvalidValue, message)
                .because("EKS replaces nodes when their template or image has another version")
                .help("make a new version of the launch template, then roll"));
        };
        // EKS replaces what has another version: one that says the same.
        let request = AwsMutation::CreateLaunchTemplateVersion {
            name: own.clone(),
            client_token: ledger.token("launch-template-version", &format!("{own}/{}", template.latest_version)),
            data: Box::new(template.data.clone()),
        };
        let made = ledger.aws(request).await?.id.and_then(|number| number.parse().ok());
        version = Some(made.unwrap_or(template.latest_version + 1));
        why.push("all nodes are to be replaced".to_owned());
    }
    let verdict = if why.is_empty() {
        session.note(format!("every node of managed nodegroup \"{name}\" is as the group would start it"));
        Verdict::Unchanged
    } else {
        session.note(format!("EKS replaces the nodes of managed nodegroup \"{name}\": {}", why.join("; ")));
        let request = AwsMutation::UpdateNodegroupVersion {
            cluster: cluster.name.clone(),
            name: name.clone(),
            version: Some(cluster.version.clone())
                .filter(|version| !group.has_own_image() && *version != group.version),
            release_version: release.filter(|_| !group.has_own_image()),
            launch_template: version.map(|version| NodegroupTemplate {
                id: None,
                name: Some(own),
                version: version.to_string(),
            }),
            force: options.force,
            client_token: ledger.token("nodegroup-version", name),
        };
        let id = send(ledger, group, request, options.timeout).await?;
        // A node may take the whole time for draining, and then its successor its own.
        settled(ledger, api, group, &id, options.drain_timeout + options.timeout).await?;
        Verdict::Changed
    };
    let waiting = Waiting {
        cluster,
        name,
        role_arn: &group.node_role,
        desired: group.size.desired,
        since: Some(session.clock.now()),
        timeout: options.timeout,
    };
    if verdict == Verdict::Changed {
        crate::ops::forgotten::forgotten(ledger, api, name, group.size.desired).await?;
    }
    let nodes = until_ready(ledger, api, &waiting).await?;
    ledger.settle(ResourceKind::ManagedNodegroup, name, verdict);
    Ok(wait::names(&nodes))
}

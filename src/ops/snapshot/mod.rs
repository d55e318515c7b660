//! A cluster and its groups in one document, for rehearsals on a copy. Nothing is changed.
//!
//! Every listing is read to its last page. What cannot be read, because it is gone or not allowed, is said in the document
//! and does not end the rest; without the cluster, its groups, instances and nodes there would be nothing to rehearse on.

mod images;
mod objects;

use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use super::inventory::groups_of;
use super::{Session, cluster};
use crate::domain::Code;
use crate::domain::cloud::{AutoScalingGroup, Cluster, KeyPair, ManagedNodegroup, Peer, TemplateHistory};
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::before_key_id;
use crate::domain::snapshot::{Entry, Group, LeftOut, Missing, Snapshot, bare};
use crate::domain::words::count;

/// How many activities of each group are kept.
const ACTIVITIES: usize = 20;
/// Ids in one DescribeSubnets.
const SUBNETS: usize = 200;

/// Reads everything that a rehearsal needs of a cluster. With `boot_data`, commands in boot data are kept, which may hold
/// secrets; without, each is told by size and hash.
///
/// # Errors
/// `SPOT-0310` when there is no such cluster, and what AWS or the API server refuses of groups, instances and nodes.
pub async fn snapshot(session: &Session, name: &str, boot_data: bool) -> Result<Snapshot> {
    let cloud = &*session.cloud;
    let (cluster, mut groups) = tokio::try_join!(cluster(session, name), groups_of(session, name))?;
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let mut missing = vec![];

    let names = cloud.nodegroup_names(name).await?;
    let found = try_join_all(names.iter().map(|group| cloud.nodegroup(name, group))).await?;
    let mut nodegroups: Vec<ManagedNodegroup> = found.into_iter().flatten().collect();
    nodegroups.sort_by(|one, other| one.name.cmp(&other.name));
    session.note(format!(
        "read {}, {}",
        count(groups.len(), "Auto Scaling group"),
        count(nodegroups.len(), "managed node group")
    ));

    let mut launch_templates = templates(session, &groups, &nodegroups, &mut missing).await?;
    let left_out = if boot_data { vec![] } else { strip(&mut launch_templates) };

    let objects = objects::read(session, &cluster, &mut missing).await?;
    session.note(format!("read {} of the API server", count(objects.len(), "object")));

    let members = groups.iter().flat_map(|group| &group.instances).map(|member| member.id.clone());
    let ids: BTreeSet<String> = members.chain(objects.iter().filter_map(objects::instance)).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let mut instances = cloud.instances(&ids).await?;
    instances.sort_by(|one, other| one.id.cmp(&other.id));
    gone(&ids, instances.iter().map(|instance| instance.id.as_str()), &mut missing);
    session.note(format!("read {}", count(instances.len(), "instance")));

    let subnets = subnets(session, &cluster, &groups, &nodegroups).await?;
    let vpc_cidrs = match &cluster.vpc_id {
        Some(id) => cloud.vpc_cidrs(id).await?,
        None => vec![],
    };
    let versions = || launch_templates.iter().flat_map(|template| &template.versions);
    let used = versions().flat_map(|version| version.data.security_group_ids.clone());
    let ids: BTreeSet<String> = used.chain(cluster.cluster_security_group.clone()).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let mut security_groups = cloud.firewalls(&ids).await?;
    // Those whose members rules let in; one that is gone is a rule that lets nobody in.
    let peers = security_groups.iter().flat_map(|group| &group.ingress).filter_map(|rule| match &rule.peer {
        Peer::Group(id) if !ids.contains(id) => Some(id.clone()),
        _ => None,
    });
    let peers: Vec<String> = peers.collect::<BTreeSet<_>>().into_iter().collect();
    if !peers.is_empty() {
        security_groups.extend(cloud.firewalls(&peers).await?);
    }
    security_groups.sort_by(|one, other| one.id.cmp(&other.id));
    gone(&ids, security_groups.iter().map(|group| group.id.as_str()), &mut missing);

    let keys = versions().filter_map(|version| version.data.key_name.clone());
    let keys: BTreeSet<String> = keys.filter(|name| before_key_id(name).is_some()).collect();
    let mut key_pairs = match cloud.key_pairs().await {
        Ok(pairs) => pairs,
        Err(error) => refused("key pairs", error, &mut missing).map(|()| vec![])?,
    };
    for pair in &mut key_pairs {
        let made_for_a_group = keys.contains(&pair.name);
        let known = match made_for_a_group {
            true => allowed(&pair.name, cloud.key_pair(&pair.name).await, &mut missing)?,
            false => None,
        };
        // Others are the account's: that they are there is all a copy has to know.
        *pair = known.unwrap_or_else(|| KeyPair::bare(&pair.name));
    }
    key_pairs.sort_by(|one, other| one.name.cmp(&other.name));

    let named = |arn: &String| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let by_arn = versions().filter_map(|version| version.data.instance_profile_arn.as_ref().map(named));
    let by_name = versions().filter_map(|version| version.instance_profile_name.clone());
    let running = instances.iter().filter_map(|instance| instance.instance_profile_arn.as_ref().map(named));
    let names: BTreeSet<String> = by_arn.chain(by_name).chain(running).collect();
    let mut instance_profiles = vec![];
    for name in names {
        instance_profiles.extend(allowed(&name, cloud.instance_profile(&name).await, &mut missing)?);
    }
    let of_profiles = instance_profiles.iter().flat_map(|profile| profile.roles.clone());
    let names: BTreeSet<String> = of_profiles.chain(nodegroups.iter().map(|group| named(&group.node_role))).collect();
    let mut roles = vec![];
    let mut access_entries = vec![];
    for name in names {
        let Some(role) = allowed(&name, cloud.role(&name).await, &mut missing)? else { continue };
        if let Some(entry) = access_entry(session, &cluster, &role.arn, &mut missing).await? {
            access_entries.push(Entry { principal_arn: role.arn.clone(), entry });
        }
        roles.push(role);
    }
    session.note(format!("read {} of nodes", count(roles.len(), "role")));

    let images = images::read(session, &cluster, &groups, &nodegroups, &launch_templates).await?;
    let activities = try_join_all(groups.iter().map(|group| cloud.activities(&group.name, ACTIVITIES))).await?;
    missing.sort();
    missing.dedup();
    let groups = groups.into_iter().zip(activities).map(|(group, activities)| Group { group, activities });
    Ok(Snapshot {
        taken: session.clock.now(),
        region: cloud.region().to_owned(),
        vpc_cidrs,
        subnets,
        security_groups,
        key_pairs,
        launch_templates,
        groups: groups.collect(),
        nodegroups,
        instances,
        instance_profiles,
        roles,
        access_entries,
        images,
        objects,
        missing,
        left_out,
        cluster,
    })
}

/// The launch templates that groups start from, those that EKS was given, and EKS's own.
async fn templates(
    session: &Session,
    groups: &[AutoScalingGroup],
    nodegroups: &[ManagedNodegroup],
    missing: &mut Vec<Missing>,
) -> Result<Vec<TemplateHistory>> {
    let given = nodegroups.iter().filter_map(|group| group.launch_template.as_ref()?.name.clone());
    let names: BTreeSet<String> =
        groups.iter().filter_map(|group| group.launch_template.clone()).chain(given).collect();
    let names: Vec<String> = names.into_iter().collect();
    let mut found = session.cloud.template_histories(&names).await?;
    found.sort_by(|one, other| one.name.cmp(&other.name));
    gone(&names, found.iter().map(|template| template.name.as_str()), missing);
    session.note(format!("read {}", count(found.len(), "launch template")));
    Ok(found)
}

/// Takes commands out of boot data.
fn strip(templates: &mut [TemplateHistory]) -> Vec<LeftOut> {
    let mut left_out = vec![];
    for template in templates {
        for version in &mut template.versions {
            let stripped = bare(&version.data.user_data);
            if !stripped.left_out.is_empty() {
                version.data.user_data = stripped.user_data;
                left_out.push(LeftOut {
                    launch_template: template.name.clone(),
                    version: version.number,
                    commands: stripped.left_out,
                });
            }
        }
    }
    left_out
}

async fn subnets(
    session: &Session,
    cluster: &Cluster,
    groups: &[AutoScalingGroup],
    nodegroups: &[ManagedNodegroup],
) -> Result<Vec<crate::domain::cloud::Subnet>> {
    let of_groups = groups.iter().flat_map(|group| &group.subnet_ids);
    let of_managed = nodegroups.iter().flat_map(|group| &group.subnet_ids);
    let ids: BTreeSet<String> = cluster.subnet_ids.iter().chain(of_groups).chain(of_managed).cloned().collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let batches = try_join_all(ids.chunks(SUBNETS).map(|ids| session.cloud.subnets(ids))).await?;
    let mut subnets: Vec<_> = batches.into_iter().flatten().collect();
    subnets.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(subnets)
}

async fn access_entry(
    session: &Session,
    cluster: &Cluster,
    role_arn: &str,
    missing: &mut Vec<Missing>,
) -> Result<Option<crate::domain::cloud::AccessEntry>> {
    if super::access::way(cluster.authentication_mode) != super::access::Way::AccessEntry {
        return Ok(None);
    }
    match session.cloud.access_entry(&cluster.name, role_arn).await {
        Ok(entry) => Ok(entry),
        Err(error) => refused(role_arn, error, missing).map(|()| None),
    }
}

/// What is there; `None` is noted, and so is what may not be read.
fn allowed<T>(what: &str, read: Result<Option<T>>, missing: &mut Vec<Missing>) -> Result<Option<T>> {
    match read {
        Ok(Some(found)) => Ok(Some(found)),
        Ok(None) => {
            missing.push(Missing { what: what.to_owned(), why: "there is none".to_owned() });
            Ok(None)
        }
        Err(error) => refused(what, error, missing).map(|()| None),
    }
}

fn refused(what: &str, error: Error, missing: &mut Vec<Missing>) -> Result<()> {
    if !matches!(error.code, Code::AwsAccessDenied | Code::AwsRefused) {
        return Err(error);
    }
    missing.push(Missing { what: what.to_owned(), why: error.message });
    Ok(())
}

/// Notes those of `wanted` that were not found.
fn gone<'a>(wanted: &[String], found: impl Iterator<Item = &'a str>, missing: &mut Vec<Missing>) {
    let found: BTreeSet<&str> = found.collect();
    let gone = wanted.iter().filter(|what| !found.contains(what.as_str()));
    missing.extend(gone.map(|what| Missing { what: what.clone(), why: "there is none".to_owned() }));
}

//! `get nodegroup`: one row per group of a cluster.

use std::collections::{BTreeMap, HashMap};

use futures_util::future::try_join_all;
use k8s_openapi::api::core::v1::Node;

use super::groups_of;
use super::owner::{group_name, owner_of};
use crate::domain::cloud::{AutoScalingGroup, Instance, ManagedNodegroup};
use crate::domain::error::Result;
use crate::domain::inventory::{GroupSummary, Owner};
use crate::domain::kubernetes::node::{instance_id, is_ready};
use crate::ops::{Session, cluster};

/// Every group of a cluster, by name, whoever made it. The number of requests grows with the number of groups that EKS
/// manages, or that name no type and run none, by one each, and not with that of others.
///
/// # Errors
/// `SPOT-0310` when there is no such cluster, and what AWS or the API server refuses.
pub async fn list(session: &Session, cluster_name: &str) -> Result<Vec<GroupSummary>> {
    let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
    let api = session.connect(&cluster).await?;
    // One instance per group tells the image; the rest is in the answers that are there already.
    let samples: Vec<String> =
        groups.iter().filter_map(|group| group.instances.first()).map(|member| member.id.clone()).collect();
    let (nodes, instances, managed, plain) = tokio::try_join!(
        api.nodes(""),
        session.cloud.instances(&samples),
        managed(session, cluster_name),
        plain(session, &groups),
    )?;
    let ready = ready_instances(&nodes);
    let mut rows: Vec<GroupSummary> = groups
        .iter()
        .map(|group| {
            let sample = group.instances.first().and_then(|member| instances.iter().find(|i| i.id == member.id));
            let image = sample.and_then(|instance: &Instance| instance.image_id.clone());
            let mut row = summary(cluster_name, group, &ready, image);
            if row.types.is_empty() {
                row.types.extend(plain.get(&group.name).cloned());
            }
            row
        })
        .collect();
    for group in managed {
        match rows.iter_mut().find(|row| row.owner == Owner::Managed && row.name == group.name) {
            Some(row) => row.status = group.status,
            None => rows.push(without_members(&group)),
        }
    }
    rows.sort_by(|a, b| (&a.name, &a.auto_scaling_group).cmp(&(&b.name, &b.auto_scaling_group)));
    Ok(rows)
}

/// The types of groups that neither name one nor run one, from their launch templates.
async fn plain(session: &Session, groups: &[AutoScalingGroup]) -> Result<HashMap<String, String>> {
    let silent = groups.iter().filter(|group| group.types.is_empty() && group.instances.is_empty());
    let silent: Vec<(&AutoScalingGroup, &String)> =
        silent.filter_map(|group| Some((group, group.launch_template.as_ref()?))).collect();
    if silent.is_empty() {
        return Ok(HashMap::new());
    }
    let names: Vec<String> = silent.iter().map(|(_, template)| (*template).clone()).collect();
    let histories = session.cloud.template_histories(&names).await?;
    let of = |(group, template): (&AutoScalingGroup, &String)| {
        let history = histories.iter().find(|history| history.name == *template)?;
        let version = history.version(group.launch_template_version.as_deref().unwrap_or_default())?;
        Some((group.name.clone(), version.data.instance_type.clone()?))
    };
    Ok(silent.into_iter().filter_map(of).collect())
}

/// The groups that EKS manages, as it describes them.
async fn managed(session: &Session, cluster: &str) -> Result<Vec<ManagedNodegroup>> {
    let names = session.cloud.nodegroup_names(cluster).await?;
    let groups = try_join_all(names.iter().map(|name| session.cloud.nodegroup(cluster, name))).await?;
    Ok(groups.into_iter().flatten().collect())
}

/// A managed group that has no Auto Scaling group yet, or no more.
fn without_members(group: &ManagedNodegroup) -> GroupSummary {
    GroupSummary {
        cluster: group.cluster.clone(),
        name: group.name.clone(),
        status: group.status.clone(),
        created: None,
        size: group.size,
        instances: 0,
        ready: 0,
        types: group.instance_types.clone(),
        running_types: vec![],
        image_id: None,
        auto_scaling_group: group.auto_scaling_groups.first().cloned().unwrap_or_default(),
        kind: "managed".to_owned(),
        owner: Owner::Managed,
    }
}

/// Instances whose node is Ready.
pub(super) fn ready_instances(nodes: &[Node]) -> HashMap<&str, bool> {
    nodes.iter().filter_map(|node| Some((instance_id(node)?, is_ready(node)))).collect()
}

/// One row.
pub(super) fn summary(
    cluster: &str,
    group: &AutoScalingGroup,
    ready: &HashMap<&str, bool>,
    image_id: Option<String>,
) -> GroupSummary {
    let mut running: BTreeMap<&str, u32> = BTreeMap::new();
    for instance in group.instances.iter().filter(|instance| !instance.instance_type.is_empty()) {
        *running.entry(&instance.instance_type).or_default() += 1;
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    GroupSummary {
        cluster: cluster.to_owned(),
        name: group_name(group).to_owned(),
        status: if group.status.is_some() { "DELETING" } else { "ACTIVE" }.to_owned(),
        created: group.created,
        size: group.size,
        instances: count(group.instances.len()),
        ready: count(group.instances.iter().filter(|member| ready.get(member.id.as_str()) == Some(&true)).count()),
        types: match group.types.as_slice() {
            // Without a mixed-instances policy the launch template says the type: that of all who run.
            [] => running.keys().map(|name| (*name).to_owned()).collect(),
            types => types.to_vec(),
        },
        running_types: running.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
        image_id,
        auto_scaling_group: group.name.clone(),
        kind: if owner_of(group) == Owner::Managed { "managed" } else { "unmanaged" }.to_owned(),
        owner: owner_of(group),
    }
}

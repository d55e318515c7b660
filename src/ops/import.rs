//! Reads a live group back, whoever made it. Nothing is changed.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use k8s_openapi::api::core::v1::Node;

use super::clusters::quoted;
use super::inventory::{group_name, groups_of, owner_of};
use super::{Session, cluster, images, managed};
use crate::domain::Code;
use crate::domain::cloud::{AutoScalingGroup, Cluster, ManagedNodegroup, TemplateVersion};
use crate::domain::error::{Error, Result, nearest};
use crate::domain::import::{Facts, Imported, import as read_back};
use crate::domain::inventory::Owner;
use crate::domain::kubernetes::node::instance_id;
use crate::domain::nodegroup::before_key_id;
use crate::domain::taint::Taint;

/// Domains of labels and taints that Kubernetes and AWS give nodes themselves.
const NOT_GROUPS: [&str; 6] =
    ["kubernetes.io/", "k8s.io/", "k8s.aws/", "eks.amazonaws.com/", "karpenter.sh/", "topology.ebs.csi.aws.com/"];

/// What all groups of a cluster have in common: read once, however many are read back.
struct Shared {
    cluster: Cluster,
    groups: Vec<AutoScalingGroup>,
    nodes: Vec<Node>,
}

impl Shared {
    async fn read(session: &Session, cluster_name: &str) -> Result<Self> {
        let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
        let nodes = session.connect(&cluster).await?.nodes("").await?;
        Ok(Shared { cluster, groups, nodes })
    }
}

/// Reads every group of a cluster back, by their names.
///
/// # Errors
/// `SPOT-0310` when there is no such cluster, and what AWS or the API server refuses.
pub async fn import_all(session: &Session, cluster_name: &str) -> Result<Vec<Imported>> {
    let shared = Shared::read(session, cluster_name).await?;
    let managed = session.cloud.nodegroup_names(cluster_name).await?;
    let own = shared.groups.iter().map(|group| group_name(group).to_owned());
    let names: BTreeSet<String> = own.chain(managed).collect();
    let mut all = vec![];
    for name in names {
        all.push(one(session, &shared, &name).await?);
    }
    Ok(all)
}

/// Reads a group back, named by its node group's or its Auto Scaling group's name.
///
/// # Errors
/// `SPOT-0310` and `SPOT-0312` with the nearest name, and what AWS or the API server refuses.
pub async fn import(session: &Session, cluster_name: &str, name: &str) -> Result<Imported> {
    one(session, &Shared::read(session, cluster_name).await?, name).await
}

async fn one(session: &Session, shared: &Shared, name: &str) -> Result<Imported> {
    let cloud = &*session.cloud;
    let Shared { cluster, groups, nodes } = shared;
    let nodegroup = cloud.nodegroup(&cluster.name, name).await?;
    let group = match &nodegroup {
        Some(nodegroup) => groups.iter().find(|group| nodegroup.auto_scaling_groups.contains(&group.name)),
        None => Some(find(groups, &cluster.name, name)?),
    };
    let group = group.cloned();
    let template = template(session, group.as_ref(), nodegroup.as_ref()).await?;
    let types: Vec<String> = match (&nodegroup, &group) {
        (Some(nodegroup), _) => nodegroup.instance_types.clone(),
        (None, Some(group)) if !group.types.is_empty() => group.types.clone(),
        _ => template.iter().filter_map(|version| version.data.instance_type.clone()).collect(),
    };
    let mut subnet_ids = cluster.subnet_ids.clone();
    let used = match (&nodegroup, &group) {
        (Some(nodegroup), _) => nodegroup.subnet_ids.as_slice(),
        (None, Some(group)) => group.subnet_ids.as_slice(),
        (None, None) => &[],
    };
    subnet_ids.extend(used.iter().filter(|id| !cluster.subnet_ids.contains(id)).cloned());
    let security_groups = template.as_ref().map(|version| version.data.security_group_ids.clone()).unwrap_or_default();
    let vpc = cluster.vpc_id.clone().unwrap_or_default();
    let (subnets, vpc_cidrs, offerings, security_groups, images, profile) = tokio::try_join!(
        cloud.subnets(&subnet_ids),
        cloud.vpc_cidrs(&vpc),
        async { if types.is_empty() { Ok(vec![]) } else { cloud.offerings(&types).await } },
        cloud.firewalls(&security_groups),
        newest_images(session, cluster, template.as_ref(), &types),
        profile(session, template.as_ref(), nodegroup.is_some()),
    )?;
    let key_name = template.as_ref().and_then(|version| version.data.key_name.as_deref());
    let key_pair = match key_name.filter(|name| before_key_id(name).is_some()) {
        Some(name) => readable(cloud.key_pair(name).await)?,
        None => None,
    };
    let role_name = match (&nodegroup, &profile) {
        (Some(nodegroup), _) => nodegroup.node_role.rsplit('/').next().map(str::to_owned),
        (None, Some(profile)) => profile.roles.first().cloned(),
        (None, None) => None,
    };
    let role = match &role_name {
        Some(name) => readable(cloud.role(name).await)?,
        None => None,
    };
    let members: BTreeSet<&str> =
        group.iter().flat_map(|group| &group.instances).map(|member| member.id.as_str()).collect();
    let nodes: Vec<&Node> =
        nodes.iter().filter(|node| instance_id(node).is_some_and(|id| members.contains(id))).collect();
    let owner = match (&nodegroup, &group) {
        (Some(nodegroup), _) if managed::is_ours(nodegroup) => Owner::Spotscript,
        (Some(_), _) => Owner::Managed,
        (None, Some(group)) => owner_of(group),
        (None, None) => Owner::Other,
    };
    Ok(read_back(&Facts {
        region: cloud.region().to_owned(),
        name: match (&nodegroup, &group) {
            (None, Some(group)) => group_name(group).to_owned(),
            _ => name.to_owned(),
        },
        owner,
        managed: nodegroup,
        template,
        profile,
        role,
        subnets,
        vpc_cidrs,
        offerings,
        security_groups,
        key_pair,
        images,
        node_labels: common_labels(&nodes),
        node_taints: common_taints(&nodes),
        os_image: nodes.iter().find_map(|node| Some(node.status.as_ref()?.node_info.as_ref()?.os_image.clone())),
        group,
        cluster: cluster.clone(),
    }))
}

/// By the node group's name, else by its own.
fn find<'g>(groups: &'g [AutoScalingGroup], cluster: &str, name: &str) -> Result<&'g AutoScalingGroup> {
    let by_name = groups.iter().find(|group| group_name(group) == name);
    if let Some(group) = by_name.or_else(|| groups.iter().find(|group| group.name == name)) {
        return Ok(group);
    }
    let names: Vec<&str> = groups.iter().map(group_name).collect();
    let error = Error::new(Code::NodegroupNotFound, format!("cluster `{cluster}` has no node group `{name}`"))
        .because(format!("groups are found by their tag `kubernetes.io/cluster/{cluster}` = `owned`"));
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => error.help("the cluster has no node group at all"),
        None => error.help(format!("groups here: {}", quoted(&names))),
    })
}

/// The version that new instances come from: of a managed group that which EKS was given.
async fn template(
    session: &Session,
    group: Option<&AutoScalingGroup>,
    nodegroup: Option<&ManagedNodegroup>,
) -> Result<Option<TemplateVersion>> {
    let (name, version) = match nodegroup {
        Some(nodegroup) => match &nodegroup.launch_template {
            Some(given) => (given.name.clone(), given.version.clone()),
            None => return Ok(None),
        },
        None => (
            group.and_then(|group| group.launch_template.clone()),
            group.and_then(|group| group.launch_template_version.clone()).unwrap_or_default(),
        ),
    };
    let Some(name) = name else { return Ok(None) };
    let history = session.cloud.template_histories(&[name]).await?;
    Ok(history.first().and_then(|history| history.version(&version).cloned()))
}

async fn profile(
    session: &Session,
    template: Option<&TemplateVersion>,
    managed: bool,
) -> Result<Option<crate::domain::cloud::InstanceProfile>> {
    // EKS makes that of a managed group.
    let Some(version) = template.filter(|_| !managed) else { return Ok(None) };
    let by_arn = version.data.instance_profile_arn.as_deref().and_then(|arn| arn.rsplit('/').next());
    match by_arn.or(version.instance_profile_name.as_deref()) {
        Some(name) => readable(session.cloud.instance_profile(name).await),
        None => Ok(None),
    }
}

/// What may not be read is as good as not there: the answer says so.
fn readable<T>(read: Result<Option<T>>) -> Result<Option<T>> {
    match read {
        Err(error) if matches!(error.code, Code::AwsAccessDenied | Code::AwsRefused) => Ok(None),
        other => other,
    }
}

/// The newest images of the families that boot so.
async fn newest_images(
    session: &Session,
    cluster: &Cluster,
    template: Option<&TemplateVersion>,
    types: &[String],
) -> Result<BTreeMap<String, String>> {
    let Some(version) = template else { return Ok(BTreeMap::new()) };
    images::values(session, images::parameters(cluster, version, types.iter().map(String::as_str))).await
}

/// Labels that all of them have, beside those that Kubernetes and AWS give.
fn common_labels(nodes: &[&Node]) -> IndexMap<String, String> {
    let mut all = nodes.iter().map(|node| node.metadata.labels.clone().unwrap_or_default());
    let Some(mut common) = all.next() else { return IndexMap::new() };
    for labels in all {
        common.retain(|key, value| labels.get(key) == Some(value));
    }
    common.retain(|key, _| !is_given(key));
    common.into_iter().collect()
}

fn is_given(key: &str) -> bool {
    NOT_GROUPS
        .iter()
        .any(|domain| key.split_once('/').is_some_and(|(prefix, _)| format!("{prefix}/").ends_with(domain)))
}

/// Taints that all of them have, beside those of their condition.
fn common_taints(nodes: &[&Node]) -> Vec<Taint> {
    let of = |node: &&&Node| -> Vec<Taint> {
        let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
        let own = taints.iter().filter(|taint| !is_given(&taint.key));
        let read = own.filter_map(|taint| {
            let entry = format!("{}:{}", taint.value.as_deref().unwrap_or(""), taint.effect);
            Taint::from_map_entry(&taint.key, &entry).ok()
        });
        read.collect()
    };
    let Some(first) = nodes.first() else { return vec![] };
    let rest: Vec<Vec<Taint>> = nodes.iter().skip(1).map(|node| of(&node)).collect();
    of(&first).into_iter().filter(|taint| rest.iter().all(|all| all.contains(taint))).collect()
}

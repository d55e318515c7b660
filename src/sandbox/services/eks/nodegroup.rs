//! ListNodegroups, DescribeNodegroup, DeleteNodegroup.

use serde_json::{Value, json};

use super::cluster::{find, find_mut};
use super::state::{Cluster, Issue, Nodegroup, UnavailableNodes};
use super::{list as page, not_found};
use crate::domain::taint::{Taint, TaintEffect};
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::{World, nodegroups};

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    page::reply(params, "nodegroups", cluster.nodegroups.keys().map(String::as_str))
}

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    let group = named(cluster, params)?;
    Ok(json!({"nodegroup": written(world, cluster, group)}))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let now = world.now();
    let cluster = find_mut(world, params.text("clusterName").unwrap_or_default())?;
    let (cluster_name, name) = (cluster.name.clone(), named(cluster, params)?.name.clone());
    let Some(group) = cluster.nodegroups.get_mut(&name) else { return Err(unknown(&name)) };
    if group.status == "UPDATING" {
        return Err(not_active());
    }
    if group.status != "DELETING" {
        group.status = "DELETING".into();
        group.modified = now;
        group.issues.clear();
        nodegroups::schedule(world, &cluster_name, &name, 3 * SECOND);
    }
    let cluster = find(world, &cluster_name)?;
    let group = named(cluster, params)?;
    Ok(json!({"nodegroup": written(world, cluster, group)}))
}

/// The group that a request names.
pub(super) fn named<'a>(cluster: &'a Cluster, params: &Params) -> Result<&'a Nodegroup, ApiError> {
    let name = params.text("nodegroupName").unwrap_or_default();
    cluster.nodegroups.get(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ApiError {
    not_found(format!("No node group found for name: {name}."))
}

/// EKS changes one thing at a time.
pub(super) fn not_active() -> ApiError {
    let message = "Nodegroup cannot be updated as it is currently not in Active State";
    ApiError::client("InvalidRequestException", message)
}

/// A group in an answer.
pub(super) fn written(world: &World, cluster: &Cluster, group: &Nodegroup) -> Value {
    let taints: Vec<Value> = group.taints.iter().map(taint).collect();
    let health = nodegroups::health(world, group);
    let status = if group.status == "ACTIVE" && !health.is_empty() { "DEGRADED" } else { &group.status };
    // Who scales the Auto Scaling group, such as the Cluster Autoscaler, scales the node group; but for a replacement's
    // own surplus.
    let sizes = world
        .autoscaling
        .groups
        .get(&group.group)
        .filter(|_| !matches!(group.status.as_str(), "UPDATING" | "DELETING"));
    let (min, max, desired) = match sizes.filter(|there| there.status.is_none()) {
        Some(there) => (there.min, there.max, there.desired),
        None => (group.min, group.max, group.desired),
    };
    let resources = (!group.group.is_empty()).then(|| json!({"autoScalingGroups": [{"name": group.group}]}));
    let template = group.source.as_ref();
    let template = template.map(|it| json!({"id": it.id, "name": it.name, "version": it.version.to_string()}));
    let disk = template.is_none().then_some(group.disk_size);
    json!({
        "nodegroupName": group.name,
        "nodegroupArn": group.arn,
        "clusterName": cluster.name,
        "version": group.version,
        "releaseVersion": group.release_version,
        "createdAt": world.clock.at(group.created).as_second(),
        "modifiedAt": world.clock.at(group.modified).as_second(),
        "status": status,
        "capacityType": group.capacity_type,
        "scalingConfig": {"minSize": min, "maxSize": max, "desiredSize": desired},
        "instanceTypes": group.instance_types,
        "subnets": group.subnet_ids,
        "amiType": group.ami_type,
        "nodeRole": group.node_role,
        "labels": group.labels,
        "taints": taints,
        "resources": resources,
        "diskSize": disk,
        "health": {"issues": health.iter().map(issue).collect::<Vec<_>>()},
        "updateConfig": match group.unavailable {
            UnavailableNodes::Count(number) => json!({"maxUnavailable": number}),
            UnavailableNodes::Percentage(percent) => json!({"maxUnavailablePercentage": percent}),
        },
        "nodeRepairConfig": group.node_repair,
        "remoteAccess": group.remote_access,
        "launchTemplate": template,
        "tags": group.tags,
    })
}

fn issue(issue: &Issue) -> Value {
    json!({"code": issue.code, "message": issue.message, "resourceIds": issue.resource_ids})
}

fn taint(taint: &Taint) -> Value {
    let effect = match taint.effect {
        TaintEffect::NoSchedule => "NO_SCHEDULE",
        TaintEffect::PreferNoSchedule => "PREFER_NO_SCHEDULE",
        TaintEffect::NoExecute => "NO_EXECUTE",
    };
    json!({"key": taint.key, "value": taint.value, "effect": effect})
}

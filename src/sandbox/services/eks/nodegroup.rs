//! ListNodegroups, DescribeNodegroup.

use serde_json::{Value, json};

use super::cluster::find;
use super::{list as page, not_found};
use crate::domain::taint::TaintEffect;
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    page::reply(params, "nodegroups", cluster.nodegroups.keys().map(String::as_str))
}

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    let name = params.text("nodegroupName").unwrap_or_default();
    let Some(group) = cluster.nodegroups.get(name) else {
        return Err(not_found(format!("No node group found for name: {name}.")));
    };
    let taints: Vec<Value> = group
        .taints
        .iter()
        .map(|taint| json!({"key": taint.key, "value": taint.value, "effect": effect(taint.effect)}))
        .collect();
    Ok(json!({"nodegroup": {
        "nodegroupName": group.name,
        "nodegroupArn": group.arn,
        "clusterName": cluster.name,
        "version": group.version,
        "releaseVersion": group.release_version,
        "createdAt": world.clock.at(group.created).as_second(),
        "modifiedAt": world.clock.at(group.modified).as_second(),
        "status": group.status,
        "capacityType": group.capacity_type,
        "scalingConfig": {"minSize": group.min, "maxSize": group.max, "desiredSize": group.desired},
        "instanceTypes": group.instance_types,
        "subnets": group.subnet_ids,
        "amiType": group.ami_type,
        "nodeRole": group.node_role,
        "labels": group.labels,
        "taints": taints,
        "resources": {"autoScalingGroups": [{"name": group.group}]},
        "diskSize": group.disk_size,
        "health": {"issues": []},
        "updateConfig": {"maxUnavailable": 1},
        "tags": group.tags,
    }}))
}

fn effect(effect: TaintEffect) -> &'static str {
    match effect {
        TaintEffect::NoSchedule => "NO_SCHEDULE",
        TaintEffect::PreferNoSchedule => "PREFER_NO_SCHEDULE",
        TaintEffect::NoExecute => "NO_EXECUTE",
    }
}

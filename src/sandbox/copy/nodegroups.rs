//! Node groups that EKS manages.

use serde_json::{Map, Value};

use crate::domain::cloud::ManagedNodegroup;
use crate::domain::nodegroup::NodeRepair;
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::eks::state::{Issue, Nodegroup, SourceTemplate, UnavailableNodes};
use crate::sandbox::world::World;

pub(super) fn put(world: &mut World, snapshot: &Snapshot) {
    for there in &snapshot.nodegroups {
        let made = nodegroup(world, snapshot, there);
        if let Some(cluster) = world.eks.clusters.get_mut(&snapshot.cluster.name) {
            cluster.nodegroups.insert(there.name.clone(), made);
        }
    }
}

fn nodegroup(world: &World, snapshot: &Snapshot, there: &ManagedNodegroup) -> Nodegroup {
    let group = there.auto_scaling_groups.first().cloned().unwrap_or_default();
    let behind = snapshot.groups.iter().map(|one| &one.group).find(|one| one.name == group);
    let own = behind.and_then(|behind| behind.launch_template.as_ref());
    let own = snapshot.launch_templates.iter().find(|template| Some(&template.name) == own);
    let newest = own.and_then(|template| template.versions.last());
    let by_arn = newest.and_then(|version| version.data.instance_profile_arn.as_deref()?.rsplit('/').next());
    let profile = newest.and_then(|version| version.instance_profile_name.as_deref()).or(by_arn);
    let source = there.launch_template.as_ref().map(|given| SourceTemplate {
        id: given.id.clone().unwrap_or_default(),
        name: given.name.clone().unwrap_or_default(),
        version: given.version.parse().unwrap_or(1),
    });
    let unavailable = &there.update_config;
    Nodegroup {
        name: there.name.clone(),
        arn: there.arn.clone(),
        // What EKS was at is not in the snapshot: the copy is at rest.
        status: if there.is_busy() { "ACTIVE".to_owned() } else { there.status.clone() },
        version: there.version.clone(),
        release_version: there.release_version.clone(),
        capacity_type: if there.spot { "SPOT" } else { "ON_DEMAND" }.to_owned(),
        ami_type: there.ami_type.clone(),
        instance_types: there.instance_types.clone(),
        disk_size: newest
            .and_then(|version| version.data.block_devices.first())
            .map_or(20, |device| i64::from(device.size_gib)),
        subnet_ids: there.subnet_ids.clone(),
        node_role: there.node_role.clone(),
        labels: there.labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        taints: there.taints.clone(),
        min: there.size.min.into(),
        max: there.size.max.into(),
        desired: there.size.desired.into(),
        group,
        tags: there.tags.clone(),
        created: world.now(),
        modified: world.now(),
        uuid: there.arn.rsplit('/').next().unwrap_or_default().to_owned(),
        source,
        remote_access: Value::Null,
        template: own.map(|template| template.id.clone()).unwrap_or_default(),
        profile: profile.unwrap_or_default().to_owned(),
        made_access: true,
        unavailable: match (unavailable.max_unavailable_percentage, unavailable.max_unavailable) {
            (Some(percentage), _) => UnavailableNodes::Percentage(percentage),
            (None, number) => UnavailableNodes::Count(number.unwrap_or(1)),
        },
        node_repair: there.node_repair.as_ref().map(repair).unwrap_or_default(),
        issues: there
            .issues
            .iter()
            .map(|issue| Issue {
                code: issue.code.clone(),
                message: issue.message.clone(),
                resource_ids: issue.resource_ids.clone(),
            })
            .collect(),
        updates: vec![],
        client_token: None,
    }
}

/// `nodeRepairConfig` as a request has it.
fn repair(there: &NodeRepair) -> Value {
    let mut map = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            map.insert(key.to_owned(), value);
        }
    };
    put("enabled", there.enabled.map(Value::from));
    put("maxUnhealthyNodeThresholdPercentage", there.unhealthy_threshold_percentage.map(Value::from));
    put("maxUnhealthyNodeThresholdCount", there.unhealthy_threshold_count.map(Value::from));
    put("maxParallelNodesRepairedPercentage", there.parallel_percentage.map(Value::from));
    put("maxParallelNodesRepairedCount", there.parallel_count.map(Value::from));
    let overrides: Vec<Value> = there
        .overrides
        .iter()
        .map(|one| {
            serde_json::json!({
                "nodeMonitoringCondition": one.condition, "nodeUnhealthyReason": one.reason,
                "minRepairWaitTimeMins": one.wait_minutes, "repairAction": one.action,
            })
        })
        .collect();
    put("nodeRepairConfigOverrides", Some(overrides).filter(|list| !list.is_empty()).map(Value::Array));
    map.into()
}

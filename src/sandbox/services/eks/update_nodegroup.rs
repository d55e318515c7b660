//! UpdateNodegroupConfig, UpdateNodegroupVersion, DescribeUpdate, ListUpdates.

use serde_json::{Value, json};

use super::cluster::{find, find_mut};
use super::create_nodegroup::same_token;
use super::nodegroup::{named, not_active};
use super::nodegroup_members::{
    check_labels, check_sizes, check_source, check_unavailable, invalid, scaling, source, taint_from, taints,
};
use super::state::{Nodegroup, Rolling, Update, UpdateKind};
use super::{list as page, not_found};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::{World, nodegroups};

pub(super) fn config(world: &mut World, params: &Params) -> Reply {
    if let Some(reply) = repeated(world, params)? {
        return Ok(reply);
    }
    let (cluster, group) = active(world, params)?;
    let tree = &params.0;
    let there = world.autoscaling.groups.get(&group.group);
    let there = there.map_or((group.min, group.max, group.desired), |it| (it.min, it.max, it.desired));
    let sizes = scaling(tree, there);
    check_sizes(sizes)?;
    check_unavailable(tree)?;
    let labels = read::at(tree, "labels.addOrUpdateLabels").as_object().into_iter().flatten();
    check_labels(labels.map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default())))?;
    taints(tree, "taints.addOrUpdateTaints")?;
    for taint in read::list(tree, "taints.removeTaints") {
        let taint = taint_from(taint)?;
        if !group.taints.iter().any(|there| there.key == taint.key && there.effect == taint.effect) {
            return Err(invalid(format!("Taint to be removed with key {} is not found", taint.key)));
        }
    }
    let mut changes = params_of(tree);
    if changes.is_empty() {
        return Err(ApiError::client("InvalidParameterException", "No changes needed for the nodegroup"));
    }
    // Sizes that the request leaves out are those that are in force.
    let mut request = tree.clone();
    if !read::at(tree, "scalingConfig").is_null() {
        request["scalingConfig"] = json!({"minSize": sizes.0, "maxSize": sizes.1, "desiredSize": sizes.2});
    }
    changes.sort();
    begin(world, params, &cluster, &group.name, changes, UpdateKind::Config(request))
}

pub(super) fn version(world: &mut World, params: &Params) -> Reply {
    if let Some(reply) = repeated(world, params)? {
        return Ok(reply);
    }
    let (cluster, group) = active(world, params)?;
    let tree = &params.0;
    let source = match (read::at(tree, "launchTemplate"), &group.source) {
        (Value::Null, known) => known.clone(),
        (_, None) => {
            let message = "You cannot specify a launch template for a node group that was created without one.";
            return Err(invalid(message));
        }
        (given, Some(known)) => {
            let given = source(world, given)?;
            if given.id != known.id {
                return Err(invalid("Node group's launch template cannot be replaced by another one."));
            }
            Some(given)
        }
    };
    let data = source.as_ref().and_then(|source| {
        world.ec2.launch_templates.get(&source.id)?.versions.get(&source.version).map(|it| Value::clone(&it.data))
    });
    let data = data.unwrap_or_default();
    check_source(&data)?;
    let home = find(world, &cluster)?;
    let version = params.text("version").unwrap_or(&group.version).to_owned();
    if version != group.version && version != home.version {
        return Err(invalid(format!(
            "Nodegroup Kubernetes version should be equal to Cluster kubernetes version {} or NodeGroup kubernetes \
             version {}",
            home.version, group.version
        )));
    }
    let release_version = match read::text(&data, "ImageId") {
        Some(image) => image.to_owned(),
        None => {
            let wanted = params.text("releaseVersion");
            let chosen = nodegroups::choose_image(world, &group.ami_type, &version, wanted);
            let refusal = || {
                let wanted = wanted.unwrap_or_default();
                invalid(format!("Requested release version {wanted} is not valid for kubernetes version {version}."))
            };
            chosen.ok_or_else(refusal)?.release
        }
    };
    let mut changes =
        vec![("Version".to_owned(), version.clone()), ("ReleaseVersion".to_owned(), release_version.clone())];
    if let Some(source) = &source {
        changes.push(("LaunchTemplateName".to_owned(), source.name.clone()));
        changes.push(("LaunchTemplateVersion".to_owned(), source.version.to_string()));
    }
    let force = read::boolean(tree, "force").unwrap_or(false);
    let rolling = Rolling { source, version, release_version, force, ..Rolling::default() };
    begin(world, params, &cluster, &group.name, changes, UpdateKind::Version(Box::new(rolling)))
}

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("name").unwrap_or_default())?;
    let id = params.text("updateId").unwrap_or_default();
    let missing = || not_found(format!("No update found for ID: {id}"));
    // Updates of the cluster itself and of add-ons are none here.
    let Some(group) = params.text("nodegroupName") else { return Err(missing()) };
    let group = cluster.nodegroups.get(group);
    let group = group.ok_or_else(|| not_found("No node group found for the given name.".to_owned()))?;
    let update = group.updates.iter().find(|update| update.id == id).ok_or_else(missing)?;
    Ok(json!({"update": written(world, update)}))
}

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("name").unwrap_or_default())?;
    let group = params.text("nodegroupName").and_then(|name| cluster.nodegroups.get(name));
    let mut ids: Vec<&str> =
        group.map(|group| group.updates.iter().map(|it| it.id.as_str()).collect()).unwrap_or_default();
    ids.sort_unstable();
    page::reply(params, "updateIds", ids.into_iter())
}

/// The cluster's name and the group, which must be at rest.
fn active(world: &World, params: &Params) -> Result<(String, Nodegroup), ApiError> {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    let group = named(cluster, params)?;
    if group.status != "ACTIVE" {
        return Err(not_active());
    }
    Ok((cluster.name.clone(), group.clone()))
}

/// The answer to a request that was sent before.
fn repeated(world: &World, params: &Params) -> Result<Option<Value>, ApiError> {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    let group = named(cluster, params)?;
    let known = same_token(cluster, &group.name, params.text("clientRequestToken"));
    Ok(known.and_then(|index| group.updates.get(index)).map(|update| json!({"update": written(world, update)})))
}

fn begin(
    world: &mut World,
    params: &Params,
    cluster: &str,
    name: &str,
    changes: Vec<(String, String)>,
    kind: UpdateKind,
) -> Reply {
    let update = Update {
        id: world.ids.uuid("update"),
        status: "InProgress".into(),
        params: changes,
        kind,
        created: world.now(),
        errors: vec![],
        client_token: params.text("clientRequestToken").map(str::to_owned),
    };
    let reply = json!({"update": written(world, &update)});
    let now = world.now();
    if let Some(group) = find_mut(world, cluster)?.nodegroups.get_mut(name) {
        group.updates.push(update);
        group.status = "UPDATING".into();
        group.modified = now;
    }
    nodegroups::schedule(world, cluster, name, 5 * SECOND);
    Ok(reply)
}

/// What a change of the configuration is about, as EKS lists it.
fn params_of(tree: &Value) -> Vec<(String, String)> {
    let members = [
        ("MinSize", "scalingConfig.minSize"),
        ("MaxSize", "scalingConfig.maxSize"),
        ("DesiredSize", "scalingConfig.desiredSize"),
        ("LabelsToAdd", "labels.addOrUpdateLabels"),
        ("LabelsToRemove", "labels.removeLabels"),
        ("TaintsToAdd", "taints.addOrUpdateTaints"),
        ("TaintsToRemove", "taints.removeTaints"),
        ("MaxUnavailable", "updateConfig.maxUnavailable"),
        ("MaxUnavailablePercentage", "updateConfig.maxUnavailablePercentage"),
        ("NodeRepairEnabled", "nodeRepairConfig.enabled"),
    ];
    let told = members.into_iter().map(|(name, path)| (name, read::at(tree, path)));
    told.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value.to_string())).collect()
}

fn written(world: &World, update: &Update) -> Value {
    let kind = match update.kind {
        UpdateKind::Config(_) => "ConfigUpdate",
        UpdateKind::Version(_) => "VersionUpdate",
    };
    let params: Vec<Value> = update.params.iter().map(|(name, value)| json!({"type": name, "value": value})).collect();
    let errors: Vec<Value> = update
        .errors
        .iter()
        .map(|it| json!({"errorCode": it.code, "errorMessage": it.message, "resourceIds": it.resource_ids}))
        .collect();
    json!({
        "id": update.id, "status": update.status, "type": kind, "params": params,
        "createdAt": world.clock.at(update.created).as_second(), "errors": errors,
    })
}

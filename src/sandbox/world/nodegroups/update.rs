//! Updates of a group: what is asked for by UpdateNodegroupConfig, and the end of every update.

use serde_json::{Value, json};

use super::make::{call, template_data};
use super::{change, group as find, nodes, version};
use crate::domain::taint::Taint;
use crate::sandbox::services::eks::state::{Issue, Nodegroup, UnavailableNodes, UpdateKind};
use crate::sandbox::services::eks::{scaling, taint_from, unavailable_from};
use crate::sandbox::services::{autoscaling, ec2, read};
use crate::sandbox::world::World;

/// Goes on with the update that is under way. Whether there is more to do.
pub(super) fn step(world: &mut World, cluster: &str, name: &str) -> bool {
    let Some(mut group) = find(world, cluster, name) else { return false };
    let kind = group.running_update().map(|update| update.kind.clone());
    match kind {
        Some(UpdateKind::Config(request)) => {
            apply(world, cluster, &group, &request);
            end(world, cluster, name, vec![]);
            false
        }
        Some(UpdateKind::Version(rolling)) => version::step(world, cluster, &group, *rolling),
        None => {
            change(world, cluster, name, |group| group.status = "ACTIVE".into());
            false
        }
    }
}

/// Ends the running update: with errors it has failed.
pub(super) fn end(world: &mut World, cluster: &str, name: &str, errors: Vec<Issue>) {
    change(world, cluster, name, |group| {
        group.status = "ACTIVE".into();
        if let Some(update) = group.running_update() {
            update.status = if errors.is_empty() { "Successful" } else { "Failed" }.into();
            update.errors = errors;
        }
    });
}

fn apply(world: &mut World, cluster: &str, before: &Nodegroup, request: &Value) {
    let after = with(before.clone(), request);
    if (after.min, after.max, after.desired) != (before.min, before.max, before.desired)
        || !read::at(request, "scalingConfig").is_null()
    {
        let sizes = json!({
            "AutoScalingGroupName": after.group, "MinSize": after.min.to_string(), "MaxSize": after.max.to_string(),
            "DesiredCapacity": after.desired.to_string(),
        });
        let _ = call(world, autoscaling::OPERATIONS, "UpdateAutoScalingGroup", sizes);
    }
    change(world, cluster, &before.name, |group| *group = after.clone());
    if after.labels != before.labels || after.taints != before.taints {
        new_template_version(world, cluster, &after);
        nodes::apply(world, before, &after);
    }
}

/// A group as a request changes it.
fn with(mut group: Nodegroup, request: &Value) -> Nodegroup {
    (group.min, group.max, group.desired) = scaling(request, (group.min, group.max, group.desired));
    for key in read::strings(request, "labels.removeLabels") {
        group.labels.remove(&key);
    }
    for (key, value) in read::at(request, "labels.addOrUpdateLabels").as_object().into_iter().flatten() {
        group.labels.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    let same = |a: &Taint, b: &Taint| a.key == b.key && a.effect == b.effect;
    for taint in read::list(request, "taints.removeTaints").iter().filter_map(|taint| taint_from(taint).ok()) {
        group.taints.retain(|there| !same(there, &taint));
    }
    for taint in read::list(request, "taints.addOrUpdateTaints").iter().filter_map(|taint| taint_from(taint).ok()) {
        group.taints.retain(|there| !same(there, &taint));
        group.taints.push(taint);
    }
    let unavailable: Option<UnavailableNodes> = unavailable_from(request);
    group.unavailable = unavailable.unwrap_or(group.unavailable);
    if !read::at(request, "nodeRepairConfig").is_null() {
        group.node_repair = read::at(request, "nodeRepairConfig").clone();
    }
    group
}

/// New nodes start from another version of EKS's own launch template; gives its number.
pub(super) fn new_template_version(world: &mut World, cluster: &str, group: &Nodegroup) -> Option<i64> {
    let home = world.eks.clusters.get(cluster).cloned()?;
    let data = template_data(world, &home, group).ok()?;
    let request = json!({"LaunchTemplateId": group.template, "LaunchTemplateData": data});
    let made = call(world, ec2::OPERATIONS, "CreateLaunchTemplateVersion", request).ok()?;
    let number = read::int(&made, "launchTemplateVersion.versionNumber")?;
    use_version(world, group, number);
    Some(number)
}

/// Has the Auto Scaling group start from a version.
pub(super) fn use_version(world: &mut World, group: &Nodegroup, number: i64) {
    let request = json!({
        "AutoScalingGroupName": group.group,
        "MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": {
            "LaunchTemplateId": group.template, "Version": number.to_string(),
        }}},
    });
    let _ = call(world, autoscaling::OPERATIONS, "UpdateAutoScalingGroup", request);
}

//! The nodes behind a group's instances, as EKS sees and changes them.

use serde_json::{Value, json};

use super::user_data::own_labels;
use crate::domain::taint::Taint;
use crate::sandbox::kube::controllers;
use crate::sandbox::services::autoscaling::state::{Group, MemberState};
use crate::sandbox::services::ec2::state::Boot;
use crate::sandbox::services::eks::state::Nodegroup;
use crate::sandbox::world::World;

/// The node of an instance that has joined, and whether it is Ready.
pub(super) fn node_of(world: &World, instance: &str) -> Option<(String, bool)> {
    match &world.ec2.instances.get(instance)?.boot {
        Boot::Joined { node, ready } => Some((node.clone(), *ready)),
        Boot::NoNetwork { node, .. } => Some((node.clone(), false)),
        _ => None,
    }
}

/// Members that are staying, oldest first: instance, version of the template it came from, whether its node is Ready.
pub(super) fn members(world: &World, group: &Group) -> Vec<(String, i64, bool)> {
    let staying = group.members.values().filter(|member| member.state != MemberState::Terminating);
    staying
        .map(|member| {
            let ready =
                member.state == MemberState::InService && node_of(world, &member.id).is_some_and(|(_, ready)| ready);
            (member.id.clone(), member.template.version.parse().unwrap_or(0), ready)
        })
        .collect()
}

/// Cordons a node, or takes that back.
pub(super) fn cordon(world: &mut World, instance: &str, unschedulable: bool) {
    let Some((node, _)) = node_of(world, instance) else { return };
    let now = world.now();
    let key = "node.kubernetes.io/unschedulable";
    let changed = world.objects.modify("nodes", "", &node, |node| {
        let mut taints = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
        taints.retain(|taint| taint["key"] != key);
        if unschedulable {
            taints.push(json!({"key": key, "effect": "NoSchedule"}));
        }
        let Some(spec) = node["spec"].as_object_mut() else { return };
        spec.shift_remove("unschedulable");
        spec.shift_remove("taints");
        if unschedulable {
            spec.insert("unschedulable".into(), true.into());
        }
        if !taints.is_empty() {
            spec.insert("taints".into(), taints.into());
        }
    });
    if changed.is_ok() {
        controllers::node_changed(&mut world.objects, &node, now);
    }
}

/// A node has joined: EKS gives it what its boot data did not, as with an image of the user's own.
pub fn joined(world: &mut World, instance: &str) {
    let Some(machine) = world.ec2.instances.get(instance) else { return };
    let (Some(name), image) = (machine.group.clone(), machine.image_id.clone()) else { return };
    let Some(tags) = world.autoscaling.groups.get(&name).map(|group| &group.tags) else { return };
    let of = |key: &str| tags.get(key).map(|tag| tag.value.clone()).unwrap_or_default();
    let cluster = world.eks.clusters.get(&of("eks:cluster-name"));
    let group = cluster.and_then(|cluster| cluster.nodegroups.get(&of("eks:nodegroup-name"))).cloned();
    let Some(mut group) = group.filter(|group| group.group == name) else { return };
    group.labels.extend(own_labels(&group, &image));
    give(world, &group, &group, vec![instance.to_owned()]);
}

/// Gives running nodes the labels and taints of a group, and takes those of the group as it was `before`.
pub(super) fn apply(world: &mut World, before: &Nodegroup, after: &Nodegroup) {
    let Some(group) = world.autoscaling.groups.get(&after.group) else { return };
    let instances: Vec<String> = group.members.keys().cloned().collect();
    give(world, before, after, instances);
}

fn give(world: &mut World, before: &Nodegroup, after: &Nodegroup, instances: Vec<String>) {
    let now = world.now();
    for instance in instances {
        let Some((name, _)) = node_of(world, &instance) else { continue };
        if world.objects.get("nodes", "", &name).is_some_and(|node| has(node, before, after)) {
            continue;
        }
        let changed = world.objects.modify("nodes", "", &name, |node| {
            if let Some(labels) = node["metadata"]["labels"].as_object_mut() {
                labels.retain(|key, _| !before.labels.contains_key(key) || after.labels.contains_key(key));
                labels.extend(after.labels.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))));
            }
            let mut taints = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
            let is =
                |there: &Value, taint: &Taint| there["key"] == taint.key && there["effect"] == taint.effect.as_str();
            taints.retain(|there| !before.taints.iter().chain(&after.taints).any(|taint| is(there, taint)));
            taints.extend(after.taints.iter().map(written));
            let Some(spec) = node["spec"].as_object_mut() else { return };
            spec.shift_remove("taints");
            if !taints.is_empty() {
                spec.insert("taints".into(), taints.into());
            }
        });
        if changed.is_ok() {
            controllers::node_changed(&mut world.objects, &name, now);
        }
    }
}

/// Whether a node is as the group wants it already.
fn has(node: &Value, before: &Nodegroup, after: &Nodegroup) -> bool {
    let labels = &node["metadata"]["labels"];
    let taints = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
    let is = |taint: &Taint| taints.contains(&written(taint));
    after.labels.iter().all(|(key, value)| labels[key] == value.as_str())
        && after.taints.iter().all(is)
        && before.labels.keys().all(|key| after.labels.contains_key(key) || labels[key].is_null())
        && before.taints.iter().all(|taint| after.taints.contains(taint) || !is(taint))
}

fn written(taint: &Taint) -> Value {
    match taint.value.as_str() {
        "" => json!({"key": taint.key, "effect": taint.effect.as_str()}),
        value => json!({"key": taint.key, "value": value, "effect": taint.effect.as_str()}),
    }
}

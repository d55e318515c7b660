//! The replacement of all nodes, in EKS's four phases: setup, scale up, upgrade, scale down.
//!
//! EKS's user guide, "Understand each phase of node updates": the group grows by twice the number of its zones (or by
//! as many as may be unavailable, if that is more); old nodes are cordoned once the new ones are Ready, then drained, no
//! more at once than may be unavailable; a pod that cannot be evicted within 15 minutes fails the update unless it is
//! forced; an empty node rests for 60 seconds before its instance ends.

use serde_json::json;

use super::make::{call, issue};
use super::update::{end, new_template_version, use_version};
use super::{change, drain, nodes};
use crate::sandbox::services::autoscaling;
use crate::sandbox::services::autoscaling::state::{Group, MemberState};
use crate::sandbox::services::eks::state::{Issue, Nodegroup, Rolling, UpdateKind};
use crate::sandbox::world::clock::{MINUTE, Millis, SECOND};
use crate::sandbox::world::{World, groups};

/// How long pods of one node may take to leave.
const EVICTION: Millis = 15 * MINUTE;
/// How long new nodes may take.
const SCALE_UP: Millis = 15 * MINUTE;
/// An empty node rests for so long.
const REST: Millis = MINUTE;

/// Goes on with a replacement. Whether there is more to do.
pub(super) fn step(world: &mut World, cluster: &str, group: &Nodegroup, mut rolling: Rolling) -> bool {
    let Some(there) = world.autoscaling.groups.get(&group.group).cloned() else {
        let message = "We couldn't find the Auto Scaling group associated with the managed node group.";
        end(world, cluster, &group.name, vec![issue("AccessDenied", message, &[&group.group])]);
        return false;
    };
    if rolling.template_versions.0 == 0 {
        return set_up(world, cluster, group, rolling, &there);
    }
    let members = nodes::members(world, &there);
    let old: Vec<&(String, i64, bool)> =
        members.iter().filter(|(_, version, _)| *version != rolling.template_versions.0).collect();
    if !rolling.upgrading {
        let wanted = group.desired + rolling.surge;
        let ready = members.iter().filter(|(_, version, ready)| *version == rolling.template_versions.0 && *ready);
        let new = i64::try_from(ready.count()).unwrap_or(0);
        if new >= rolling.surge && i64::try_from(members.len()).is_ok_and(|count| count == wanted) {
            for (id, ..) in &old {
                nodes::cordon(world, id, true);
            }
            rolling.upgrading = true;
            rolling.phase_began = world.now();
        } else if world.now() - rolling.phase_began >= SCALE_UP {
            let late: Vec<&str> = members.iter().filter(|one| !one.2).map(|one| one.0.as_str()).collect();
            let failure = issue(
                "NodeCreationFailure",
                "Couldn't proceed with upgrade process as new nodes are not joining node group",
                &late,
            );
            return fail(world, cluster, group, &rolling, failure);
        }
        keep(world, cluster, &group.name, rolling);
        return true;
    }
    if old.is_empty() && rolling.batch.is_empty() {
        return scale_down(world, cluster, group, &rolling, &there);
    }
    upgrade(world, cluster, group, rolling, &old.iter().map(|one| one.0.clone()).collect::<Vec<_>>())
}

fn keep(world: &mut World, cluster: &str, name: &str, rolling: Rolling) {
    change(world, cluster, name, |group| {
        if let Some(update) = group.running_update() {
            update.kind = UpdateKind::Version(Box::new(rolling));
        }
    });
}

/// A new version of the template, and more nodes.
fn set_up(world: &mut World, cluster: &str, group: &Nodegroup, mut rolling: Rolling, there: &Group) -> bool {
    let mut after = group.clone();
    after.source.clone_from(&rolling.source);
    after.version.clone_from(&rolling.version);
    after.release_version.clone_from(&rolling.release_version);
    let before = there.mixed.as_ref().and_then(|mixed| mixed.template.version.parse().ok()).unwrap_or(1);
    let Some(number) = new_template_version(world, cluster, &after) else {
        let message = "The launch template cannot be used.";
        end(world, cluster, &group.name, vec![issue("OperationNotPermitted", message, &[&group.name])]);
        return false;
    };
    rolling.template_versions = (number, before);
    rolling.phase_began = world.now();
    // Sizes as someone has set them meanwhile are those to come back to.
    let (min, max, desired) = (there.min, there.max, there.desired);
    let zones = i64::try_from(there.zones.len()).unwrap_or(1);
    rolling.surge = if desired == 0 { 0 } else { (2 * zones).max(group.unavailable.of(desired)) };
    resize(world, &group.group, min, max + rolling.surge, desired + rolling.surge);
    change(world, cluster, &group.name, |group| (group.min, group.max, group.desired) = (min, max, desired));
    keep(world, cluster, &group.name, rolling);
    true
}

/// Drains as many old nodes as may be unavailable, and ends those that are empty.
fn upgrade(world: &mut World, cluster: &str, group: &Nodegroup, mut rolling: Rolling, old: &[String]) -> bool {
    let now = world.now();
    rolling.batch.retain(|(id, ..)| old.contains(id));
    let most = usize::try_from(group.unavailable.of(group.desired)).unwrap_or(1);
    for id in old {
        if rolling.batch.len() < most && !rolling.batch.iter().any(|(known, ..)| known == id) {
            nodes::cordon(world, id, true);
            rolling.batch.push((id.clone(), now, None));
        }
    }
    let mut ended = vec![];
    for index in 0..rolling.batch.len() {
        let (id, since, empty) = rolling.batch[index].clone();
        if let Some(empty) = empty {
            if now - empty >= REST {
                let at = world.clock.seconds(now);
                let cause = format!("At {at} instance {id} was taken out of service in response to a user request.");
                groups::terminate_member(world, &group.group, &id, cause);
                groups::schedule(world, &group.group, 5 * SECOND);
                ended.push(id);
            }
            continue;
        }
        let late = now - since >= EVICTION;
        let left = drain::evict(world, &id, late && rolling.force);
        if left == 0 {
            rolling.batch[index].2 = Some(now);
        } else if late && !rolling.force {
            let message =
                format!("Reached max retries while trying to evict pods from nodes in node group {}", group.name);
            let node = nodes::node_of(world, &id).map(|(node, _)| node).unwrap_or(id);
            let failure = issue("PodEvictionFailure", &message, &[&node]);
            return fail(world, cluster, group, &rolling, failure);
        }
    }
    rolling.batch.retain(|(id, ..)| !ended.contains(id));
    keep(world, cluster, &group.name, rolling);
    true
}

/// Back to the sizes of before, then it is done.
fn scale_down(world: &mut World, cluster: &str, group: &Nodegroup, rolling: &Rolling, there: &Group) -> bool {
    if there.desired > group.desired {
        resize(world, &group.group, group.min, group.max, group.desired);
        return true;
    }
    let ending = there.members.values().any(|member| member.state == MemberState::Terminating);
    let members = nodes::members(world, there);
    if ending || i64::try_from(members.len()) != Ok(there.desired) || members.iter().any(|one| !one.2) {
        return true;
    }
    change(world, cluster, &group.name, |group| {
        group.source.clone_from(&rolling.source);
        group.version.clone_from(&rolling.version);
        group.release_version.clone_from(&rolling.release_version);
    });
    end(world, cluster, &group.name, vec![]);
    false
}

/// The update has failed: the surplus goes, old nodes may be used again, new ones start from what was before.
fn fail(world: &mut World, cluster: &str, group: &Nodegroup, rolling: &Rolling, why: Issue) -> bool {
    use_version(world, group, rolling.template_versions.1);
    let members =
        world.autoscaling.groups.get(&group.group).map(|there| nodes::members(world, there)).unwrap_or_default();
    let surplus = i64::try_from(members.len()).unwrap_or(0) - group.desired;
    let new: Vec<String> = members
        .iter()
        .rev()
        .filter(|(_, version, _)| *version == rolling.template_versions.0)
        .take(usize::try_from(surplus).unwrap_or(0))
        .map(|(id, ..)| id.clone())
        .collect();
    let at = world.clock.seconds(world.now());
    for id in new {
        let cause = format!("At {at} instance {id} was taken out of service in response to a user request.");
        groups::terminate_member(world, &group.group, &id, cause);
    }
    for (id, version, _) in &members {
        if *version != rolling.template_versions.0 {
            nodes::cordon(world, id, false);
        }
    }
    resize(world, &group.group, group.min, group.max, group.desired);
    end(world, cluster, &group.name, vec![why]);
    false
}

fn resize(world: &mut World, group: &str, min: i64, max: i64, desired: i64) {
    let sizes = json!({
        "AutoScalingGroupName": group, "MinSize": min.to_string(), "MaxSize": max.to_string(),
        "DesiredCapacity": desired.to_string(),
    });
    let _ = call(world, autoscaling::OPERATIONS, "UpdateAutoScalingGroup", sizes);
}

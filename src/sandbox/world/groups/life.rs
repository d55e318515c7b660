//! The life of a group and of its members.

use super::activity::{self, Entry};
use super::{launch, scale_in};
use crate::sandbox::services::autoscaling::state::{ActivityStatus, MemberState};
use crate::sandbox::world::clock::{Millis, SECOND};
use crate::sandbox::world::event::Event;
use crate::sandbox::world::{World, fleet, nodegroups};

/// Has the group look at itself in `delay`, unless it will earlier.
pub fn schedule(world: &mut World, name: &str, delay: Millis) {
    let at = world.now() + delay;
    let Some(group) = world.autoscaling.groups.get_mut(name) else { return };
    if group.reconcile_at.is_some_and(|known| known <= at) {
        return;
    }
    group.reconcile_at = Some(at);
    world.after(delay, Event::Reconcile { group: name.into() });
}

/// Desired capacity changed for a reason; `cause` is AWS's sentence.
pub fn resize(world: &mut World, name: &str, desired: i64, cause: String) {
    let Some(group) = world.autoscaling.groups.get_mut(name) else { return };
    group.desired = desired;
    group.pending_causes.push(cause);
    group.failures = 0;
    // A request by a person overrides a back-off.
    group.reconcile_at = None;
    schedule(world, name, 2 * SECOND);
}

/// Compares desired with actual.
pub(in crate::sandbox::world) fn reconcile(world: &mut World, name: &str) {
    let now = world.now();
    let Some(group) = world.autoscaling.groups.get_mut(name) else { return };
    if group.reconcile_at != Some(now) {
        return;
    }
    group.reconcile_at = None;
    let actual = group.members.values().filter(|member| member.state != MemberState::Terminating).count();
    let actual = i64::try_from(actual).unwrap_or(i64::MAX);
    let desired = if group.status.is_some() { 0 } else { group.desired };
    let suspended = |process: &str| group.suspended.iter().any(|known| known == process);
    let (no_launch, no_terminate) = (suspended("Launch"), suspended("Terminate"));
    let causes = std::mem::take(&mut group.pending_causes);
    if actual < desired && !no_launch {
        launch::launch_missing(world, name, actual, desired, &causes);
    } else if actual > desired && !no_terminate {
        scale_in::terminate_surplus(world, name, actual, desired, &causes);
    }
    end_if_empty(world, name);
}

/// `Pending` → `InService`.
pub(in crate::sandbox::world) fn in_service(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get(id).filter(|instance| instance.state.alive()) else { return };
    let Some(name) = instance.group.clone() else { return };
    let Some(group) = world.autoscaling.groups.get_mut(&name) else { return };
    let Some(member) = group.members.get_mut(id).filter(|member| member.state == MemberState::Pending) else { return };
    member.state = MemberState::InService;
    activity::finish(world, &name, &activity::launching(id), ActivityStatus::Successful);
    // Capacity Rebalancing: the replacement is here, so the instance at risk may go.
    let Some(group) = world.autoscaling.groups.get(&name) else { return };
    if group.capacity_rebalance == Some(true) {
        schedule(world, &name, SECOND);
    }
}

/// Takes a member out of service.
pub fn terminate_member(world: &mut World, name: &str, id: &str, cause: String) {
    let Some(group) = world.autoscaling.groups.get_mut(name) else { return };
    let Some(member) = group.members.get_mut(id) else { return };
    if member.state == MemberState::Terminating {
        return;
    }
    member.state = MemberState::Terminating;
    let zone = member.zone.clone();
    let subnet_id = world.ec2.instances.get(id).map(|instance| instance.subnet_id.clone());
    activity::finish(world, name, &activity::launching(id), ActivityStatus::Cancelled);
    let description = activity::terminating(id);
    let status = ActivityStatus::InProgress;
    activity::write(world, name, Entry { description, cause, status, message: None, subnet_id, zone: Some(zone) });
    // EKS has a lifecycle hook on its groups: it empties the node first.
    if nodegroups::begin_drain(world, name, id) {
        return;
    }
    fleet::terminate(
        world,
        id,
        "Client.UserInitiatedShutdown",
        "Client.UserInitiatedShutdown: User initiated shutdown",
    );
}

/// The machine of a member is gone: expected, or found by the health check.
pub fn member_gone(world: &mut World, name: &str, id: &str) {
    let now = world.clock.seconds(world.now());
    let Some(group) = world.autoscaling.groups.get_mut(name) else { return };
    let Some(member) = group.members.shift_remove(id) else { return };
    if member.state == MemberState::Terminating {
        activity::finish(world, name, &activity::terminating(id), ActivityStatus::Successful);
    } else {
        activity::finish(world, name, &activity::launching(id), ActivityStatus::Cancelled);
        let spot = world.ec2.instances.get(id).is_some_and(|instance| instance.reclaim_at.is_some());
        let why = if spot {
            "an EC2 health check that indicated it has been terminated or stopped: EC2 Spot Instance interruption."
        } else {
            "an EC2 health check indicating it has been terminated or stopped."
        };
        let entry = Entry {
            description: activity::terminating(id),
            cause: format!("At {now} an instance was taken out of service in response to {why}"),
            status: ActivityStatus::Successful,
            message: None,
            subnet_id: world.ec2.instances.get(id).map(|instance| instance.subnet_id.clone()),
            zone: Some(member.zone),
        };
        activity::write(world, name, entry);
    }
    end_if_empty(world, name);
    schedule(world, name, 5 * SECOND);
}

/// A Spot member got a rebalance recommendation: with Capacity Rebalancing the group replaces it ahead of time.
pub fn rebalance(world: &mut World, name: &str, id: &str) {
    let at = world.clock.seconds(world.now());
    let Some(group) = world.autoscaling.groups.get(name) else { return };
    if group.capacity_rebalance != Some(true) || !group.members.contains_key(id) {
        return;
    }
    let actual = i64::try_from(group.members.len()).unwrap_or(0);
    let cause =
        format!("At {at} an instance was launched in response to an EC2 instance rebalance recommendation for {id}.");
    // One above desired until the replacement is in service; then the surplus goes, those at risk first.
    launch::launch_missing(world, name, actual, actual + 1, &[cause]);
}

fn end_if_empty(world: &mut World, name: &str) {
    let Some(group) = world.autoscaling.groups.get(name) else { return };
    if group.status.is_some() && group.members.is_empty() {
        world.after(3 * SECOND, Event::GroupGone { group: name.into() });
    }
}

/// A group that was deleted is gone.
pub(in crate::sandbox::world) fn gone(world: &mut World, name: &str) {
    let Some(group) = world.autoscaling.groups.get(name) else { return };
    if group.status.is_none() || !group.members.is_empty() {
        return;
    }
    if let Some(group) = world.autoscaling.groups.remove(name) {
        for (key, tag) in &group.tags {
            world.autoscaling.tag_index.remove(name, key, &tag.value);
        }
    }
}

//! Taking away what is too much: the Default termination policy.

use std::collections::BTreeMap;

use super::launch::on_demand_wanted;
use super::life::terminate_member;
use crate::sandbox::services::autoscaling::state::{Group, Member, MemberState};
use crate::sandbox::world::World;

pub(super) fn terminate_surplus(world: &mut World, name: &str, actual: i64, desired: i64, causes: &[String]) {
    for _ in desired..actual {
        let Some(group) = world.autoscaling.groups.get(name) else { return };
        let Some(victim) = victim(world, group, desired) else { return };
        let at = world.clock.seconds(world.now());
        let mut cause = causes.join("  ");
        if !cause.is_empty() {
            cause.push_str("  ");
        }
        cause.push_str(&format!(
            "At {at} an instance was taken out of service in response to a difference between desired and actual \
             capacity, shrinking the capacity from {actual} to {desired}.  At {at} instance {victim} was selected for \
             termination."
        ));
        terminate_member(world, name, &victim, cause);
    }
}

/// Who goes: an instance that Spot is about to take; else, of the lifecycle that there is too much of and in the
/// fullest zone, the one with the oldest template, then the oldest one.
fn victim(world: &World, group: &Group, desired: i64) -> Option<String> {
    let deleting = group.status.is_some();
    let living = || {
        group
            .members
            .values()
            .filter(move |member| member.state != MemberState::Terminating && (deleting || !member.protected))
    };
    let at_risk = |member: &&Member| world.ec2.instances.get(&member.id).is_some_and(|i| i.rebalance_at.is_some());
    if let Some(member) = living().find(at_risk) {
        return Some(member.id.clone());
    }
    let on_demand = i64::try_from(living().filter(|member| !member.spot).count()).unwrap_or(0);
    let too_much_on_demand = on_demand > on_demand_wanted(group, desired);
    let right_kind = |member: &&Member| member.spot != too_much_on_demand;
    let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
    for member in living() {
        *zones.entry(&member.zone).or_insert(0) += 1;
    }
    let oldest = |member: &&Member| {
        let version: i64 = member.template.version.parse().unwrap_or(0);
        let crowd = zones.get(member.zone.as_str()).copied().unwrap_or(0);
        (std::cmp::Reverse(crowd), version, member.launched)
    };
    let chosen = living().filter(right_kind).min_by_key(oldest).or_else(|| living().min_by_key(oldest));
    chosen.map(|member| member.id.clone())
}

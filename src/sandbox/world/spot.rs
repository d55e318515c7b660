//! Spot interruption: rebalance recommendation, two-minute notice, termination.

use super::clock::{MINUTE, Millis};
use super::event::Event;
use super::{World, fleet};
use crate::domain::cloud::Lifecycle;

/// Between the recommendation and the notice.
const WARNING: Millis = MINUTE;
/// Between the notice and the end.
pub(in crate::sandbox) const NOTICE: Millis = 2 * MINUTE;

/// Begins an interruption; `false` when there is no such living Spot instance.
pub(super) fn reclaim(world: &mut World, id: &str) -> bool {
    let now = world.now();
    let Some(instance) = world.ec2.instances.get_mut(id) else { return false };
    if instance.lifecycle != Lifecycle::Spot || !instance.state.alive() || instance.rebalance_at.is_some() {
        return false;
    }
    instance.rebalance_at = Some(now);
    let group = instance.group.clone();
    world.after(WARNING, Event::SpotNotice { instance: id.into() });
    if let Some(group) = group {
        super::groups::rebalance(world, &group, id);
    }
    true
}

pub(super) fn notice(world: &mut World, id: &str) {
    let at = world.now() + NOTICE;
    let Some(instance) = world.ec2.instances.get_mut(id) else { return };
    if !instance.state.alive() {
        return;
    }
    instance.reclaim_at = Some(at);
    world.after(NOTICE, Event::SpotReclaim { instance: id.into() });
}

pub(super) fn taken(world: &mut World, id: &str) {
    let message = "Server.SpotInstanceTermination: Instance terminated due to Spot capacity reclaim";
    fleet::terminate(world, id, "Server.SpotInstanceTermination", message);
}

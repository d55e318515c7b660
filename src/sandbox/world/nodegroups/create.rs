//! A group that is being created.

use super::{change, group as find, health, make, nodes};
use crate::sandbox::world::World;
use crate::sandbox::world::clock::{MINUTE, Millis};

/// How long EKS waits for the nodes of a new group.
const PATIENCE: Millis = 20 * MINUTE;

/// Makes what is missing, then watches the nodes join. Whether there is more to see.
pub(super) fn step(world: &mut World, cluster: &str, name: &str) -> bool {
    let Some(group) = find(world, cluster, name) else { return false };
    if group.group.is_empty() {
        if let Err(issue) = make::make(world, cluster, name) {
            change(world, cluster, name, |group| {
                group.status = "CREATE_FAILED".into();
                group.issues = vec![issue];
            });
            return false;
        }
        return true;
    }
    let complete = world.autoscaling.groups.get(&group.group).is_some_and(|there| {
        let members = nodes::members(world, there);
        i64::try_from(members.len()).is_ok_and(|count| count == there.desired) && members.iter().all(|one| one.2)
    });
    if complete {
        change(world, cluster, name, |group| group.status = "ACTIVE".into());
        return false;
    }
    if world.now() - group.created < PATIENCE {
        return true;
    }
    let mut issues = health::look(world, &group, 0);
    if issues.is_empty() {
        issues.push(make::issue("InternalFailure", "The nodes did not come up in time.", &[]));
    }
    change(world, cluster, name, |group| {
        group.status = "CREATE_FAILED".into();
        group.issues = issues;
    });
    false
}

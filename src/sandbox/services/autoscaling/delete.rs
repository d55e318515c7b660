//! DeleteAutoScalingGroup.

use serde_json::Value;

use super::state::MemberState;
use super::update::named;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::event::Event;
use crate::sandbox::world::{World, groups};

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let group = named(world, &params.0)?;
    let (name, min, desired) = (group.name.clone(), group.min, group.desired);
    let force = read::boolean(&params.0, "ForceDelete").unwrap_or(false);
    if group.status.is_some() {
        return Ok(Value::Null);
    }
    let members: Vec<(String, MemberState)> =
        group.members.values().map(|member| (member.id.clone(), member.state)).collect();
    if !force {
        if members.iter().any(|(_, state)| *state != MemberState::Terminating) || desired > 0 {
            let message = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance \
                           request(s) still in the group.";
            return Err(ApiError::client("ResourceInUse", message));
        }
        if !members.is_empty() {
            let message = "You cannot delete an AutoScalingGroup while there are scaling activities in progress for \
                           that group.";
            return Err(ApiError::client("ScalingActivityInProgress", message));
        }
    }
    let at = world.clock.seconds(world.now());
    if let Some(group) = world.autoscaling.groups.get_mut(&name) {
        group.status = Some("Delete in progress".into());
        group.desired = 0;
        group.min = 0;
    }
    let count = members.len();
    for (id, _) in members {
        let cause = format!(
            "At {at} a user request force deleted AutoScalingGroup changing the desired capacity from {desired} to 0 \
             (min was {min}).  At {at} an instance was taken out of service in response to a difference between \
             desired and actual capacity, shrinking the capacity from {count} to 0.  At {at} instance {id} was \
             selected for termination."
        );
        groups::terminate_member(world, &name, &id, cause);
    }
    if count == 0 {
        world.after(SECOND, Event::GroupGone { group: name });
    }
    Ok(Value::Null)
}

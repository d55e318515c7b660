//! DescribeAutoScalingInstances and TerminateInstanceInAutoScalingGroup.

use serde_json::{Value, json};

use super::policy::invalid;
use super::shown;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::wire::page;
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::{World, groups};

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let ids = read::strings(&params.0, "InstanceIds");
    let after = page::after(read::text(&params.0, "NextToken"), "InvalidNextToken")?;
    let limit = read::int(&params.0, "MaxRecords").and_then(|n| usize::try_from(n).ok()).unwrap_or(50).clamp(1, 50);
    let mut members: Vec<(String, Value)> = Vec::new();
    let mut add = |group: &str, id: &str| {
        let Some(member) = world.autoscaling.groups.get(group).and_then(|group| group.members.get(id)) else { return };
        let mut item = shown::instance(member);
        item["AutoScalingGroupName"] = group.into();
        // This operation shouts.
        item["HealthStatus"] = if member.healthy { "HEALTHY" } else { "UNHEALTHY" }.into();
        members.push((id.to_owned(), item));
    };
    if ids.is_empty() {
        for group in world.autoscaling.groups.values() {
            group.members.keys().for_each(|id| add(&group.name, id));
        }
    } else {
        for id in &ids {
            if let Some(group) = world.ec2.instances.get(id).and_then(|instance| instance.group.as_ref()) {
                add(group, id);
            }
        }
    }
    members.sort_by(|a, b| a.0.cmp(&b.0));
    let rest = members.into_iter().filter(|(id, _)| after.as_ref().is_none_or(|after| id > after));
    let page = page::take(rest, limit, |(id, _)| id.as_str());
    let items: Vec<Value> = page.items.into_iter().map(|(_, item)| item).collect();
    Ok(json!({"AutoScalingInstances": items, "NextToken": page.next}))
}

pub(super) fn terminate(world: &mut World, params: &Params) -> Reply {
    let id = read::text(&params.0, "InstanceId").ok_or_else(|| invalid("InstanceId is required"))?;
    let name = world.ec2.instances.get(id).and_then(|instance| instance.group.clone());
    let group = name.as_ref().and_then(|name| world.autoscaling.groups.get(name));
    let Some(group) = group.filter(|group| group.members.contains_key(id)) else {
        return Err(invalid(format!("Instance Id not found - No managed instance found for instance ID: {id}")));
    };
    let Some(decrement) = read::boolean(&params.0, "ShouldDecrementDesiredCapacity") else {
        return Err(invalid("ShouldDecrementDesiredCapacity is required"));
    };
    let (name, desired, min) = (group.name.clone(), group.desired, group.min);
    let at = world.clock.seconds(world.now());
    let mut cause = format!("At {at} instance {id} was taken out of service in response to a user request");
    if decrement {
        if desired - 1 < min {
            return Err(invalid(format!(
                "Currently, desiredSize equals minSize ({min}). Terminating instance without replacement will violate \
                 group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's \
                 min size."
            )));
        }
        if let Some(group) = world.autoscaling.groups.get_mut(&name) {
            group.desired = desired - 1;
        }
        cause.push_str(&format!(", shrinking the capacity from {desired} to {}", desired - 1));
    }
    cause.push('.');
    groups::terminate_member(world, &name, id, cause.clone());
    groups::schedule(world, &name, 5 * SECOND);
    let group = world.autoscaling.groups.get(&name);
    let activity = group.and_then(|group| group.activities.back().map(|activity| (group, activity)));
    Ok(activity.map_or(Value::Null, |(group, activity)| {
        json!({"Activity": {
            "ActivityId": activity.id, "AutoScalingGroupName": group.name, "Description": activity.description,
            "Cause": cause, "StartTime": world.clock.precise(activity.started),
            "StatusCode": shown::status(activity.status), "Progress": 0, "Details": activity.details,
        }})
    }))
}

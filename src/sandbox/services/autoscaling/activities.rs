//! DescribeScalingActivities: newest first.

use serde_json::{Value, json};

use super::policy::invalid;
use super::shown;
use super::state::{Activity, Group};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::wire::page;
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let tree = &params.0;
    let ids = read::strings(tree, "ActivityIds");
    let limit = read::int(tree, "MaxRecords").and_then(|n| usize::try_from(n).ok()).unwrap_or(100);
    let after = page::after(read::text(tree, "NextToken"), "InvalidNextToken")?;
    let groups: Vec<&Group> =
        match read::text(tree, "AutoScalingGroupName") {
            Some(name) => vec![world.autoscaling.groups.get(name).ok_or_else(|| {
                invalid(format!("AutoScalingGroup name not found - AutoScalingGroup {name} not found"))
            })?],
            None => world.autoscaling.groups.values().collect(),
        };
    let mut all: Vec<(&Group, &Activity)> = groups
        .into_iter()
        .flat_map(|group| group.activities.iter().rev().map(move |activity| (group, activity)))
        .filter(|(_, activity)| ids.is_empty() || ids.contains(&activity.id))
        .collect();
    all.sort_by_key(|(_, activity)| std::cmp::Reverse(activity.started));
    let start = after.map_or(0, |after| all.iter().position(|(_, it)| it.id == after).map_or(0, |index| index + 1));
    let page = page::take(all.into_iter().skip(start), limit.clamp(1, 100), |(_, activity)| activity.id.as_str());
    let shown: Vec<Value> = page
        .items
        .iter()
        .map(|(group, activity)| {
            json!({
                "ActivityId": activity.id, "AutoScalingGroupName": group.name,
                "AutoScalingGroupARN": group.arn, "Description": activity.description, "Cause": activity.cause,
                "StartTime": world.clock.precise(activity.started),
                "EndTime": activity.ended.map(|ended| world.clock.seconds(ended)),
                "StatusCode": shown::status(activity.status), "StatusMessage": activity.message,
                "Progress": activity.progress, "Details": activity.details,
            })
        })
        .collect();
    Ok(json!({"Activities": shown, "NextToken": page.next}))
}

//! Scaling activities: the group's diary, in AWS's words.

use serde_json::json;

use crate::sandbox::services::autoscaling::state::{Activity, ActivityStatus};
use crate::sandbox::world::World;

/// AWS keeps six weeks; this keeps so many.
const KEPT: usize = 200;

/// A new entry.
pub struct Entry {
    /// `Launching a new EC2 instance: i-…`.
    pub description: String,
    /// Why.
    pub cause: String,
    /// How it stands.
    pub status: ActivityStatus,
    /// Details of a failure.
    pub message: Option<String>,
    /// Subnet id, when one is known.
    pub subnet_id: Option<String>,
    /// Zone.
    pub zone: Option<String>,
}

/// Writes an entry and returns its id.
pub fn write(world: &mut World, group: &str, entry: Entry) -> String {
    let id = world.ids.uuid("activity");
    let now = world.now();
    let finished = matches!(entry.status, ActivityStatus::Successful | ActivityStatus::Failed);
    let mut details = json!({});
    if let Some(subnet) = entry.subnet_id {
        details["Subnet ID"] = subnet.into();
    }
    if let Some(zone) = entry.zone {
        details["Availability Zone"] = zone.into();
    }
    let activity = Activity {
        id: id.clone(),
        description: entry.description,
        cause: entry.cause,
        status: entry.status,
        message: entry.message,
        details: details.to_string(),
        started: now,
        ended: finished.then_some(now),
        progress: if finished { 100 } else { 30 },
    };
    if let Some(group) = world.autoscaling.groups.get_mut(group) {
        if group.activities.len() == KEPT {
            group.activities.pop_front();
        }
        group.activities.push_back(activity);
    }
    id
}

/// Ends the newest running activity about an instance.
pub fn finish(world: &mut World, group: &str, description: &str, status: ActivityStatus) {
    let now = world.now();
    let Some(group) = world.autoscaling.groups.get_mut(group) else { return };
    let running = |activity: &&mut Activity| activity.ended.is_none() && activity.description == description;
    if let Some(activity) = group.activities.iter_mut().rev().find(running) {
        activity.status = status;
        activity.ended = Some(now);
        activity.progress = 100;
    }
}

/// Description of a launch.
pub fn launching(id: &str) -> String {
    format!("Launching a new EC2 instance: {id}")
}

/// Description of a termination.
pub fn terminating(id: &str) -> String {
    format!("Terminating EC2 instance: {id}")
}

//! Whether a change of an earlier run is still in force.

use super::fields::{Fields, fields};
use super::masked::could_be;
use super::resource::State;

/// How a resource stands to a change that was meant for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is as it was before: the change was not made, or was taken back.
    Undone,
    /// It is as the change left it.
    InForce,
    /// Someone changed it since: the fields that are neither as before nor as after.
    Moved(Vec<String>),
}

/// Compares a resource as it is `now` with what it was `before` a change and should be `after` it.
pub fn standing(before: Option<&State>, after: Option<&State>, now: Option<&State>) -> Standing {
    let (old, new) = match (before, after) {
        (None, Some(after)) => {
            // What a run made is its own as long as it carries the owner's tags; its later changes are the run's too.
            return match now {
                None => Standing::Undone,
                // It has no owner: others write into it too.
                Some(State::ConfigMap(_)) => match moved(&fields(after), now.map(fields).unwrap_or_default()) {
                    lines if lines.is_empty() => Standing::InForce,
                    lines => Standing::Moved(lines),
                },
                Some(now) if owner(now) == owner(after) => Standing::InForce,
                Some(_) => Standing::Moved(vec!["owner tags".to_owned()]),
            };
        }
        (Some(_), None) => return if now.is_some() { Standing::Undone } else { Standing::InForce },
        (None, None) => return Standing::Undone,
        (Some(before), Some(after)) => (fields(before), fields(after)),
    };
    // A node goes with its instance: there is nothing to restore.
    if now.is_none() && matches!(before, Some(State::Node(_))) {
        return Standing::Undone;
    }
    let Some(now) = now.map(fields) else { return Standing::Moved(vec!["it is gone".to_owned()]) };
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let changed: Vec<&String> = keys.filter(|key| old.get(*key) != new.get(*key)).collect();
    let is = |recorded: &Fields, key: &str| match (recorded.get(key), now.get(key)) {
        (Some(recorded), Some(now)) => could_be(recorded, now),
        (recorded, now) => recorded == now,
    };
    if changed.iter().all(|key| is(&old, key)) {
        return Standing::Undone;
    }
    let moved: Vec<String> = changed.iter().filter(|key| !is(&new, key)).map(|key| (*key).clone()).collect();
    if moved.is_empty() { Standing::InForce } else { Standing::Moved(moved) }
}

/// The names of what is not as it was left.
fn moved(after: &Fields, now: Fields) -> Vec<String> {
    let more = now.keys().filter(|key| !after.contains_key(*key));
    let keys = after.keys().chain(more);
    keys.filter(|key| after.get(*key) != now.get(*key)).cloned().collect()
}

/// The tags that say for whom something was made.
fn owner(state: &State) -> Option<(Option<&str>, Option<&str>)> {
    let tags = match state {
        State::Role(role) => &role.tags,
        State::InstanceProfile(profile) => &profile.tags,
        State::SecurityGroup(group) => &group.tags,
        State::KeyPair(pair) => &pair.tags,
        State::AutoScalingGroup(group) => &group.tags,
        State::Nodegroup(group) => &group.tags,
        // A template's own tags are not always told; its name is the group's alone.
        State::LaunchTemplate(_) | State::AccessEntry(_) | State::Node(_) | State::Pod {} | State::ConfigMap(_) => {
            return None;
        }
    };
    let of = |key: &str| tags.get(key).map(String::as_str);
    Some((of(crate::domain::desired::CLUSTER_TAG), of(crate::domain::desired::NODEGROUP_TAG)))
}

//! CreateOrUpdateTags, DeleteTags, DescribeTags.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::policy::invalid;
use super::state::GroupTag;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::wire::page;
use crate::sandbox::world::World;

const MOST: usize = 50;

/// `Tags` of a request, checked.
pub(super) fn read_tags(tree: &Value) -> Result<IndexMap<String, GroupTag>, ApiError> {
    let mut tags = IndexMap::new();
    for tag in read::list(tree, "Tags") {
        let (key, value) = (read::string(tag, "Key"), read::string(tag, "Value"));
        if key.is_empty() || key.chars().count() > 128 {
            return Err(invalid(format!("Tag key must be between 1 and 128 characters long: {key}")));
        }
        if value.chars().count() > 256 {
            return Err(invalid(format!("Tag value must be at most 256 characters long, key: {key}")));
        }
        if key.starts_with("aws:") {
            return Err(invalid(format!("Tag keys starting with aws: are reserved for internal use: {key}")));
        }
        let propagate = read::boolean(tag, "PropagateAtLaunch").unwrap_or(false);
        if tags.insert(key.clone(), GroupTag { value, propagate }).is_some() {
            return Err(invalid(format!("Duplicate tag key specified: {key}")));
        }
    }
    if tags.len() > MOST {
        return Err(ApiError::client(
            "LimitExceeded",
            format!("Maximum number of tags ({MOST}) exceeded: {}", tags.len()),
        ));
    }
    Ok(tags)
}

/// The tags of a request by the group that each names.
fn by_group(world: &World, tree: &Value) -> Result<Vec<(String, Value)>, ApiError> {
    let mut found = Vec::new();
    for tag in read::list(tree, "Tags") {
        let (name, kind) = (read::string(tag, "ResourceId"), read::string(tag, "ResourceType"));
        if kind != "auto-scaling-group" {
            return Err(invalid(format!("ResourceType {kind} is not supported")));
        }
        if !world.autoscaling.groups.contains_key(&name) {
            let message = format!("AutoScalingGroup name not found - AutoScalingGroup {name} not found");
            return Err(invalid(message));
        }
        found.push((name, tag.clone()));
    }
    Ok(found)
}

pub(super) fn create_or_update(world: &mut World, params: &Params) -> Reply {
    let mut requests: IndexMap<String, Vec<Value>> = IndexMap::new();
    for (name, tag) in by_group(world, &params.0)? {
        requests.entry(name).or_default().push(tag);
    }
    let mut checked = Vec::new();
    for (name, tags) in requests {
        let tags = read_tags(&json!({"Tags": tags}))?;
        let known = world.autoscaling.groups.get(&name).map(|group| &group.tags);
        let new = tags.keys().filter(|key| known.is_some_and(|known| !known.contains_key(*key))).count();
        if known.map_or(0, IndexMap::len) + new > MOST {
            let message = format!("Maximum number of tags ({MOST}) exceeded for {name}");
            return Err(ApiError::client("LimitExceeded", message));
        }
        checked.push((name, tags));
    }
    for (name, tags) in checked {
        let Some(group) = world.autoscaling.groups.get_mut(&name) else { continue };
        for (key, tag) in tags {
            world.autoscaling.tag_index.add(&name, &key, &tag.value);
            if let Some(old) = group.tags.insert(key.clone(), tag.clone())
                && old.value != tag.value
            {
                world.autoscaling.tag_index.remove(&name, &key, &old.value);
            }
        }
    }
    Ok(Value::Null)
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    for (name, tag) in by_group(world, &params.0)? {
        let key = read::string(&tag, "Key");
        let Some(group) = world.autoscaling.groups.get_mut(&name) else { continue };
        if let Some(old) = group.tags.shift_remove(&key) {
            world.autoscaling.tag_index.remove(&name, &key, &old.value);
        }
    }
    Ok(Value::Null)
}

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let tree = &params.0;
    let filters = read::list(tree, "Filters");
    let after = page::after(read::text(tree, "NextToken"), "InvalidNextToken")?;
    let limit = read::int(tree, "MaxRecords").and_then(|n| usize::try_from(n).ok()).unwrap_or(50).clamp(1, 100);
    let values = |wanted: &str| {
        filters.iter().find(|filter| read::at(filter, "Name") == wanted).map(|filter| read::strings(filter, "Values"))
    };
    let mut names: Vec<String> = match (values("auto-scaling-group"), values("key")) {
        (Some(names), _) => names,
        (None, Some(keys)) => {
            keys.iter().flat_map(|key| world.autoscaling.tag_index.find_key(key).map(str::to_owned)).collect()
        }
        (None, None) => world.autoscaling.groups.keys().cloned().collect(),
    };
    names.sort();
    names.dedup();
    let mut found: Vec<(String, Value)> = Vec::new();
    for group in names.iter().filter_map(|name| world.autoscaling.groups.get(name)) {
        for (key, tag) in &group.tags {
            let pass = filters.iter().all(|filter| {
                let (name, values) = (read::string(filter, "Name"), read::strings(filter, "Values"));
                let propagate = tag.propagate.to_string();
                let value = match name.as_str() {
                    "auto-scaling-group" => &group.name,
                    "key" => key,
                    "value" => &tag.value,
                    _ => &propagate,
                };
                values.contains(value)
            });
            let at = format!("{} {key}", group.name);
            if pass && after.as_ref().is_none_or(|after| at > *after) {
                found.push((
                    at,
                    json!({
                        "ResourceId": group.name, "ResourceType": "auto-scaling-group", "Key": key, "Value": tag.value,
                        "PropagateAtLaunch": tag.propagate,
                    }),
                ));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let page = page::take(found, limit, |(at, _)| at.as_str());
    let items: Vec<Value> = page.items.into_iter().map(|(_, item)| item).collect();
    Ok(json!({"Tags": items, "NextToken": page.next}))
}

//! TagRole, UntagRole, ListRoleTags, TagInstanceProfile.

use serde_json::{Value, json};

use super::error::{limit, no_profile};
use super::{list as page, name, role};
use crate::domain::cloud::TagMap;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn tag_role(world: &mut World, params: &Params) -> Reply {
    let role = role::find_mut(world, params)?;
    add(&mut role.tags, params.tags("Tags"), "TagsPerRole")
}

pub(super) fn untag_role(world: &mut World, params: &Params) -> Reply {
    let role = role::find_mut(world, params)?;
    for key in params.strings("TagKeys") {
        role.tags.shift_remove(&key);
    }
    Ok(Value::Null)
}

pub(super) fn list_role_tags(world: &mut World, params: &Params) -> Reply {
    let mut tags: Vec<_> = role::find(world, params)?.tags.iter().collect();
    tags.sort();
    page::reply(params, "Tags", tags.into_iter().map(|(key, value)| (key.clone(), json!({"Key": key, "Value": value}))))
}

pub(super) fn tag_profile(world: &mut World, params: &Params) -> Reply {
    let name = name::required(params, "InstanceProfileName", 128)?;
    let profile = world.iam.profiles.get_mut(&name).ok_or_else(|| no_profile(&name))?;
    add(&mut profile.tags, params.tags("Tags"), "TagsPerInstanceProfile")
}

fn add(tags: &mut TagMap, more: TagMap, quota: &str) -> Reply {
    let mut all = tags.clone();
    all.extend(more);
    check(&all, quota)?;
    *tags = all;
    Ok(Value::Null)
}

/// At most 50 tags, keys of at most 128 and values of at most 256 characters, no key of AWS's own.
pub(super) fn check(tags: &TagMap, quota: &str) -> Result<(), ApiError> {
    if tags.len() > 50 {
        return Err(limit(format!("Cannot exceed quota for {quota}: 50")));
    }
    for (key, value) in tags {
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(ApiError::client("ValidationError", format!("The tag {key} is too long or has no key")));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(ApiError::client("InvalidInput", format!("The tag key {key} is reserved for system use")));
        }
    }
    Ok(())
}

/// Tags in an answer; nothing when there are none.
pub(super) fn members(tags: &TagMap) -> Value {
    if tags.is_empty() {
        return Value::Null;
    }
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

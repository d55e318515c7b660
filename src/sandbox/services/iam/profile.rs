//! CreateInstanceProfile, GetInstanceProfile, DeleteInstanceProfile, ListInstanceProfiles, ListInstanceProfilesForRole.

use serde_json::{Value, json};

use super::error::{conflict, exists, no_profile};
use super::role::describe as describe_role;
use super::state::Profile;
use super::{list as page, name, role, tagging};
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::hash;

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let name = name::required(params, "InstanceProfileName", 128)?;
    let path = name::path(params)?;
    let tags = params.tags("Tags");
    tagging::check(&tags, "TagsPerInstanceProfile")?;
    if world.iam.profiles.contains_key(&name) {
        return Err(exists("Instance Profile", &name));
    }
    let id = world.ids.iam("AIPA");
    let propagation = hash::between(hash::hash(world.seed, &["propagation", &id]), 10 * SECOND, 35 * SECOND);
    let profile = Profile {
        id,
        arn: world.account.iam_arn(&format!("instance-profile{path}{name}")),
        name: name.clone(),
        path,
        role: None,
        tags,
        created: world.clock.now,
        visible_at: world.clock.now + propagation,
    };
    let reply = json!({"InstanceProfile": describe(&profile, world)});
    world.iam.profiles.insert(name, profile);
    Ok(reply)
}

pub(super) fn get(world: &mut World, params: &Params) -> Reply {
    let profile = find(world, params)?;
    Ok(json!({"InstanceProfile": describe(profile, world)}))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let profile = find(world, params)?;
    if profile.role.is_some() {
        return Err(conflict("remove roles from instance profile"));
    }
    let name = profile.name.clone();
    world.iam.profiles.remove(&name);
    Ok(Value::Null)
}

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let prefix = params.text("PathPrefix").unwrap_or("/");
    listed(world, params, |profile| profile.path.starts_with(prefix))
}

pub(super) fn list_for_role(world: &mut World, params: &Params) -> Reply {
    let role = role::find(world, params)?.name.clone();
    listed(world, params, |profile| profile.role.as_ref() == Some(&role))
}

fn listed(world: &World, params: &Params, wanted: impl Fn(&Profile) -> bool) -> Reply {
    let profiles = world.iam.profiles.values().filter(|profile| wanted(profile));
    let items = profiles.map(|profile| {
        let mut item = describe(profile, world);
        if let Value::Object(members) = &mut item {
            // The lists leave tags out.
            members.shift_remove("Tags");
        }
        (profile.name.clone(), item)
    });
    page::reply(params, "InstanceProfiles", items)
}

/// The profile that a request names.
pub(super) fn find<'a>(world: &'a World, params: &Params) -> Result<&'a Profile, ApiError> {
    let name = name::required(params, "InstanceProfileName", 128)?;
    world.iam.profiles.get(&name).ok_or_else(|| no_profile(&name))
}

fn describe(profile: &Profile, world: &World) -> Value {
    let role = profile.role.as_ref().and_then(|name| world.iam.roles.get(name));
    let roles: Vec<Value> = role
        .map(|role| {
            let mut role = describe_role(role, &world.clock);
            if let Value::Object(members) = &mut role {
                // A role within a profile is told in short.
                for member in ["Tags", "RoleLastUsed", "MaxSessionDuration", "Description"] {
                    members.shift_remove(member);
                }
            }
            role
        })
        .into_iter()
        .collect();
    json!({
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": world.clock.seconds(profile.created),
        "Roles": roles,
        "Tags": tagging::members(&profile.tags),
    })
}

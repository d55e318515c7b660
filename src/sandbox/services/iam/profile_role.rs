//! AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile.

use serde_json::Value;

use super::error::{limit, no_profile, no_such};
use super::{name, profile, role};
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;

pub(super) fn add(world: &mut World, params: &Params) -> Reply {
    profile::find(world, params)?;
    let role = role::find(world, params)?.name.clone();
    let name = name::required(params, "InstanceProfileName", 128)?;
    let profile = world.iam.profiles.get_mut(&name).ok_or_else(|| no_profile(&name))?;
    if profile.role.is_some() {
        return Err(limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1".into()));
    }
    profile.role = Some(role);
    Ok(Value::Null)
}

pub(super) fn remove(world: &mut World, params: &Params) -> Reply {
    let role = name::required(params, "RoleName", 64)?;
    let name = name::required(params, "InstanceProfileName", 128)?;
    let profile = world.iam.profiles.get_mut(&name).ok_or_else(|| no_profile(&name))?;
    if profile.role.as_ref() != Some(&role) {
        return Err(no_such(format!("The role with name {role} cannot be found.")));
    }
    profile.role = None;
    Ok(Value::Null)
}

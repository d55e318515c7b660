//! CreateRole, GetRole, ListRoles, DeleteRole.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::{self, Kind};
use super::error::{conflict, exists, limit, no_role, protected};
use super::state::Role;
use super::{boundary, list, name, tagging};
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;
use crate::sandbox::world::clock::Clock;

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let name = name::required(params, "RoleName", 64)?;
    let path = name::path(params)?;
    let trust = document::parse(params.text("AssumeRolePolicyDocument").unwrap_or_default(), Kind::Trust)?;
    if document::size(&trust) > 2048 {
        return Err(limit("Cannot exceed quota for ACLSizePerRole: 2048".into()));
    }
    let boundary = params.text("PermissionsBoundary").map(boundary::checked).transpose()?;
    let tags = params.tags("Tags");
    tagging::check(&tags, "TagsPerRole")?;
    if world.iam.roles.contains_key(&name) {
        return Err(exists("Role with name", &name));
    }
    let role = Role {
        id: world.ids.iam("AROA"),
        arn: world.account.iam_arn(&format!("role{path}{name}")),
        name: name.clone(),
        path,
        description: params.text("Description").unwrap_or_default().to_owned(),
        trust,
        boundary,
        attached: Vec::new(),
        inline: BTreeMap::new(),
        tags,
        created: world.clock.now,
        max_session: params.int("MaxSessionDuration")?.unwrap_or(3600),
    };
    let reply = json!({"Role": describe(&role, &world.clock)});
    world.iam.roles.insert(name, role);
    Ok(reply)
}

pub(super) fn get(world: &mut World, params: &Params) -> Reply {
    let role = find(world, params)?;
    Ok(json!({"Role": describe(role, &world.clock)}))
}

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let prefix = params.text("PathPrefix").unwrap_or("/").to_owned();
    let roles = world.iam.roles.values().filter(|role| role.path.starts_with(&prefix));
    let brief = |role: &Role| {
        let mut role = describe(role, &world.clock);
        if let Value::Object(members) = &mut role {
            // ListRoles leaves these out.
            members.shift_remove("Tags");
            members.shift_remove("RoleLastUsed");
            members.shift_remove("PermissionsBoundary");
        }
        role
    };
    list::reply(params, "Roles", roles.map(|role| (role.name.clone(), brief(role))))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let role = find(world, params)?;
    check_ours(role)?;
    if world.iam.profiles.values().any(|profile| profile.role.as_ref() == Some(&role.name)) {
        return Err(conflict("remove roles from instance profile"));
    }
    if !role.attached.is_empty() {
        return Err(conflict("detach all policies"));
    }
    if !role.inline.is_empty() {
        return Err(conflict("delete policies"));
    }
    let name = role.name.clone();
    world.iam.roles.remove(&name);
    Ok(Value::Null)
}

/// The role that a request names.
pub(super) fn find<'a>(world: &'a World, params: &Params) -> Result<&'a Role, ApiError> {
    let name = name::required(params, "RoleName", 64)?;
    world.iam.roles.get(&name).ok_or_else(|| no_role(&name))
}

/// As [`find`], to change it.
pub(super) fn find_mut<'a>(world: &'a mut World, params: &Params) -> Result<&'a mut Role, ApiError> {
    let name = name::required(params, "RoleName", 64)?;
    let role = world.iam.roles.get_mut(&name).ok_or_else(|| no_role(&name))?;
    check_ours(role)?;
    Ok(role)
}

/// Service-linked roles are changed by their services only.
fn check_ours(role: &Role) -> Result<(), ApiError> {
    if role.path.starts_with("/aws-service-role/") { Err(protected(&role.name)) } else { Ok(()) }
}

/// A role in an answer.
pub(super) fn describe(role: &Role, clock: &Clock) -> Value {
    let description = (!role.description.is_empty()).then_some(&role.description);
    json!({
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": clock.seconds(role.created),
        "AssumeRolePolicyDocument": document::encoded(&role.trust),
        "Description": description,
        "PermissionsBoundary": role.boundary.as_ref().map(|arn| {
            json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn})
        }),
        "MaxSessionDuration": role.max_session,
        "Tags": tagging::members(&role.tags),
        "RoleLastUsed": {},
    })
}

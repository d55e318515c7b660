//! PutRolePolicy, GetRolePolicy, DeleteRolePolicy, ListRolePolicies.

use serde_json::{Value, json};

use super::document::{self, Kind};
use super::error::{limit, no_such};
use super::role::{find, find_mut};
use super::{list as page, name};
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// Characters of all inline policies of one role.
const LARGEST: usize = 10_240;

pub(super) fn put(world: &mut World, params: &Params) -> Reply {
    let policy = name::required(params, "PolicyName", 128)?;
    let document = document::parse(params.text("PolicyDocument").unwrap_or_default(), Kind::Permissions)?;
    let role = find_mut(world, params)?;
    let others = role.inline.iter().filter(|(name, _)| **name != policy).map(|(_, other)| document::size(other));
    if others.sum::<usize>() + document::size(&document) > LARGEST {
        return Err(limit(format!("Maximum policy size of {LARGEST} bytes exceeded for role {}", role.name)));
    }
    role.inline.insert(policy, document);
    Ok(Value::Null)
}

pub(super) fn get(world: &mut World, params: &Params) -> Reply {
    let policy = name::required(params, "PolicyName", 128)?;
    let role = find(world, params)?;
    let document = role.inline.get(&policy).ok_or_else(|| missing(&policy))?;
    Ok(json!({"RoleName": role.name, "PolicyName": policy, "PolicyDocument": document::encoded(document)}))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let policy = name::required(params, "PolicyName", 128)?;
    find_mut(world, params)?.inline.remove(&policy).ok_or_else(|| missing(&policy))?;
    Ok(Value::Null)
}

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let names = find(world, params)?.inline.keys().map(|name| (name.clone(), Value::from(name.as_str())));
    page::reply(params, "PolicyNames", names)
}

fn missing(policy: &str) -> ApiError {
    no_such(format!("The role policy with name {policy} cannot be found."))
}

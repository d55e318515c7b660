//! AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies.

use serde_json::{Value, json};

use super::error::{limit, no_such};
use super::role::{find, find_mut};
use super::{list as page, managed};
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;

/// Managed policies of one role.
const MOST: usize = 10;

pub(super) fn attach(world: &mut World, params: &Params) -> Reply {
    let arn = params.required("PolicyArn")?;
    let known = managed::exists(arn, &world.account.partition);
    let role = find_mut(world, params)?;
    if !known {
        return Err(no_such(format!("Policy {arn} does not exist or is not attachable.")));
    }
    if role.attached.iter().any(|attached| attached == arn) {
        return Ok(Value::Null);
    }
    if role.attached.len() >= MOST {
        return Err(limit(format!("Cannot exceed quota for PoliciesPerRole: {MOST}")));
    }
    role.attached.push(arn.to_owned());
    Ok(Value::Null)
}

pub(super) fn detach(world: &mut World, params: &Params) -> Reply {
    let arn = params.required("PolicyArn")?;
    let role = find_mut(world, params)?;
    let Some(index) = role.attached.iter().position(|attached| attached == arn) else {
        return Err(no_such(format!("Policy {arn} was not found.")));
    };
    role.attached.remove(index);
    Ok(Value::Null)
}

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let mut arns = find(world, params)?.attached.clone();
    arns.sort();
    let item = |arn: String| {
        let name = arn.rsplit('/').next().unwrap_or(&arn);
        let item = json!({"PolicyName": name, "PolicyArn": arn});
        (arn, item)
    };
    page::reply(params, "AttachedPolicies", arns.into_iter().map(item))
}

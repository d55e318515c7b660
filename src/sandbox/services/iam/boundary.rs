//! PutRolePermissionsBoundary, DeleteRolePermissionsBoundary.

use serde_json::Value;

use super::error::no_such;
use super::role::find_mut;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn put(world: &mut World, params: &Params) -> Reply {
    let arn = checked(params.required("PermissionsBoundary")?)?;
    find_mut(world, params)?.boundary = Some(arn);
    Ok(Value::Null)
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let role = find_mut(world, params)?;
    if role.boundary.take().is_none() {
        return Err(no_such(format!("The role with name {} has no permissions boundary.", role.name)));
    }
    Ok(Value::Null)
}

/// The ARN of a policy. Policies of the account's own are taken to be there: what a boundary says is not weighed here.
pub(super) fn checked(arn: &str) -> Result<String, ApiError> {
    if arn.starts_with("arn:") && arn.contains(":policy/") {
        return Ok(arn.to_owned());
    }
    Err(ApiError::client("InvalidInput", format!("ARN {arn} is not valid.")))
}

//! Security Token Service.

use serde_json::json;

use super::Handler;
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[("GetCallerIdentity", get_caller_identity)];

fn get_caller_identity(world: &mut World, _: &Params) -> Reply {
    let account = &world.account;
    Ok(json!({"UserId": account.caller_id, "Account": account.id, "Arn": account.caller_arn}))
}

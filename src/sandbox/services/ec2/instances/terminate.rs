//! TerminateInstances.

use serde_json::{Value, json};

use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::{World, fleet};

pub(in crate::sandbox::services::ec2) fn terminate(world: &mut World, params: &Params) -> Reply {
    let ids = read::strings(&params.0, "InstanceId");
    if ids.is_empty() {
        return Err(ApiError::client("MissingParameter", "The request must contain the parameter InstanceIds"));
    }
    if let Some(id) = ids.iter().find(|id| !world.ec2.instances.contains_key(*id)) {
        let message = format!("The instance ID '{id}' does not exist");
        return Err(ApiError::client("InvalidInstanceID.NotFound", message));
    }
    let mut changes: Vec<Value> = Vec::new();
    for id in &ids {
        let before = world.ec2.instances.get(id).map(|instance| instance.state);
        fleet::terminate(
            world,
            id,
            "Client.UserInitiatedShutdown",
            "Client.UserInitiatedShutdown: User initiated shutdown",
        );
        let after = world.ec2.instances.get(id).map(|instance| instance.state);
        if let (Some(before), Some(after)) = (before, after) {
            changes.push(json!({
                "instanceId": id,
                "currentState": {"code": after.code(), "name": after.name()},
                "previousState": {"code": before.code(), "name": before.name()},
            }));
        }
    }
    Ok(json!({"instancesSet": changes}))
}

//! GetConsoleOutput.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::sandbox::services::ec2::common::required;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::{World, kubelet};

pub(in crate::sandbox::services::ec2) fn get(world: &mut World, params: &Params) -> Reply {
    let id = required(&params.0, "InstanceId")?;
    if !world.ec2.instances.contains_key(id) {
        let message = format!("The instance ID '{id}' does not exist");
        return Err(ApiError::client("InvalidInstanceID.NotFound", message));
    }
    let text = kubelet::console(world, id);
    Ok(json!({
        "instanceId": id, "timestamp": world.clock.precise(world.now()),
        "output": (!text.is_empty()).then(|| STANDARD.encode(text)),
    }))
}

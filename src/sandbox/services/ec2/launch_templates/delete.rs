//! DeleteLaunchTemplate.

use serde_json::json;

use super::{find, shown};
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;

/// A template in use may go too: the group then fails to launch.
pub(in crate::sandbox::services::ec2) fn delete(world: &mut World, params: &Params) -> Reply {
    let template = find::find(world, &params.0)?;
    let reply = json!({"launchTemplate": shown::template(world, template)});
    let id = template.id.clone();
    if let Some(template) = world.ec2.launch_templates.remove(&id) {
        world.ec2.launch_template_names.remove(&template.name);
        world.ec2.tag_index.remove_all(&id, &template.tags);
        if let Some(token) = &template.client_token {
            world.ec2.launch_template_tokens.remove(token);
        }
    }
    Ok(reply)
}

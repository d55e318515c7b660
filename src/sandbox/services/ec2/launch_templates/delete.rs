//! DeleteLaunchTemplate and DeleteLaunchTemplateVersions.

use serde_json::json;

use super::{find, shown};
use crate::sandbox::services::read;
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

/// Every version but the default one may go; what cannot is told in the answer, beside what went.
pub(in crate::sandbox::services::ec2) fn delete_versions(world: &mut World, params: &Params) -> Reply {
    let template = find::find(world, &params.0)?;
    let (id, name, default) = (template.id.clone(), template.name.clone(), template.default_version);
    let (mut gone, mut kept) = (vec![], vec![]);
    for asked in read::strings(&params.0, "LaunchTemplateVersion") {
        let number = asked.parse::<i64>().ok();
        let there = number.is_some_and(|number| {
            world.ec2.launch_templates.get(&id).is_some_and(|template| template.versions.contains_key(&number))
        });
        let mut row = json!({"launchTemplateId": id, "launchTemplateName": name, "versionNumber": number});
        let refusal = match number {
            Some(number) if there && number == default => Some((
                "unexpectedError",
                format!("The default version {number} of launch template {name} cannot be deleted."),
            )),
            Some(_) if there => None,
            _ => {
                Some(("launchTemplateVersionDoesNotExist", format!("Launch template version {asked} does not exist.")))
            }
        };
        match (refusal, number) {
            (Some((code, message)), _) => {
                row["responseError"] = json!({"code": code, "message": message});
                kept.push(row);
            }
            (None, number) => {
                if let (Some(template), Some(number)) = (world.ec2.launch_templates.get_mut(&id), number) {
                    template.versions.remove(&number);
                }
                gone.push(row);
            }
        }
    }
    Ok(json!({
        "successfullyDeletedLaunchTemplateVersionSet": gone,
        "unsuccessfullyDeletedLaunchTemplateVersionSet": kept,
    }))
}

//! CreateLaunchTemplate and CreateLaunchTemplateVersion.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{find, shown};
use crate::domain::catalogue;
use crate::sandbox::services::ec2::common::{required, tags_for};
use crate::sandbox::services::ec2::state::{LaunchTemplate, LaunchTemplateVersion};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// Before base64.
const MAX_USER_DATA: usize = 16 * 1024;

pub(in crate::sandbox::services::ec2) fn create(world: &mut World, params: &Params) -> Reply {
    let name = required(&params.0, "LaunchTemplateName")?;
    let token = read::text(&params.0, "ClientToken");
    if let Some(known) = token.and_then(|token| world.ec2.launch_template_tokens.get(token))
        && let Some(known) = world.ec2.launch_templates.get(known)
    {
        let same = known.name == name && known.versions.get(&1).is_some_and(|first| *first.data == data(&params.0));
        if same {
            return Ok(json!({"launchTemplate": shown::template(world, known)}));
        }
        let message = "The request uses the same client token as a previous, but non-identical request.";
        return Err(ApiError::client("IdempotentParameterMismatch", message));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "().-/_".contains(c);
    if !(3..=128).contains(&name.len()) || !name.chars().all(allowed) {
        let message = "Launch template names must be between 3 and 128 characters long, and may contain letters, \
                       numbers, and the following characters: - ( ) . / _.";
        return Err(ApiError::client("InvalidLaunchTemplateName.MalformedException", message));
    }
    if world.ec2.launch_template_named(name).is_some() {
        let message = "Launch template name already in use.";
        return Err(ApiError::client("InvalidLaunchTemplateName.AlreadyExistsException", message));
    }
    let tags = tags_for(&params.0, "launch-template")?;
    let data = check(world, &params.0)?;
    let id = world.ids.ec2("lt");
    let first = LaunchTemplateVersion {
        number: 1,
        description: read::text(&params.0, "VersionDescription").map(str::to_owned),
        created: world.now(),
        data: Arc::new(data),
    };
    let template = LaunchTemplate {
        id: id.clone(),
        name: name.into(),
        created: world.now(),
        created_by: world.account.caller_arn.clone(),
        default_version: 1,
        versions: BTreeMap::from([(1, first)]),
        tags,
        client_token: token.map(str::to_owned),
    };
    let reply = json!({"launchTemplate": shown::template(world, &template)});
    world.ec2.tag_index.add_all(&id, &template.tags);
    world.ec2.launch_template_names.insert(name.into(), id.clone());
    if let Some(token) = token {
        world.ec2.launch_template_tokens.insert(token.into(), id.clone());
    }
    world.ec2.launch_templates.insert(id, template);
    Ok(reply)
}

pub(in crate::sandbox::services::ec2) fn create_version(world: &mut World, params: &Params) -> Reply {
    let template = find::find(world, &params.0)?;
    let (id, number) = (template.id.clone(), template.latest_version() + 1);
    let token = read::text(&params.0, "ClientToken").map(|token| format!("{id}/{token}"));
    if let Some(token) = &token
        && let Some(known) = world.ec2.launch_template_tokens.get(token)
        && let Some(version) = template.version(known)
    {
        return Ok(json!({"launchTemplateVersion": shown::version(world, template, version)}));
    }
    let mut data = check(world, &params.0)?;
    if let Some(source) = read::text(&params.0, "SourceVersion") {
        let source = template.version(source).ok_or_else(|| {
            let message = format!("Could not find launch template version {source}");
            ApiError::client("InvalidLaunchTemplateId.VersionNotFound", message)
        })?;
        let mut merged = Value::clone(&source.data);
        if let (Some(merged), Some(given)) = (merged.as_object_mut(), data.as_object()) {
            merged.extend(given.clone());
        }
        data = merged;
    }
    let version = LaunchTemplateVersion {
        number,
        description: read::text(&params.0, "VersionDescription").map(str::to_owned),
        created: world.now(),
        data: Arc::new(data),
    };
    let reply = json!({"launchTemplateVersion": shown::version(world, template, &version)});
    if let Some(token) = token {
        world.ec2.launch_template_tokens.insert(token, number.to_string());
    }
    if let Some(template) = world.ec2.launch_templates.get_mut(&id) {
        template.versions.insert(number, version);
    }
    Ok(reply)
}

fn data(tree: &Value) -> Value {
    read::at(tree, "LaunchTemplateData").clone()
}

/// What EC2 looks at when a template is made. It does not ask whether images, groups and keys exist.
fn check(_world: &World, tree: &Value) -> Result<Value, ApiError> {
    let data = data(tree);
    if data.as_object().is_none_or(serde_json::Map::is_empty) {
        let message = "The request must contain the parameter LaunchTemplateData";
        return Err(ApiError::client("MissingParameter", message));
    }
    if let Some(text) = read::text(&data, "UserData") {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let decoded = STANDARD
            .decode(&compact)
            .map_err(|_| ApiError::client("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."))?;
        if decoded.len() > MAX_USER_DATA {
            let message = "User data is limited to 16384 bytes";
            return Err(ApiError::client("InvalidUserData.Malformed", message));
        }
    }
    if let Some(name) = read::text(&data, "InstanceType")
        && catalogue::get(name).is_none()
    {
        let message = format!("Invalid value '{name}' for InstanceType.");
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    if !read::list(&data, "NetworkInterface").is_empty()
        && ["SecurityGroupId", "SecurityGroup"].iter().any(|name| !read::list(&data, name).is_empty())
    {
        let message = "Network interfaces and an instance-level security groups may not be specified on the same \
                       request";
        return Err(ApiError::client("InvalidParameterCombination", message));
    }
    for specification in read::list(&data, "TagSpecification") {
        let kind = read::string(specification, "ResourceType");
        if !["instance", "volume", "network-interface", "spot-instances-request"].contains(&kind.as_str()) {
            let message = format!("'{kind}' is not a valid taggable resource type for this operation.");
            return Err(ApiError::client("InvalidParameterValue", message));
        }
    }
    Ok(data)
}

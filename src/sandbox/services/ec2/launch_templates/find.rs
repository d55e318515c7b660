//! Which template a request means.

use serde_json::Value;

use crate::sandbox::services::ec2::state::LaunchTemplate;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::ApiError;
use crate::sandbox::world::World;

/// By `LaunchTemplateId` or `LaunchTemplateName`.
pub(super) fn find<'a>(world: &'a World, tree: &Value) -> Result<&'a LaunchTemplate, ApiError> {
    match (read::text(tree, "LaunchTemplateId"), read::text(tree, "LaunchTemplateName")) {
        (Some(_), Some(_)) => Err(ApiError::client(
            "InvalidParameterCombination",
            "You must specify either a launch template ID or a launch template name, but not both.",
        )),
        (Some(id), None) => world.ec2.launch_templates.get(id).ok_or_else(|| unknown_id(id)),
        (None, Some(name)) => world.ec2.launch_template_named(name).ok_or_else(|| unknown_name(name)),
        (None, None) => Err(ApiError::client(
            "MissingParameter",
            "You must specify either a launch template ID or a launch template name.",
        )),
    }
}

/// EC2's refusal of an id.
pub(super) fn unknown_id(id: &str) -> ApiError {
    let message = format!("The specified launch template, with template ID {id}, does not exist.");
    ApiError::client("InvalidLaunchTemplateId.NotFound", message)
}

/// EC2's refusal of a name.
pub(super) fn unknown_name(name: &str) -> ApiError {
    let message = format!("The specified launch template, with template name {name}, does not exist.");
    ApiError::client("InvalidLaunchTemplateName.NotFoundException", message)
}

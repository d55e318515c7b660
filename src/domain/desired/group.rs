//! The Auto Scaling group.

use super::names::ResourceNames;
use super::placement::Placement;
use super::tags::group_tags;
use crate::domain::error::Result;
use crate::domain::mutation::{GroupRequest, LaunchTemplateRef};
use crate::domain::nodegroup::NodegroupSpec;

/// What the group should be. The template's version is a number: with `$Latest` a change of the template would
/// reach new instances without the group, its activities or a plan ever showing it.
///
/// # Errors
/// As for [`group_tags`].
pub fn group_request(
    spec: &NodegroupSpec,
    names: &ResourceNames,
    placement: &Placement,
    template_version: i64,
) -> Result<GroupRequest> {
    Ok(GroupRequest {
        name: names.auto_scaling_group.clone(),
        size: spec.size,
        types: spec.types.names().into_iter().map(str::to_owned).collect(),
        distribution: spec.distribution.clone(),
        launch_template: LaunchTemplateRef {
            name: names.launch_template.clone(),
            version: template_version.to_string(),
        },
        subnet_ids: placement.subnet_ids(),
        tags: group_tags(spec)?,
        max_instance_lifetime: spec.settings.max_instance_lifetime,
        target_group_arns: spec.settings.target_group_arns.clone(),
        load_balancers: spec.settings.load_balancers.clone(),
    })
}

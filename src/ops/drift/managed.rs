//! How a group that EKS manages differs from what it should be.

use super::{Facts, image, secured, without_key_pair};
use crate::domain::desired::{
    ResourceNames, has_own_image, managed_template_data, nodegroup_difference, nodegroup_request, place, role_arn,
    template_difference,
};
use crate::domain::error::Result;
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::managed::is_ours;

/// What an `ensure` would change of it, and what it would refuse to.
pub(super) fn differences(spec: &NodegroupSpec, names: &ResourceNames, facts: &Facts) -> Result<Vec<String>> {
    let Some(there) = facts.nodegroups.get(&spec.name) else { return Ok(vec!["there is no such group".to_owned()]) };
    if !is_ours(there) {
        return Ok(vec![format!("the managed node group `{}` is not this group's", there.name)]);
    }
    let mut differences = vec![];
    let mut version = 1;
    if !spec.has_own_template() {
        let Some(template) = facts.templates.get(&names.launch_template) else {
            return Ok(vec![format!("there is no launch template `{}`", names.launch_template)]);
        };
        version = template.latest_version;
        let image = if has_own_image(spec) { Some(image(spec, facts)?) } else { None };
        let wanted = managed_template_data(spec, &facts.cluster, image.as_deref(), secured(spec, facts, template))?;
        let found = template_difference(&template.data, &wanted);
        differences.extend(found.into_iter().map(|what| format!("launch template: {what}")));
        differences.extend(without_key_pair(spec, facts));
        // New nodes are started from the version that EKS was told, whatever newer ones there are.
        let told = there.launch_template.as_ref().map(|template| template.version.as_str());
        if let Some(told) = told.filter(|told| *told != version.to_string()) {
            differences.push(format!(
                "nodes run version {told} of the launch template, not {version}: `spotscript roll nodegroup {}` has EKS replace them",
                there.name
            ));
        }
    }
    let role = spec.role.role_arn.clone().unwrap_or_else(|| role_arn(&facts.caller, &names.role));
    let placement = place(spec, &facts.subnets, &facts.offerings)?;
    let difference = nodegroup_difference(there, &nodegroup_request(spec, names, &placement, &role, version)?);
    differences.extend(difference.changes);
    differences.extend(difference.fixed);
    Ok(differences)
}

//! Why an instance is not what its group would start today.

use crate::domain::cloud::LaunchTemplateData;
use crate::domain::desired::template_difference;
use crate::domain::user_data::differ_in_labels_only;

/// In what an older version of the launch template differs from the present one, as far as a running node cannot be
/// changed: not its labels, taints and tags, and not the template's instance type, in whose place the group's types stand.
pub fn reasons(old: &LaunchTemplateData, current: &LaunchTemplateData) -> Vec<&'static str> {
    let mut differs = template_difference(old, current);
    differs.retain(|part| match *part {
        "tags" | "instance type" => false,
        "user data" => !differ_in_labels_only(&old.user_data, &current.user_data),
        _ => true,
    });
    differs
}

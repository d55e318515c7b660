//! Who made a group, told by its tags.

use crate::domain::cloud::AutoScalingGroup;
use crate::domain::desired::{NODEGROUP_TAG, OWNER_TAG};
use crate::domain::inventory::Owner;

/// The maker of a group. A stack or EKS comes before our own tag: they would undo our changes.
pub(in crate::ops) fn owner_of(group: &AutoScalingGroup) -> Owner {
    if group.tags.contains_key("aws:cloudformation:stack-name") {
        Owner::CloudFormation
    } else if group.tags.contains_key("eks:nodegroup-name") {
        Owner::Managed
    } else if group.tags.contains_key(OWNER_TAG) {
        Owner::Spotscript
    } else {
        Owner::Other
    }
}

/// The node group's name: from the tags of those who name groups, else the Auto Scaling group's own.
pub(in crate::ops) fn group_name(group: &AutoScalingGroup) -> &str {
    [NODEGROUP_TAG, "eks:nodegroup-name", "alpha.eksctl.io/nodegroup-name"]
        .iter()
        .find_map(|key| group.tags.get(*key))
        .unwrap_or(&group.name)
}

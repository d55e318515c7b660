//! From a specification and the facts of a cluster to the resources that should exist: pure functions.
//!
//! Operations compare the result with what they read; nothing here reads, writes or knows the time.

pub mod aws_auth;
mod difference;
mod group;
mod launch_template;
mod names;
mod nodegroup;
mod placement;
mod role;
mod ssh;
mod tags;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use difference::{GroupDifference, group_difference, template_difference};
pub use group::group_request;
pub use launch_template::{attached_security_groups, image_parameter, launch_template_data, managed_template_data};
pub use names::{NAME_PREFIX, ResourceNames};
pub use nodegroup::{
    NodegroupDifference, ami_type, has_own_image, newest_release_parameter, nodegroup_difference, nodegroup_request,
    nodegroup_tags,
};
pub use placement::{Placement, place};
pub use role::{DesiredRole, desired_role, instance_profile_arn, role_arn};
pub use ssh::{key_pair_name, needs_vpc_cidrs, ssh_rules, ssh_sources};
pub use tags::{
    CLUSTER_TAG, NODEGROUP_TAG, OWNER_TAG, ROLL_TAG, TEMPLATE_TAG_PREFIX, group_tags, launch_tags, resource_tags,
};

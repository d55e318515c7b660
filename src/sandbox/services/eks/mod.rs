//! Elastic Kubernetes Service.

mod access_entry;
mod addon;
mod cluster;
mod create_access_entry;
mod create_nodegroup;
mod list;
mod nodegroup;
mod nodegroup_members;
mod nodegroup_state;
pub mod state;
mod update_nodegroup;

pub use nodegroup_members::{scaling, taint_from, unavailable_from};

use super::Handler;
use crate::sandbox::wire::api::ApiError;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[
    ("ListClusters", cluster::list),
    ("DescribeCluster", cluster::describe),
    ("CreateAccessEntry", create_access_entry::create),
    ("DescribeAccessEntry", access_entry::describe),
    ("ListAccessEntries", access_entry::list),
    ("DeleteAccessEntry", access_entry::delete),
    ("CreateNodegroup", create_nodegroup::create),
    ("ListNodegroups", nodegroup::list),
    ("DescribeNodegroup", nodegroup::describe),
    ("UpdateNodegroupConfig", update_nodegroup::config),
    ("UpdateNodegroupVersion", update_nodegroup::version),
    ("DeleteNodegroup", nodegroup::delete),
    ("DescribeUpdate", update_nodegroup::describe),
    ("ListUpdates", update_nodegroup::list),
    ("ListAddons", addon::list),
    ("DescribeAddon", addon::describe),
];

fn not_found(message: String) -> ApiError {
    ApiError::with_status(404, "ResourceNotFoundException", message)
}

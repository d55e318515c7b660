//! Elastic Kubernetes Service.

mod access_entry;
mod addon;
mod cluster;
mod create_access_entry;
mod list;
mod nodegroup;
pub mod state;

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
    ("ListNodegroups", nodegroup::list),
    ("DescribeNodegroup", nodegroup::describe),
    ("ListAddons", addon::list),
    ("DescribeAddon", addon::describe),
];

fn not_found(message: String) -> ApiError {
    ApiError::with_status(404, "ResourceNotFoundException", message)
}

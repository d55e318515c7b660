//! The cluster's own objects: namespaces, add-ons, `aws-auth`.

use super::World;

/// Makes them.
pub fn install(_world: &mut World) {}

/// Maps a node role in `aws-auth`, for clusters that know no access entries.
pub fn map_role(_world: &mut World, _role_arn: &str) {}

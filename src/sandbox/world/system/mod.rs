//! The cluster's own objects: namespaces, add-ons, `aws-auth`.

use super::World;

/// Makes them.
pub fn install(_world: &mut World) {}

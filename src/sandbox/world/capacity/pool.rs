//! How many machines a pool has, and how many are free.

use crate::domain::cloud::Lifecycle;
use crate::domain::offerings;
use crate::sandbox::world::World;
use crate::sandbox::world::hash::{between, hash};

/// The key of a pool in [`crate::sandbox::services::ec2::state::Ec2State::pool_use`].
pub fn key(instance_type: &str, zone: &str, lifecycle: Lifecycle) -> String {
    format!("{instance_type}/{zone}/{}", lifecycle.as_str())
}

/// Free machines; `None` when the type is not offered in the zone.
pub fn free(world: &World, instance_type: &str, zone: &str, lifecycle: Lifecycle) -> Option<u64> {
    if !offerings::in_zone(&world.account.region, zone, instance_type) {
        return None;
    }
    if world.faults.is_exhausted(instance_type, zone, lifecycle) {
        return Some(0);
    }
    let size = between(hash(world.seed, &["pool", instance_type, zone]), 500, 5000).unsigned_abs();
    let used = world.ec2.pool_use.get(&key(instance_type, zone, lifecycle)).copied().unwrap_or(0);
    Some(size.saturating_sub(used))
}

/// Quota class of a type: `standard`, `g`, `p`, …
pub fn quota_class(instance_type: &str) -> &'static str {
    let family: String = instance_type.chars().take_while(char::is_ascii_alphabetic).collect();
    match family.as_str() {
        "g" | "gr" | "vt" => "g",
        "p" => "p",
        "f" => "f",
        "inf" => "inf",
        "trn" => "trn",
        "dl" => "dl",
        "u" | "u-" => "u",
        family if family.starts_with('x') => "x",
        _ => "standard",
    }
}

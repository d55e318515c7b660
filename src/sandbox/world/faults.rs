//! What is broken on purpose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clock::Millis;

/// Faults in force. `*` stands for every type or zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Exhausted pools as (type, zone).
    pub exhausted: Vec<(String, String)>,
    /// Zones in which nothing can be launched.
    pub broken_zones: Vec<String>,
    /// Extra time that a kubelet needs before it registers.
    pub join_delay: Millis,
    /// vCPU quotas that differ from the scenario's: class → vCPUs.
    pub quotas: BTreeMap<String, u64>,
}

impl Faults {
    /// Whether a pool was made to have no capacity.
    pub fn is_exhausted(&self, instance_type: &str, zone: &str) -> bool {
        let hit = |pattern: &str, value: &str| pattern == "*" || pattern == value;
        self.broken_zones.iter().any(|broken| broken == zone)
            || self.exhausted.iter().any(|(t, z)| hit(t, instance_type) && hit(z, zone))
    }
}

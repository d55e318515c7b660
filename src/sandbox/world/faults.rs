//! What is broken on purpose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clock::Millis;
use super::{World, spot};
use crate::domain::cloud::Lifecycle;

/// Faults in force. `*` stands for every type or zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Spot pools that are exhausted, as (type, zone).
    pub exhausted: Vec<(String, String)>,
    /// Zones in which nothing can be launched.
    pub broken_zones: Vec<String>,
    /// Extra time that a kubelet needs before it registers.
    pub join_delay: Millis,
    /// vCPU quotas that differ from the scenario's: class → vCPUs.
    pub quotas: BTreeMap<String, u64>,
}

impl Faults {
    /// Whether a pool was made to have no capacity. Spot runs out where On-Demand does not; a broken zone has neither.
    pub fn is_exhausted(&self, instance_type: &str, zone: &str, lifecycle: Lifecycle) -> bool {
        let hit = |pattern: &str, value: &str| pattern == "*" || pattern == value;
        self.broken_zones.iter().any(|broken| broken == zone)
            || lifecycle == Lifecycle::Spot && self.exhausted.iter().any(|(t, z)| hit(t, instance_type) && hit(z, zone))
    }
}

impl World {
    /// Takes all Spot capacity from pools; `*` stands for every type or zone. Running instances stay.
    pub fn exhaust(&mut self, instance_type: &str, zone: &str) {
        let fault = (instance_type.to_owned(), zone.to_owned());
        if !self.faults.exhausted.contains(&fault) {
            self.faults.exhausted.push(fault);
        }
    }

    /// Takes [`World::exhaust`] back: the faults that name exactly this; `*`, `*` takes back all.
    pub fn restore(&mut self, instance_type: &str, zone: &str) {
        let all = instance_type == "*" && zone == "*";
        self.faults.exhausted.retain(|(t, z)| !all && (t != instance_type || z != zone));
    }

    /// Breaks a zone: nothing can be launched there.
    pub fn break_zone(&mut self, zone: &str) {
        if !self.faults.broken_zones.iter().any(|broken| broken == zone) {
            self.faults.broken_zones.push(zone.to_owned());
        }
    }

    /// Takes [`World::break_zone`] back.
    pub fn repair_zone(&mut self, zone: &str) {
        self.faults.broken_zones.retain(|broken| broken != zone);
    }

    /// Sets a vCPU quota such as `standard/spot`; `None` gives the account's own back.
    pub fn set_quota(&mut self, class: &str, vcpus: Option<u64>) {
        match vcpus {
            Some(vcpus) => self.faults.quotas.insert(class.to_owned(), vcpus),
            None => self.faults.quotas.remove(class),
        };
    }

    /// Removes the Spot service-linked role, as in an account that never used Spot. `false` when it was not there.
    pub fn remove_spot_service_linked_role(&mut self) -> bool {
        self.iam.roles.remove("AWSServiceRoleForEC2Spot").is_some()
    }

    /// Kubelets of instances launched from now on register so many milliseconds late.
    pub fn delay_join(&mut self, millis: Millis) {
        self.faults.join_delay = millis.max(0);
    }

    /// Begins a Spot interruption: rebalance recommendation now, two-minute notice after a minute, then the end.
    /// `false` when there is no such living Spot instance or it is being interrupted already.
    pub fn reclaim(&mut self, instance: &str) -> bool {
        spot::reclaim(self, instance)
    }
}

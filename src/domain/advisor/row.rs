//! What the feed says about one type in one region.

use serde::{Deserialize, Serialize};

use crate::domain::catalogue;

/// A bucket of the share of running instances that were reclaimed in the trailing month.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interruption {
    /// The feed's number of the bucket: 0 is the calmest.
    pub index: u32,
    /// The feed's label: `<5%`, `5-10%`, … Its numbers are the only ones there are.
    pub label: String,
}

/// One type in one region. What the feed does not say is `None`: never zero.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AdvisorRow {
    /// Instance type name.
    pub instance_type: String,
    /// Virtual CPUs.
    pub vcpu: Option<u32>,
    /// GiB.
    pub memory_gib: Option<f64>,
    /// Percent saved against On-Demand over the last 30 days; negative where Spot cost more.
    pub savings: Option<i32>,
    /// How often instances were reclaimed.
    pub interruption: Option<Interruption>,
}

/// A row for a type that the feed lacks: what the catalogue knows, and nothing else.
pub(super) fn unknown(name: &str) -> AdvisorRow {
    let known = catalogue::get(name);
    AdvisorRow {
        instance_type: name.to_owned(),
        vcpu: known.map(|known| known.vcpu),
        memory_gib: known.map(|known| known.shape().memory_gib()),
        savings: None,
        interruption: None,
    }
}

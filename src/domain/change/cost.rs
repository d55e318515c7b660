//! What groups would cost per hour before and after a plan, as far as prices are known.

use serde::{Deserialize, Serialize};

use crate::domain::advisor::OperatingSystem;
use crate::domain::autoscaler_tags;
use crate::domain::cloud::{AutoScalingGroup, SpotPrice};
use crate::domain::desired::NODEGROUP_TAG;

/// EKS's tag for the name of a group that it manages.
const MANAGED_TAG: &str = "eks:nodegroup-name";

/// A group whose capacity a plan touches: as it is, and as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Regrouped {
    /// Now; `None` when it is not there.
    pub before: Option<AutoScalingGroup>,
    /// Then; `None` when it would be gone.
    pub after: Option<AutoScalingGroup>,
    /// What EKS calls the image of the group, when it manages it.
    pub ami_type: Option<String>,
}

impl Regrouped {
    /// The name that people gave it.
    pub fn name(&self) -> &str {
        let Some(group) = self.after.as_ref().or(self.before.as_ref()) else { return "" };
        let given = [NODEGROUP_TAG, MANAGED_TAG].iter().find_map(|tag| group.tags.get(*tag));
        given.unwrap_or(&group.name)
    }

    /// What its machines run, which decides their price: told by the image of a managed group, by a tag of any other.
    pub fn os(&self) -> OperatingSystem {
        let tag = |group: &AutoScalingGroup| group.tags.get(autoscaler_tags::OS).is_some_and(|os| os == "windows");
        let image = self.ami_type.as_ref().is_some_and(|kind| kind.starts_with("WINDOWS_"));
        match image || self.after.as_ref().or(self.before.as_ref()).is_some_and(tag) {
            true => OperatingSystem::Windows,
            false => OperatingSystem::Linux,
        }
    }

    /// All instance types, each once.
    pub fn types(&self) -> impl Iterator<Item = &String> {
        self.before.iter().chain(&self.after).flat_map(|group| &group.types)
    }
}

/// What a group costs per hour, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// The group, by the name that people gave it.
    pub group: String,
    /// Now.
    pub before: Hourly,
    /// Then.
    pub after: Hourly,
}

impl Cost {
    /// At these prices of its operating system. `None` when it stays the same.
    pub fn of(group: &Regrouped, prices: &[SpotPrice]) -> Option<Self> {
        let hourly = |side: &Option<AutoScalingGroup>| {
            side.as_ref().map_or_else(Hourly::default, |group| Hourly::of(group, prices))
        };
        let cost = Cost { group: group.name().to_owned(), before: hourly(&group.before), after: hourly(&group.after) };
        (cost.before != cost.after).then_some(cost)
    }
}

/// US dollars per hour. Which of its types and zones a group gets is the allocation strategy's: so it is a range. Prices of
/// On-Demand instances are not known here, these are counted only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hourly {
    /// Spot instances at the desired size.
    pub spot_instances: u32,
    /// On-Demand instances at the desired size.
    pub on_demand_instances: u32,
    /// The Spot instances in the cheapest pool; `None` when no price is known.
    pub lowest_usd: Option<f64>,
    /// The Spot instances in the dearest pool.
    pub highest_usd: Option<f64>,
}

impl Hourly {
    fn of(group: &AutoScalingGroup, prices: &[SpotPrice]) -> Self {
        let desired = group.size.desired;
        let on_demand_instances = group.distribution.as_ref().map_or(desired, |it| it.on_demand_of(desired));
        let spot_instances = desired - on_demand_instances;
        let pools = prices.iter().filter(|price| {
            group.types.contains(&price.instance_type) && (group.zones.is_empty() || group.zones.contains(&price.zone))
        });
        let mut known: Vec<f64> = pools.filter_map(|price| price.price.parse().ok()).collect();
        known.sort_by(f64::total_cmp);
        // To a hundredth of a cent: what binary fractions add is not money.
        let of_all = |price: &f64| (price * f64::from(spot_instances) * 10_000.0).round() / 10_000.0;
        Hourly {
            spot_instances,
            on_demand_instances,
            lowest_usd: known.first().map(of_all),
            highest_usd: known.last().map(of_all),
        }
    }
}

//! How a group divides its instances between On-Demand and Spot, and picks Spot pools.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The Spot allocation strategies of an Auto Scaling group. EC2 Fleet's `diversified` is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpotAllocationStrategy {
    /// The API's default: cheapest pools. Causes most interruptions.
    LowestPrice,
    /// Pools with most spare capacity.
    CapacityOptimized,
    /// As before, honouring the order of the types.
    CapacityOptimizedPrioritized,
    /// Spare capacity first, then price: AWS's recommendation.
    PriceCapacityOptimized,
}

impl SpotAllocationStrategy {
    /// Every strategy.
    pub const ALL: [SpotAllocationStrategy; 4] = [
        SpotAllocationStrategy::LowestPrice,
        SpotAllocationStrategy::CapacityOptimized,
        SpotAllocationStrategy::CapacityOptimizedPrioritized,
        SpotAllocationStrategy::PriceCapacityOptimized,
    ];

    /// AWS's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            SpotAllocationStrategy::LowestPrice => "lowest-price",
            SpotAllocationStrategy::CapacityOptimized => "capacity-optimized",
            SpotAllocationStrategy::CapacityOptimizedPrioritized => "capacity-optimized-prioritized",
            SpotAllocationStrategy::PriceCapacityOptimized => "price-capacity-optimized",
        }
    }
}

impl fmt::Display for SpotAllocationStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// AWS's InstancesDistribution. Build it with [`Distribution::spot`] and the setters' checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// On-Demand instances before any Spot.
    pub on_demand_base: u32,
    /// Percent of On-Demand above the base, 0 to 100. AWS's own default is 100: no Spot at all.
    pub on_demand_percentage: u8,
    /// How Spot pools are chosen.
    pub strategy: SpotAllocationStrategy,
    /// Number of pools, only with `lowest-price`: 1 to 20.
    pub spot_pools: Option<u32>,
    /// Highest price in US dollars per hour, as text; `None` is the On-Demand price.
    pub max_price: Option<String>,
    /// Start a replacement when AWS recommends it, before the interruption.
    pub capacity_rebalance: bool,
}

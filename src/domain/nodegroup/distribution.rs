//! How a group divides its instances between On-Demand and Spot, and picks Spot pools.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::code::Code;
use crate::domain::error::{Error, Result, nearest};

/// Lowest maximum price that AWS takes, in US dollars per hour.
const MIN_PRICE: f64 = 0.001;

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

    /// Reads AWS's spelling.
    ///
    /// # Errors
    /// `SPOT-0131` with the strategies and the nearest one. `diversified` gets its own reason.
    pub fn parse(text: &str) -> Result<Self> {
        let known = SpotAllocationStrategy::ALL.map(SpotAllocationStrategy::as_str);
        if let Some(strategy) = SpotAllocationStrategy::ALL.into_iter().find(|strategy| strategy.as_str() == text) {
            return Ok(strategy);
        }
        let error = Error::new(Code::InvalidDistribution, format!("`{text}` is not a Spot allocation strategy"));
        if text == "diversified" {
            return Err(Error::new(
                Code::InvalidDistribution,
                "`diversified` is not a Spot allocation strategy of an Auto Scaling group",
            )
            .because("it is one of EC2 Fleet and Spot Fleet; CreateAutoScalingGroup refuses it")
            .help("use `price-capacity-optimized`, which spreads over pools by capacity and price"));
        }
        let plain = text.trim().to_ascii_lowercase().replace(['_', ' '], "-");
        let choice = format!("the strategies are `{}`", known.join("`, `"));
        Err(error.help(match nearest(&plain, known) {
            Some(near) => format!("did you mean `{near}`? {choice}"),
            None => choice,
        }))
    }

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

/// AWS's InstancesDistribution. Build it with [`Distribution::spot`] or [`Distribution::new`] and the `with_` setters.
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

impl Distribution {
    /// How many of so many instances are On-Demand: the base, and the percentage of the rest, rounded up as AWS does.
    pub fn on_demand_of(&self, instances: u32) -> u32 {
        let base = self.on_demand_base.min(instances);
        base + ((instances - base) * u32::from(self.on_demand_percentage)).div_ceil(100)
    }

    /// All instances Spot.
    pub const fn spot(strategy: SpotAllocationStrategy) -> Self {
        Distribution {
            on_demand_base: 0,
            on_demand_percentage: 0,
            strategy,
            spot_pools: None,
            max_price: None,
            capacity_rebalance: false,
        }
    }

    /// With AWS's default for what was left out: two pools, with `lowest-price`.
    #[must_use]
    pub fn in_force(&self) -> Self {
        let lowest = self.strategy == SpotAllocationStrategy::LowestPrice;
        Distribution { spot_pools: self.spot_pools.or(lowest.then_some(2)), ..self.clone() }
    }

    /// How many of so many instances are Spot: Auto Scaling rounds in favour of On-Demand.
    pub fn spot_among(&self, instances: u32) -> u32 {
        let above = instances.saturating_sub(self.on_demand_base);
        let spot = u64::from(above) * u64::from(100 - self.on_demand_percentage.min(100)) / 100;
        u32::try_from(spot).unwrap_or(above)
    }

    /// `base` On-Demand instances, and `percentage` of On-Demand above them.
    ///
    /// # Errors
    /// `SPOT-0131` when the base is negative or the percentage is not from 0 to 100.
    pub fn new(base: i64, percentage: i64, strategy: SpotAllocationStrategy) -> Result<Self> {
        let on_demand_base = u32::try_from(base).ok().filter(|base| i32::try_from(*base).is_ok()).ok_or_else(|| {
            Error::new(Code::InvalidDistribution, format!("the On-Demand base is {base}"))
                .help("it is a number of instances, 0 or more")
        })?;
        let on_demand_percentage =
            u8::try_from(percentage).ok().filter(|percent| *percent <= 100).ok_or_else(|| {
                Error::new(Code::InvalidDistribution, format!("the On-Demand percentage is {percentage}"))
                    .help("it is the share above the base, from 0 (all Spot) to 100 (no Spot)")
            })?;
        Ok(Distribution { on_demand_base, on_demand_percentage, ..Distribution::spot(strategy) })
    }

    /// Sets how many of the cheapest pools are used.
    ///
    /// # Errors
    /// `SPOT-0131` when the number is not from 1 to 20, or the strategy is not `lowest-price`.
    pub fn with_spot_pools(self, pools: i64) -> Result<Self> {
        let spot_pools = u32::try_from(pools).map_err(|_| pools_out_of_range(pools))?;
        let made = Distribution { spot_pools: Some(spot_pools), ..self };
        made.validate_pools()?;
        Ok(made)
    }

    /// Sets the highest price, in US dollars per hour.
    ///
    /// # Errors
    /// `SPOT-0131` when it is not a decimal number of at least 0.001.
    pub fn with_max_price(self, price: &str) -> Result<Self> {
        let made = Distribution { max_price: Some(price.to_owned()), ..self };
        made.validate_price()?;
        Ok(made)
    }

    /// Sets whether replacements start when AWS recommends a rebalance.
    #[must_use]
    pub fn with_capacity_rebalance(self, capacity_rebalance: bool) -> Self {
        Distribution { capacity_rebalance, ..self }
    }

    /// Checks everything that the setters check.
    ///
    /// # Errors
    /// `SPOT-0131` with the rule that is broken.
    pub fn validate(&self) -> Result<()> {
        Distribution::new(self.on_demand_base.into(), self.on_demand_percentage.into(), self.strategy)?;
        self.validate_pools()?;
        self.validate_price()
    }

    fn validate_pools(&self) -> Result<()> {
        match self.spot_pools {
            Some(pools) if !(1..=20).contains(&pools) => Err(pools_out_of_range(pools.into())),
            Some(_) if self.strategy != SpotAllocationStrategy::LowestPrice => Err(Error::new(
                Code::InvalidDistribution,
                format!("a number of Spot pools cannot go with the strategy `{}`", self.strategy),
            )
            .help("leave the number out, or use `lowest-price`")),
            _ => Ok(()),
        }
    }

    fn validate_price(&self) -> Result<()> {
        let Some(price) = &self.max_price else { return Ok(()) };
        // YAML 1.1 reads `010` as eight: a price does not begin so.
        let decimal = price.chars().all(|c| c.is_ascii_digit() || c == '.')
            && !price.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        match price.parse::<f64>() {
            Ok(value) if decimal && value >= MIN_PRICE && value.is_finite() && price.len() <= 255 => Ok(()),
            _ => Err(Error::new(Code::InvalidDistribution, format!("the highest Spot price is `{price}`")).help(
                "it is a decimal number of US dollars per hour, 0.001 or more; without it, the On-Demand price holds",
            )),
        }
    }
}

fn pools_out_of_range(pools: i64) -> Error {
    Error::new(Code::InvalidDistribution, format!("the number of Spot pools is {pools}")).help("it is from 1 to 20")
}

#[cfg(test)]
mod tests {
    use super::SpotAllocationStrategy::{CapacityOptimized, LowestPrice};
    use super::*;

    #[test]
    fn the_base_comes_first_and_a_started_percent_counts_whole() {
        let of = |base, percent, instances| {
            let usual = Distribution::spot(SpotAllocationStrategy::CapacityOptimized);
            Distribution { on_demand_base: base, on_demand_percentage: percent, ..usual }.on_demand_of(instances)
        };
        assert_eq!([of(0, 0, 5), of(2, 0, 5), of(7, 0, 5), of(0, 100, 5)], [0, 2, 5, 5]);
        assert_eq!([of(1, 50, 4), of(0, 10, 1), of(0, 50, 0)], [3, 1, 0]);
    }

    #[test]
    fn strategies_are_those_of_an_auto_scaling_group() {
        for strategy in SpotAllocationStrategy::ALL {
            assert_eq!(SpotAllocationStrategy::parse(strategy.as_str()).unwrap(), strategy);
        }
        let refuse = |text| SpotAllocationStrategy::parse(text).unwrap_err();
        let diversified = refuse("diversified");
        assert_eq!(diversified.code, Code::InvalidDistribution);
        assert!(diversified.causes[0].contains("EC2 Fleet"), "{diversified:?}");
        assert!(refuse("capacity_optimised").help.unwrap().starts_with("did you mean `capacity-optimized`?"));
        assert!(refuse("zebra").help.unwrap().starts_with("the strategies are"));
    }

    #[test]
    fn numbers_out_of_range_are_refused_with_the_number() {
        let message = |result: Result<Distribution>| result.unwrap_err().message;
        assert!(message(Distribution::new(-1, 0, LowestPrice)).contains("-1"));
        assert!(message(Distribution::new(0, 101, LowestPrice)).contains("101"));
        assert!(message(Distribution::new(0, -1, LowestPrice)).contains("-1"));
        let spot = Distribution::spot(LowestPrice);
        for pools in [0, 21, -1, i64::MAX] {
            assert!(message(spot.clone().with_spot_pools(pools)).contains(&pools.to_string()));
        }
        assert!(spot.clone().with_spot_pools(20).is_ok());
        assert!(message(Distribution::spot(CapacityOptimized).with_spot_pools(2)).contains("`capacity-optimized`"));
        for price in ["0", "0.0009", "-1", "1e3", "abc", "", "NaN", "inf", ".", "010", "00.5"] {
            assert!(message(spot.clone().with_max_price(price)).contains(price), "{price}");
        }
        assert!(spot.with_max_price("0.017").is_ok());
    }
}

//! Instance types, and how a group divides itself between On-Demand and Spot.

use std::collections::HashSet;

use super::{Fields, Reader};
use crate::domain::nodegroup::{Distribution, NodegroupSpec, SpotAllocationStrategy};

/// eksctl's type for a group that names none.
const DEFAULT_TYPE: &str = "m5.large";
/// Most types that eksctl lets a group name.
const MAX_NAMED: usize = 20;

impl Reader<'_> {
    pub(super) fn types_and_distribution(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let single = group.text("instanceType").filter(|(single, _)| !single.is_empty() && single != "mixed");
        let distribution = group.fields("instancesDistribution");
        let selects = group.asks("instanceSelector") || group.fields("instanceSelector").is_some_and(|s| s.has("gpus"));
        if let Some((name, at)) = single.as_ref().filter(|_| distribution.is_some() || selects) {
            let other = if distribution.is_some() { "instancesDistribution" } else { "instanceSelector" };
            let message = format!("`{}` is `{name}` while `{other}` names the types", group.path("instanceType"));
            self.bad(*at, message, "leave it out, or write `mixed`");
        }
        match &distribution {
            Some(fields) => self.mixed(fields, selects, spec),
            None => {
                if !selects {
                    let default = || (DEFAULT_TYPE.to_owned(), group.at);
                    self.types(&[single.unwrap_or_else(default)], spec);
                }
                spec.distribution = Distribution {
                    on_demand_percentage: 100,
                    ..Distribution::spot(SpotAllocationStrategy::LowestPrice)
                };
                self.note(
                    group.at,
                    format!("`{}` has no `instancesDistribution`: all its nodes are On-Demand", group.path),
                );
            }
        }
        self.selector(group, spec);
        let key = if distribution.is_some() { "instancesDistribution" } else { "instanceType" };
        self.one_architecture(group.key_at(key), spec);
    }

    fn mixed(&mut self, fields: &Fields, selects: bool, spec: &mut NodegroupSpec) {
        let names = fields.texts("instanceTypes");
        if names.is_empty()
            && !selects
            && !self.unresolved.iter().any(|path| path.starts_with(&fields.path("instanceTypes")))
        {
            let message = format!("`{}` names no instance type", fields.path("instanceTypes"));
            self.bad(fields.key_at("instanceTypes"), message, "name at least one");
        }
        let distinct = names.iter().map(|(name, _)| name).collect::<HashSet<_>>().len();
        if distinct > MAX_NAMED {
            let message =
                format!("`{}` names {distinct} types, eksctl takes {MAX_NAMED}", fields.path("instanceTypes"));
            self.bad(fields.key_at("instanceTypes"), message, format!("leave out {} or more", distinct - MAX_NAMED));
        }
        self.types(&names, spec);
        // What AWS does when it is not told: all On-Demand above a base of 0, cheapest pools.
        let base = fields.int("onDemandBaseCapacity").unwrap_or(0);
        let percentage = fields.int("onDemandPercentageAboveBaseCapacity");
        let path = &fields.path;
        if percentage.is_none() {
            self.note(
                fields.at,
                format!("`{path}` sets no `onDemandPercentageAboveBaseCapacity`: AWS then takes 100, no Spot at all"),
            );
        }
        let strategy = match fields.text("spotAllocationStrategy").filter(|(text, _)| !text.is_empty()) {
            Some((text, at)) => self.keep(at, SpotAllocationStrategy::parse(&text)),
            None => {
                self.note(
                    fields.at,
                    format!("`{path}` sets no `spotAllocationStrategy`: AWS then takes `lowest-price`"),
                );
                Some(SpotAllocationStrategy::LowestPrice)
            }
        };
        let unknown = strategy.is_none();
        let strategy = strategy.unwrap_or(SpotAllocationStrategy::LowestPrice);
        let key = if Distribution::new(base, 0, strategy).is_err() {
            "onDemandBaseCapacity"
        } else {
            "onDemandPercentageAboveBaseCapacity"
        };
        let made = self.keep(fields.value_at(key), Distribution::new(base, percentage.unwrap_or(100), strategy));
        let mut made = made.unwrap_or_else(|| Distribution::spot(strategy));
        if let Some(pools) = fields.int("spotInstancePools").filter(|_| !unknown) {
            let at = fields.value_at("spotInstancePools");
            made = self.keep(at, made.clone().with_spot_pools(pools)).unwrap_or(made);
        }
        if let Some((price, at)) = fields.text("maxPrice") {
            made = self.keep(at, made.clone().with_max_price(&price)).unwrap_or(made);
        }
        let rebalance = fields.bool("capacityRebalance").unwrap_or_default();
        spec.distribution = made.with_capacity_rebalance(rebalance);
    }
}

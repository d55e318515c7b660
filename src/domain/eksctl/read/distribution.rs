//! Instance types, and how a group divides itself between On-Demand and Spot.

use super::{Fields, Reader, is_unset, schema};
use crate::domain::catalogue;
use crate::domain::code::Code;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{Distribution, NodegroupSpec, SpotAllocationStrategy};
use crate::domain::yaml::{Entry, Mark};

/// eksctl's type for a group that names none.
const DEFAULT_TYPE: &str = "m5.large";

impl Reader<'_> {
    pub(super) fn types_and_distribution(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        let single = self.text_field(fields, "instanceType");
        match fields.get("instancesDistribution") {
            Some(entry) => {
                if let Some((single, at)) = single.filter(|(single, _)| !single.is_empty() && single != "mixed") {
                    let message = format!(
                        "`{}` is `{single}` while `instancesDistribution` names the types",
                        fields.path("instanceType")
                    );
                    self.refuse(at, Code::DocumentValue, message, "leave it out, or write `mixed`");
                }
                self.mixed(entry, &fields.path("instancesDistribution"), spec);
            }
            None => {
                let (name, at) = single
                    .filter(|(single, _)| !single.is_empty())
                    .unwrap_or_else(|| (DEFAULT_TYPE.to_owned(), fields.at));
                spec.types = self.types(&[(name, at)]);
                spec.distribution = Distribution {
                    on_demand_percentage: 100,
                    ..Distribution::spot(SpotAllocationStrategy::LowestPrice)
                };
                self.note(
                    fields.at,
                    format!("`{}` has no `instancesDistribution`: all its nodes are On-Demand", fields.path),
                );
            }
        }
    }

    fn mixed(&mut self, entry: &Entry, path: &str, spec: &mut NodegroupSpec) {
        let Some(fields) = self.fields(&entry.value, path, &schema::DISTRIBUTION) else { return };
        let names = self.texts_field(&fields, "instanceTypes");
        if fields.get("instanceTypes").is_none_or(|types| is_unset(&types.value)) {
            let message = format!("`{}` names no instance type", fields.path("instanceTypes"));
            self.refuse(entry.at, Code::DocumentValue, message, "name at least one");
        }
        spec.types = self.types(&names);
        // What AWS does when it is not told: all On-Demand above a base of 0, cheapest pools.
        let base = self.int_field(&fields, "onDemandBaseCapacity").unwrap_or(0);
        let percentage = self.int_field(&fields, "onDemandPercentageAboveBaseCapacity");
        if percentage.is_none() {
            self.note(
                entry.at,
                format!("`{path}` sets no `onDemandPercentageAboveBaseCapacity`: AWS then takes 100, no Spot at all"),
            );
        }
        let strategy = match self.text_field(&fields, "spotAllocationStrategy") {
            Some((text, at)) => self.keep(at, SpotAllocationStrategy::parse(&text)),
            None => {
                self.note(
                    entry.at,
                    format!("`{path}` sets no `spotAllocationStrategy`: AWS then takes `lowest-price`"),
                );
                Some(SpotAllocationStrategy::LowestPrice)
            }
        };
        let Some(strategy) = strategy else { return };
        let made = Distribution::new(base, percentage.unwrap_or(100), strategy);
        let Some(mut made) = self.keep(entry.at, made) else { return };
        if let Some(pools) = self.int_field(&fields, "spotInstancePools") {
            let at = fields.get("spotInstancePools").map_or(entry.at, |entry| entry.value.at);
            made = self.keep(at, made.clone().with_spot_pools(pools)).unwrap_or(made);
        }
        if let Some((price, at)) = self.number_field(&fields, "maxPrice") {
            made = self.keep(at, made.clone().with_max_price(&price)).unwrap_or(made);
        }
        let rebalance = self.bool_field(&fields, "capacityRebalance").unwrap_or_default();
        spec.distribution = made.with_capacity_rebalance(rebalance);
    }

    fn types(&mut self, names: &[(String, Mark)]) -> InstanceTypes {
        let mut known = Vec::new();
        for (name, at) in names {
            match catalogue::get(name) {
                Some(found) => known.push(found.clone()),
                None => {
                    self.keep(*at, InstanceTypes::parse([name]));
                }
            }
        }
        known.into_iter().collect()
    }
}

//! `with_…`: copies of a described group that differ in one thing. What was left unsaid stays as it was.

use rhai::plugin::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::nodegroup_options::price;
use super::values::Nodegroup;
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::{Distribution, NodegroupSpec, Size, SpotAllocationStrategy};

/// Options of `with_size`.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SizeChange {
    /// Fewest nodes.
    min: Option<i64>,
    /// Most nodes.
    max: Option<i64>,
    /// Nodes wanted.
    desired: Option<i64>,
}

impl SizeChange {
    fn apply(self, to: Size) -> Result<Size> {
        Size::new(
            self.min.unwrap_or(to.min.into()),
            self.desired.unwrap_or(to.desired.into()),
            self.max.unwrap_or(to.max.into()),
        )
    }
}

/// Options of `with_spot`.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpotChange {
    /// How Spot pools are chosen.
    #[schemars(extend("enum" = super::schema::strategies()))]
    strategy: Option<String>,
    /// On-Demand nodes before any Spot node.
    on_demand_base: Option<i64>,
    /// Percentage of On-Demand nodes above the base.
    on_demand_percent: Option<i64>,
    /// Number of pools; for `lowest-price` alone.
    pools: Option<i64>,
    /// Most to pay for an instance hour, in US dollars.
    max_price: Option<Value>,
    /// Whether a replacement starts when a Spot instance is at risk.
    capacity_rebalance: Option<bool>,
}

impl SpotChange {
    fn apply(self, to: &Distribution) -> Result<Distribution> {
        let strategy = match &self.strategy {
            Some(text) => SpotAllocationStrategy::parse(text)?,
            None => to.strategy,
        };
        // The number of pools belongs to the strategy it was given for.
        let kept_pools = to.spot_pools.filter(|_| strategy == to.strategy).map(i64::from);
        let mut changed = Distribution::new(
            self.on_demand_base.unwrap_or(to.on_demand_base.into()),
            self.on_demand_percent.unwrap_or(to.on_demand_percentage.into()),
            strategy,
        )?
        .with_capacity_rebalance(self.capacity_rebalance.unwrap_or(to.capacity_rebalance));
        if let Some(pools) = self.pools.or(kept_pools) {
            changed = changed.with_spot_pools(pools)?;
        }
        match self.max_price.as_ref().and_then(price).or_else(|| to.max_price.clone()) {
            Some(price) => changed.with_max_price(&price),
            None => Ok(changed),
        }
    }
}

/// A copy with a change, valid as a whole.
fn copy(group: &Nodegroup, change: impl FnOnce(&mut NodegroupSpec) -> Result<()>) -> Result<Nodegroup> {
    let mut spec = (*group.0).clone();
    change(&mut spec)?;
    spec.validate()?;
    Ok(Nodegroup(spec.into()))
}

/// Copies of described groups.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::copy;
    use crate::bindings::call::{Outcome, pure};
    use crate::bindings::values::{Nodegroup, Types};
    use crate::bindings::{nodegroup_options, options};
    use indexmap::IndexMap;
    use rhai::{Array, Map};

    /// The same group under another name.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// check("renamed", group.with_name("dev-spot-2").name == "dev-spot-2");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn with_name(ctx: NativeCallContext, group: &mut Nodegroup, name: &str) -> Outcome<Nodegroup> {
        pure(&ctx, || {
            copy(group, |spec| {
                name.clone_into(&mut spec.name);
                Ok(())
            })
        })
    }

    /// The same group of other instance types.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// check("wider", group.with_types(spot::types(["m5.xlarge", "t3.xlarge"])).types.len == 2);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn with_types(ctx: NativeCallContext, group: &mut Nodegroup, types: Types) -> Outcome<Nodegroup> {
        pure(&ctx, || {
            copy(group, |spec| {
                types.0.same_shape()?;
                spec.types = (*types.0).clone();
                Ok(())
            })
        })
    }

    /// The same group of another size. Options: `min`, `max`, `desired`; those left out stay.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], min: 0, max: 5 });
    /// check("one wanted", group.with_size(#{ desired: 1 }).desired == 1);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn with_size(ctx: NativeCallContext, group: &mut Nodegroup, sizes: Map) -> Outcome<Nodegroup> {
        pure(&ctx, || {
            let change = options::parse::<super::SizeChange>("with_size", sizes)?;
            copy(group, |spec| {
                spec.size = change.apply(spec.size)?;
                Ok(())
            })
        })
    }

    /// The same group with On-Demand and Spot divided in another way. Options: `strategy`, `on_demand_base`,
    /// `on_demand_percent`, `pools`, `max_price`, `capacity_rebalance`; those left out stay.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// let safe = group.with_spot(#{ on_demand_percent: 100 });
    /// check("no Spot", safe.spec().distribution.on_demand_percentage == 100);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn with_spot(ctx: NativeCallContext, group: &mut Nodegroup, division: Map) -> Outcome<Nodegroup> {
        pure(&ctx, || {
            let change = options::parse::<super::SpotChange>("with_spot", division)?;
            copy(group, |spec| {
                if spec.managed.is_some() {
                    let message =
                        format!("EKS divides Spot and On-Demand of managed node group `{}` itself", spec.name);
                    return Err(Error::new(Code::InvalidValue, message)
                        .help("describe it with `spot: true` or `spot: false`, or use `eks::nodegroup`"));
                }
                spec.distribution = change.apply(&spec.distribution)?;
                Ok(())
            })
        })
    }

    /// The same group with these labels in the place of its own.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// check("labelled", group.with_labels(#{ intent: "apps" }).labels["intent"] == "apps");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn with_labels(ctx: NativeCallContext, group: &mut Nodegroup, labels: Map) -> Outcome<Nodegroup> {
        pure(&ctx, || {
            let labels = options::parse::<IndexMap<String, String>>("with_labels", labels)?;
            copy(group, |spec| {
                spec.labels = labels;
                Ok(())
            })
        })
    }

    /// The same group with these taints in the place of its own.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// check("tainted", group.with_taints(["a=b:NoSchedule"]).taints.len == 1);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn with_taints(ctx: NativeCallContext, group: &mut Nodegroup, taints: Array) -> Outcome<Nodegroup> {
        pure(&ctx, || {
            let taints = options::json("with_taints", "taints", rhai::Dynamic::from_array(taints))?;
            copy(group, |spec| {
                spec.taints = nodegroup_options::taints(taints)?;
                Ok(())
            })
        })
    }
}

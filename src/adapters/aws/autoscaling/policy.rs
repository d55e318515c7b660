//! Our distribution as AWS's mixed-instances policy, and back.

use aws_sdk_autoscaling::types as sdk;

use crate::adapters::aws::convert::{signed, unsigned};
use crate::domain::error::Result;
use crate::domain::mutation::LaunchTemplateRef;
use crate::domain::nodegroup::{Distribution, SpotAllocationStrategy};

/// What a group's policy says. `rebalance` is a member of the group itself.
pub(super) fn from_sdk(policy: &sdk::MixedInstancesPolicy, rebalance: bool) -> Distribution {
    let distribution = policy.instances_distribution.as_ref();
    let strategy = distribution.and_then(|d| d.spot_allocation_strategy.as_deref());
    let strategy = SpotAllocationStrategy::ALL.into_iter().find(|known| Some(known.as_str()) == strategy);
    // AWS reports two pools whenever the strategy is `lowest-price`, and sometimes when it is not.
    let strategy = strategy.unwrap_or(SpotAllocationStrategy::LowestPrice);
    let pools = distribution.and_then(|d| d.spot_instance_pools).filter(|pools| *pools > 0);
    Distribution {
        on_demand_base: unsigned(distribution.and_then(|d| d.on_demand_base_capacity)),
        on_demand_percentage: distribution
            .and_then(|d| d.on_demand_percentage_above_base_capacity)
            .and_then(|percentage| u8::try_from(percentage).ok())
            .unwrap_or(100),
        strategy,
        spot_pools: pools.filter(|_| strategy == SpotAllocationStrategy::LowestPrice).map(|n| unsigned(Some(n))),
        max_price: distribution.and_then(|d| d.spot_max_price.clone()).filter(|price| !price.is_empty()),
        capacity_rebalance: rebalance,
    }
}

/// The overrides' types, in order.
pub(super) fn types(policy: &sdk::MixedInstancesPolicy) -> Vec<String> {
    let overrides = policy.launch_template.as_ref().map(|template| template.overrides()).unwrap_or_default();
    overrides.iter().filter_map(|one| one.instance_type.clone()).collect()
}

/// A whole policy. Parts that are `None` are left out, which at an update means: unchanged.
pub(super) fn to_sdk(
    template: Option<&LaunchTemplateRef>,
    types: Option<&[String]>,
    distribution: Option<&Distribution>,
) -> Result<sdk::MixedInstancesPolicy> {
    let specification = |template: &LaunchTemplateRef| {
        sdk::LaunchTemplateSpecification::builder()
            .launch_template_name(&template.name)
            .version(&template.version)
            .build()
    };
    let overrides = |types: &[String]| -> Vec<_> {
        types.iter().map(|name| sdk::LaunchTemplateOverrides::builder().instance_type(name).build()).collect()
    };
    let launch_template = (template.is_some() || types.is_some()).then(|| {
        sdk::LaunchTemplate::builder()
            .set_launch_template_specification(template.map(specification))
            .set_overrides(types.map(overrides))
            .build()
    });
    let distribution = distribution.map(instances_distribution).transpose()?;
    let policy = sdk::MixedInstancesPolicy::builder();
    Ok(policy.set_launch_template(launch_template).set_instances_distribution(distribution).build())
}

/// A distribution that takes back what it does not say. An update leaves what it is not told as it is: AWS takes an empty
/// price for none, and the number of pools goes back to its default when it is sent.
pub(super) fn in_full(distribution: &Distribution) -> Distribution {
    let price = distribution.max_price.clone().unwrap_or_default();
    Distribution { max_price: Some(price), ..distribution.in_force() }
}

fn instances_distribution(distribution: &Distribution) -> Result<sdk::InstancesDistribution> {
    let pools = distribution.spot_pools.map(|pools| signed(pools, "spot pools")).transpose()?;
    Ok(sdk::InstancesDistribution::builder()
        .on_demand_base_capacity(signed(distribution.on_demand_base, "on-demand base")?)
        .on_demand_percentage_above_base_capacity(i32::from(distribution.on_demand_percentage))
        .spot_allocation_strategy(distribution.strategy.as_str())
        .set_spot_instance_pools(pools)
        .set_spot_max_price(distribution.max_price.clone())
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_survives_the_round_trip() {
        let distribution = Distribution {
            on_demand_base: 1,
            on_demand_percentage: 25,
            strategy: SpotAllocationStrategy::LowestPrice,
            spot_pools: Some(3),
            max_price: Some("0.05".to_owned()),
            capacity_rebalance: true,
        };
        let wanted = ["m5.xlarge".to_owned(), "m4.xlarge".to_owned()];
        let policy = to_sdk(None, Some(&wanted), Some(&distribution));
        let policy = policy.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(from_sdk(&policy, true), distribution);
        assert_eq!(types(&policy), wanted);
    }

    #[test]
    fn an_update_takes_back_what_it_does_not_say() {
        for (strategy, pools) in
            [(SpotAllocationStrategy::LowestPrice, Some(2)), (SpotAllocationStrategy::CapacityOptimized, None)]
        {
            let distribution = Distribution::spot(strategy);
            let sent = instances_distribution(&in_full(&distribution)).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!((sent.spot_instance_pools, sent.spot_max_price.as_deref()), (pools, Some("")));
            let made = instances_distribution(&distribution).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!((made.spot_instance_pools, made.spot_max_price), (None, None));
        }
    }
}

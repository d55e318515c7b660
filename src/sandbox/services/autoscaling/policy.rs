//! Reading and checking what create and update have in common: sizes, subnets, launch template, mixed policy.

use serde_json::Value;

use super::state::{InstancesDistribution, MixedPolicy, Override, TemplateRef};
use crate::domain::catalogue;
use crate::sandbox::services::ec2::state::LaunchTemplate;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::ApiError;
use crate::sandbox::world::{World, template};

const SPOT_STRATEGIES: [&str; 4] =
    ["lowest-price", "capacity-optimized", "capacity-optimized-prioritized", "price-capacity-optimized"];

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

/// A whole number, or AWS's refusal.
pub(super) fn int(tree: &Value, path: &str) -> Result<Option<i64>, ApiError> {
    match read::at(tree, path) {
        Value::Null => Ok(None),
        _ => read::int(tree, path).map(Some).ok_or_else(|| {
            ApiError::client(
                "ValidationError",
                format!("Value at '{path}' failed to satisfy constraint: Member must be an integer"),
            )
        }),
    }
}

/// Seconds after which an instance is replaced: a day or more, 0 for never.
pub(super) fn lifetime(tree: &Value) -> Result<Option<i64>, ApiError> {
    match int(tree, "MaxInstanceLifetime")? {
        None | Some(0) => Ok(None),
        Some(seconds) if (86_400..=31_536_000).contains(&seconds) => Ok(Some(seconds)),
        Some(seconds) => Err(invalid(format!(
            "Invalid max instance lifetime {seconds}: it must be 0, or between 86400 and 31536000 seconds"
        ))),
    }
}

/// min ≤ desired ≤ max.
pub(super) fn check_sizes(min: i64, max: i64, desired: i64) -> Result<(), ApiError> {
    if min < 0 || max < 0 || desired < 0 {
        return Err(invalid("Group sizes must not be negative"));
    }
    if min > max {
        return Err(invalid(format!("Max bound, {max}, must be greater than or equal to min bound, {min}")));
    }
    if desired < min || desired > max {
        return Err(invalid(format!(
            "Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}"
        )));
    }
    Ok(())
}

/// Subnet ids and zones, in order.
pub(super) fn subnets(world: &World, identifier: &str) -> Result<(Vec<String>, Vec<String>), ApiError> {
    let ids: Vec<String> =
        identifier.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    let (mut zones, mut vpc): (Vec<String>, Option<&str>) = (Vec::new(), None);
    for id in &ids {
        let subnet =
            world.ec2.subnets.get(id).ok_or_else(|| invalid(format!("The subnet ID '{id}' does not exist")))?;
        if vpc.is_some_and(|vpc| vpc != subnet.vpc_id) {
            return Err(invalid("All subnets must belong to the same VPC"));
        }
        vpc = Some(&subnet.vpc_id);
        if !zones.contains(&subnet.zone) {
            zones.push(subnet.zone.clone());
        }
    }
    Ok((ids, zones))
}

/// A launch template specification: both names, and the version as given.
pub(super) fn template_ref(world: &World, tree: &Value) -> Result<TemplateRef, ApiError> {
    let found: &LaunchTemplate = match (read::text(tree, "LaunchTemplateId"), read::text(tree, "LaunchTemplateName")) {
        (Some(_), Some(_)) => {
            return Err(invalid(
                "Valid requests must contain either launchTemplateId or LaunchTemplateName, but not both",
            ));
        }
        (Some(id), None) => world.ec2.launch_templates.get(id).ok_or_else(|| {
            fully_formed(&format!("The specified launch template, with template ID {id}, does not exist."))
        })?,
        (None, Some(name)) => world.ec2.launch_template_named(name).ok_or_else(|| {
            fully_formed(&format!("The specified launch template, with template name {name}, does not exist."))
        })?,
        (None, None) => {
            return Err(invalid("Valid requests must contain either launchTemplateId or LaunchTemplateName"));
        }
    };
    let version = read::text(tree, "Version").unwrap_or("$Default");
    if found.version(version).is_none() {
        return Err(fully_formed(&format!(
            "Could not find launch template version {version} for launch template {}.",
            found.id
        )));
    }
    Ok(TemplateRef { id: found.id.clone(), name: found.name.clone(), version: version.into() })
}

fn fully_formed(why: &str) -> ApiError {
    invalid(format!("You must use a valid fully-formed launch template. {why}"))
}

/// What a trial launch would refuse: Auto Scaling makes one when a group gets a template.
pub(super) fn check_template(world: &World, reference: &TemplateRef, subnets: &[String]) -> Result<(), ApiError> {
    let version = world.ec2.launch_templates.get(&reference.id).and_then(|known| known.version(&reference.version));
    let vpc = subnets.first().and_then(|id| world.ec2.subnets.get(id)).map(|subnet| subnet.vpc_id.as_str());
    let problem = version.and_then(|version| template::problem(world, &version.data, vpc.unwrap_or_default()));
    problem.map_or(Ok(()), |problem| Err(fully_formed(&problem)))
}

/// A mixed-instances policy; `known` is the one to be changed.
pub(super) fn mixed(world: &World, tree: &Value, known: Option<&MixedPolicy>) -> Result<MixedPolicy, ApiError> {
    let specification = read::at(tree, "LaunchTemplate.LaunchTemplateSpecification");
    let template = match (specification, known) {
        (Value::Null, Some(known)) => known.template.clone(),
        (Value::Null, None) => {
            return Err(invalid("LaunchTemplateSpecification is required in a MixedInstancesPolicy"));
        }
        (given, _) => template_ref(world, given)?,
    };
    let overrides = match (read::at(tree, "LaunchTemplate.Overrides"), known) {
        (Value::Null, Some(known)) => known.overrides.clone(),
        _ => overrides(tree)?,
    };
    let distribution = match (read::at(tree, "InstancesDistribution"), known) {
        (Value::Null, Some(known)) => known.distribution.clone(),
        (given, known) => distribution(given, known.map(|known| &known.distribution))?,
    };
    Ok(MixedPolicy { template, overrides, distribution })
}

fn overrides(tree: &Value) -> Result<Vec<Override>, ApiError> {
    let mut overrides: Vec<Override> = Vec::new();
    for item in read::list(tree, "LaunchTemplate.Overrides") {
        let instance_type = read::string(item, "InstanceType");
        if catalogue::get(&instance_type).is_none() {
            return Err(invalid(format!("The instance type '{instance_type}' is invalid or not supported")));
        }
        if overrides.iter().any(|known| known.instance_type == instance_type) {
            return Err(invalid(format!("Instance type overrides must be unique. Found duplicates: {instance_type}")));
        }
        overrides.push(Override { instance_type, weight: read::text(item, "WeightedCapacity").map(str::to_owned) });
    }
    if overrides.len() > 40 {
        return Err(invalid(format!(
            "The number of launch template overrides must be at most 40. Found: {}",
            overrides.len()
        )));
    }
    Ok(overrides)
}

fn distribution(tree: &Value, known: Option<&InstancesDistribution>) -> Result<InstancesDistribution, ApiError> {
    let known = known.cloned().unwrap_or_default();
    let text = |name: &str| read::text(tree, name).map(str::to_owned);
    let spot_strategy = text("SpotAllocationStrategy").or(known.spot_strategy);
    // A number of pools goes with the strategy that it belongs to.
    let pooled = matches!(spot_strategy.as_deref(), None | Some("lowest-price"));
    let given = InstancesDistribution {
        on_demand_strategy: text("OnDemandAllocationStrategy").or(known.on_demand_strategy),
        on_demand_base: int(tree, "OnDemandBaseCapacity")?.or(known.on_demand_base),
        on_demand_percent: int(tree, "OnDemandPercentageAboveBaseCapacity")?.or(known.on_demand_percent),
        spot_strategy,
        spot_pools: int(tree, "SpotInstancePools")?.or(known.spot_pools.filter(|_| pooled)),
        // An empty string takes the highest price back.
        spot_max_price: match read::at(tree, "SpotMaxPrice") {
            Value::Null => known.spot_max_price,
            price => price.as_str().filter(|price| !price.is_empty()).map(str::to_owned),
        },
    };
    if let Some(strategy) = &given.spot_strategy
        && !SPOT_STRATEGIES.contains(&strategy.as_str())
    {
        return Err(invalid(format!(
            "Invalid SpotAllocationStrategy: {strategy}. Valid values are: {}",
            SPOT_STRATEGIES.join(", ")
        )));
    }
    if let Some(strategy) = &given.on_demand_strategy
        && !["prioritized", "lowest-price"].contains(&strategy.as_str())
    {
        return Err(invalid(format!("Invalid OnDemandAllocationStrategy: {strategy}")));
    }
    if let Some(pools) = given.spot_pools {
        if given.spot_strategy.as_deref().is_some_and(|strategy| strategy != "lowest-price") {
            return Err(invalid(
                "SpotInstancePools option is only available with the lowest-price allocation strategy.",
            ));
        }
        if !(1..=20).contains(&pools) {
            return Err(invalid("SpotInstancePools must be between 1 and 20"));
        }
    }
    if given.on_demand_percent.is_some_and(|percent| !(0..=100).contains(&percent)) {
        return Err(invalid("OnDemandPercentageAboveBaseCapacity must be between 0 and 100"));
    }
    if given.on_demand_base.is_some_and(|base| base < 0) {
        return Err(invalid("OnDemandBaseCapacity must not be negative"));
    }
    if given.spot_max_price.as_ref().is_some_and(|price| price.parse::<f64>().is_ok_and(|price| price < 0.001)) {
        return Err(invalid("SpotMaxPrice must be at least 0.001"));
    }
    Ok(given)
}

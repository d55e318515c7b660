//! Which pool of a zone an instance comes from: the allocation strategies as AWS documents them.

use super::{pool, price};
use crate::domain::catalogue;
use crate::domain::cloud::Lifecycle;
use crate::sandbox::services::autoscaling::state::InstancesDistribution;
use crate::sandbox::world::World;

/// Why no pool of a zone will do; the order is how much it tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "fields are the subject's name and numbers")]
pub enum Refusal {
    /// No type of the list is offered in the zone.
    NotOffered { instance_type: String, zone: String },
    /// No free machine.
    NoCapacity { instance_type: String, zone: String },
    /// The highest price allowed is below the lowest price asked.
    MaxPrice { offered: String, asked: String },
    /// The vCPU quota is used up.
    Quota { limit: u64 },
    /// There is no Spot service-linked role.
    NoServiceLinkedRole,
    /// The launch template names things that do not exist, or the subnet is full.
    Request(String),
}

impl Refusal {
    /// The StatusMessage of the scaling activity.
    pub fn message(&self, lifecycle: Lifecycle) -> String {
        let kind = match lifecycle {
            Lifecycle::Spot => "Spot",
            Lifecycle::OnDemand => "On-Demand",
        };
        let why = match (self, lifecycle) {
            (Refusal::NotOffered { instance_type, zone }, _) => format!(
                "InvalidFleetConfiguration - Your requested instance type ({instance_type}) is not supported in your \
                 requested Availability Zone ({zone})."
            ),
            (Refusal::NoCapacity { .. }, Lifecycle::Spot) => "UnfulfillableCapacity - Unable to fulfill capacity due \
                                                              to your request configuration. Please adjust your \
                                                              request and try again."
                .into(),
            (Refusal::NoCapacity { instance_type, zone }, Lifecycle::OnDemand) => format!(
                "InsufficientInstanceCapacity - We currently do not have sufficient {instance_type} capacity in the \
                 Availability Zone you requested ({zone}). Our system will be working on provisioning additional \
                 capacity."
            ),
            (Refusal::MaxPrice { offered, asked }, _) => format!(
                "SpotMaxPriceTooLow - Your Spot request price of {offered} is lower than the minimum required Spot \
                 request fulfillment price of {asked}."
            ),
            (Refusal::Quota { .. }, Lifecycle::Spot) => {
                "MaxSpotInstanceCountExceeded - Max spot instance count exceeded.".into()
            }
            (Refusal::Quota { limit }, Lifecycle::OnDemand) => format!(
                "VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of {limit} \
                 allows for the instance bucket that the specified instance type belongs to."
            ),
            (Refusal::NoServiceLinkedRole, _) => "AuthFailure.ServiceLinkedRoleCreationNotPermitted - The provided \
                                                  credentials do not have permission to create the service-linked \
                                                  role for EC2 Spot Instances."
                .into(),
            (Refusal::Request(why), _) => return format!("{why} Launching EC2 instance failed."),
        };
        format!("Could not launch {kind} Instances. {why} Launching EC2 instance failed.")
    }
}

/// The type to launch in this zone.
pub fn choose(
    world: &World,
    types: &[String],
    distribution: &InstancesDistribution,
    zone: &str,
    lifecycle: Lifecycle,
) -> Result<String, Refusal> {
    if lifecycle == Lifecycle::Spot && !world.iam.roles.contains_key("AWSServiceRoleForEC2Spot") {
        return Err(Refusal::NoServiceLinkedRole);
    }
    let offered: Vec<(&String, u64)> =
        types.iter().filter_map(|name| Some((name, pool::free(world, name, zone, lifecycle)?))).collect();
    let first = types.first().cloned().unwrap_or_default();
    let Some((name, _)) = offered.first() else {
        return Err(Refusal::NotOffered { instance_type: first, zone: zone.into() });
    };
    let no_capacity = Refusal::NoCapacity { instance_type: (*name).clone(), zone: zone.into() };
    let free: Vec<(&String, u64)> = offered.into_iter().filter(|(_, free)| *free > 0).collect();
    if free.is_empty() {
        return Err(no_capacity);
    }
    let (within, limit) = within_quota(world, free, lifecycle);
    if within.is_empty() {
        return Err(Refusal::Quota { limit });
    }
    let chosen = match lifecycle {
        Lifecycle::OnDemand => match distribution.on_demand_strategy.as_deref() {
            Some("lowest-price") => cheapest(&within, |name| Some(price::on_demand(catalogue::get(name)?))),
            _ => within.first().map(|(name, _)| (*name).clone()),
        },
        Lifecycle::Spot => spot(world, within, distribution, zone)?,
    };
    chosen.ok_or(no_capacity)
}

/// Pools that the vCPU quota still has room for, and the quota.
fn within_quota<'a>(
    world: &World,
    pools: Vec<(&'a String, u64)>,
    lifecycle: Lifecycle,
) -> (Vec<(&'a String, u64)>, u64) {
    let mut limit = 0;
    let within = pools.into_iter().filter(|(name, _)| {
        let class = format!("{}/{}", pool::quota_class(name), lifecycle.as_str());
        let quotas = (world.faults.quotas.get(&class), world.account.quotas.get(&class));
        let Some(quota) = quotas.0.or(quotas.1) else { return true };
        limit = *quota;
        let used = world.ec2.vcpus_in_use.get(&class).copied().unwrap_or(0);
        used + catalogue::get(name).map_or(0, |t| u64::from(t.vcpu)) <= *quota
    });
    (within.collect(), limit)
}

fn spot(
    world: &World,
    pools: Vec<(&String, u64)>,
    distribution: &InstancesDistribution,
    zone: &str,
) -> Result<Option<String>, Refusal> {
    let ask = |name: &str| Some(price::spot(world.seed, catalogue::get(name)?, zone, world.now()));
    let mut pools = pools;
    if let Some(offered) = &distribution.spot_max_price
        && let Ok(limit) = offered.parse::<f64>()
    {
        let asked = pools.iter().filter_map(|(name, _)| ask(name)).fold(f64::INFINITY, f64::min);
        pools.retain(|(name, _)| ask(name).is_some_and(|asked| asked <= limit));
        if pools.is_empty() {
            return Err(Refusal::MaxPrice { offered: offered.clone(), asked: price::text(asked) });
        }
    }
    let deepest = pools.iter().map(|(_, free)| *free).max().unwrap_or(0);
    Ok(match distribution.spot_strategy.as_deref() {
        Some("capacity-optimized") => {
            // The first of equals, so that the order of the list decides ties.
            pools.iter().find(|(_, free)| *free == deepest).map(|(name, _)| (*name).clone())
        }
        // Priorities are honoured as long as that costs no capacity worth speaking of.
        Some("capacity-optimized-prioritized") => {
            pools.iter().find(|(_, free)| *free * 2 >= deepest).map(|(name, _)| (*name).clone())
        }
        Some("price-capacity-optimized") => {
            let deep: Vec<_> = pools.into_iter().filter(|(_, free)| *free * 2 >= deepest).collect();
            cheapest(&deep, ask)
        }
        // `lowest-price`, the API's default: over the N cheapest pools in turn.
        _ => {
            let wide = usize::try_from(distribution.spot_pools.unwrap_or(2).max(1)).unwrap_or(2);
            let mut priced: Vec<_> = pools.iter().filter_map(|(name, _)| Some((ask(name)?, (*name).clone()))).collect();
            priced.sort_by(|a, b| a.0.total_cmp(&b.0));
            priced.truncate(wide);
            let used =
                |name: &str| world.ec2.pool_use.get(&pool::key(name, zone, Lifecycle::Spot)).copied().unwrap_or(0);
            priced.into_iter().min_by_key(|(_, name)| used(name)).map(|(_, name)| name)
        }
    })
}

fn cheapest(pools: &[(&String, u64)], price: impl Fn(&str) -> Option<f64>) -> Option<String> {
    let priced = pools.iter().filter_map(|(name, _)| Some((price(name)?, (*name).clone())));
    priced.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

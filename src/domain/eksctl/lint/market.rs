//! Which types are bought, and how.

use super::finding::{Context, Severity};
use super::set;
use crate::domain::advisor::OperatingSystem;
use crate::domain::catalogue::{self, Filter};
use crate::domain::code::Code;
use crate::domain::eksctl::Change;
use crate::domain::nodegroup::SpotAllocationStrategy;
use crate::domain::offerings;

/// Types that AWS's guides ask a Spot group to have.
const ENOUGH_TYPES: usize = 10;

pub(super) fn lint(it: &mut Context<'_>) {
    if !it.is_spot() {
        never_spot(it);
        return;
    }
    types(it);
    if it.is_managed() {
        return;
    }
    strategy(it);
    let Some(distribution) = it.fields.fields("instancesDistribution") else { return };
    if distribution.has("maxPrice") {
        it.mendable(
            Severity::Warning,
            Code::LintMaxPrice,
            distribution.key_at("maxPrice"),
            "a highest price only makes Spot capacity go away: nobody pays more than On-Demand anyway",
            "leave `maxPrice` out",
            vec![Change::Remove(distribution.path("maxPrice"))],
        );
    }
    let spec = &it.spec.distribution;
    if spec.on_demand_base == 0 && spec.on_demand_percentage == 0 {
        it.find(
            Severity::Advice,
            Code::LintNoFallback,
            distribution.at,
            "all nodes are Spot: without capacity there is no node at all, and pods that only run here stay pending",
            "set `onDemandBaseCapacity`, or let the pods run on other nodes too",
        );
    }
}

/// A group that names types as a Spot group does, and buys none.
fn never_spot(it: &mut Context<'_>) {
    if let Some(distribution) = it.fields.fields("instancesDistribution")
        && !distribution.has("onDemandPercentageAboveBaseCapacity")
    {
        it.mendable(
            Severity::Warning,
            Code::LintNeverSpot,
            it.fields.key_at("instancesDistribution"),
            "`onDemandPercentageAboveBaseCapacity` is not set, and AWS then takes 100: no node is Spot",
            "set it to 0 for Spot above the base",
            set(distribution.path("onDemandPercentageAboveBaseCapacity"), 0),
        );
    }
}

fn strategy(it: &mut Context<'_>) {
    let Some(distribution) = it.fields.fields("instancesDistribution") else { return };
    let spec = &it.spec.distribution;
    let (strategy, rebalance) = (spec.strategy, spec.capacity_rebalance);
    let at = if distribution.has("spotAllocationStrategy") {
        distribution.key_at("spotAllocationStrategy")
    } else {
        it.fields.key_at("instancesDistribution")
    };
    if strategy != SpotAllocationStrategy::PriceCapacityOptimized {
        let mut fix = set(distribution.path("spotAllocationStrategy"), "price-capacity-optimized");
        if distribution.has("spotInstancePools") {
            fix.push(Change::Remove(distribution.path("spotInstancePools")));
        }
        it.mendable(
            if strategy == SpotAllocationStrategy::LowestPrice { Severity::Warning } else { Severity::Advice },
            Code::LintStrategy,
            at,
            format!(
                "`{strategy}`: AWS recommends `price-capacity-optimized`, which is interrupted as seldom and cheaper"
            ),
            "set `spotAllocationStrategy: price-capacity-optimized`",
            fix,
        );
    }
    if !rebalance {
        it.find(
            Severity::Advice,
            Code::LintRebalance,
            it.fields.key_at("instancesDistribution"),
            "no `capacityRebalance`: replacements start only when an instance is already being taken",
            "set `capacityRebalance: true`, together with something that drains nodes (aws-node-termination-handler)",
        );
    }
}

fn types(it: &mut Context<'_>) {
    let types = &it.spec.types;
    let key = if it.is_managed() { "instanceTypes" } else { "instancesDistribution" };
    let inner = it.fields.fields("instancesDistribution").filter(|fields| fields.has("instanceTypes"));
    let at = inner.map_or_else(|| it.fields.key_at(key), |fields| fields.key_at("instanceTypes"));
    let Some(first) = types.first().cloned() else { return };
    let shapes = types.by_shape();
    if shapes.len() > 1 {
        let list: Vec<String> =
            shapes.iter().map(|(shape, types)| format!("{shape}: {}", types.names().join(", "))).collect();
        it.find(
            Severity::Warning,
            Code::LintMixedShapes,
            at,
            format!("types of several shapes ({}): the Cluster Autoscaler takes the first for all", list.join("; ")),
            "keep types of one shape, or make one group for each",
        );
    } else if types.len() < ENOUGH_TYPES && it.spec.selector.is_none() {
        let filter = Filter {
            vcpu: Some(first.vcpu),
            memory_gib: Some(first.shape().memory_gib()),
            architecture: Some(first.architecture),
            burstable: Some(false),
            gpus: Some(first.gpus),
            ..Filter::spot_worker()
        };
        let region = it.spec.region.as_deref();
        let there = |name: &str| {
            region.is_none_or(|region| {
                offerings::region_zones(region).is_empty() || !offerings::zones(region, name).is_empty()
            })
        };
        let more: Vec<String> = catalogue::select(&filter)
            .iter()
            .filter(|known| !types.contains(&known.name) && there(&known.name))
            .map(|known| known.name.clone())
            .collect();
        let help = if more.is_empty() {
            "more zones, or a second group of another shape, give more pools".to_owned()
        } else {
            format!("of the same shape are also {}", more.join(", "))
        };
        let message =
            format!("{} types: AWS asks for {ENOUGH_TYPES} or more, each in each zone is a pool", types.len());
        it.find(Severity::Advice, Code::LintFewTypes, at, message, &help);
    }
    burstable(it, at);
    let fewest = it.spec.types.iter().min_by_key(|known| (known.max_pods, known.memory_mib)).cloned();
    if let Some(fewest) = fewest
        && fewest.max_pods < first.max_pods
        && it.spec.max_pods.is_none()
    {
        let message = format!(
            "the first type, `{}`, is what the Cluster Autoscaler takes for all; `{}` holds fewer pods ({} instead of {})",
            first.name, fewest.name, fewest.max_pods, first.max_pods
        );
        it.find(
            Severity::Advice,
            Code::LintFirstType,
            at,
            message,
            "put the smallest first, or set `maxPodsPerNode` to what all of them hold",
        );
    }
    offered(it, at);
    interrupted(it, at);
}

/// Types in the advisor's worst band.
fn interrupted(it: &mut Context<'_>, at: crate::domain::yaml::Mark) {
    let (Some(feed), Some(region)) = (it.advice, it.spec.region.as_deref()) else { return };
    let worst = feed.ranges().last();
    // A region that the feed lacks says nothing.
    let os = if it.spec.ami_family.is_windows() { OperatingSystem::Windows } else { OperatingSystem::Linux };
    let rows = feed.rows_of(region, os, &it.spec.types.names()).unwrap_or_default();
    let often: Vec<&str> = rows
        .iter()
        .filter(|row| row.interruption.is_some() && row.interruption.as_ref() == worst)
        .map(|row| row.instance_type.as_str())
        .collect();
    if often.is_empty() {
        return;
    }
    let band = worst.map_or("", |worst| worst.label.as_str());
    let date = feed.source().and_then(|source| source.published.or(source.fetched));
    let date = date.map_or_else(|| "of an unknown date".to_owned(), |date| format!("of {}", date.strftime("%Y-%m-%d")));
    let message = format!(
        "{} interrupted {band} of the month before, says the Spot Instance Advisor (data {date})",
        often.join(", ")
    );
    it.find(
        Severity::Warning,
        Code::LintInterrupted,
        at,
        message,
        "leave them out where calmer types of the shape are enough; `spotscript advisor` shows them",
    );
}

fn burstable(it: &mut Context<'_>, at: crate::domain::yaml::Mark) {
    let names: Vec<&str> =
        it.spec.types.iter().filter(|known| known.burstable).map(|known| known.name.as_str()).collect();
    if !names.is_empty() && it.spec.machine.cpu_credits.is_none() {
        let message = format!(
            "{} have CPU credits: t3 types go on at a price when they are spent, t2 types slow down",
            names.join(", ")
        );
        it.find(
            Severity::Warning,
            Code::LintBurstable,
            at,
            message,
            "leave them out, or decide with `cpuCredits` (AWS recommends `standard` for short-lived Spot nodes)",
        );
    }
}

/// Types that some zones of the region do not have.
fn offered(it: &mut Context<'_>, at: crate::domain::yaml::Mark) {
    let Some(region) = it.spec.region.clone() else { return };
    let zones = match &it.spec.availability_zones[..] {
        [] => offerings::region_zones(&region),
        named => named.to_vec(),
    };
    let lacking: Vec<String> = it
        .spec
        .types
        .iter()
        .filter_map(|known| {
            let there = offerings::zones(&region, &known.name);
            let missing: Vec<&str> = zones.iter().filter(|zone| !there.contains(zone)).map(String::as_str).collect();
            (!missing.is_empty()).then(|| format!("{} in {}", known.name, missing.join(", ")))
        })
        .collect();
    if !lacking.is_empty() {
        let message = format!("not offered: {}; eksctl then leaves those zones out altogether", lacking.join("; "));
        it.find(
            Severity::Warning,
            Code::LintNotOffered,
            at,
            message,
            "leave those types out, or make the group with spotscript, which keeps every zone that has one of them",
        );
    }
}

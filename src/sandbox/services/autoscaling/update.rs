//! UpdateAutoScalingGroup, SetDesiredCapacity, SuspendProcesses, ResumeProcesses.

use serde_json::Value;

use super::policy::{check_sizes, check_template, int, invalid, lifetime, mixed, subnets, template_ref};
use super::state::Group;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::{World, groups};

const PROCESSES: [&str; 9] = [
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
];

/// The group that a request names.
pub(super) fn named<'a>(world: &'a World, tree: &Value) -> Result<&'a Group, ApiError> {
    let name = read::text(tree, "AutoScalingGroupName").ok_or_else(|| invalid("AutoScalingGroupName is required"))?;
    world
        .autoscaling
        .groups
        .get(name)
        .ok_or_else(|| invalid(format!("AutoScalingGroup name not found - AutoScalingGroup {name} not found")))
}

fn living<'a>(world: &'a World, tree: &Value) -> Result<&'a Group, ApiError> {
    let group = named(world, tree)?;
    if group.status.is_some() {
        let message = format!("AutoScalingGroup {} is pending delete", group.name);
        return Err(ApiError::client("ScalingActivityInProgress", message));
    }
    Ok(group)
}

pub(super) fn update(world: &mut World, params: &Params) -> Reply {
    let tree = &params.0;
    let old = living(world, tree)?;
    let mut new = old.clone();
    let (old_desired, name) = (old.desired, old.name.clone());
    new.min = int(tree, "MinSize")?.unwrap_or(new.min);
    new.max = int(tree, "MaxSize")?.unwrap_or(new.max);
    let wanted = int(tree, "DesiredCapacity")?;
    if new.min > new.max {
        return Err(invalid(format!(
            "Max bound, {}, must be greater than or equal to min bound, {}",
            new.max, new.min
        )));
    }
    // Without a desired capacity in the request the old one is moved between the bounds.
    let desired = wanted.unwrap_or_else(|| old_desired.clamp(new.min, new.max));
    check_sizes(new.min, new.max, desired)?;
    if let Some(identifier) = read::text(tree, "VPCZoneIdentifier") {
        (new.subnet_ids, new.zones) = subnets(world, identifier)?;
    }
    match (read::at(tree, "MixedInstancesPolicy"), read::at(tree, "LaunchTemplate")) {
        (Value::Null, Value::Null) => {}
        (Value::Null, template) => {
            new.template = Some(template_ref(world, template)?);
            new.mixed = None;
        }
        (policy, _) => {
            new.mixed = Some(mixed(world, policy, old.mixed.as_ref())?);
            new.template = None;
        }
    }
    if new.template != old.template || new.mixed != old.mixed {
        let reference = new.template.as_ref().or(new.mixed.as_ref().map(|mixed| &mixed.template));
        if let Some(reference) = reference {
            check_template(world, reference, &new.subnet_ids)?;
        }
    }
    if !read::at(tree, "MaxInstanceLifetime").is_null() {
        new.max_instance_lifetime = lifetime(tree)?;
    }
    new.cooldown = int(tree, "DefaultCooldown")?.unwrap_or(new.cooldown);
    new.health_check_grace = int(tree, "HealthCheckGracePeriod")?.unwrap_or(new.health_check_grace);
    if let Some(kind) = read::text(tree, "HealthCheckType") {
        new.health_check_type = kind.into();
    }
    if let Some(rebalance) = read::boolean(tree, "CapacityRebalance") {
        new.capacity_rebalance = Some(rebalance);
    }
    if let Some(protect) = read::boolean(tree, "NewInstancesProtectedFromScaleIn") {
        new.protect_new = protect;
    }
    let policies = read::strings(tree, "TerminationPolicies");
    if !policies.is_empty() {
        new.termination_policies = policies;
    }
    let (min, max) = (new.min, new.max);
    world.autoscaling.groups.insert(name.clone(), new);
    let mut cause = format!(
        "At {} a user request update of AutoScalingGroup constraints to min: {min}, max: {max}, desired: {desired}",
        world.clock.seconds(world.now())
    );
    if desired == old_desired {
        groups::schedule(world, &name, 2 * SECOND);
    } else {
        cause.push_str(&format!(" changing the desired capacity from {old_desired} to {desired}."));
        groups::resize(world, &name, desired, cause);
    }
    Ok(Value::Null)
}

pub(super) fn set_desired(world: &mut World, params: &Params) -> Reply {
    let group = living(world, &params.0)?;
    let (name, old, min, max) = (group.name.clone(), group.desired, group.min, group.max);
    let desired = int(&params.0, "DesiredCapacity")?.ok_or_else(|| invalid("DesiredCapacity is required"))?;
    if desired > max {
        return Err(invalid(format!(
            "New SetDesiredCapacity value {desired} is above max value {max} for the AutoScalingGroup."
        )));
    }
    if desired < min {
        return Err(invalid(format!(
            "New SetDesiredCapacity value {desired} is below min value {min} for the AutoScalingGroup."
        )));
    }
    if desired != old {
        let at = world.clock.seconds(world.now());
        let cause = format!(
            "At {at} a user request explicitly set group desired capacity changing the desired capacity from {old} to \
             {desired}."
        );
        groups::resize(world, &name, desired, cause);
    }
    Ok(Value::Null)
}

fn processes(params: &Params) -> Result<Vec<String>, ApiError> {
    let given = read::strings(&params.0, "ScalingProcesses");
    match given.iter().find(|name| !PROCESSES.contains(&name.as_str())) {
        Some(unknown) => Err(invalid(format!("Invalid process name: {unknown}"))),
        None if given.is_empty() => Ok(PROCESSES.iter().map(|name| (*name).to_owned()).collect()),
        None => Ok(given),
    }
}

pub(super) fn suspend(world: &mut World, params: &Params) -> Reply {
    let name = named(world, &params.0)?.name.clone();
    let processes = processes(params)?;
    if let Some(group) = world.autoscaling.groups.get_mut(&name) {
        group.suspended.extend(processes);
        group.suspended.sort();
        group.suspended.dedup();
    }
    Ok(Value::Null)
}

/// The metrics of a group, all of them when none is named.
const METRICS: [&str; 8] = [
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
];

pub(super) fn enable_metrics(world: &mut World, params: &Params) -> Reply {
    let name = named(world, &params.0)?.name.clone();
    if read::text(&params.0, "Granularity") != Some("1Minute") {
        return Err(invalid("Granularity must be 1Minute"));
    }
    let mut metrics = read::strings(&params.0, "Metrics");
    if let Some(unknown) = metrics.iter().find(|metric| !METRICS.contains(&metric.as_str())) {
        return Err(invalid(format!("Invalid metric: {unknown}")));
    }
    if metrics.is_empty() {
        metrics = METRICS.map(str::to_owned).to_vec();
    }
    if let Some(group) = world.autoscaling.groups.get_mut(&name) {
        group.metrics.extend(metrics);
        group.metrics.sort();
        group.metrics.dedup();
    }
    Ok(Value::Null)
}

pub(super) fn disable_metrics(world: &mut World, params: &Params) -> Reply {
    let name = named(world, &params.0)?.name.clone();
    let metrics = read::strings(&params.0, "Metrics");
    if let Some(group) = world.autoscaling.groups.get_mut(&name) {
        group.metrics.retain(|known| !metrics.is_empty() && !metrics.contains(known));
    }
    Ok(Value::Null)
}

pub(super) fn resume(world: &mut World, params: &Params) -> Reply {
    let name = named(world, &params.0)?.name.clone();
    let processes = processes(params)?;
    if let Some(group) = world.autoscaling.groups.get_mut(&name) {
        group.suspended.retain(|known| !processes.contains(known));
    }
    groups::schedule(world, &name, 2 * SECOND);
    Ok(Value::Null)
}

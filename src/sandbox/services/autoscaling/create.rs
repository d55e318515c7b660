//! CreateAutoScalingGroup.

use std::collections::VecDeque;

use indexmap::IndexMap;
use serde_json::Value;

use super::policy::{check_sizes, check_template, int, invalid, lifetime, mixed, subnets, template_ref};
use super::state::{Group, GroupTag};
use super::tags;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::{World, groups};

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let tree = &params.0;
    let name = read::text(tree, "AutoScalingGroupName").ok_or_else(|| invalid("AutoScalingGroupName is required"))?;
    check_name(name)?;
    if let Some(known) = world.autoscaling.groups.get(name) {
        let state = if known.status.is_some() { "is pending delete" } else { "already exists" };
        let message = format!("AutoScalingGroup by this name already exists - A group with the name {name} {state}");
        return Err(ApiError::client("AlreadyExists", message));
    }
    let (Some(min), Some(max)) = (int(tree, "MinSize")?, int(tree, "MaxSize")?) else {
        return Err(invalid("MinSize and MaxSize are required"));
    };
    let desired = int(tree, "DesiredCapacity")?.unwrap_or(min);
    check_sizes(min, max, desired)?;
    let (subnet_ids, zones) = subnets(world, read::text(tree, "VPCZoneIdentifier").unwrap_or_default())?;
    if subnet_ids.is_empty() {
        return Err(invalid("At least one Availability Zone or VPC Subnet is required."));
    }
    let (template, mixed) = match (read::at(tree, "MixedInstancesPolicy"), read::at(tree, "LaunchTemplate")) {
        (Value::Null, Value::Null) => {
            return Err(invalid(
                "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
                 MixedInstancesPolicy parameter.",
            ));
        }
        (Value::Null, template) => (Some(template_ref(world, template)?), None),
        (policy, Value::Null) => (None, Some(mixed(world, policy, None)?)),
        _ => {
            return Err(invalid(
                "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
                 MixedInstancesPolicy parameter.",
            ));
        }
    };
    if let Some(reference) = template.as_ref().or(mixed.as_ref().map(|mixed| &mixed.template)) {
        check_template(world, reference, &subnet_ids)?;
    }
    let tags: IndexMap<String, GroupTag> = tags::read_tags(tree)?;
    for (key, tag) in &tags {
        world.autoscaling.tag_index.add(name, key, &tag.value);
    }
    let uuid = world.ids.uuid("group");
    let mut termination_policies = read::strings(tree, "TerminationPolicies");
    if termination_policies.is_empty() {
        termination_policies.push("Default".into());
    }
    let group = Group {
        name: name.into(),
        arn: world.account.arn("autoscaling", &format!("autoScalingGroup:{uuid}:autoScalingGroupName/{name}")),
        created: world.now(),
        min,
        max,
        desired: 0,
        cooldown: int(tree, "DefaultCooldown")?.unwrap_or(300),
        health_check_type: read::text(tree, "HealthCheckType").unwrap_or("EC2").into(),
        health_check_grace: int(tree, "HealthCheckGracePeriod")?.unwrap_or(0),
        template,
        mixed,
        subnet_ids,
        zones,
        capacity_rebalance: read::boolean(tree, "CapacityRebalance"),
        protect_new: read::boolean(tree, "NewInstancesProtectedFromScaleIn").unwrap_or(false),
        termination_policies,
        suspended: Vec::new(),
        max_instance_lifetime: lifetime(tree)?,
        target_group_arns: read::strings(tree, "TargetGroupARNs"),
        load_balancers: read::strings(tree, "LoadBalancerNames"),
        metrics: Vec::new(),
        tags,
        members: IndexMap::new(),
        activities: VecDeque::new(),
        status: None,
        pending_causes: Vec::new(),
        reconcile_at: None,
        failures: 0,
        launched: 0,
    };
    world.autoscaling.groups.insert(name.into(), group);
    if desired > 0 {
        let at = world.clock.seconds(world.now());
        let cause = format!(
            "At {at} a user request created an AutoScalingGroup changing the desired capacity from 0 to {desired}."
        );
        groups::resize(world, name, desired, cause);
    }
    Ok(Value::Null)
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let legal = |c: char| ('!'..='~').contains(&c) && c != ':';
    if name.len() > 255 || !name.chars().all(|c| legal(c) || c == ' ') {
        return Err(invalid(format!(
            "Value '{name}' at 'autoScalingGroupName' failed to satisfy constraint: at most 255 printable ASCII \
             characters without colons"
        )));
    }
    Ok(())
}

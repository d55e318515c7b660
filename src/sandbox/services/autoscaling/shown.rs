//! Groups and members as Auto Scaling shows them.

use serde_json::{Value, json};

use super::state::{Group, Member, MixedPolicy, TemplateRef};
use crate::sandbox::world::World;

pub(super) fn group(world: &World, group: &Group) -> Value {
    let tags: Vec<Value> = group
        .tags
        .iter()
        .map(|(key, tag)| {
            json!({
                "ResourceId": group.name, "ResourceType": "auto-scaling-group", "Key": key, "Value": tag.value,
                "PropagateAtLaunch": tag.propagate,
            })
        })
        .collect();
    let suspended: Vec<Value> = group
        .suspended
        .iter()
        .map(|name| json!({"ProcessName": name, "SuspensionReason": "User suspended at request"}))
        .collect();
    let metrics: Vec<Value> =
        group.metrics.iter().map(|metric| json!({"Metric": metric, "Granularity": "1Minute"})).collect();
    let instances: Vec<Value> = group.members.values().map(instance).collect();
    let slr = world.account.iam_arn("role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling");
    json!({
        "AutoScalingGroupName": group.name, "AutoScalingGroupARN": group.arn,
        "LaunchTemplate": group.template.as_ref().map(template),
        "MixedInstancesPolicy": group.mixed.as_ref().map(mixed),
        "MinSize": group.min, "MaxSize": group.max, "DesiredCapacity": group.desired,
        "DefaultCooldown": group.cooldown, "AvailabilityZones": group.zones, "LoadBalancerNames": group.load_balancers,
        "TargetGroupARNs": group.target_group_arns, "MaxInstanceLifetime": group.max_instance_lifetime, "HealthCheckType": group.health_check_type,
        "HealthCheckGracePeriod": group.health_check_grace, "Instances": instances,
        "CreatedTime": world.clock.precise(group.created), "SuspendedProcesses": suspended,
        "VPCZoneIdentifier": group.subnet_ids.join(","), "EnabledMetrics": metrics, "Status": group.status, "Tags": tags,
        "TerminationPolicies": group.termination_policies,
        "NewInstancesProtectedFromScaleIn": group.protect_new, "ServiceLinkedRoleARN": slr,
        "CapacityRebalance": group.capacity_rebalance, "TrafficSources": [],
    })
}

fn template(reference: &TemplateRef) -> Value {
    json!({
        "LaunchTemplateId": reference.id, "LaunchTemplateName": reference.name, "Version": reference.version,
    })
}

fn mixed(policy: &MixedPolicy) -> Value {
    let overrides: Vec<Value> = policy
        .overrides
        .iter()
        .map(|one| json!({"InstanceType": one.instance_type, "WeightedCapacity": one.weight}))
        .collect();
    let distribution = &policy.distribution;
    json!({
        "LaunchTemplate": {"LaunchTemplateSpecification": template(&policy.template), "Overrides": overrides},
        // What was not said is shown with the default that is in force.
        "InstancesDistribution": {
            "OnDemandAllocationStrategy": distribution.on_demand_strategy.as_deref().unwrap_or("prioritized"),
            "OnDemandBaseCapacity": distribution.on_demand_base.unwrap_or(0),
            "OnDemandPercentageAboveBaseCapacity": distribution.on_demand_percent.unwrap_or(100),
            "SpotAllocationStrategy": distribution.spot_strategy.as_deref().unwrap_or("lowest-price"),
            "SpotInstancePools": match distribution.spot_strategy.as_deref() {
                None | Some("lowest-price") => Some(distribution.spot_pools.unwrap_or(2)),
                _ => None,
            },
            "SpotMaxPrice": distribution.spot_max_price,
        },
    })
}

pub(super) fn instance(member: &Member) -> Value {
    json!({
        "InstanceId": member.id, "InstanceType": member.instance_type, "AvailabilityZone": member.zone,
        "LifecycleState": member.state.name(), "HealthStatus": if member.healthy { "Healthy" } else { "Unhealthy" },
        "LaunchTemplate": template(&member.template), "ProtectedFromScaleIn": member.protected,
    })
}

pub(super) fn status(status: super::state::ActivityStatus) -> &'static str {
    use super::state::ActivityStatus;
    match status {
        ActivityStatus::PreInService => "PreInService",
        ActivityStatus::InProgress => "InProgress",
        ActivityStatus::Successful => "Successful",
        ActivityStatus::Failed => "Failed",
        ActivityStatus::Cancelled => "Cancelled",
    }
}

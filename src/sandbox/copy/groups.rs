//! Auto Scaling groups with their members and activities.

use indexmap::IndexMap;

use super::index::Index;
use crate::domain::cloud::{self, AutoScalingGroup, Lifecycle, ScalingActivity};
use crate::domain::desired::ROLL_TAG;
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::autoscaling::state::{
    Activity, ActivityStatus, Group, GroupTag, InstancesDistribution, Member, MemberState, MixedPolicy, Override,
    TemplateRef,
};
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::event::Event;
use crate::sandbox::world::{World, groups};

pub(super) fn put(world: &mut World, snapshot: &Snapshot, index: &Index<'_>) {
    for one in &snapshot.groups {
        let mut made = group(world, snapshot, &one.group, index);
        // A history grows at its end; what is read begins there.
        made.activities = one.activities.iter().rev().map(|there| activity(world, there)).collect();
        for (key, tag) in &made.tags {
            world.autoscaling.tag_index.add(&made.name, key, &tag.value);
        }
        world.autoscaling.groups.insert(made.name.clone(), made);
    }
}

/// Has every group look at itself: one that was at work goes on.
pub(super) fn wake(world: &mut World) {
    let names: Vec<(String, bool)> =
        world.autoscaling.groups.values().map(|group| (group.name.clone(), group.status.is_some())).collect();
    for (name, is_ending) in names {
        groups::schedule(world, &name, 5 * SECOND);
        if is_ending {
            world.after(10 * SECOND, Event::GroupGone { group: name });
        }
    }
}

fn template(snapshot: &Snapshot, name: &str, version: &str) -> TemplateRef {
    let there = snapshot.launch_templates.iter().find(|template| template.name == name);
    let id = there.map(|template| template.id.clone()).unwrap_or_default();
    TemplateRef { id, name: name.to_owned(), version: version.to_owned() }
}

fn group(world: &World, snapshot: &Snapshot, there: &AutoScalingGroup, index: &Index<'_>) -> Group {
    let name = there.launch_template.clone().unwrap_or_default();
    let version = there.launch_template_version.clone().unwrap_or_default();
    let reference = template(snapshot, &name, &version);
    let members: IndexMap<String, Member> =
        there.instances.iter().map(|one| (one.id.clone(), member(world, one, &reference, index))).collect();
    let mixed = there.distribution.as_ref().map(|distribution| MixedPolicy {
        template: reference.clone(),
        overrides: there.types.iter().map(|name| Override { instance_type: name.clone(), weight: None }).collect(),
        distribution: InstancesDistribution {
            on_demand_strategy: None,
            on_demand_base: Some(distribution.on_demand_base.into()),
            on_demand_percent: Some(distribution.on_demand_percentage.into()),
            spot_strategy: Some(distribution.strategy.as_str().to_owned()),
            spot_pools: distribution.spot_pools.map(i64::from),
            spot_max_price: distribution.max_price.clone(),
        },
    });
    // A roll's note is for the group alone.
    let tag =
        |(key, value): (&String, &String)| (key.clone(), GroupTag { value: value.clone(), propagate: key != ROLL_TAG });
    Group {
        name: there.name.clone(),
        arn: there.arn.clone(),
        created: there.created.map_or(world.now(), |time| world.clock.millis(time)),
        min: there.size.min.into(),
        max: there.size.max.into(),
        desired: there.size.desired.into(),
        cooldown: there.default_cooldown_seconds.into(),
        health_check_type: there.health_check_type.clone(),
        health_check_grace: there.health_check_grace_seconds.into(),
        template: mixed.is_none().then_some(reference),
        mixed,
        subnet_ids: there.subnet_ids.clone(),
        zones: there.zones.clone(),
        capacity_rebalance: there.distribution.as_ref().map(|distribution| distribution.capacity_rebalance),
        protect_new: false,
        termination_policies: there.termination_policies.clone(),
        suspended: there.suspended_processes.clone(),
        max_instance_lifetime: there.max_instance_lifetime.map(i64::from),
        target_group_arns: there.target_group_arns.clone(),
        load_balancers: there.load_balancers.clone(),
        metrics: there.enabled_metrics.clone(),
        tags: there.tags.iter().map(tag).collect(),
        launched: members.len() as u64,
        members,
        activities: Default::default(),
        status: there.status.clone(),
        pending_causes: vec![],
        reconcile_at: None,
        failures: 0,
    }
}

fn member(world: &World, there: &cloud::GroupInstance, reference: &TemplateRef, index: &Index<'_>) -> Member {
    let instance = index.instances.get(there.id.as_str());
    Member {
        id: there.id.clone(),
        instance_type: there.instance_type.clone(),
        zone: there.zone.clone(),
        state: match there.lifecycle_state.as_str() {
            state if state.starts_with("Pending") => MemberState::Pending,
            state if state.starts_with("Terminat") => MemberState::Terminating,
            _ => MemberState::InService,
        },
        healthy: there.health_status != "Unhealthy",
        spot: instance.is_some_and(|instance| instance.lifecycle == Lifecycle::Spot),
        template: TemplateRef {
            version: there.launch_template_version.clone().unwrap_or_else(|| reference.version.clone()),
            ..reference.clone()
        },
        protected: there.protected,
        launched: instance.and_then(|it| it.launched).map_or(world.now(), |time| world.clock.millis(time)),
    }
}

fn activity(world: &World, there: &ScalingActivity) -> Activity {
    Activity {
        id: there.id.clone(),
        description: there.description.clone(),
        cause: there.cause.clone(),
        status: match there.status_code.as_str() {
            "Successful" => ActivityStatus::Successful,
            "Failed" => ActivityStatus::Failed,
            "Cancelled" => ActivityStatus::Cancelled,
            "PreInService" => ActivityStatus::PreInService,
            _ => ActivityStatus::InProgress,
        },
        message: there.status_message.clone(),
        details: "{}".to_owned(),
        started: world.clock.millis(there.started),
        ended: there.ended.map(|time| world.clock.millis(time)),
        progress: if there.ended.is_some() { 100 } else { 50 },
    }
}

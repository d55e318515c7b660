//! Launching what is missing: On-Demand share first, zones in balance, pools by strategy.

use super::activity::{self, Entry};
use super::life::schedule;
use crate::domain::cloud::{Lifecycle, TagMap};
use crate::sandbox::services::autoscaling::state::{
    ActivityStatus, Group, InstancesDistribution, Member, MemberState, TemplateRef,
};
use crate::sandbox::services::read;
use crate::sandbox::world::capacity::choose::{Refusal, choose};
use crate::sandbox::world::clock::{Millis, SECOND};
use crate::sandbox::world::fleet::{self, Launch};
use crate::sandbox::world::{World, hash};

/// Seconds until the next try after so many failures in a row; the last one repeats.
const BACK_OFF: [Millis; 5] = [20, 60, 120, 300, 600];

/// How many of `size` instances are On-Demand; the percentage rounds up.
pub(super) fn on_demand_wanted(group: &Group, size: i64) -> i64 {
    let Some(mixed) = &group.mixed else { return size };
    let base = mixed.distribution.on_demand_base.unwrap_or(0).min(size);
    let percent = mixed.distribution.on_demand_percent.unwrap_or(100);
    base + ((size - base) * percent + 99).div_euclid(100)
}

pub(super) fn launch_missing(world: &mut World, name: &str, actual: i64, desired: i64, causes: &[String]) {
    let at = world.clock.seconds(world.now());
    let mut cause = causes.join("  ");
    if !cause.is_empty() {
        cause.push_str("  ");
    }
    cause.push_str(&format!(
        "At {at} an instance was started in response to a difference between desired and actual capacity, increasing \
         the capacity from {actual} to {desired}."
    ));
    for _ in actual..desired {
        if let Err((refusal, lifecycle, zone)) = launch_one(world, name, desired, &cause) {
            let message = refusal.message(lifecycle);
            let entry = Entry {
                description: format!("Launching a new EC2 instance.  Status Reason: {message}"),
                cause,
                status: ActivityStatus::Failed,
                message: Some(message),
                subnet_id: None,
                zone,
            };
            activity::write(world, name, entry);
            let Some(group) = world.autoscaling.groups.get_mut(name) else { return };
            let step = usize::try_from(group.failures).unwrap_or(usize::MAX).min(BACK_OFF.len() - 1);
            group.failures += 1;
            schedule(world, name, BACK_OFF[step] * SECOND);
            return;
        }
    }
    if let Some(group) = world.autoscaling.groups.get_mut(name) {
        group.failures = 0;
    }
}

type Failure = (Refusal, Lifecycle, Option<String>);

fn launch_one(world: &mut World, name: &str, desired: i64, cause: &str) -> Result<(), Failure> {
    let no_template = || (Refusal::Request("The launch template does not exist.".into()), Lifecycle::OnDemand, None);
    let group = world.autoscaling.groups.get(name).ok_or_else(no_template)?;
    let reference = group.mixed.as_ref().map(|mixed| &mixed.template).or(group.template.as_ref());
    let reference = reference.cloned().ok_or_else(no_template)?;
    let template = world.ec2.launch_templates.get(&reference.id).ok_or_else(|| {
        let why = format!("The specified launch template, with template ID {}, does not exist.", reference.id);
        (Refusal::Request(why), Lifecycle::OnDemand, None)
    })?;
    let version = template.version(&reference.version).ok_or_else(no_template)?;
    let (number, data) = (version.number, version.data.clone());
    let types: Vec<String> = match &group.mixed {
        Some(mixed) if !mixed.overrides.is_empty() => {
            mixed.overrides.iter().map(|one| one.instance_type.clone()).collect()
        }
        _ => vec![read::string(&data, "InstanceType")],
    };
    let distribution =
        group.mixed.as_ref().map_or_else(InstancesDistribution::default, |mixed| mixed.distribution.clone());
    let living = || group.members.values().filter(|member| member.state != MemberState::Terminating);
    let on_demand = living().filter(|member| !member.spot).count();
    let plain_spot = group.mixed.is_none() && read::at(&data, "InstanceMarketOptions.MarketType") == "spot";
    let wanted = on_demand_wanted(group, desired);
    let lifecycle = if plain_spot || i64::try_from(on_demand).unwrap_or(i64::MAX) >= wanted {
        Lifecycle::Spot
    } else {
        Lifecycle::OnDemand
    };
    // Zones in balance; among equals the order differs from launch to launch.
    let turn = hash::hash(world.seed, &["zone-turn", name]).wrapping_add(group.launched);
    let zones = group.zones.len().max(1) as u64;
    let mut order: Vec<(usize, u64, &String)> = Vec::new();
    for (index, zone) in (0_u64..).zip(&group.zones) {
        let members = living().filter(|member| member.zone == *zone).count();
        order.push((members, (index + turn) % zones, zone));
    }
    order.sort();
    let order: Vec<String> = order.into_iter().map(|(_, _, zone)| zone.clone()).collect();
    let subnets = group.subnet_ids.clone();
    let mut tags: TagMap =
        group.tags.iter().filter(|(_, tag)| tag.propagate).map(|(key, tag)| (key.clone(), tag.value.clone())).collect();
    tags.insert("aws:autoscaling:groupName".into(), name.into());
    let (protected, template_name) = (group.protect_new, template.name.clone());
    let mut worst: Option<(Refusal, String)> = None;
    for zone in order {
        let attempt = choose(world, &types, &distribution, &zone, lifecycle).and_then(|instance_type| {
            let subnet_id = roomiest(world, &subnets, &zone);
            let launch = Launch {
                template: (&reference.id, number),
                data: &data,
                instance_type: &instance_type,
                subnet_id: &subnet_id,
                lifecycle,
                group: Some(name),
                tags: tags.clone(),
            };
            fleet::launch(world, launch).map(|id| (id, instance_type, subnet_id))
        });
        match attempt {
            Err(refusal) => {
                if worst.as_ref().is_none_or(|(known, _)| *known < refusal) {
                    worst = Some((refusal, zone));
                }
            }
            Ok((id, instance_type, subnet_id)) => {
                let version = number.to_string();
                let member = Member {
                    id: id.clone(),
                    instance_type,
                    zone: zone.clone(),
                    state: MemberState::Pending,
                    healthy: true,
                    spot: lifecycle == Lifecycle::Spot,
                    template: TemplateRef { id: reference.id.clone(), name: template_name, version },
                    protected,
                    launched: world.now(),
                };
                if let Some(group) = world.autoscaling.groups.get_mut(name) {
                    group.members.insert(id.clone(), member);
                    group.launched += 1;
                }
                let entry = Entry {
                    description: activity::launching(&id),
                    cause: cause.into(),
                    status: ActivityStatus::PreInService,
                    message: None,
                    subnet_id: Some(subnet_id),
                    zone: Some(zone),
                };
                activity::write(world, name, entry);
                return Ok(());
            }
        }
    }
    let (refusal, zone) = worst.map_or_else(
        || (Refusal::Request("The group has no Availability Zone.".into()), None),
        |(refusal, zone)| (refusal, Some(zone)),
    );
    Err((refusal, lifecycle, zone))
}

/// The group's subnet of a zone with the most free addresses.
fn roomiest(world: &World, subnets: &[String], zone: &str) -> String {
    let of_zone = subnets.iter().filter_map(|id| world.ec2.subnets.get(id)).filter(|subnet| subnet.zone == zone);
    of_zone.max_by_key(|subnet| subnet.free()).map(|subnet| subnet.id.clone()).unwrap_or_default()
}

//! Instances come and go: what EC2 does for a launch and for a termination, whoever asked.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::Value;

use super::capacity::choose::Refusal;
use super::capacity::pool;
use super::clock::{HOUR, Millis, SECOND};
use super::event::Event;
use super::hash::{between, hash};
use super::{World, groups, template};
use crate::domain::catalogue;
use crate::domain::cloud::{Lifecycle, TagMap};
use crate::sandbox::services::ec2::state::{Boot, Image, Instance, InstanceState, StateReason};
use crate::sandbox::services::read;

/// What is to be launched.
#[derive(Debug)]
pub struct Launch<'a> {
    /// Launch template id and version number.
    pub template: (&'a str, i64),
    /// Its data.
    pub data: &'a Value,
    /// Instance type name.
    pub instance_type: &'a str,
    /// Subnet id.
    pub subnet_id: &'a str,
    /// How it is bought.
    pub lifecycle: Lifecycle,
    /// The Auto Scaling group that asks.
    pub group: Option<&'a str>,
    /// Tags besides the template's.
    pub tags: TagMap,
}

/// A delay in a range that depends on the instance and the purpose only.
pub fn delay(world: &World, purpose: &str, instance: &str, low: Millis, high: Millis) -> Millis {
    between(hash(world.seed, &[purpose, instance]), low, high)
}

/// Starts an instance and returns its id.
pub fn launch(world: &mut World, launch: Launch<'_>) -> Result<String, Refusal> {
    let data = launch.data;
    let Some(subnet) = world.ec2.subnets.get(launch.subnet_id) else {
        let why = format!("The subnet ID '{}' does not exist.", launch.subnet_id);
        return Err(Refusal::Request(why));
    };
    let (zone, vpc_id, public_subnet) = (subnet.zone.clone(), subnet.vpc_id.clone(), subnet.public);
    if let Some(problem) = template::problem(world, data, &vpc_id) {
        return Err(Refusal::Request(format!("{problem}.")));
    }
    let hint = world.ids.next("private-ip").0;
    let address = world.ec2.subnets.get_mut(launch.subnet_id).and_then(|subnet| subnet.take(hint));
    let Some(private_ip) = address else {
        let why = format!("There are not enough free addresses in subnet '{}'.", launch.subnet_id);
        return Err(Refusal::Request(why));
    };
    let id = world.ids.ec2("i");
    let interface = read::list(data, "NetworkInterface").first();
    let wants_public = interface.and_then(|interface| read::boolean(interface, "AssociatePublicIpAddress"));
    let public_ip = wants_public.unwrap_or(public_subnet).then(|| public_address(world, &id));
    let mut security_group_ids = template::security_groups(data);
    if security_group_ids.is_empty() {
        security_group_ids.extend(world.ec2.security_group_named(&vpc_id, "default").map(|group| group.id.clone()));
    }
    let mut tags = TagMap::new();
    for specification in read::list(data, "TagSpecification") {
        if read::at(specification, "ResourceType") == "instance" {
            tags.extend(read::tags(specification, "Tag"));
        }
    }
    tags.extend(launch.tags);
    tags.insert("aws:ec2launchtemplate:id".into(), launch.template.0.into());
    tags.insert("aws:ec2launchtemplate:version".into(), launch.template.1.to_string());
    let volume = read::list(data, "BlockDeviceMapping").first();
    let volume_gib = volume.and_then(|volume| read::int(volume, "Ebs.VolumeSize"));
    let image_id = read::string(data, "ImageId");
    let image_gib = world.ec2.images.get(&image_id).map_or(20, |image| image.size_gib);
    let windows = world.ec2.images.get(&image_id).is_some_and(Image::is_windows);
    let spot = launch.lifecycle == Lifecycle::Spot;
    let instance = Instance {
        id: id.clone(),
        reservation_id: world.ids.ec2("r"),
        instance_type: launch.instance_type.into(),
        zone: zone.clone(),
        subnet_id: launch.subnet_id.into(),
        vpc_id,
        private_ip,
        public_ip,
        private_dns: private_dns(&world.account.region, private_ip),
        image_id,
        key_name: read::text(data, "KeyName").map(str::to_owned),
        profile_arn: template::profile(data).and_then(|profile| Some(world.iam.profile(profile)?.arn.clone())),
        security_group_ids,
        user_data: Arc::from(read::text(data, "UserData").unwrap_or_default()),
        launch_template: Some((launch.template.0.into(), launch.template.1)),
        lifecycle: launch.lifecycle,
        spot_request_id: spot.then(|| format!("sir-{:08x}", world.ids.next("sir").0 >> 32)),
        interface_id: world.ids.ec2("eni"),
        volume_id: world.ids.ec2("vol"),
        volume_gib: volume_gib.unwrap_or(image_gib),
        http_tokens: read::text(data, "MetadataOptions.HttpTokens").unwrap_or("optional").into(),
        hop_limit: read::int(data, "MetadataOptions.HttpPutResponseHopLimit").unwrap_or(1),
        state: InstanceState::Pending,
        reason: None,
        launched: world.now(),
        ended: None,
        rebalance_at: None,
        reclaim_at: None,
        group: launch.group.map(str::to_owned),
        boot: Boot::Starting,
        tags,
    };
    enter(world, instance);
    let running = delay(world, "running", &id, 8 * SECOND, 15 * SECOND);
    world.after(running, Event::InstanceRunning { instance: id.clone() });
    // Windows sets itself up first, and starts once more.
    let (soonest, latest) = if windows { (150 * SECOND, 240 * SECOND) } else { (18 * SECOND, 30 * SECOND) };
    let boot = delay(world, "boot", &id, soonest, latest) + world.faults.join_delay;
    world.after(running + boot, Event::KubeletStarts { instance: id.clone() });
    Ok(id)
}

/// Puts an instance into the world: from now on it is found, and what it uses is in use.
pub(in crate::sandbox) fn enter(world: &mut World, instance: Instance) {
    let id = instance.id.clone();
    if instance.state != InstanceState::Terminated {
        for group in &instance.security_group_ids {
            *world.ec2.security_group_uses.entry(group.clone()).or_insert(0) += 1;
        }
        count(world, &instance, true);
        world.ec2.instance_names.insert(instance.private_dns.clone(), id.clone());
    }
    world.ec2.tag_index.add_all(&id, &instance.tags);
    world.ec2.instances.insert(id, instance);
}

/// Counts a living instance in its pool and its quota, or no more.
fn count(world: &mut World, instance: &Instance, more: bool) {
    let step = |counter: &mut u64, by: u64| *counter = if more { *counter + by } else { counter.saturating_sub(by) };
    let key = pool::key(&instance.instance_type, &instance.zone, instance.lifecycle);
    step(world.ec2.pool_use.entry(key).or_insert(0), 1);
    let class = format!("{}/{}", pool::quota_class(&instance.instance_type), instance.lifecycle.as_str());
    let vcpu = catalogue::get(&instance.instance_type).map_or(0, |t| u64::from(t.vcpu));
    step(world.ec2.vcpus_in_use.entry(class).or_insert(0), vcpu);
}

/// `ip-192-168-25-236.ap-northeast-1.compute.internal`.
fn private_dns(region: &str, address: Ipv4Addr) -> String {
    let name = format!("ip-{}", address.to_string().replace('.', "-"));
    if region == "us-east-1" { format!("{name}.ec2.internal") } else { format!("{name}.{region}.compute.internal") }
}

fn public_address(world: &World, id: &str) -> Ipv4Addr {
    let [a, b, c, ..] = hash(world.seed, &["public-ip", id]).to_be_bytes();
    const FIRST: [u8; 8] = [3, 13, 18, 35, 43, 52, 54, 57];
    Ipv4Addr::new(FIRST[usize::from(a % 8)], 112 + a / 16, b, c.clamp(1, 254))
}

/// Begins a termination; an instance that is going or gone stays as it is.
pub fn terminate(world: &mut World, id: &str, code: &str, message: &str) {
    let now = world.now();
    let Some(instance) = world.ec2.instances.get_mut(id) else { return };
    if !instance.state.alive() {
        return;
    }
    instance.state = InstanceState::ShuttingDown;
    instance.reason = Some(StateReason { code: code.into(), message: message.into() });
    instance.ended = Some(now);
    let span = delay(world, "shutdown", id, 20 * SECOND, 40 * SECOND);
    world.after(span, Event::InstanceTerminated { instance: id.into() });
}

/// `pending` → `running`.
pub(super) fn running(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get_mut(id) else { return };
    if instance.state != InstanceState::Pending {
        return;
    }
    instance.state = InstanceState::Running;
    if instance.group.is_some() {
        let span = delay(world, "in-service", id, 2 * SECOND, 6 * SECOND);
        world.after(span, Event::MemberInService { instance: id.into() });
    }
}

/// `shutting-down` → `terminated`: capacity, address and groups are free again.
pub(super) fn terminated(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get_mut(id) else { return };
    if instance.state != InstanceState::ShuttingDown {
        return;
    }
    instance.state = InstanceState::Terminated;
    instance.user_data = Arc::from("");
    let instance = instance.clone();
    count(world, &instance, false);
    if let Some(subnet) = world.ec2.subnets.get_mut(&instance.subnet_id) {
        subnet.release(instance.private_ip);
    }
    if world.ec2.instance_names.get(&instance.private_dns).is_some_and(|known| known == id) {
        world.ec2.instance_names.remove(&instance.private_dns);
    }
    for group in &instance.security_group_ids {
        if let Some(uses) = world.ec2.security_group_uses.get_mut(group) {
            *uses = uses.saturating_sub(1);
        }
    }
    if let Some(group) = &instance.group {
        groups::member_gone(world, group, id);
    }
    // The cloud controller notices within a minute.
    let notice = delay(world, "node-removed", id, 20 * SECOND, 50 * SECOND);
    world.after(notice, Event::NodeRemoved { instance: id.into() });
    world.after(HOUR, Event::InstanceForgotten { instance: id.into() });
}

/// EC2 no longer describes a terminated instance.
pub(super) fn forgotten(world: &mut World, id: &str) {
    if let Some(instance) = world.ec2.instances.remove(id) {
        world.ec2.tag_index.remove_all(id, &instance.tags);
    }
}

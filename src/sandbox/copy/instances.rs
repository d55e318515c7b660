//! Instances: those that are nodes, those on their way to be one, those on their way out.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::index::Index;
use super::network;
use crate::domain::cloud::{self, Lifecycle, TemplateVersion};
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::ec2::state::{Boot, Instance, InstanceState, StateReason};
use crate::sandbox::world::clock::{MINUTE, SECOND};
use crate::sandbox::world::event::Event;
use crate::sandbox::world::{World, fleet};

/// A machine that is up for so long and is no node will be none.
const PATIENCE: i64 = 15 * MINUTE;

pub(super) fn put(world: &mut World, snapshot: &Snapshot, index: &Index<'_>) {
    for there in &snapshot.instances {
        let made = instance(world, snapshot, there, index);
        if let Some(subnet) = world.ec2.subnets.get_mut(&made.subnet_id)
            && made.state != InstanceState::Terminated
        {
            subnet.used.insert(u32::from(made.private_ip).wrapping_sub(u32::from(subnet.base)));
        }
        let (id, state, waits) = (made.id.clone(), made.state, made.boot == Boot::Starting);
        let unready = matches!(made.boot, Boot::Joined { ready: false, .. });
        fleet::enter(world, made);
        let mut after = |delay: i64, event: Event| world.after(delay, event);
        match state {
            InstanceState::Pending => {
                after(10 * SECOND, Event::InstanceRunning { instance: id.clone() });
                after(30 * SECOND, Event::KubeletStarts { instance: id });
            }
            InstanceState::Running => {
                after(5 * SECOND, Event::MemberInService { instance: id.clone() });
                if waits {
                    after(20 * SECOND, Event::KubeletStarts { instance: id });
                } else if unready {
                    after(20 * SECOND, Event::NodeReady { instance: id });
                }
            }
            InstanceState::ShuttingDown => after(30 * SECOND, Event::InstanceTerminated { instance: id }),
            InstanceState::Terminated => {}
        }
    }
    network::fill(world, snapshot);
}

fn instance(world: &World, snapshot: &Snapshot, there: &cloud::Instance, index: &Index<'_>) -> Instance {
    let node = index.nodes.get(there.id.as_str()).copied();
    let (group, reference) = origin(snapshot, there, index);
    let version = reference.as_ref().map(|(_, version)| *version);
    let data = version.map(|version| &version.data);
    let private_ip = there.private_ip.as_deref().and_then(|ip| ip.parse().ok()).unwrap_or(Ipv4Addr::UNSPECIFIED);
    let subnet = world.ec2.subnets.values().find(|subnet| {
        let offset = u32::from(private_ip).wrapping_sub(u32::from(subnet.base));
        offset < subnet.size()
    });
    let subnet = subnet.or_else(|| world.ec2.subnets.values().find(|subnet| subnet.zone == there.zone));
    let state = match there.state.as_str() {
        "pending" => InstanceState::Pending,
        "shutting-down" | "stopping" => InstanceState::ShuttingDown,
        "terminated" | "stopped" => InstanceState::Terminated,
        _ => InstanceState::Running,
    };
    let launched = there.launched.map_or(world.now(), |time| world.clock.millis(time));
    let boot = match node {
        Some(node) => Boot::Joined {
            node: node["metadata"]["name"].as_str().unwrap_or_default().to_owned(),
            ready: is_ready(node),
        },
        None if group.is_some() && world.now() - launched < PATIENCE => Boot::Starting,
        None => {
            let lines = vec!["what the machine printed is not in the snapshot".to_owned()];
            Boot::Failed { stage: "unknown".to_owned(), lines }
        }
    };
    let tail = there.id.trim_start_matches("i-").to_owned();
    let spot = there.lifecycle == Lifecycle::Spot;
    let volume = data.and_then(|data| data.block_devices.first()).map_or(80, |device| i64::from(device.size_gib));
    Instance {
        id: there.id.clone(),
        reservation_id: format!("r-{tail}"),
        instance_type: there.instance_type.clone(),
        zone: there.zone.clone(),
        subnet_id: subnet.map(|subnet| subnet.id.clone()).unwrap_or_default(),
        vpc_id: subnet.map(|subnet| subnet.vpc_id.clone()).unwrap_or_default(),
        private_ip,
        public_ip: there.public_ip.as_deref().and_then(|ip| ip.parse().ok()),
        private_dns: there.private_dns_name.clone(),
        image_id: there.image_id.clone().unwrap_or_default(),
        key_name: data.and_then(|data| data.key_name.clone()),
        profile_arn: there.instance_profile_arn.clone(),
        security_group_ids: data.map(|data| data.security_group_ids.clone()).unwrap_or_default(),
        user_data: data.filter(|_| node.is_none()).map(|data| data.user_data.clone()).unwrap_or_default().into(),
        launch_template: reference.map(|(id, version)| (id.to_owned(), version.number)),
        lifecycle: there.lifecycle,
        spot_request_id: spot.then(|| format!("sir-{}", tail.get(..8).unwrap_or(&tail))),
        interface_id: format!("eni-{tail}"),
        volume_id: format!("vol-{tail}"),
        volume_gib: volume,
        http_tokens: data.map_or_else(|| "required".to_owned(), |data| data.metadata_options.http_tokens.clone()),
        hop_limit: data.map_or(2, |data| data.metadata_options.hop_limit.into()),
        state,
        reason: there
            .state_reason
            .clone()
            .map(|message| StateReason { code: message.split(':').next().unwrap_or_default().to_owned(), message }),
        launched,
        ended: None,
        rebalance_at: None,
        reclaim_at: None,
        group: group.map(str::to_owned),
        boot,
        tags: there.tags.clone(),
    }
}

/// The group that an instance belongs to, and the version of the launch template that it came from.
fn origin<'s>(
    snapshot: &'s Snapshot,
    there: &cloud::Instance,
    index: &Index<'s>,
) -> (Option<&'s str>, Option<(&'s str, &'s TemplateVersion)>) {
    let Some((group, member)) = index.members.get(there.id.as_str()).copied() else { return (None, None) };
    let wanted = member.launch_template_version.as_ref().or(group.launch_template_version.as_ref());
    let template = snapshot.launch_templates.iter().find(|one| Some(&one.name) == group.launch_template.as_ref());
    let version = template.and_then(|template| {
        Some((template.id.as_str(), template.version(wanted.map(String::as_str).unwrap_or_default())?))
    });
    (Some(&group.name), version)
}

fn is_ready(node: &Value) -> bool {
    let conditions = node["status"]["conditions"].as_array().into_iter().flatten();
    conditions.filter(|it| it["type"] == "Ready").any(|it| it["status"] == "True")
}

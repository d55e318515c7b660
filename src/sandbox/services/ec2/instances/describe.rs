//! DescribeInstances.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::domain::catalogue;
use crate::domain::cloud::Lifecycle;
use crate::sandbox::services::ec2::common::tag_set;
use crate::sandbox::services::ec2::filter::{Field, Filters};
use crate::sandbox::services::ec2::page::Page;
use crate::sandbox::services::ec2::state::{Image, Instance};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(in crate::sandbox::services::ec2) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let given = read::strings(&params.0, "InstanceId");
    if let Some(id) = given.iter().find(|id| !world.ec2.instances.contains_key(*id)) {
        let message = format!("The instance ID '{id}' does not exist");
        return Err(ApiError::client("InvalidInstanceID.NotFound", message));
    }
    let mut page = Page::read(&params.0, 1000)?;
    for id in candidates(world, &filters, &given) {
        let Some(instance) = world.ec2.instances.get(id) else { continue };
        if page.seen(id) || !filters.pass(|name| field(world, instance, name))? {
            continue;
        }
        let reservation = json!({
            "reservationId": instance.reservation_id, "ownerId": world.account.id, "groupSet": [],
            "requesterId": instance.group.as_ref().map(|_| "940372691376"), "instancesSet": [shown(world, instance)],
        });
        if !page.push(id, reservation) {
            break;
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"reservationSet": items, "nextToken": token}))
}

/// The instances worth looking at, by the best index that the request allows.
fn candidates<'a>(world: &'a World, filters: &'a Filters, given: &'a [String]) -> BTreeSet<&'a str> {
    if !given.is_empty() {
        return given.iter().map(String::as_str).collect();
    }
    if let Some(ids) = filters.exact("instance-id") {
        return ids.iter().map(String::as_str).collect();
    }
    if let Some(names) = filters.exact("private-dns-name") {
        return names.iter().filter_map(|name| world.ec2.instance_names.get(name)).map(String::as_str).collect();
    }
    let index = &world.ec2.tag_index;
    let fewest = filters
        .exact_tags()
        .min_by_key(|(key, values)| values.iter().map(|value| index.count(key, value)).sum::<usize>());
    match fewest {
        Some((key, values)) => values.iter().flat_map(|value| index.find(key, value)).collect(),
        None => world.ec2.instances.keys().map(String::as_str).collect(),
    }
}

fn field(world: &World, instance: &Instance, name: &str) -> Field {
    match name {
        "instance-id" => Field::one(&instance.id),
        "instance-type" => Field::one(&instance.instance_type),
        "instance-state-name" => Field::one(instance.state.name()),
        "instance-state-code" => Field::one(instance.state.code().to_string()),
        "instance-lifecycle" => Field::maybe((instance.lifecycle == Lifecycle::Spot).then_some("spot")),
        "availability-zone" => Field::one(&instance.zone),
        "subnet-id" | "network-interface.subnet-id" => Field::one(&instance.subnet_id),
        "vpc-id" | "network-interface.vpc-id" => Field::one(&instance.vpc_id),
        "image-id" => Field::one(&instance.image_id),
        "key-name" => Field::maybe(instance.key_name.clone()),
        "private-dns-name" => Field::one(&instance.private_dns),
        "private-ip-address" => Field::one(instance.private_ip.to_string()),
        "ip-address" => Field::maybe(instance.public_ip.map(|address| address.to_string())),
        "iam-instance-profile.arn" => Field::maybe(instance.profile_arn.clone()),
        "instance.group-id" | "group-id" => Field::Values(instance.security_group_ids.clone()),
        "spot-instance-request-id" => Field::maybe(instance.spot_request_id.clone()),
        "reservation-id" => Field::one(&instance.reservation_id),
        "owner-id" => Field::one(&world.account.id),
        "launch-time" => Field::one(world.clock.precise(instance.launched)),
        "platform" => {
            let image = world.ec2.images.get(&instance.image_id);
            Field::maybe(image.filter(|image| image.is_windows()).map(|_| "windows"))
        }
        "architecture" => Field::maybe(world.ec2.images.get(&instance.image_id).map(|image| image.architecture.ec2())),
        _ => Field::tag(name, &instance.tags),
    }
}

fn shown(world: &World, i: &Instance) -> Value {
    let image = world.ec2.images.get(&i.image_id);
    let root = image.map_or("/dev/xvda", |image| image.root_device.as_str());
    let vcpu = catalogue::get(&i.instance_type).map_or(0, |t| t.vcpu);
    let groups: Vec<Value> = i
        .security_group_ids
        .iter()
        .map(|id| {
            let name = world.ec2.security_groups.get(id).map(|group| group.name.clone());
            json!({"groupId": id, "groupName": name})
        })
        .collect();
    let windows = image.is_some_and(Image::is_windows);
    let launched = world.clock.precise(i.launched);
    let profile = i
        .profile_arn
        .as_ref()
        .map(|arn| json!({"arn": arn, "id": world.iam.profile(arn).map(|profile| profile.id.clone())}));
    let mut shown = json!({
        "instanceId": i.id, "imageId": i.image_id, "instanceState": {"code": i.state.code(), "name": i.state.name()},
        "privateDnsName": "", "dnsName": "", "reason": "", "keyName": i.key_name, "amiLaunchIndex": 0,
        "productCodes": [], "instanceType": i.instance_type, "launchTime": launched,
        "placement": {"availabilityZone": i.zone, "groupName": "", "tenancy": "default"},
        "monitoring": {"state": "disabled"}, "architecture": image.map(|image| image.architecture.ec2()),
        "rootDeviceType": "ebs", "rootDeviceName": root, "virtualizationType": "hvm", "hypervisor": "xen",
        "clientToken": "", "tagSet": tag_set(&i.tags), "ebsOptimized": false, "enaSupport": true,
        "iamInstanceProfile": profile, "sourceDestCheck": true,
        "instanceLifecycle": (i.lifecycle == Lifecycle::Spot).then_some("spot"),
        "spotInstanceRequestId": i.spot_request_id,
        "cpuOptions": {"coreCount": vcpu.div_ceil(2), "threadsPerCore": if vcpu > 1 { 2 } else { 1 }},
        "metadataOptions": {
            "state": "applied", "httpTokens": i.http_tokens, "httpPutResponseHopLimit": i.hop_limit,
            "httpEndpoint": "enabled", "httpProtocolIpv6": "disabled", "instanceMetadataTags": "disabled",
        },
        "enclaveOptions": {"enabled": false}, "platformDetails": image.map_or("Linux/UNIX", Image::platform),
        "usageOperation": if windows { "RunInstances:0002" } else { "RunInstances" },
        "platform": windows.then_some("windows"),
        "usageOperationUpdateTime": launched, "maintenanceOptions": {"autoRecovery": "default"},
        "stateReason": i.reason.as_ref().map(|reason| json!({"code": reason.code, "message": reason.message})),
    });
    if !i.state.alive() {
        if let Some(ended) = i.ended {
            let when = world.clock.at(ended).strftime("%Y-%m-%d %H:%M:%S GMT").to_string();
            let who = i
                .reason
                .as_ref()
                .map_or("User", |reason| if reason.code.starts_with("Server") { "Server" } else { "User" });
            shown["reason"] = format!("{who} initiated ({when})").into();
        }
        return shown;
    }
    shown["privateDnsName"] = i.private_dns.as_str().into();
    shown["privateIpAddress"] = i.private_ip.to_string().into();
    shown["subnetId"] = i.subnet_id.as_str().into();
    shown["vpcId"] = i.vpc_id.as_str().into();
    shown["groupSet"] = groups.clone().into();
    let attached = json!({"attachTime": launched, "deleteOnTermination": true, "status": "attached"});
    let mut volume = attached.clone();
    volume["volumeId"] = i.volume_id.as_str().into();
    shown["blockDeviceMapping"] = json!([{"deviceName": root, "ebs": volume}]);
    let mut attachment = attached;
    attachment["attachmentId"] = i.interface_id.replace("eni-", "eni-attach-").into();
    attachment["deviceIndex"] = 0.into();
    attachment["networkCardIndex"] = 0.into();
    let association = i.public_ip.map(|address| {
        json!({
            "ipOwnerId": "amazon", "publicDnsName": i.public_dns(&world.account.region),
            "publicIp": address.to_string(),
        })
    });
    if let Some(address) = i.public_ip {
        shown["ipAddress"] = address.to_string().into();
        shown["dnsName"] = i.public_dns(&world.account.region).into();
    }
    shown["networkInterfaceSet"] = json!([{
        "networkInterfaceId": i.interface_id, "subnetId": i.subnet_id, "vpcId": i.vpc_id, "description": "",
        "ownerId": world.account.id, "status": "in-use", "privateIpAddress": i.private_ip.to_string(),
        "privateDnsName": i.private_dns, "sourceDestCheck": true, "groupSet": groups, "attachment": attachment,
        "association": association, "interfaceType": "interface", "ipv6AddressesSet": [],
        "privateIpAddressesSet": [{
            "privateIpAddress": i.private_ip.to_string(), "primary": true, "privateDnsName": i.private_dns,
        }],
    }]);
    shown
}

//! What the launch template says of the machines: volumes, metadata service, settings.

use crate::domain::cloud::{BlockDevice, TemplateVersion};
use crate::domain::nodegroup::{
    CapacityReservation, CpuCredits, DataVolume, Machine, NodegroupSpec, Placement, Volume, VolumeType,
};

pub(super) fn read(version: &TemplateVersion, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let data = &version.data;
    volumes(&data.block_devices, spec, notes);
    let settings = &data.settings;
    let mut machine = Machine {
        ebs_optimized: settings.ebs_optimized,
        detailed_monitoring: settings.monitoring,
        enclaves: settings.enclaves,
        placement: settings.placement_group.clone().map(|group| Placement { group: Some(group), spread_level: None }),
        market_type: settings.market_type.clone().filter(|kind| kind != "spot"),
        ..Machine::default()
    };
    machine.cpu_credits = match settings.cpu_credits.as_deref() {
        Some("standard") => Some(CpuCredits::Standard),
        Some("unlimited") => Some(CpuCredits::Unlimited),
        _ => None,
    };
    if settings.reservation_preference.is_some()
        || settings.reservation_id.is_some()
        || settings.reservation_group_arn.is_some()
    {
        machine.capacity_reservation = Some(CapacityReservation {
            preference: settings.reservation_preference.clone(),
            id: settings.reservation_id.clone(),
            resource_group_arn: settings.reservation_group_arn.clone(),
        });
    }
    let metadata = &data.metadata_options;
    machine.disable_imds_v1 = (metadata.http_tokens != "required").then_some(false);
    machine.disable_pod_imds = (metadata.hop_limit <= 1).then_some(true);
    if metadata.hop_limit > 2 {
        notes.push(format!("metadata hop limit {}: nodes of this file have 2", metadata.hop_limit));
    }
    spec.machine = machine;
    if version.public_ip.is_some() {
        notes.push(
            "its network interface says whether it has a public address; a file leaves that to the subnets".to_owned(),
        );
    }
    for name in &version.unread {
        notes.push(format!("`{name}` of the launch template: a file has no words for it"));
    }
}

fn volumes(devices: &[BlockDevice], spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let usual = spec.ami_family.volume_device();
    // The volume that `volumeSize` is about comes first in what is written here; others list them as they like.
    let root = devices.iter().position(|device| device.device_name == usual).unwrap_or(0);
    let Some(main) = devices.get(root) else {
        notes.push("its volume is the image's own; nodes of this file have the usual one".to_owned());
        return;
    };
    match volume(main) {
        Some(volume) => {
            let name = volume.name.clone().filter(|name| name != usual);
            spec.volume = Volume { name, ..volume };
        }
        None => notes.push(format!(
            "volume `{}` leaves its size to the image; nodes of this file have the usual one",
            main.device_name
        )),
    }
    for (at, device) in devices.iter().enumerate().filter(|(at, _)| *at != root) {
        match volume(device) {
            Some(volume) => spec.additional_volumes.push(DataVolume { volume, snapshot: device.snapshot.clone() }),
            None => notes.push(format!("volume {at} `{}` leaves its size to a snapshot", device.device_name)),
        }
    }
}

fn volume(device: &BlockDevice) -> Option<Volume> {
    let size_gib = u32::try_from(device.size_gib).ok().filter(|size| *size > 0)?;
    let volume_type = VolumeType::ALL.into_iter().find(|kind| kind.as_str() == device.volume_type);
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    Some(Volume {
        size_gib,
        volume_type: volume_type.unwrap_or(VolumeType::Gp2),
        iops: number(device.iops),
        throughput: number(device.throughput),
        encrypted: device.encrypted,
        name: Some(device.device_name.clone()),
        kms_key: device.kms_key.clone(),
    })
}

//! The launch template that every instance of a group starts from.

use indexmap::IndexMap;

use super::ssh::key_pair_name;
use super::tags::launch_tags;
use crate::domain::Code;
use crate::domain::cloud::{
    BlockDevice, Cluster, InstanceSettings, LaunchTemplateData, MetadataOptions, TagSpecification,
};
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::{AmiFamily, NodegroupSpec, Volume};
use crate::domain::shape::{Architecture, Device};
use crate::domain::taint::Taint;
use crate::domain::user_data::{self, BootInput};

/// The public SSM parameter that names the newest image for a group's architecture and a cluster's version.
pub fn image_parameter(spec: &NodegroupSpec, version: &str) -> String {
    let family = spec.ami_family;
    let first = spec.types.first();
    let architecture = first.map_or(Architecture::Amd64, |known| known.architecture);
    let arch = architecture.ec2();
    let has = |wanted: &[Device]| spec.types.iter().any(|known| known.device.is_some_and(|it| wanted.contains(&it)));
    let (nvidia, neuron) = (has(&[Device::Nvidia]), has(&[Device::Neuron]));
    match family {
        AmiFamily::AmazonLinux2023 => {
            let variant = if nvidia {
                "nvidia"
            } else if neuron {
                "neuron"
            } else {
                "standard"
            };
            format!("/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{arch}/{variant}/recommended/image_id")
        }
        AmiFamily::AmazonLinux2 => {
            let variant = match architecture {
                Architecture::Arm64 => "-arm64",
                Architecture::Amd64 if nvidia || neuron => "-gpu",
                Architecture::Amd64 => "",
            };
            format!("/aws/service/eks/optimized-ami/{version}/amazon-linux-2{variant}/recommended/image_id")
        }
        AmiFamily::Bottlerocket | AmiFamily::BottlerocketFips => {
            let variant = match (nvidia, family) {
                (true, _) => "-nvidia",
                (false, AmiFamily::BottlerocketFips) => "-fips",
                (false, _) => "",
            };
            format!("/aws/service/bottlerocket/aws-k8s-{version}{variant}/{arch}/latest/image_id")
        }
        _ if family.is_windows() => {
            let (year, edition) = family.windows_release().unwrap_or_default();
            format!(
                "/aws/service/ami-windows-latest/Windows_Server-{year}-English-{edition}-EKS_Optimized-{version}/image_id"
            )
        }
        _ => {
            let name = family.as_str();
            let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let (year, month) = digits.split_at(2);
            let product = if name.starts_with("UbuntuPro") { "eks-pro" } else { "eks" };
            let volume = if year < "24" { "ebs-gp2" } else { "ebs-gp3" };
            format!(
                "/aws/service/canonical/ubuntu/{product}/{year}.{month}/{version}/stable/current/{}/hvm/{volume}/ami-id",
                architecture.kubernetes()
            )
        }
    }
}

/// The content of the launch template. `security_groups` are the cluster's own and, with SSH, the group's.
///
/// # Errors
/// `SPOT-0132` when the user data is over EC2's limit, and what the boot configuration needs but the cluster lacks.
pub fn launch_template_data(
    spec: &NodegroupSpec,
    cluster: &Cluster,
    image_id: &str,
    instance_profile_arn: &str,
    security_groups: Vec<String>,
) -> Result<LaunchTemplateData> {
    let tags = launch_tags(spec);
    let specification = |kind: &str| TagSpecification { resource_type: kind.to_owned(), tags: tags.clone() };
    Ok(LaunchTemplateData {
        image_id: image_id.to_owned(),
        instance_type: spec.types.names().first().map(|name| (*name).to_owned()),
        key_name: key_pair_name(spec),
        instance_profile_arn: Some(instance_profile_arn.to_owned()),
        security_group_ids: security_groups,
        user_data: user_data(spec, cluster, &spec.node_labels(), &spec.taints)?,
        // IMDSv2 only unless asked otherwise; the second hop lets pods reach it.
        metadata_options: MetadataOptions {
            http_tokens: if spec.machine.imds_v2_only() { "required" } else { "optional" }.to_owned(),
            hop_limit: spec.machine.imds_hop_limit(),
        },
        block_devices: volumes(spec)?,
        tag_specifications: ["instance", "volume", "network-interface"].into_iter().map(specification).collect(),
        settings: settings(spec),
    })
}

/// The content of the launch template that EKS completes for a managed group: EKS adds types, profile, and unless
/// `image_id` is one of the user's own, image and what makes nodes join.
///
/// # Errors
/// As [`launch_template_data`].
pub fn managed_template_data(
    spec: &NodegroupSpec,
    cluster: &Cluster,
    image_id: Option<&str>,
    security_groups: Vec<String>,
) -> Result<LaunchTemplateData> {
    let mut labels = spec.node_labels();
    let user_data = match image_id {
        // EKS puts nothing into boot data beside an image of one's own.
        Some(image) => {
            let spot = spec.managed.as_ref().is_some_and(|managed| managed.spot == Some(true));
            for (key, value) in [
                ("eks.amazonaws.com/nodegroup", spec.name.as_str()),
                ("eks.amazonaws.com/nodegroup-image", image),
                ("eks.amazonaws.com/capacityType", if spot { "SPOT" } else { "ON_DEMAND" }),
            ] {
                labels.insert(key.to_owned(), value.to_owned());
            }
            user_data(spec, cluster, &labels, &spec.taints)?
        }
        None if spec.boot == Default::default() && spec.max_pods.is_none() => String::new(),
        None if spec.ami_family == AmiFamily::AmazonLinux2 || spec.ami_family.is_windows() => {
            user_data::encode(&user_data::commands(spec.ami_family, &spec.boot.pre_bootstrap_commands))?
        }
        None => user_data(spec, cluster, &IndexMap::new(), &[])?,
    };
    let whole = launch_template_data(spec, cluster, image_id.unwrap_or_default(), "", security_groups)?;
    Ok(LaunchTemplateData { instance_type: None, instance_profile_arn: None, user_data, ..whole })
}

fn user_data(
    spec: &NodegroupSpec,
    cluster: &Cluster,
    labels: &IndexMap<String, String>,
    taints: &[Taint],
) -> Result<String> {
    let service_cidr = cluster.service_cidr.as_deref().ok_or_else(|| {
        Error::new(Code::AwsMalformedAnswer, format!("EKS does not say the service CIDR of cluster `{}`", cluster.name))
            .because("nodes learn the address of the cluster's DNS from it")
    })?;
    user_data::encode(&user_data::write(
        spec.ami_family,
        &BootInput {
            cluster: &cluster.name,
            endpoint: &cluster.endpoint,
            certificate_authority: &cluster.certificate_authority,
            service_cidr,
            labels,
            taints,
            max_pods: spec.max_pods,
            boot: &spec.boot,
        },
    ))
}

fn settings(spec: &NodegroupSpec) -> InstanceSettings {
    let machine = &spec.machine;
    let reservation = machine.capacity_reservation.clone().unwrap_or_default();
    InstanceSettings {
        ebs_optimized: machine.ebs_optimized,
        monitoring: machine.detailed_monitoring,
        enclaves: machine.enclaves,
        cpu_credits: machine.cpu_credits.map(|credits| credits.as_str().to_owned()),
        placement_group: machine.placement.as_ref().and_then(|placement| placement.group.clone()),
        reservation_preference: reservation.preference,
        reservation_id: reservation.id,
        reservation_group_arn: reservation.resource_group_arn,
        market_type: machine.market_type.clone(),
    }
}

/// The root volume, then the others.
fn volumes(spec: &NodegroupSpec) -> Result<Vec<BlockDevice>> {
    let root = device(&spec.volume, spec.ami_family.volume_device(), None)?;
    let others = spec.additional_volumes.iter().map(|one| device(&one.volume, "/dev/xvdf", one.snapshot.clone()));
    std::iter::once(Ok(root)).chain(others).collect()
}

fn device(volume: &Volume, name: &str, snapshot: Option<String>) -> Result<BlockDevice> {
    let signed = |value: u32, what: &str| {
        i32::try_from(value).map_err(|_| Error::new(Code::InvalidValue, format!("volume {what} is {value}")))
    };
    Ok(BlockDevice {
        device_name: volume.name.clone().unwrap_or_else(|| name.to_owned()),
        size_gib: signed(volume.size_gib, "size")?,
        volume_type: volume.volume_type.as_str().to_owned(),
        iops: volume.iops.map(|iops| signed(iops, "IOPS")).transpose()?,
        throughput: volume.throughput.map(|throughput| signed(throughput, "throughput")).transpose()?,
        encrypted: volume.encrypted,
        kms_key: volume.kms_key.clone(),
        snapshot,
    })
}

/// The security groups of the nodes that are there already: those to attach, and the cluster's own unless that is not wanted.
pub fn attached_security_groups(spec: &NodegroupSpec, cluster: &Cluster) -> Vec<String> {
    let mut ids = spec.security_groups.attach_ids.clone();
    let shared = cluster.cluster_security_group.iter().filter(|_| spec.security_groups.with_shared != Some(false));
    for id in shared {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

//! A group that EKS manages: what EKS is asked for, and how what is there differs from it.

use std::collections::BTreeSet;

use super::names::ResourceNames;
use super::placement::Placement;
use super::tags::ownership;
use crate::domain::cloud::{ManagedNodegroup, NodegroupTemplate, TagMap};
use crate::domain::error::Result;
use crate::domain::mutation::{NodegroupConfig, NodegroupRequest};
use crate::domain::nodegroup::{AmiFamily, CLUSTER_LABEL, NODEGROUP_LABEL, NodegroupSpec};
use crate::domain::shape::{Architecture, Device};
use crate::domain::tag;
use crate::domain::taint::Taint;

/// What EKS starts nodes from when it is told nothing.
const USUAL_IMAGE: &str = "AL2023_x86_64_STANDARD";

/// Whether the nodes start from an image that the launch template names: one of the user's, or of a family that EKS
/// has no type for.
pub fn has_own_image(spec: &NodegroupSpec) -> bool {
    spec.ami.is_some() || spec.ami_family.is_ubuntu()
}

/// EKS's name for the image of a group; `None` when the launch template names one.
pub fn ami_type(spec: &NodegroupSpec) -> Option<String> {
    if has_own_image(spec) {
        return None;
    }
    let arm = spec.types.first().is_some_and(|known| known.architecture == Architecture::Arm64);
    let has = |wanted: Device| spec.types.iter().any(|known| known.device == Some(wanted));
    let architecture = if arm { "ARM_64" } else { "x86_64" };
    Some(match spec.ami_family {
        AmiFamily::AmazonLinux2 => match (arm, has(Device::Nvidia) || has(Device::Neuron)) {
            (true, _) => "AL2_ARM_64".to_owned(),
            (false, true) => "AL2_x86_64_GPU".to_owned(),
            (false, false) => "AL2_x86_64".to_owned(),
        },
        AmiFamily::Bottlerocket if has(Device::Nvidia) => format!("BOTTLEROCKET_{architecture}_NVIDIA"),
        AmiFamily::Bottlerocket => format!("BOTTLEROCKET_{architecture}"),
        AmiFamily::BottlerocketFips => format!("BOTTLEROCKET_{architecture}_FIPS"),
        // EKS's names: WINDOWS_CORE_2022_x86_64.
        family if family.is_windows() => {
            let (year, edition) = family.windows_release().unwrap_or_default();
            format!("WINDOWS_{}_{year}_x86_64", edition.to_uppercase())
        }
        _ if has(Device::Nvidia) => format!("AL2023_{architecture}_NVIDIA"),
        _ if has(Device::Neuron) => format!("AL2023_{architecture}_NEURON"),
        _ => format!("AL2023_{architecture}_STANDARD"),
    })
}

/// The public SSM parameter that names the newest release of the image that `image_parameter` names.
fn release_parameter(image_parameter: &str) -> Option<String> {
    let folder = image_parameter.strip_suffix("/image_id")?;
    let name = if folder.starts_with("/aws/service/bottlerocket/") { "image_version" } else { "release_version" };
    Some(format!("{folder}/{name}"))
}

/// The same for EKS's name of an image and a Kubernetes version; `None` for an image of one's own, and for Windows, of which
/// AWS publishes no release.
pub fn newest_release_parameter(ami_type: &str, version: &str) -> Option<String> {
    let arch = if ami_type.contains("ARM_64") { Architecture::Arm64 } else { Architecture::Amd64 }.ec2();
    let optimized = format!("/aws/service/eks/optimized-ami/{version}");
    let ends = |known: [&'static str; 2]| known.into_iter().find(|end| ami_type.ends_with(end)).map(str::to_lowercase);
    let folder = match ami_type {
        "AL2_x86_64" => format!("{optimized}/amazon-linux-2/recommended"),
        "AL2_x86_64_GPU" => format!("{optimized}/amazon-linux-2-gpu/recommended"),
        "AL2_ARM_64" => format!("{optimized}/amazon-linux-2-arm64/recommended"),
        _ if ami_type.starts_with("AL2023_") => {
            let variant = ends(["NVIDIA", "NEURON"]).unwrap_or_else(|| "standard".to_owned());
            format!("{optimized}/amazon-linux-2023/{arch}/{variant}/recommended")
        }
        _ if ami_type.starts_with("BOTTLEROCKET_") => {
            let variant = ends(["NVIDIA", "FIPS"]).map(|end| format!("-{end}")).unwrap_or_default();
            format!("/aws/service/bottlerocket/aws-k8s-{version}{variant}/{arch}/latest")
        }
        _ => return None,
    };
    release_parameter(&format!("{folder}/image_id"))
}

/// Tags of the node group.
///
/// # Errors
/// `SPOT-0122` for a tag that AWS would refuse, or more than 50 with the count.
pub fn nodegroup_tags(spec: &NodegroupSpec) -> Result<TagMap> {
    let mut tags = TagMap::from([
        (CLUSTER_LABEL.to_owned(), spec.cluster.clone()),
        (NODEGROUP_LABEL.to_owned(), spec.name.clone()),
        ("alpha.eksctl.io/nodegroup-type".to_owned(), "managed".to_owned()),
    ]);
    tags.extend(spec.tags.iter().map(|(key, value)| (key.clone(), value.clone())));
    tags.extend(ownership(spec));
    for (key, value) in &tags {
        tag::validate(key, value)?;
    }
    tag::validate_count(&tags)?;
    tags.sort_keys();
    Ok(tags)
}

/// The request that makes the group. `template` is the version of the launch template of ours; a group with a template of
/// the user's own keeps that.
///
/// # Errors
/// As [`nodegroup_tags`].
pub fn nodegroup_request(
    spec: &NodegroupSpec,
    names: &ResourceNames,
    placement: &Placement,
    role_arn: &str,
    template: i64,
) -> Result<NodegroupRequest> {
    let managed = spec.managed.clone().unwrap_or_default();
    let launch_template = match managed.launch_template {
        Some(given) => NodegroupTemplate {
            id: Some(given.id),
            name: None,
            version: given.version.unwrap_or_else(|| "$Default".to_owned()),
        },
        None => {
            NodegroupTemplate { id: None, name: Some(names.launch_template.clone()), version: template.to_string() }
        }
    };
    let own_template = spec.has_own_template();
    Ok(NodegroupRequest {
        cluster: spec.cluster.clone(),
        name: spec.name.clone(),
        node_role: role_arn.to_owned(),
        size: spec.size,
        spot: managed.spot == Some(true),
        // A template of the user's own may name an image, and EKS takes no type beside that.
        ami_type: ami_type(spec).filter(|kind| !own_template || kind != USUAL_IMAGE),
        release_version: managed.release_version,
        instance_types: spec.types.names().into_iter().map(str::to_owned).collect(),
        subnet_ids: placement.subnet_ids(),
        labels: spec.node_labels(),
        taints: spec.taints.clone(),
        launch_template: Some(launch_template),
        update_config: spec.update_config,
        node_repair: managed.node_repair,
        tags: nodegroup_tags(spec)?,
        client_token: String::new(),
    })
}

/// How a managed group differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodegroupDifference {
    /// What an update of the configuration changes.
    pub config: NodegroupConfig,
    /// The same in words, as `desired 1 → 2`.
    pub changes: Vec<String>,
    /// What EKS cannot change.
    pub fixed: Vec<String>,
}

/// Compares a group with what it should be. The launch template's version and the image's release are not looked at: they
/// change by a roll.
pub fn nodegroup_difference(there: &ManagedNodegroup, wanted: &NodegroupRequest) -> NodegroupDifference {
    let mut difference = NodegroupDifference::default();
    let config = &mut difference.config;
    for (what, from, to) in [
        ("min", there.size.min, wanted.size.min),
        ("max", there.size.max, wanted.size.max),
        ("desired", there.size.desired, wanted.size.desired),
    ] {
        if from != to {
            difference.changes.push(format!("{what} {from} → {to}"));
            config.size = Some(wanted.size);
        }
    }
    config.set_labels = wanted
        .labels
        .iter()
        .filter(|(key, value)| there.labels.get(*key) != Some(*value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    config.remove_labels = there.labels.keys().filter(|key| !wanted.labels.contains_key(*key)).cloned().collect();
    let same = |a: &Taint, b: &Taint| a.key == b.key && a.effect == b.effect;
    config.set_taints = wanted.taints.iter().filter(|taint| !there.taints.contains(taint)).cloned().collect();
    let gone = |taint: &&Taint| !wanted.taints.iter().any(|wanted| same(wanted, taint));
    config.remove_taints = there.taints.iter().filter(gone).cloned().collect();
    if !config.set_labels.is_empty() || !config.remove_labels.is_empty() {
        difference.changes.push("labels".to_owned());
    }
    if !config.set_taints.is_empty() || !config.remove_taints.is_empty() {
        difference.changes.push("taints".to_owned());
    }
    if let Some(update) = wanted.update_config.filter(|update| *update != there.update_config) {
        config.update_config = Some(update);
        difference.changes.push("update config".to_owned());
    }
    if wanted.node_repair.is_some() && wanted.node_repair != there.node_repair {
        config.node_repair.clone_from(&wanted.node_repair);
        difference.changes.push("node repair".to_owned());
    }
    difference.fixed = fixed(there, wanted);
    difference
}

fn fixed(there: &ManagedNodegroup, wanted: &NodegroupRequest) -> Vec<String> {
    let capacity = |spot: bool| if spot { "SPOT" } else { "ON_DEMAND" }.to_owned();
    let sorted =
        |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
    let types = |list: &[String]| if wanted.spot { sorted(list) } else { list.join(", ") };
    let own = there.has_own_image();
    let given = wanted.launch_template.as_ref().is_some_and(|template| template.id.is_some());
    let image = match &wanted.ami_type {
        Some(kind) => kind.clone(),
        None if own || given => there.ami_type.clone(),
        None => "CUSTOM".to_owned(),
    };
    let template = |template: Option<&NodegroupTemplate>, like: Option<&NodegroupTemplate>| {
        let by_id = like.is_some_and(|like| like.id.is_some());
        let name = template.and_then(|it| if by_id { it.id.clone() } else { it.name.clone() });
        name.unwrap_or_else(|| "none".to_owned())
    };
    let (old, new) = (there.launch_template.as_ref(), wanted.launch_template.as_ref());
    let tags = |tags: &TagMap| {
        let own = tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
        let mut lines: Vec<String> = own.map(|(key, value)| format!("{key}={value}")).collect();
        lines.sort();
        lines.join(", ")
    };
    [
        ("capacity type", capacity(there.spot), capacity(wanted.spot)),
        // Their order means something for On-Demand only.
        ("instance types", types(&there.instance_types), types(&wanted.instance_types)),
        ("image type", there.ami_type.clone(), image),
        ("subnets", sorted(&there.subnet_ids), sorted(&wanted.subnet_ids)),
        ("node role", there.node_role.clone(), wanted.node_role.clone()),
        ("launch template", template(old, new), template(new, new)),
        ("tags", tags(&there.tags), tags(&wanted.tags)),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(what, from, to)| format!("its {what}: [{from}], not [{to}]"))
    .collect()
}

//! Machine images that templates, instances and public parameters name.

use std::collections::BTreeMap;

use super::index::Index;
use crate::domain::boot_syntax::{bootstrap_of, text_of};
use crate::domain::catalogue;
use crate::domain::nodegroup::Bootstrap;
use crate::domain::shape::Architecture;
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::ec2::state::Image;
use crate::sandbox::services::ssm::state::Parameter;
use crate::sandbox::world::World;
use crate::sandbox::world::clock::DAY;

/// What is known of an image.
#[derive(Debug, Clone, Default)]
struct Known {
    family: Option<&'static str>,
    architecture: Option<Architecture>,
    kubelet: Option<String>,
    /// `1.33.5-20251209`.
    release: Option<String>,
}

pub(super) fn put(world: &mut World, snapshot: &Snapshot, index: &Index<'_>) {
    for (id, known) in known(snapshot, index) {
        let image = image(world, snapshot, &id, &known);
        world.ec2.images.insert(id, image);
    }
    for (name, value) in &snapshot.images {
        let parameter = Parameter { value: value.clone(), kind: "String".to_owned(), version: 1, modified: -23 * DAY };
        world.ssm.parameters.insert(name.clone(), parameter);
    }
}

fn known(snapshot: &Snapshot, index: &Index<'_>) -> BTreeMap<String, Known> {
    let mut all: BTreeMap<String, Known> = BTreeMap::new();
    for (name, id) in snapshot.images.iter().filter(|(name, _)| name.ends_with("/image_id")) {
        let known = all.entry(id.clone()).or_default();
        known.family = Some(match name {
            name if name.contains("/bottlerocket/") => "bottlerocket",
            name if name.contains("/amazon-linux-2023/") => "al2023",
            name if name.contains("/canonical/") => "ubuntu",
            name if name.contains("Windows_Server-2019-") => "windows2019",
            name if name.contains("Windows_Server-2025-") => "windows2025",
            name if name.contains("/ami-windows-latest/") => "windows2022",
            _ => "al2",
        });
        let arm = name.contains("arm64");
        known.architecture = Some(if arm { Architecture::Arm64 } else { Architecture::Amd64 });
        let folder = name.trim_end_matches("image_id");
        let release =
            ["release_version", "image_version"].iter().find_map(|it| snapshot.images.get(&format!("{folder}{it}")));
        known.release = release.cloned();
    }
    for template in &snapshot.launch_templates {
        for version in template.versions.iter().filter(|version| !version.data.image_id.is_empty()) {
            let known = all.entry(version.data.image_id.clone()).or_default();
            let kind = text_of(&version.data.user_data).and_then(|text| bootstrap_of(&text));
            known.family = known.family.or(match kind {
                Some(Bootstrap::Nodeadm) => Some("al2023"),
                Some(Bootstrap::Bottlerocket) => Some("bottlerocket"),
                Some(Bootstrap::Script) => Some("al2"),
                // Which year only the nodes know.
                Some(Bootstrap::Windows) => Some("windows2022"),
                None => None,
            });
            let name = version.data.instance_type.as_deref();
            known.architecture = known.architecture.or(name.and_then(architecture));
        }
    }
    for group in &snapshot.nodegroups {
        let behind = snapshot.groups.iter().map(|one| &one.group);
        let members = behind.filter(|one| group.auto_scaling_groups.contains(&one.name)).flat_map(|one| &one.instances);
        for member in members {
            let instance = index.instances.get(member.id.as_str());
            if let Some(id) = instance.and_then(|instance| instance.image_id.clone()) {
                let known = all.entry(id).or_default();
                known.release = known.release.take().or_else(|| Some(group.release_version.clone()));
            }
        }
    }
    for instance in &snapshot.instances {
        let Some(id) = instance.image_id.clone() else { continue };
        let known = all.entry(id).or_default();
        known.architecture = known.architecture.or(architecture(&instance.instance_type));
        let node = index.nodes.get(instance.id.as_str());
        let kernel = node.and_then(|node| node["status"]["nodeInfo"]["kernelVersion"].as_str()).unwrap_or_default();
        let years = [("10.0.17763.", "windows2019"), ("10.0.20348.", "windows2022"), ("10.0.26100.", "windows2025")];
        let year = years.into_iter().find(|(build, _)| kernel.starts_with(build)).map(|(_, family)| family);
        known.family = year.or(known.family);
        let kubelet = node.and_then(|node| node["status"]["nodeInfo"]["kubeletVersion"].as_str());
        known.kubelet = known.kubelet.take().or_else(|| kubelet.map(str::to_owned));
    }
    all
}

fn architecture(instance_type: &str) -> Option<Architecture> {
    catalogue::get(instance_type).map(|known| known.architecture)
}

fn image(world: &mut World, snapshot: &Snapshot, id: &str, known: &Known) -> Image {
    let version = snapshot.cluster.version.as_str();
    let family = known.family.unwrap_or("al2023");
    let architecture = known.architecture.unwrap_or(Architecture::Amd64);
    let arch = architecture.ec2();
    let release = known.release.as_deref().unwrap_or_default();
    // EKS names a release by the kubelet's version and a date; Bottlerocket has its own versions.
    let (patch, date) = release.rsplit_once('-').unwrap_or((version, "00000000"));
    let name = match family {
        "bottlerocket" => format!("bottlerocket-aws-k8s-{version}-{arch}-v{release}"),
        "al2023" => format!("amazon-eks-node-al2023-{arch}-standard-{version}-v{date}"),
        windows if windows.starts_with("windows") => {
            let year = windows.trim_start_matches("windows");
            format!("Windows_Server-{year}-English-Core-EKS_Optimized-{version}-{date}")
        }
        _ => format!("amazon-eks-node-{version}-v{date}"),
    };
    let kubelet = known.kubelet.clone().unwrap_or_else(|| match family {
        "bottlerocket" => format!("v{version}.0-eks"),
        _ => format!("v{patch}-eks"),
    });
    let minor = |text: &str| text.trim_start_matches('v').split('.').take(2).collect::<Vec<_>>().join(".");
    Image {
        id: id.to_owned(),
        name,
        description: format!("EKS-optimized Kubernetes node, Kubernetes {version} ({family})"),
        architecture,
        root_device: if family.starts_with("windows") { "/dev/sda1" } else { "/dev/xvda" }.to_owned(),
        snapshot_id: world.ids.ec2("snap"),
        size_gib: 20,
        owner_id: "602401143452".to_owned(),
        family: family.to_owned(),
        kubernetes: minor(&kubelet),
        kubelet,
        created: -23 * DAY,
    }
}

//! Machine images for nodes, and the public SSM parameters that name them.

use super::Scenario;
use crate::domain::shape::Architecture;
use crate::sandbox::services::ec2::state::{Image, KeyPair};
use crate::sandbox::services::ssm::state::Parameter;
use crate::sandbox::world::World;
use crate::sandbox::world::clock::DAY;
use crate::sandbox::world::hash;

/// AWS's account that owns EKS images.
const EKS_IMAGES: &str = "602401143452";

pub(super) fn build(scenario: &Scenario, world: &mut World) {
    let mut versions: Vec<String> = (31..=34).map(|minor| format!("1.{minor}")).collect();
    if !versions.contains(&scenario.kubernetes) {
        versions.push(scenario.kubernetes.clone());
    }
    for version in &versions {
        let patch = hash::hash(world.seed, &["patch", version]) % 6 + 1;
        let kubelet = kubelet(world.seed, version);
        for (architecture, arch) in [(Architecture::Amd64, "x86_64"), (Architecture::Arm64, "arm64")] {
            for variant in ["standard", "nvidia", "neuron"] {
                let name = format!("amazon-eks-node-al2023-{arch}-{variant}-{version}-v20251209");
                let id = image(world, &name, architecture, "al2023", version, &kubelet, 20);
                let path = format!("/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{arch}/{variant}");
                for release in ["recommended", &format!("amazon-eks-node-al2023-{arch}-{variant}-{version}-v20251209")]
                {
                    parameter(world, format!("{path}/{release}/image_id"), id.clone());
                }
                let release = format!("{version}.{patch}-20251209");
                parameter(world, format!("{path}/recommended/release_version"), release);
            }
            let name = format!("bottlerocket-aws-k8s-{version}-{arch}-v1.51.0-47438798");
            let id = image(world, &name, architecture, "bottlerocket", version, &kubelet, 2);
            let path = format!("/aws/service/bottlerocket/aws-k8s-{version}/{arch}/latest");
            parameter(world, format!("{path}/image_id"), id);
            parameter(world, format!("{path}/image_version"), "1.51.0-47438798".into());
        }
    }
    for version in &versions {
        others(world, version);
    }
    for version in &versions {
        windows(world, version);
    }
    for name in &scenario.key_pairs {
        let id = world.ids.ec2("key");
        let (a, b) = world.ids.next("fingerprint");
        let bytes: Vec<String> =
            a.to_be_bytes().iter().chain(b.to_be_bytes().iter()).map(|byte| format!("{byte:02x}")).collect();
        let pair = KeyPair {
            id,
            name: name.clone(),
            fingerprint: bytes.join(":"),
            kind: "rsa".into(),
            public_key: None,
            tags: Default::default(),
            created: world.now(),
        };
        world.ec2.key_pairs.insert(name.clone(), pair);
    }
}

fn image(
    world: &mut World,
    name: &str,
    architecture: Architecture,
    family: &str,
    version: &str,
    kubelet: &str,
    size_gib: i64,
) -> String {
    let id = world.ids.ec2("ami");
    let snapshot_id = world.ids.ec2("snap");
    let root_device = if family.starts_with("windows") { "/dev/sda1" } else { "/dev/xvda" };
    let image = Image {
        id: id.clone(),
        name: name.into(),
        description: format!("EKS-optimized Kubernetes node, Kubernetes {version} ({family})"),
        architecture,
        root_device: root_device.into(),
        snapshot_id,
        size_gib,
        owner_id: EKS_IMAGES.into(),
        family: family.into(),
        kubernetes: version.into(),
        kubelet: kubelet.into(),
        created: -23 * DAY,
    };
    world.ec2.images.insert(id.clone(), image);
    id
}

/// Images of the other families.
fn others(world: &mut World, version: &str) {
    let kubelet = kubelet(world.seed, version);
    for (architecture, arch) in [(Architecture::Amd64, "x86_64"), (Architecture::Arm64, "arm64")] {
        for variant in ["-nvidia", "-fips"] {
            let name = format!("bottlerocket-aws-k8s-{version}{variant}-{arch}-v1.51.0-47438798");
            let id = image(world, &name, architecture, "bottlerocket", version, &kubelet, 2);
            let path = format!("/aws/service/bottlerocket/aws-k8s-{version}{variant}/{arch}/latest");
            parameter(world, format!("{path}/image_id"), id);
            parameter(world, format!("{path}/image_version"), "1.51.0-47438798".into());
        }
        for release in ["20.04", "22.04", "24.04"] {
            let kind = architecture.kubernetes();
            let name = format!("ubuntu-eks/k8s_{version}/images/hvm-ssd/ubuntu-{release}-{kind}-server-20251204");
            let id = image(world, &name, architecture, "ubuntu", version, &kubelet, 10);
            let volume = if release < "24" { "ebs-gp2" } else { "ebs-gp3" };
            for product in ["eks", "eks-pro"] {
                let path = format!("/aws/service/canonical/ubuntu/{product}/{release}/{version}/stable/current");
                parameter(world, format!("{path}/{kind}/hvm/{volume}/ami-id"), id.clone());
            }
        }
    }
    // EKS made its last Amazon Linux 2 images for 1.32.
    if minor(version) > 32 {
        return;
    }
    for (variant, architecture) in
        [("", Architecture::Amd64), ("-gpu", Architecture::Amd64), ("-arm64", Architecture::Arm64)]
    {
        let name = format!("amazon-eks{variant}-node-{version}-v20251120");
        let id = image(world, &name, architecture, "al2", version, &kubelet, 20);
        let path = format!("/aws/service/eks/optimized-ami/{version}/amazon-linux-2{variant}/recommended");
        parameter(world, format!("{path}/image_id"), id);
    }
}

/// Images of Windows, for x86_64 alone. Their releases are named by version and day (EKS user guide, "Windows AMI
/// versions"); of Windows Server 2025 there are none before 1.35.
fn windows(world: &mut World, version: &str) {
    let kubelet = kubelet(world.seed, version);
    for year in ["2019", "2022", "2025"] {
        if year == "2025" && minor(version) < 35 {
            continue;
        }
        for edition in ["Core", "Full"] {
            let folder = format!("Windows_Server-{year}-English-{edition}-EKS_Optimized-{version}");
            let name = format!("{folder}-2025.12.09");
            let id = image(world, &name, Architecture::Amd64, &format!("windows{year}"), version, &kubelet, 50);
            parameter(world, format!("/aws/service/ami-windows-latest/{folder}/image_id"), id);
        }
    }
}

/// The version that a kubelet of these images tells.
fn kubelet(seed: u64, version: &str) -> String {
    let patch = hash::hash(seed, &["patch", version]) % 6 + 1;
    let build = hash::hash(seed, &["build", version]) & 0xfff_ffff;
    format!("v{version}.{patch}-eks-{build:07x}")
}

fn minor(version: &str) -> u32 {
    version.split_once('.').and_then(|(_, minor)| minor.parse().ok()).unwrap_or_default()
}

fn parameter(world: &mut World, name: String, value: String) {
    let parameter = Parameter { value, kind: "String".into(), version: 1, modified: -23 * DAY };
    world.ssm.parameters.insert(name, parameter);
}

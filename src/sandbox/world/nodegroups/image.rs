//! Which image nodes of a managed group start from: what an AMI type and a release stand for.

use crate::domain::shape::Architecture;
use crate::sandbox::services::ec2::state::Image;
use crate::sandbox::world::World;

/// An image and the release it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// `ami-…`.
    pub image: String,
    /// `1.33.5-20251209`, `1.51.0-47438798` for Bottlerocket, `1.33-2025.12.09` for Windows.
    pub release: String,
}

/// The newest image of an AMI type for a Kubernetes version, as EKS publishes it.
fn latest(world: &World, ami_type: &str, version: &str) -> Option<Chosen> {
    let path = parameter(ami_type, version)?;
    let image = world.ec2.images.get(&world.ssm.parameters.get(&path)?.value)?;
    Some(Chosen { image: image.id.clone(), release: release(image) })
}

/// The image of a release; the newest unless one is named.
pub fn choose(world: &World, ami_type: &str, version: &str, wanted: Option<&str>) -> Option<Chosen> {
    let newest = latest(world, ami_type, version)?;
    let Some(wanted) = wanted.filter(|wanted| *wanted != newest.release) else { return Some(newest) };
    let like = world.ec2.images.get(&newest.image)?;
    // Images of one kind differ in the date of their names alone.
    let stem = |image: &Image| dated(image).map(|(stem, _)| stem.to_owned());
    let older = world.ec2.images.values().find(|image| stem(image) == stem(like) && release(image) == wanted);
    older.map(|image| Chosen { image: image.id.clone(), release: wanted.to_owned() })
}

/// The architecture that instances of an AMI type must have; `None` for an image of one's own.
pub fn architecture(ami_type: &str) -> Option<Architecture> {
    match ami_type {
        "CUSTOM" => None,
        _ if ami_type.contains("ARM_64") => Some(Architecture::Arm64),
        _ => Some(Architecture::Amd64),
    }
}

/// The public parameter that names it.
fn parameter(ami_type: &str, version: &str) -> Option<String> {
    let arch = architecture(ami_type)?.ec2();
    let optimized = format!("/aws/service/eks/optimized-ami/{version}");
    Some(match ami_type {
        "AL2_x86_64" => format!("{optimized}/amazon-linux-2/recommended/image_id"),
        "AL2_x86_64_GPU" => format!("{optimized}/amazon-linux-2-gpu/recommended/image_id"),
        "AL2_ARM_64" => format!("{optimized}/amazon-linux-2-arm64/recommended/image_id"),
        _ if ami_type.starts_with("AL2023_") => {
            let variant = ["NVIDIA", "NEURON"].into_iter().find(|end| ami_type.ends_with(end)).unwrap_or("STANDARD");
            format!("{optimized}/amazon-linux-2023/{arch}/{}/recommended/image_id", variant.to_lowercase())
        }
        _ if ami_type.starts_with("BOTTLEROCKET_") => {
            let variant = ["NVIDIA", "FIPS"].into_iter().find(|end| ami_type.ends_with(end));
            let variant = variant.map(|it| format!("-{}", it.to_lowercase())).unwrap_or_default();
            format!("/aws/service/bottlerocket/aws-k8s-{version}{variant}/{arch}/latest/image_id")
        }
        _ => {
            let (edition, year) = ami_type.strip_prefix("WINDOWS_")?.strip_suffix("_x86_64")?.split_once('_')?;
            let edition = match edition {
                "CORE" => "Core",
                "FULL" => "Full",
                _ => return None,
            };
            let folder = format!("Windows_Server-{year}-English-{edition}-EKS_Optimized-{version}");
            format!("/aws/service/ami-windows-latest/{folder}/image_id")
        }
    })
}

/// An image's name, parted before its date.
fn dated(image: &Image) -> Option<(&str, &str)> {
    image.name.rsplit_once(if image.is_windows() { "-" } else { "-v" })
}

/// EKS names releases of Amazon Linux by the kubelet and the date, Bottlerocket's by their own version, Windows' by
/// Kubernetes' version and the date.
fn release(image: &Image) -> String {
    let end = dated(image).map(|(_, end)| end).unwrap_or_default();
    if image.is_windows() {
        return format!("{}-{end}", image.kubernetes);
    }
    if image.family == "bottlerocket" {
        return end.to_owned();
    }
    let kubelet = image.kubelet.trim_start_matches('v').split('-').next().unwrap_or_default();
    format!("{kubelet}-{end}")
}

//! The Node object as kubelet and cloud controller of an EKS node make it.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::capacity::{on_windows, resources};
use super::identity::{identity, of_windows};
use super::join::Admission;
use super::os;
use super::{boot_data::BootData, conditions};
use crate::domain::taint::Taint;
use crate::sandbox::services::ec2::state::{Image, Instance};
use crate::sandbox::services::ec2::zones::zone_id;
use crate::sandbox::world::World;
use crate::sandbox::world::clock::Millis;
use crate::sandbox::world::hash;

/// Builds the object as it is right after registration: tainted and not ready.
pub(super) fn node(world: &World, instance: &Instance, admission: &Admission, now: Millis) -> Value {
    let Admission { image, kind, boot_data } = admission;
    let resources = match image.is_windows() {
        true => on_windows(kind, instance.volume_gib, boot_data.max_pods),
        false => resources(kind, instance.volume_gib, boot_data.max_pods),
    };
    let name = &instance.private_dns;
    json!({
        "metadata": {
            "name": name,
            "labels": labels(world, instance, admission),
            "annotations": {
                "alpha.kubernetes.io/provided-node-ip": instance.private_ip.to_string(),
                "node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
        },
        "spec": {
            "providerID": format!("aws:///{}/{}", instance.zone, instance.id),
            "taints": taints(boot_data),
        },
        "status": {
            "addresses": addresses(&world.account.region, instance),
            "allocatable": resources.allocatable,
            "capacity": resources.capacity,
            "conditions": conditions::at_start(now),
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "images": images(&world.account.region, image),
            "nodeInfo": node_info(world.seed, instance, image),
        },
    })
}

fn labels(world: &World, instance: &Instance, admission: &Admission) -> Value {
    let arch = admission.kind.architecture.kubernetes();
    let region = world.account.region.as_str();
    let (zone, kind) = (instance.zone.as_str(), instance.instance_type.as_str());
    let cloud = format!("{:016x}{:016x}", hash::hash(0, &["cloud", region]), hash::hash(1, &["cloud", region]));
    let os = os::of(&admission.image);
    let mut labels: IndexMap<String, String> = admission.boot_data.labels.clone();
    if let Some(build) = os.windows_build {
        labels.insert("node.kubernetes.io/windows-build".into(), build.into());
    }
    for (key, value) in [
        ("beta.kubernetes.io/arch", arch),
        ("beta.kubernetes.io/instance-type", kind),
        ("beta.kubernetes.io/os", os.name),
        ("failure-domain.beta.kubernetes.io/region", region),
        ("failure-domain.beta.kubernetes.io/zone", zone),
        ("k8s.io/cloud-provider-aws", &cloud),
        ("kubernetes.io/arch", arch),
        ("kubernetes.io/hostname", &instance.private_dns),
        ("kubernetes.io/os", os.name),
        ("node.kubernetes.io/instance-type", kind),
        ("topology.k8s.aws/zone-id", &zone_id(world, zone)),
        ("topology.kubernetes.io/region", region),
        ("topology.kubernetes.io/zone", zone),
    ] {
        labels.insert(key.into(), value.into());
    }
    labels.sort_unstable_keys();
    labels.into_iter().map(|(key, value)| (key, Value::from(value))).collect::<Map<_, _>>().into()
}

/// The boot data's, then those of a node that is not ready.
fn taints(boot_data: &BootData) -> Value {
    let own = boot_data.taints.iter().map(|Taint { key, value, effect }| {
        let mut taint = json!({"key": key});
        if !value.is_empty() {
            taint["value"] = value.as_str().into();
        }
        taint["effect"] = effect.as_str().into();
        taint
    });
    let not_ready = ["NoSchedule", "NoExecute"].map(|effect| json!({"key": NOT_READY, "effect": effect}));
    own.chain(not_ready).collect()
}

/// The taint of a node that is not ready.
pub(super) const NOT_READY: &str = "node.kubernetes.io/not-ready";

fn addresses(region: &str, instance: &Instance) -> Value {
    let address = |kind: &str, address: &str| json!({"type": kind, "address": address});
    let mut all = vec![address("InternalIP", &instance.private_ip.to_string())];
    if let Some(public) = instance.public_ip {
        all.push(address("ExternalIP", &public.to_string()));
    }
    all.push(address("InternalDNS", &instance.private_dns));
    all.push(address("Hostname", &instance.private_dns));
    if instance.public_ip.is_some() {
        all.push(address("ExternalDNS", &instance.public_dns(region)));
    }
    all.into()
}

fn node_info(seed: u64, instance: &Instance, image: &Image) -> Value {
    let identity = if image.is_windows() { of_windows(seed, &instance.id) } else { identity(seed, &instance.id) };
    let os = os::of(image);
    json!({
        "architecture": image.architecture.kubernetes(),
        "bootID": identity.boot,
        "containerRuntimeVersion": os.containerd,
        "kernelVersion": os.kernel,
        "kubeProxyVersion": "",
        "kubeletVersion": image.kubelet,
        "machineID": identity.machine,
        "operatingSystem": os.name,
        "osImage": os.image,
        "systemUUID": identity.system,
    })
}

/// Images that every node has pulled by the time that it is ready.
fn images(region: &str, image: &Image) -> Value {
    let registry = format!("602401143452.dkr.ecr.{region}.amazonaws.com");
    // Plugin and proxy are programs of the image itself there.
    if image.is_windows() {
        return json!([{"names": [format!("{registry}/eks/pause-windows:latest")], "sizeBytes": 110_532_608}]);
    }
    [("amazon-k8s-cni:v1.20.4-eksbuild.2", 52_300_421), ("eks/kube-proxy:v1.33.5-minimal-eksbuild.2", 36_911_004)]
        .map(|(name, size)| json!({"names": [format!("{registry}/{name}")], "sizeBytes": size}))
        .into_iter()
        .collect()
}

//! How much a node has and how much of it pods may use: nodeadm's rules over the instance type's facts.

use serde_json::{Value, json};

use crate::domain::instance_type::InstanceType;

const KIB_PER_MIB: u64 = 1024;

/// Capacity and allocatable.
pub(super) struct Resources {
    pub capacity: Value,
    pub allocatable: Value,
}

/// `volume_gib` is the root volume; `max_pods` replaces the number of the type's network interfaces.
pub(super) fn resources(kind: &InstanceType, volume_gib: i64, max_pods: Option<u32>) -> Resources {
    let pods = max_pods.unwrap_or(kind.max_pods).to_string();
    let memory = memory_kib(kind);
    // nodeadm reserves for the pods that the type's interfaces allow, whatever the kubelet is told.
    let reserved = (255 + 11 * u64::from(kind.max_pods) + 100) * KIB_PER_MIB;
    let storage = storage_kib(volume_gib);
    let all = |cpu: String, storage: String, memory: String| {
        json!({
            "cpu": cpu, "ephemeral-storage": storage, "hugepages-1Gi": "0", "hugepages-2Mi": "0",
            "memory": memory, "pods": pods,
        })
    };
    let millis = u64::from(kind.vcpu) * 1000 - reserved_cpu(kind.vcpu);
    let cpu = if millis.is_multiple_of(1000) { (millis / 1000).to_string() } else { format!("{millis}m") };
    Resources {
        capacity: all(kind.vcpu.to_string(), format!("{storage}Ki"), format!("{memory}Ki")),
        allocatable: all(
            cpu,
            allocatable_storage(storage).to_string(),
            format!("{}Ki", memory.saturating_sub(reserved)),
        ),
    }
}

/// The same on Windows: no core is reserved, and what the kubelet keeps free is its own default there (memory 500 MiB, a
/// tenth of the disk). It counts 110 pods, whatever addresses there are.
pub(super) fn on_windows(kind: &InstanceType, volume_gib: i64, max_pods: Option<u32>) -> Resources {
    let memory = memory_kib(kind);
    let storage = (u64::try_from(volume_gib).unwrap_or(0) * 1024 * KIB_PER_MIB).saturating_sub(1028);
    let all = |storage: String, memory: u64| {
        json!({
            "cpu": kind.vcpu.to_string(), "ephemeral-storage": storage, "memory": format!("{memory}Ki"),
            "pods": max_pods.unwrap_or(110).to_string(),
        })
    };
    let free = storage * 1024;
    let kept = (free as f64 * f64::from(0.1_f32)) as u64;
    Resources {
        capacity: all(format!("{storage}Ki"), memory),
        allocatable: all(free.saturating_sub(kept).to_string(), memory.saturating_sub(500 * KIB_PER_MIB)),
    }
}

/// Millicores: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the others.
fn reserved_cpu(vcpu: u32) -> u64 {
    let quarter_percents: u64 = (0..vcpu)
        .map(|core| match core {
            0 => 24,
            1 => 4,
            2 | 3 => 2,
            _ => 1,
        })
        .sum();
    quarter_percents * 10 / 4
}

/// What the kernel sees of the type's memory. An estimate: firmware, hypervisor and the kernel's own tables take
/// about 5.1 % under Nitro and 2 % under Xen, and 26 MB in any case; fitted to nodes of m5, t2 and t3 types.
fn memory_kib(kind: &InstanceType) -> u64 {
    let whole = kind.memory_mib * KIB_PER_MIB;
    let per_mille = match kind.hypervisor.as_str() {
        "xen" => 20,
        _ => 51,
    };
    whole.saturating_sub(whole * per_mille / 1000 + 26_000) / 4 * 4
}

/// The root file system: the volume without the two boot partitions.
fn storage_kib(volume_gib: i64) -> u64 {
    (u64::try_from(volume_gib).unwrap_or(0) * 1024 * KIB_PER_MIB).saturating_sub(12_308)
}

/// Bytes: one GiB is reserved, and a tenth is kept free. The kubelet keeps that fraction in single precision.
fn allocatable_storage(kib: u64) -> u64 {
    let bytes = kib * 1024;
    let kept = (bytes as f64 * f64::from(0.1_f32)) as u64;
    bytes.saturating_sub(kept).saturating_sub(1 << 30)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue;

    #[test]
    fn a_real_node_has_these_numbers() {
        // Recorded from an m5.large with an 80 GiB volume.
        let resources = resources(catalogue::get("m5.large").unwrap(), 80, None);
        assert_eq!(resources.capacity["ephemeral-storage"], "83873772Ki");
        assert_eq!(resources.allocatable["ephemeral-storage"], "76224326324");
        assert_eq!(resources.allocatable["cpu"], "1930m");
        assert_eq!(resources.capacity["pods"], "29");
        let kib = |value: &Value| value.as_str().unwrap().trim_end_matches("Ki").parse::<i64>().unwrap();
        let (capacity, allocatable) = (kib(&resources.capacity["memory"]), kib(&resources.allocatable["memory"]));
        assert_eq!(capacity - allocatable, 7_934_912 - 7_244_736);
        assert!((capacity - 7_934_912).abs() < 8_192, "{capacity}");
    }

    #[test]
    fn reserves_follow_the_cores() {
        assert_eq!([1, 2, 4, 8, 16, 96].map(reserved_cpu), [60, 70, 80, 90, 110, 310]);
    }
}

//! DescribeInstanceTypes, from the catalogue.

use std::sync::Arc;

use serde_json::{Value, json};

use super::filter::{Field, Filters};
use super::page::Page;
use crate::domain::catalogue;
use crate::domain::instance_type::InstanceType;
use crate::domain::offerings;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let names = read::strings(&params.0, "InstanceType");
    let region = world.account.region.clone();
    let unknown: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| catalogue::get(name).is_none() || offerings::zones(&region, name).is_empty())
        .collect();
    if !unknown.is_empty() {
        let message = format!("The following supplied instance types do not exist: [{}]", unknown.join(", "));
        return Err(ApiError::client("InvalidInstanceType", message));
    }
    let mut page = Page::read(&params.0, 100)?;
    let chosen: Vec<&Arc<InstanceType>> = if names.is_empty() {
        catalogue::all().iter().collect()
    } else {
        let mut chosen: Vec<_> = names.iter().filter_map(|name| catalogue::get(name)).collect();
        chosen.sort_by(|a, b| a.name.cmp(&b.name));
        chosen.dedup_by(|a, b| a.name == b.name);
        chosen
    };
    for instance_type in chosen {
        if page.seen(&instance_type.name)
            || (names.is_empty() && offerings::zones(&region, &instance_type.name).is_empty())
            || !filters.pass(|name| field(instance_type, name))?
        {
            continue;
        }
        if !page.push(&instance_type.name, shown(instance_type)) {
            break;
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"instanceTypeSet": items, "nextToken": token}))
}

fn field(instance_type: &InstanceType, name: &str) -> Field {
    match name {
        "instance-type" => Field::one(&instance_type.name),
        "current-generation" => Field::one(instance_type.current_generation.to_string()),
        "bare-metal" => Field::one(instance_type.bare_metal.to_string()),
        "burstable-performance-supported" => Field::one(instance_type.burstable.to_string()),
        "hypervisor" => Field::one(&instance_type.hypervisor),
        "processor-info.supported-architecture" => Field::one(instance_type.architecture.ec2()),
        "vcpu-info.default-vcpus" => Field::one(instance_type.vcpu.to_string()),
        "memory-info.size-in-mib" => Field::one(instance_type.memory_mib.to_string()),
        "supported-usage-class" => Field::Values(usage(instance_type)),
        _ => Field::Unknown,
    }
}

fn usage(instance_type: &InstanceType) -> Vec<String> {
    let spot = instance_type.spot.then(|| "spot".to_owned());
    std::iter::once("on-demand".to_owned()).chain(spot).collect()
}

fn shown(t: &InstanceType) -> Value {
    json!({
        "instanceType": t.name, "currentGeneration": t.current_generation, "freeTierEligible": false,
        "supportedUsageClasses": usage(t), "supportedRootDeviceTypes": ["ebs"],
        "supportedVirtualizationTypes": ["hvm"], "bareMetal": t.bare_metal,
        "hypervisor": (!t.hypervisor.is_empty()).then_some(&t.hypervisor),
        "processorInfo": {"supportedArchitectures": [t.architecture.ec2()]},
        "vCpuInfo": {"defaultVCpus": t.vcpu},
        "memoryInfo": {"sizeInMiB": t.memory_mib},
        "instanceStorageSupported": false,
        "ebsInfo": {"ebsOptimizedSupport": "default", "encryptionSupport": "supported", "nvmeSupport": "required"},
        "networkInfo": {"networkPerformance": t.network, "ipv6Supported": true, "enaSupport": "supported"},
        "placementGroupInfo": {"supportedStrategies": ["cluster", "partition", "spread"]},
        "hibernationSupported": false, "burstablePerformanceSupported": t.burstable,
        "dedicatedHostsSupported": !t.burstable, "autoRecoverySupported": !t.bare_metal,
        "gpuInfo": (t.gpus > 0).then(|| json!({"gpus": [{"name": "GPU", "count": t.gpus}]})),
    })
}

//! Reads the tab-separated table of instance types.

use std::sync::Arc;

use crate::domain::instance_type::InstanceType;
use crate::domain::shape::{Architecture, Device};

/// The text behind `# source: `, or nothing.
pub(in crate::domain) fn source(table: &'static str) -> &'static str {
    table.lines().find_map(|line| line.strip_prefix("# source: ")).unwrap_or("")
}

/// Reads all lines. A line that is not a type is left out: a test holds the table to having none.
pub(super) fn parse(table: &str) -> Vec<Arc<InstanceType>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(row).map(Arc::new).collect()
}

fn row(line: &str) -> Option<InstanceType> {
    let mut cells = line.split('\t');
    let mut next = || cells.next();
    Some(InstanceType {
        name: next()?.to_owned(),
        vcpu: next()?.parse().ok()?,
        memory_mib: next()?.parse().ok()?,
        architecture: Architecture::parse(next()?)?,
        gpus: next()?.parse().ok()?,
        accelerators: next()?.parse().ok()?,
        device: device(next()?)?,
        current_generation: flag(next()?)?,
        bare_metal: flag(next()?)?,
        burstable: flag(next()?)?,
        hypervisor: Some(next()?).filter(|name| *name != "-").unwrap_or_default().to_owned(),
        spot: flag(next()?)?,
        max_pods: next()?.parse().ok()?,
        network: next()?.to_owned(),
    })
}

fn flag(cell: &str) -> Option<bool> {
    match cell {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// `Some(None)` is a type without devices, `None` a cell that cannot be read.
fn device(cell: &str) -> Option<Option<Device>> {
    Some(match cell {
        "-" => None,
        "nvidia" => Some(Device::Nvidia),
        "amd" => Some(Device::Amd),
        "neuron" => Some(Device::Neuron),
        "qualcomm" => Some(Device::Qualcomm),
        "habana" => Some(Device::Habana),
        "fpga" => Some(Device::Fpga),
        "media" => Some(Device::Media),
        _ => return None,
    })
}

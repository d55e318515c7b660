//! Facts about one EC2 instance type.

use serde::{Deserialize, Serialize};

use super::shape::{Architecture, Device, Shape};

/// What EC2 says about an instance type, as far as Spot worker groups need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceType {
    /// `m5.xlarge`.
    pub name: String,
    /// Virtual CPUs.
    pub vcpu: u32,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Architecture (a type that has several is listed with the 64-bit one).
    pub architecture: Architecture,
    /// Whole GPUs.
    pub gpus: u32,
    /// Other accelerators: Neuron devices, FPGAs, fractions of a GPU, …
    pub accelerators: u32,
    /// Whose device plugin offers the GPUs or accelerators.
    pub device: Option<Device>,
    /// EC2's CurrentGeneration flag.
    pub current_generation: bool,
    /// Whole machine.
    pub bare_metal: bool,
    /// CPU credits.
    pub burstable: bool,
    /// `nitro`, `xen` or empty for bare metal.
    pub hypervisor: String,
    /// Offered as Spot somewhere.
    pub spot: bool,
    /// ENIs × (IPv4 per ENI − 1) + 2 on the default network card: the VPC CNI's default.
    pub max_pods: u32,
    /// `Up to 10 Gigabit`.
    pub network: String,
}

impl InstanceType {
    /// The CPU:MEM shape.
    pub fn shape(&self) -> Shape {
        Shape {
            vcpu: self.vcpu,
            memory_mib: self.memory_mib,
            architecture: self.architecture,
            gpus: self.gpus,
            accelerators: self.accelerators,
            device: self.device,
        }
    }

    /// `m5d` of `m5d.xlarge`.
    pub fn family(&self) -> &str {
        self.name.split_once('.').map_or(self.name.as_str(), |(family, _)| family)
    }

    /// `xlarge` of `m5d.xlarge`.
    pub fn size(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, size)| size)
    }
}

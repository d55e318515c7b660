//! Facts about one EC2 instance type.

use serde::{Deserialize, Serialize};

use super::shape::{Architecture, Shape};

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
    /// GPUs.
    pub gpus: u32,
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
        Shape { vcpu: self.vcpu, memory_mib: self.memory_mib, architecture: self.architecture, gpus: self.gpus }
    }
}

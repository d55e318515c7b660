//! The CPU:MEM shape that all instance types of one Spot worker group must share.

use std::fmt;

/// A processor architecture, in Kubernetes' spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// 64-bit x86 (`x86_64` at EC2).
    Amd64,
    /// 64-bit Arm (`arm64` at EC2).
    Arm64,
}

impl Architecture {
    /// Kubernetes' spelling, as in the label `kubernetes.io/arch`.
    pub const fn kubernetes(self) -> &'static str {
        match self {
            Architecture::Amd64 => "amd64",
            Architecture::Arm64 => "arm64",
        }
    }

    /// EC2's spelling, as in DescribeInstanceTypes and in SSM parameter paths.
    pub const fn ec2(self) -> &'static str {
        match self {
            Architecture::Amd64 => "x86_64",
            Architecture::Arm64 => "arm64",
        }
    }

    /// Reads either spelling.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "amd64" | "x86_64" => Some(Architecture::Amd64),
            "arm64" | "aarch64" => Some(Architecture::Arm64),
            _ => None,
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kubernetes())
    }
}

/// A kind of device that pods ask for by name: two kinds are two resource names in Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// NVIDIA GPU (`nvidia.com/gpu`).
    Nvidia,
    /// AMD GPU (`amd.com/gpu`).
    Amd,
    /// AWS Inferentia or Trainium (`aws.amazon.com/neuron`).
    Neuron,
    /// Qualcomm AI 100.
    Qualcomm,
    /// Habana Gaudi.
    Habana,
    /// FPGA.
    Fpga,
    /// Media transcoder.
    Media,
}

impl Device {
    /// How people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Device::Nvidia => "NVIDIA GPU",
            Device::Amd => "AMD GPU",
            Device::Neuron => "Neuron",
            Device::Qualcomm => "Qualcomm",
            Device::Habana => "Gaudi",
            Device::Fpga => "FPGA",
            Device::Media => "media accelerator",
        }
    }
}

/// What the Cluster Autoscaler takes for granted about every node of a group.
///
/// It models a group from its first instance type alone, so types that differ in any of these
/// strand pods or waste nodes. Models of a device (T4, A10G) may differ: pods ask for a number of
/// `nvidia.com/gpu`, not for a model. Disks, network and pods per node differ among types of one
/// shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// Virtual CPUs.
    pub vcpu: u32,
    /// Memory in MiB as EC2 states it (16 GiB is 16384).
    pub memory_mib: u64,
    /// Architecture: one image serves the whole group.
    pub architecture: Architecture,
    /// Whole GPUs.
    pub gpus: u32,
    /// Other accelerators: Neuron devices, FPGAs, fractions of a GPU, …
    pub accelerators: u32,
    /// Whose device plugin offers them; `None` without GPUs and accelerators.
    pub device: Option<Device>,
}

impl Shape {
    /// A shape without GPUs and accelerators.
    pub const fn plain(vcpu: u32, memory_mib: u64, architecture: Architecture) -> Self {
        Shape { vcpu, memory_mib, architecture, gpus: 0, accelerators: 0, device: None }
    }

    /// Memory in GiB; not always whole.
    pub fn memory_gib(self) -> f64 {
        self.memory_mib as f64 / 1024.0
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} vCPU / {} GiB", self.vcpu, self.memory_gib())?;
        if let Some(device) = self.device {
            write!(f, " / {} {}", self.gpus + self.accelerators, device.as_str())?;
            if self.accelerators > 0 && matches!(device, Device::Nvidia | Device::Amd) {
                f.write_str(" fraction")?;
            }
        }
        if self.architecture != Architecture::Amd64 {
            write!(f, " {}", self.architecture)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_says_what_people_say() {
        assert_eq!(Shape::plain(4, 16384, Architecture::Amd64).to_string(), "4 vCPU / 16 GiB");
        assert_eq!(Shape::plain(2, 15616, Architecture::Arm64).to_string(), "2 vCPU / 15.25 GiB arm64");
        let gpu = Shape { gpus: 1, device: Some(Device::Nvidia), ..Shape::plain(4, 16384, Architecture::Amd64) };
        assert_eq!(gpu.to_string(), "4 vCPU / 16 GiB / 1 NVIDIA GPU");
    }
}

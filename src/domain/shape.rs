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
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kubernetes())
    }
}

/// What the Cluster Autoscaler takes for granted about every node of a group.
///
/// It models a group from its first instance type alone, so types that differ in any of these
/// strand pods or waste nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// Virtual CPUs.
    pub vcpu: u32,
    /// Memory in MiB as EC2 states it (16 GiB is 16384).
    pub memory_mib: u64,
    /// Architecture: one image serves the whole group.
    pub architecture: Architecture,
    /// GPUs.
    pub gpus: u32,
}

impl Shape {
    /// Memory in GiB; not always whole.
    pub fn memory_gib(self) -> f64 {
        self.memory_mib as f64 / 1024.0
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} vCPU / {} GiB", self.vcpu, self.memory_gib())?;
        if self.gpus > 0 {
            write!(f, " / {} GPU", self.gpus)?;
        }
        if self.architecture != Architecture::Amd64 {
            write!(f, " {}", self.architecture)?;
        }
        Ok(())
    }
}

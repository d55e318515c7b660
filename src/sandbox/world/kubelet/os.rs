//! What a kubelet tells of the operating system that it runs on.

use crate::sandbox::services::ec2::state::Image;

/// The parts of a node's `nodeInfo` that follow from its image.
pub(super) struct Os {
    /// `linux` or `windows`: Kubernetes' name, and the value of its labels.
    pub name: &'static str,
    /// Version of the kernel.
    pub kernel: String,
    /// Name of the system.
    pub image: &'static str,
    /// Version of the container runtime.
    pub containerd: &'static str,
    /// What the label `node.kubernetes.io/windows-build` says.
    pub windows_build: Option<&'static str>,
}

/// The system of an image.
pub(super) fn of(image: &Image) -> Os {
    if let Some(year) = image.family.strip_prefix("windows") {
        return windows(year);
    }
    let (kernel, name, containerd) = match image.family.as_str() {
        "bottlerocket" => ("6.12.58", "Bottlerocket OS 1.51.0 (aws-k8s)", "containerd://2.1.5+bottlerocket"),
        "al2" => ("5.10.245-241.978.amzn2", "Amazon Linux 2", "containerd://1.7.29"),
        "ubuntu" => ("6.8.0-1042-aws", "Ubuntu 24.04.3 LTS", "containerd://1.7.28"),
        _ => ("6.12.58-82.121.amzn2023", "Amazon Linux 2023.9.20251208", "containerd://2.1.5"),
    };
    let machine = match image.architecture.kubernetes() {
        "arm64" => "aarch64",
        _ => "x86_64",
    };
    Os { name: "linux", kernel: format!("{kernel}.{machine}"), image: name, containerd, windows_build: None }
}

/// Windows' builds are Microsoft's; the kernel's version is the build and its update of a month.
fn windows(year: &str) -> Os {
    let (build, update, name) = match year {
        "2019" => ("10.0.17763", 8146, "Windows Server 2019 Datacenter"),
        "2025" => ("10.0.26100", 7462, "Windows Server 2025 Datacenter"),
        _ => ("10.0.20348", 4529, "Windows Server 2022 Datacenter"),
    };
    Os {
        name: "windows",
        kernel: format!("{build}.{update}"),
        image: name,
        containerd: "containerd://1.7.29",
        windows_build: Some(build),
    }
}

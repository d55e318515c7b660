//! What an instance is told when it boots, so that it joins its cluster with its labels and taints.

mod bottlerocket;
mod given;
mod nodeadm;
mod script;
mod toml;
mod windows;

pub use given::{Given, differ_in_labels_only, given};

use std::sync::LazyLock;

use base64::Engine;
use indexmap::IndexMap;

use super::code::Code;
use super::error::{Error, Result};
use super::nodegroup::{AmiFamily, Boot, Bootstrap};
use super::taint::Taint;

/// EC2's limit, in bytes before base64.
pub const MAX_BYTES: usize = 16 * 1024;

/// What a node must know of the cluster and the group.
#[derive(Debug, Clone, Copy)]
pub struct BootInput<'a> {
    /// EKS cluster name.
    pub cluster: &'a str,
    /// API server address.
    pub endpoint: &'a str,
    /// API server CA, base64 of PEM, as DescribeCluster gives it.
    pub certificate_authority: &'a str,
    /// Service CIDR.
    pub service_cidr: &'a str,
    /// Node labels, all of them, in order: see `NodegroupSpec::node_labels`.
    pub labels: &'a IndexMap<String, String>,
    /// Node taints, in order.
    pub taints: &'a [Taint],
    /// Most pods of a node, where it is not the network interfaces' number.
    pub max_pods: Option<u32>,
    /// What else happens at boot.
    pub boot: &'a Boot,
}

impl Default for BootInput<'_> {
    fn default() -> Self {
        static NONE: LazyLock<IndexMap<String, String>> = LazyLock::new(IndexMap::new);
        static NOTHING: LazyLock<Boot> = LazyLock::new(Boot::default);
        BootInput {
            cluster: "",
            endpoint: "",
            certificate_authority: "",
            service_cidr: "",
            labels: &NONE,
            taints: &[],
            max_pods: None,
            boot: &NOTHING,
        }
    }
}

impl BootInput<'_> {
    fn node_labels(&self) -> String {
        let pairs: Vec<String> = self.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        pairs.join(",")
    }

    /// The kubelet wants the `=` even where the value is empty.
    fn node_taints(&self) -> String {
        let one = |taint: &Taint| format!("{}={}:{}", taint.key, taint.value, taint.effect);
        self.taints.iter().map(one).collect::<Vec<_>>().join(",")
    }

    fn kubelet_flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        if !self.labels.is_empty() {
            flags.push(format!("--node-labels={}", self.node_labels()));
        }
        if !self.taints.is_empty() {
            flags.push(format!("--register-with-taints={}", self.node_taints()));
        }
        flags
    }

    /// Address of the cluster's DNS: as given, else the service network's tenth.
    fn cluster_dns(&self) -> Option<String> {
        if let Some(given) = &self.boot.cluster_dns {
            return Some(given.clone());
        }
        let (network, _) = self.service_cidr.split_once('/')?;
        let (head, _) = network.rsplit_once('.')?;
        Some(format!("{head}.10"))
    }
}

/// The user data of a family's nodes, before base64. Equal input gives equal bytes.
pub fn write(family: AmiFamily, input: &BootInput<'_>) -> String {
    match family.bootstrap() {
        Bootstrap::Nodeadm => nodeadm::nodeadm(input),
        Bootstrap::Script => script::script(input),
        Bootstrap::Bottlerocket => bottlerocket::bottlerocket(input),
        Bootstrap::Windows => windows::windows(input),
    }
}

/// User data of commands alone, to which EKS adds what makes nodes of a managed group join: PowerShell for Windows, else
/// multipart.
pub fn commands(family: AmiFamily, commands: &[String]) -> String {
    if family.is_windows() {
        return windows::commands(commands);
    }
    nodeadm::multipart(commands.iter().map(|command| ("text/x-shellscript", format!("#!/bin/bash\n{command}"))))
}

/// A text as PowerShell takes it literally.
pub fn powershell_literal(text: &str) -> String {
    windows::literal(text)
}

/// A tree of settings as TOML. Null has no form and is left out.
pub fn render_toml(settings: &serde_json::Value) -> String {
    toml::render(settings)
}

/// Checks EC2's limit on user data before base64.
///
/// # Errors
/// `SPOT-0132` with the count.
pub fn check_size(user_data: &str) -> Result<()> {
    let count = user_data.len();
    if count > MAX_BYTES {
        return Err(Error::new(Code::UserDataTooLarge, format!("user data has {count} bytes, EC2 allows {MAX_BYTES}"))
            .help("labels and taints are part of it: use fewer or shorter ones"));
    }
    Ok(())
}

/// Checks the limit and encodes for a launch template.
///
/// # Errors
/// `SPOT-0132` with the count.
pub fn encode(user_data: &str) -> Result<String> {
    check_size(user_data)?;
    Ok(base64::engine::general_purpose::STANDARD.encode(user_data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_before_base64() {
        assert!(encode(&"x".repeat(MAX_BYTES)).unwrap().len() > MAX_BYTES);
        let error = encode(&"x".repeat(MAX_BYTES + 1)).unwrap_err();
        assert_eq!(error.code, Code::UserDataTooLarge);
        assert_eq!(error.message, "user data has 16385 bytes, EC2 allows 16384");
    }
}

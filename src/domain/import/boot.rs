//! Boot data of any group, read back as what a specification says of it.
//!
//! Knows what EKS, its documentation, eksctl, Terraform's module and spotscript write: NodeConfigs, calls of
//! `bootstrap.sh` or of Windows' script, Bottlerocket's settings. Reads the text as a machine does and shares nothing with what writes it.

mod bottlerocket;
mod flags;
mod nodeadm;
mod script;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod windows;

use indexmap::IndexMap;

use crate::domain::boot_syntax::bootstrap_of;
use crate::domain::nodegroup::{Boot, Bootstrap};
use crate::domain::taint::Taint;

/// What boot data says.
#[derive(Debug, Clone, PartialEq)]
pub struct BootRead {
    /// How the machine joins.
    pub bootstrap: Bootstrap,
    /// Node labels, in order.
    pub labels: IndexMap<String, String>,
    /// Node taints, in order.
    pub taints: Vec<Taint>,
    /// Most pods.
    pub max_pods: Option<u32>,
    /// What else happens.
    pub boot: Boot,
    /// Other readings that say the same in other words: which one was written, only its bytes tell.
    pub others: Vec<Boot>,
    /// What has no place in a specification, in words.
    pub notes: Vec<String>,
}

impl BootRead {
    fn new(bootstrap: Bootstrap) -> Self {
        BootRead {
            bootstrap,
            labels: IndexMap::new(),
            taints: vec![],
            max_pods: None,
            boot: Boot::default(),
            others: vec![],
            notes: vec![],
        }
    }

    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

/// PowerShell to which EKS adds what makes nodes of a managed group join.
pub fn windows_commands(text: &str) -> Option<String> {
    windows::commands(text)
}

/// Reads (unpacked) boot data; `None` when it cannot be told how the machine joins.
pub fn read(text: &str) -> Option<BootRead> {
    match bootstrap_of(text)? {
        Bootstrap::Nodeadm => Some(nodeadm::read(text)),
        Bootstrap::Script => script::read(text),
        Bootstrap::Bottlerocket => bottlerocket::read(text),
        Bootstrap::Windows => windows::read(text),
    }
}

//! What an instance is told at boot, read as the machine reads it.
//!
//! Independent of what writes boot data elsewhere: a wrong writer must meet a reader that knows nothing of it. One
//! reader per way of booting: [`nodeadm`], [`script`] (arguments of `bootstrap.sh`), [`bottlerocket`] (TOML), [`windows`]
//! (PowerShell).

mod bottlerocket;
mod flags;
mod labels;
mod node_config;
mod nodeadm;
mod script;
mod taints;
#[cfg(test)]
mod tests;
mod windows;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use indexmap::IndexMap;

use crate::domain::taint::Taint;

/// What a kubelet is started with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BootData {
    /// Cluster name.
    pub cluster: String,
    /// API server address.
    pub endpoint: String,
    /// API server CA, base64 of PEM.
    pub certificate_authority: String,
    /// Service CIDR.
    pub service_cidr: String,
    /// Most pods, where it is not the network interfaces' number.
    pub max_pods: Option<u32>,
    /// Node labels.
    pub labels: IndexMap<String, String>,
    /// Node taints.
    pub taints: Vec<Taint>,
}

/// Who refused the boot data, with what words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The program that prepares the node.
    Agent(String),
    /// The kubelet, which was started and ended at once.
    Kubelet(String),
}

/// Families whose boot data is understood, the strictest reader first.
const FAMILIES: &[&str] = &["al2023", "bottlerocket", "windows", "al2"];

/// Reads boot data as an image of that family does.
///
/// # Errors
/// What the machine would say.
pub fn read(family: &str, user_data: &str) -> Result<BootData, Fault> {
    match family {
        "al2023" => nodeadm::read(&decode(user_data)),
        "al2" | "ubuntu" => script::read(&decode(user_data)),
        "bottlerocket" => bottlerocket::read(&decode(user_data)),
        windows if windows.starts_with("windows") => windows::read(&decode(user_data)),
        other => Err(Fault::Agent(format!("boot data of a {other} image is not understood here"))),
    }
}

/// Labels and taints that boot data asks for, read as a machine of whichever family understands it; `None` when none does.
pub fn intent(user_data: &str) -> Option<(IndexMap<String, String>, Vec<Taint>)> {
    FAMILIES.iter().find_map(|family| read(family, user_data).ok()).map(|data| (data.labels, data.taints))
}

/// Bottlerocket's settings as a tree.
///
/// # Errors
/// The line that is no TOML, and why.
pub fn settings(text: &str) -> Result<serde_json::Value, String> {
    crate::domain::boot_syntax::toml::parse(text)
}

/// EC2 keeps user data in base64; what is none is taken as it is. Twice-encoded data is the writer's error and stays.
fn decode(user_data: &str) -> String {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let packed: String = user_data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match GeneralPurpose::new(&STANDARD, lenient).decode(&packed) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => user_data.to_owned(),
    }
}

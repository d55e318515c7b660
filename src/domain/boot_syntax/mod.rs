//! The forms that boot data comes in: multipart mail, shell scripts, PowerShell, TOML; read as a machine reads them.
//!
//! Nothing here knows of [`user_data`](super::user_data), which writes boot data: a wrong writer must meet a reader that
//! shares nothing with it.

pub mod mime;
pub mod powershell;
pub mod shell;
pub mod toml;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::nodegroup::Bootstrap;

/// User data as a launch template has it, unpacked; `None` when it is packed again or no text.
pub fn text_of(user_data: &str) -> Option<String> {
    let packed: String = user_data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(&packed).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// By what a machine with this (unpacked) boot data joins; `None` when that cannot be told.
pub fn bootstrap_of(text: &str) -> Option<Bootstrap> {
    if let Some(parts) = mime::parts(text) {
        let joins = |part: &mime::Part| part.media_type == "application/node.eks.aws";
        if parts.iter().any(joins) {
            return Some(Bootstrap::Nodeadm);
        }
        return parts.iter().find_map(|part| single(&part.body));
    }
    single(text)
}

fn single(text: &str) -> Option<Bootstrap> {
    if text.contains("kind: NodeConfig") && text.contains("node.eks.aws/") {
        return Some(Bootstrap::Nodeadm);
    }
    if text.trim_start().starts_with("#!") {
        return text.contains("/etc/eks/bootstrap.sh").then_some(Bootstrap::Script);
    }
    if text.contains("<powershell>") {
        return Some(Bootstrap::Windows);
    }
    let settings = toml::parse(text).ok()?;
    settings["settings"].is_object().then_some(Bootstrap::Bottlerocket)
}

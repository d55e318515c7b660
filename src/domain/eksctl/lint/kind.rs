//! What a file means to be, by its name and its text.

use std::path::Path;

use crate::domain::yaml::{self, Node, Value};

/// What a file means to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// A ClusterConfig, or a broken one.
    Config,
    /// Something around one: a script, a page, a manifest, a template.
    Around,
    /// YAML or JSON that says of itself nothing that is known.
    Unknown,
}

/// What a file means to be. What is named as YAML or JSON is read as such; other texts are looked at line by line, and
/// are a ClusterConfig where they say so.
pub(super) fn meant(text: &str, file: &str) -> Meant {
    if !is_data(file) {
        let flow = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '%']);
        let says_so = is_cluster_config(text)
            || flow && yaml::parse(text, file).is_ok_and(|root| root.is_some_and(|root| of(&root) == Meant::Config));
        return if says_so { Meant::Config } else { Meant::Around };
    }
    match yaml::parse(text, file) {
        Ok(Some(root)) => of(&root),
        // `create` says that it is empty.
        Ok(None) => Meant::Unknown,
        // Several documents, or a template of Helm's or CloudFormation's.
        Err(_) if !text.lines().any(head) && text.lines().any(is_of_others) => Meant::Around,
        Err(_) => Meant::Config,
    }
}

fn is_data(file: &str) -> bool {
    let extension = Path::new(file).extension().map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| ["yml", "yaml", "json"].contains(&extension.as_str()))
}

fn of(root: &Node) -> Meant {
    let Value::Map(entries) = &root.value else { return Meant::Unknown };
    let scalar = |key: &str| {
        entries.iter().find(|entry| entry.key == key).map(|entry| match &entry.value.value {
            Value::Scalar { text, .. } => text.as_str(),
            _ => "",
        })
    };
    match (scalar("apiVersion"), scalar("kind")) {
        (Some(version), _) if version.contains("eksctl.io") => Meant::Config,
        (_, Some("ClusterConfig")) => Meant::Config,
        (Some(_), Some(_)) => Meant::Around,
        _ if entries.iter().any(|entry| ["nodeGroups", "managedNodeGroups"].contains(&entry.key.as_str())) => {
            Meant::Config
        }
        _ if entries.iter().any(|entry| OTHERS.contains(&entry.key.as_str())) => Meant::Around,
        _ => Meant::Unknown,
    }
}

/// Keys of templates of CloudFormation and of workflows, which hold commands.
const OTHERS: [&str; 3] = ["AWSTemplateFormatVersion", "Resources", "jobs"];

/// Whether a line is one of a manifest, or of a template.
fn is_of_others(line: &str) -> bool {
    let line = line.trim_start_matches(['\u{feff}', '"']);
    ["apiVersion"].iter().chain(&OTHERS).any(|key| line.starts_with(key))
}

/// Whether a line is the head of a ClusterConfig.
fn head(line: &str) -> bool {
    let line = line.trim_start_matches(['\u{feff}', ' ', '{', '"']);
    line.starts_with("apiVersion") && line.contains("eksctl.io")
}

/// Whether a text that is named as none means to be a ClusterConfig: a page that has one in it is none.
fn is_cluster_config(text: &str) -> bool {
    let starts = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(['#', '{']) && *line != "---";
    let is_key = |line: &str| line.split_once(':').is_some_and(|(key, _)| !key.trim().contains(' '));
    text.lines().any(head) && text.lines().find(starts).is_some_and(is_key)
}

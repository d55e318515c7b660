//! Writes groups as a ClusterConfig that eksctl and our own reader take.

mod group;
mod value;

use serde_yaml::Value;

use self::group::item;
use self::value::{Map, settle_quotes};
use super::{API_VERSION, KIND, SSH_SOURCES_ANNOTATION};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::NodegroupSpec;

/// Writes groups of one cluster.
///
/// # Errors
/// `SPOT-0203` when a group has faults that would show in the document, when groups are of several
/// clusters or regions, when the region is not known, or when there is no group.
pub fn write(groups: &[NodegroupSpec]) -> Result<String> {
    let refuse = |message: String, help: &str| Err(Error::new(Code::DocumentValue, message).help(help));
    let Some(first) = groups.first() else {
        return refuse("no group to write".to_owned(), "a document has one group or more");
    };
    let Some(region) = first.region.as_deref() else {
        return refuse(format!("the region of `{}` is not known", first.name), "set `region` of the group");
    };
    if let Some(other) = groups.iter().find(|group| group.cluster != first.cluster || group.region != first.region) {
        return refuse(
            format!("`{}` and `{}` are of different clusters or regions", first.name, other.name),
            "write one document for each cluster",
        );
    }
    // A key that was read from a file is written as the file.
    let unread = |group: &NodegroupSpec| {
        let mut group = group.clone();
        if let Some(ssh) = group.ssh.as_mut().filter(|ssh| ssh.public_key_path.is_some()) {
            ssh.public_key = None;
        }
        group
    };
    let (managed, own): (Vec<_>, Vec<_>) = groups.iter().map(unread).partition(|group| group.managed.is_some());
    let yaml = serde_yaml::to_string(&document(&first.cluster, region, &own, &managed))
        .map_err(|error| Error::new(Code::Internal, "a ClusterConfig cannot be written").because(error.to_string()))?;
    let text = settle_quotes(&yaml);
    // What goes out must come back equal, whatever the values were.
    match super::read(&text, "the document to be written") {
        Ok(document) if document.nodegroups == own && document.managed == managed => Ok(text),
        Ok(_) => Err(Error::new(Code::Internal, "what was written reads back as something else")),
        Err(error) => Err(Error::new(Code::DocumentValue, format!("a group cannot be written: {error}"))
            .help(error.help.unwrap_or_else(|| "correct the group first".to_owned()))),
    }
}

/// Looks at a group as eksctl's rules look at it in a document: at what it says of roles, boot, machines and scaling.
///
/// # Errors
/// The first fault, without a place; the others in its causes.
pub fn check(group: &NodegroupSpec) -> Result<()> {
    let usual = NodegroupSpec::new(&group.name, &group.cluster, group.types.clone());
    let plain = (&usual.role, &usual.boot, &usual.machine, &usual.settings, &usual.additional_volumes)
        == (&group.role, &group.boot, &group.machine, &group.settings, &group.additional_volumes);
    if plain {
        return Ok(());
    }
    let group =
        NodegroupSpec { region: group.region.clone().or_else(|| Some("us-east-1".to_owned())), ..group.clone() };
    let Err(error) = write(std::slice::from_ref(&group)) else { return Ok(()) };
    let message = error.message.trim_start_matches("a group cannot be written: ").to_owned();
    Err(Error { code: Code::InvalidValue, message, location: None, ..error })
}

fn document(cluster: &str, region: &str, own: &[NodegroupSpec], managed: &[NodegroupSpec]) -> Value {
    let mut annotations = Map::new();
    for group in own.iter().chain(managed) {
        let sources = group.ssh.as_ref().map(|ssh| ssh.sources.as_slice()).unwrap_or_default();
        if !sources.is_empty() {
            annotations.text(&format!("{SSH_SOURCES_ANNOTATION}{}", group.name), &sources.join(","));
        }
    }
    let mut metadata = Map::new();
    metadata.text("name", cluster).text("region", region).map("annotations", annotations);
    let mut config = Map::new();
    config.text("apiVersion", API_VERSION).text("kind", KIND).map("metadata", metadata);
    for (key, groups) in [("nodeGroups", own), ("managedNodeGroups", managed)] {
        config.list(key, groups.iter().map(item));
    }
    config.into()
}

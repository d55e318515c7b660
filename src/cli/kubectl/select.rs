//! Which objects a command line means.

use serde_json::Value;

use super::Shell;
use crate::domain::kubernetes::kinds::{Kind, NODES};
use crate::domain::kubernetes::refusal::Refusal;
use crate::ops::objects::{self, Scope};

/// That no kind was named.
pub const NO_KIND: &str = "Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of \
                           that resource (e.g. kubectl explain pods).";

/// What the arguments name: kinds as a whole, or objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// All objects of kinds.
    Kinds(Vec<Kind>),
    /// These.
    Objects(Vec<(Kind, String)>),
}

/// Reads `KIND[,KIND…] [NAME…]` or `KIND/NAME…`.
pub fn named(arguments: &[String]) -> Result<Named, Refusal> {
    let plain = |text: String| Refusal::Plain(text);
    let kind =
        |name: &str| Kind::find(name).ok_or_else(|| plain(format!("the server doesn't have a resource type {name:?}")));
    if arguments.iter().any(|argument| argument.contains('/')) {
        let pair = |argument: &String| match argument.split_once('/') {
            Some((kind_name, name)) if !kind_name.is_empty() && !name.is_empty() && !name.contains('/') => {
                Ok((kind(kind_name)?, name.to_owned()))
            }
            Some(_) => Err(plain("arguments in resource/name form may not have more than one slash".to_owned())),
            None => Err(plain(
                "there is no need to specify a resource type as a separate argument when passing arguments in \
                 resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource \
                 resource/<resource_name>'"
                    .to_owned(),
            )),
        };
        return Ok(Named::Objects(arguments.iter().map(pair).collect::<Result<_, _>>()?));
    }
    let Some((kinds, names)) = arguments.split_first() else {
        return Ok(Named::Kinds(vec![]));
    };
    let kinds: Vec<Kind> = kinds.split(',').filter(|name| !name.is_empty()).map(kind).collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Ok(Named::Kinds(kinds));
    }
    Ok(Named::Objects(kinds.iter().flat_map(|kind| names.iter().map(|name| (*kind, name.clone()))).collect()))
}

/// The nodes of a verb that takes nothing else: by name, by label selector, or all.
pub async fn nodes(shell: &Shell<'_>, names: &[String], selector: Option<&str>) -> Result<Vec<Value>, Refusal> {
    if names.is_empty() {
        let labels = selector.unwrap_or_default();
        return objects::objects(shell.api, Scope { kind: NODES, namespace: None, labels, fields: "" }).await;
    }
    let mut found = vec![];
    for name in names {
        let bare = name.strip_prefix("node/").or_else(|| name.strip_prefix("nodes/")).unwrap_or(name);
        found.push(objects::object(shell.api, NODES, None, bare).await?);
    }
    Ok(found)
}

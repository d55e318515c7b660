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
    if arguments.iter().any(|argument| argument.contains('/')) {
        return Ok(Named::Objects(arguments.iter().map(|argument| pair(argument)).collect::<Result<_, _>>()?));
    }
    let Some((kinds, names)) = arguments.split_first() else {
        return Ok(Named::Kinds(vec![]));
    };
    let kinds: Vec<Kind> = kinds.split(',').map(kind).collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Ok(Named::Kinds(kinds));
    }
    Ok(Named::Objects(kinds.iter().flat_map(|kind| names.iter().map(|name| (*kind, name.clone()))).collect()))
}

/// A kind by its name; messages leave out what stands behind a dot.
fn kind(name: &str) -> Result<Kind, Refusal> {
    let bare = name.split('.').next().unwrap_or_default();
    Kind::find(name).ok_or_else(|| Refusal::Plain(format!("the server doesn't have a resource type {bare:?}")))
}

/// Reads `KIND/NAME`.
fn pair(argument: &str) -> Result<(Kind, String), Refusal> {
    let why = match argument.split_once('/') {
        Some((_, name)) if name.contains('/') => "arguments in resource/name form may not have more than one slash",
        Some((kinds, name)) if kinds.is_empty() || name.is_empty() || kinds.contains(',') => {
            "arguments in resource/name form must have a single resource and name"
        }
        Some((kind_name, name)) => return Ok((kind(kind_name)?, name.to_owned())),
        None => {
            "there is no need to specify a resource type as a separate argument when passing arguments in \
             resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource \
             resource/<resource_name>'"
        }
    };
    Err(Refusal::Plain(why.to_owned()))
}

/// The nodes of a verb that takes nothing else: by name, by label selector, or all.
pub async fn nodes(shell: &Shell<'_>, names: &[String], selector: Option<&str>) -> Result<Vec<Value>, Refusal> {
    if names.is_empty() {
        let labels = selector.unwrap_or_default();
        return objects::objects(shell.api, Scope { kind: NODES, namespace: None, labels, fields: "" }).await;
    }
    let mut found = vec![];
    for name in names {
        let (kind, name) = if name.contains('/') { pair(name)? } else { (NODES, name.clone()) };
        let object = objects::object(shell.api, kind, Some("default"), &name).await?;
        if kind != NODES {
            return Err(Refusal::Plain(format!("{} are not changed here: nodes are", kind.plural)));
        }
        found.push(object);
    }
    Ok(found)
}

//! Entries as data.

use serde::Serialize;

use crate::script::catalog::{Catalog, Entry, EntryKind, OptionKey, options_of};

/// One entry as data.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// `eks::nodegroup`.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// As people write it, with types.
    pub signature: String,
    /// Names and types of the parameters.
    pub parameters: Vec<Parameter>,
    /// Type of the result.
    pub returns: String,
    /// The documentation.
    pub documentation: String,
    /// Keys of the option map.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub options: &'static [OptionKey],
    /// Runnable examples.
    pub examples: Vec<String>,
    /// The version that brought it.
    pub since: String,
}

/// One parameter.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The keys of an entry's option map, if it takes one.
pub(super) fn options(entry: &Entry) -> &'static [OptionKey] {
    let takes_map = entry.parameters.iter().any(|parameter| parameter.ends_with(": map"));
    if takes_map { options_of(&entry.path()) } else { &[] }
}

/// An entry as data.
pub fn item(entry: &Entry) -> Item {
    let parameter = |text: &String| {
        let (name, kind) = text.split_once(": ").unwrap_or((text, "any"));
        Parameter { name: name.to_owned(), kind: kind.to_owned() }
    };
    let parameters = match entry.kind {
        EntryKind::Syntax | EntryKind::Constant => Vec::new(),
        _ => entry.parameters.iter().map(parameter).collect(),
    };
    Item {
        path: entry.path(),
        kind: entry.kind,
        signature: entry.head(),
        parameters,
        returns: entry.returns.clone(),
        documentation: entry.description(),
        options: options(entry),
        examples: entry.examples(),
        since: entry.since().to_owned(),
    }
}

/// Everything of ours as data, in the order of paths and signatures.
pub fn items(catalog: &Catalog) -> Vec<Item> {
    let mut items: Vec<Item> = catalog.own().map(item).collect();
    items.sort_by(|one, other| (&one.path, &one.signature).cmp(&(&other.path, &other.signature)));
    items
}

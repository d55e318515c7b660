//! Paths into a document.

use serde_json::Value;

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    pub(super) fn is_key(&self) -> bool {
        matches!(self, Step::Key(_))
    }
}

pub(super) type Path = Vec<Step>;

/// Reads a path against the document it leads into: a key of a list is the name of an item.
///
/// # Errors
/// `SPOT-0101` when it is not written as a path, or names an item that is not there.
pub(super) fn resolve(text: &str, root: &Value) -> Result<Path> {
    let mut path = Path::new();
    let mut at = Some(root);
    for step in parse(text)? {
        let step = match (step, at) {
            (Step::Key(name), Some(Value::Array(items))) => {
                let named = |item: &Value| item.get("name").and_then(Value::as_str) == Some(&name);
                let index = items.iter().position(named).ok_or_else(|| {
                    Error::new(Code::InvalidValue, format!("`{text}`: nothing in the list has the name `{name}`"))
                })?;
                Step::Index(index)
            }
            (step, _) => step,
        };
        at = match (&step, at) {
            (Step::Key(key), Some(Value::Object(map))) => map.get(key),
            (Step::Index(index), Some(Value::Array(items))) => items.get(*index),
            _ => None,
        };
        path.push(step);
    }
    Ok(path)
}

fn parse(text: &str) -> Result<Path> {
    let wrong = || {
        Error::new(Code::InvalidValue, format!("`{text}` is no path"))
            .help("for example `nodeGroups[0].maxSize`, or `nodeGroups.NAME.labels[\"aws.amazon.com/spot\"]`")
    };
    let mut path = Path::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            if let Some(quoted) = inside.strip_prefix('"') {
                let (key, after) = quoted.split_once("\"]").ok_or_else(wrong)?;
                path.push(Step::Key(key.to_owned()));
                rest = after;
            } else {
                let (index, after) = inside.split_once(']').ok_or_else(wrong)?;
                path.push(Step::Index(index.parse().map_err(|_| wrong())?));
                rest = after;
            }
        } else {
            let bare = if path.is_empty() { rest } else { rest.strip_prefix('.').ok_or_else(wrong)? };
            let end = bare.find(['.', '[']).unwrap_or(bare.len());
            let (key, after) = bare.split_at(end);
            if key.is_empty() {
                return Err(wrong());
            }
            path.push(Step::Key(key.to_owned()));
            rest = after;
        }
    }
    if path.is_empty() { Err(wrong()) } else { Ok(path) }
}

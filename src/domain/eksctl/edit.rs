//! Changes a document in place: what is not changed stays as it is written, comments and order of keys among it.
//!
//! The text is cut where the parser says that a value stands. Whatever came of it is read again and must say what was
//! meant and nothing else: a layout that cannot be edited so is refused, never bent.

mod apply;
mod path;
mod scalar;

use serde_json::Value;

use self::path::{Path, Step};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::yaml;

/// One change of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Sets what stands at a path; keys that are not there are made.
    Set(String, Value),
    /// Removes a key or an item of a list; one that is not there is no fault.
    Remove(String),
    /// Gives a key another name.
    Rename(String, String),
}

/// Makes changes one after the other. Paths are written `nodeGroups[0].maxSize`, `nodeGroups.NAME.labels["a.b/c"]`.
///
/// # Errors
/// `SPOT-0101` for a path that leads nowhere, `SPOT-0206` for a layout that cannot be edited in place.
pub fn edit(text: &str, file: &str, changes: &[Change]) -> Result<String> {
    let mut text = text.to_owned();
    for change in changes {
        text = one(&text, file, change)?;
    }
    Ok(text)
}

fn one(text: &str, file: &str, change: &Change) -> Result<String> {
    let root = yaml::parse(text, file)?;
    let before = root.as_deref().map_or(Value::Null, yaml::Node::to_json);
    let (Change::Set(written, _) | Change::Remove(written) | Change::Rename(written, _)) = change;
    let path = path::resolve(written, &before)?;
    let mut wanted = before.clone();
    apply_to_value(&mut wanted, &path, change)
        .ok_or_else(|| Error::new(Code::InvalidValue, format!("`{written}` leads to nothing in `{file}`")))?;
    if wanted == before && !matches!(change, Change::Rename(..)) {
        return Ok(text.to_owned());
    }
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    let (head, body) = text.split_at(bom);
    let refuse = || {
        Error::new(Code::DocumentUnsupported, format!("`{written}` of `{file}` cannot be changed in place"))
            .because("its layout (an alias, a merge, several values in one line) leaves no place for it")
            .help("write the value in block style, or change it by hand")
    };
    let edited = root.as_deref().and_then(|root| apply::apply(body, root, &path, change)).ok_or_else(refuse)?;
    let after = yaml::parse(&edited, file).ok().flatten().map(|node| node.to_json());
    if after.as_ref() != Some(&wanted) {
        return Err(refuse());
    }
    Ok(format!("{head}{edited}"))
}

/// The change on the data, to compare with what the edited text says.
fn apply_to_value(root: &mut Value, path: &Path, change: &Change) -> Option<()> {
    let (last, way) = path.split_last()?;
    let mut at = root;
    for (index, step) in way.iter().enumerate() {
        at = match step {
            Step::Key(key) => {
                if at.is_null() && matches!(change, Change::Set(..)) {
                    *at = Value::Object(Default::default());
                }
                let map = at.as_object_mut()?;
                if !map.contains_key(key) && matches!(change, Change::Set(..)) && path.get(index + 1)?.is_key() {
                    map.insert(key.clone(), Value::Object(Default::default()));
                }
                match map.get_mut(key) {
                    Some(inner) => inner,
                    // Nothing to remove.
                    None if matches!(change, Change::Remove(_)) => return Some(()),
                    None => return None,
                }
            }
            Step::Index(index) => at.as_array_mut()?.get_mut(*index)?,
        };
    }
    match (last, change) {
        (Step::Key(key), Change::Set(_, value)) => {
            if at.is_null() {
                *at = Value::Object(Default::default());
            }
            at.as_object_mut()?.insert(key.clone(), value.clone());
        }
        (Step::Index(index), Change::Set(_, value)) => {
            let list = at.as_array_mut()?;
            if list.len() == *index {
                list.push(value.clone());
            } else {
                *list.get_mut(*index)? = value.clone();
            }
        }
        (Step::Key(key), Change::Remove(_)) => {
            if let Some(map) = at.as_object_mut() {
                map.remove(key);
            }
        }
        (Step::Index(index), Change::Remove(_)) => {
            let list = at.as_array_mut()?;
            if *index < list.len() {
                list.remove(*index);
            }
        }
        (Step::Key(key), Change::Rename(_, name)) => {
            let map = at.as_object_mut()?;
            if map.contains_key(name) {
                return None;
            }
            let value = map.remove(key)?;
            map.insert(name.clone(), value);
        }
        (Step::Index(_), Change::Rename(..)) => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests;

//! Reads a ClusterConfig: all faults at once, each with its place.

mod access;
mod cluster;
mod distribution;
mod labels;
mod nodegroup;
mod schema;
mod size;
mod taints;
mod values;
mod variables;
mod volume;

use super::{Document, Note};
use crate::domain::code::Code;
use crate::domain::error::{Error, Location, Result, nearest};
use crate::domain::yaml::{self, Entry, Mark, Node, Value, scalar};

/// What reading gathers on its way.
pub(super) struct Reader<'a> {
    file: &'a str,
    resolve: &'a dyn Fn(&str) -> Option<String>,
    errors: Vec<Error>,
    notes: Vec<Note>,
}

/// A map's entries that are acted on, under the map's path.
struct Fields<'n> {
    path: String,
    /// The place of the map.
    at: Mark,
    entries: Vec<&'n Entry>,
}

impl<'n> Fields<'n> {
    /// The entry of a key, unless it is null: null is the same as left out.
    fn get(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key == key && !entry.value.is_null()).copied()
    }

    fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Reads a document.
///
/// # Errors
/// The first fault in the document, unknown keys before all others; the rest are told in its causes.
pub(super) fn read(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Result<Document> {
    let root = yaml::parse(text, file)?;
    let mut reader = Reader { file, resolve, errors: Vec::new(), notes: Vec::new() };
    let content = reader.cluster_config(root.as_deref());
    let mut errors = std::mem::take(&mut reader.errors);
    // A key with a slip in it is also a key that is missing: the slip is told first, as eksctl does.
    errors.sort_by_key(|error| {
        let place = error.location.as_ref().map(|place| (place.line, place.column));
        (error.code != Code::DocumentUnknownKey, place)
    });
    let mut errors = errors.into_iter();
    if let Some(first) = errors.next() {
        return Err(errors.fold(first, |error, next| {
            let place = next.location.as_ref().map(ToString::to_string).unwrap_or_default();
            error.because(format!("also {place}: {next}"))
        }));
    }
    let (nodegroups, sections) = content;
    Ok(Document { text: text.to_owned(), file: file.to_owned(), nodegroups, sections, notes: reader.notes })
}

impl Reader<'_> {
    fn location(&self, at: Mark) -> Location {
        Location { file: self.file.to_owned(), line: at.line, column: at.column }
    }

    fn fault(&mut self, at: Mark, error: Error) {
        let location = self.location(at);
        self.errors.push(error.at(location));
    }

    fn refuse(&mut self, at: Mark, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.fault(at, Error::new(code, message).help(help));
    }

    fn note(&mut self, at: Mark, message: impl Into<String>) {
        let location = self.location(at);
        self.notes.push(Note { message: message.into(), location });
    }

    /// Keeps a value, or its fault at this place.
    fn keep<T>(&mut self, at: Mark, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.fault(at, error)).ok()
    }

    /// The entries of a map that are acted on. Unknown keys, and known ones whose value would change
    /// something that is not done here, are faults.
    fn fields<'n>(&mut self, node: &'n Node, path: &str, schema: &schema::Schema) -> Option<Fields<'n>> {
        let Value::Map(entries) = &node.value else {
            let name = if path.is_empty() { "the document" } else { path };
            let message = format!("`{name}` is {}, it must be a map", node.describe());
            self.fault(node.at, Error::new(Code::DocumentValue, message));
            return None;
        };
        let mut read = Vec::new();
        for entry in entries {
            let key = entry.key.as_str();
            if schema.read.contains(&key) {
                read.push(entry);
            } else if schema.unsupported.contains(&key) {
                if !is_unset(&entry.value) {
                    let message = format!("`{}` is not supported yet", join(path, key));
                    self.refuse(
                        entry.at,
                        Code::DocumentUnsupported,
                        message,
                        "leave it out, or create this group with eksctl",
                    );
                }
            } else if !schema.kept.contains(&key) {
                let error = Error::new(
                    Code::DocumentUnknownKey,
                    format!("`{}` is not a key that eksctl knows", join(path, key)),
                );
                self.fault(
                    entry.at,
                    match schema.hint(key) {
                        Some(hint) => error.help(hint),
                        None => error,
                    },
                );
            }
        }
        Some(Fields { path: path.to_owned(), at: node.at, entries: read })
    }
}

/// Whether a value asks for nothing: null, `false`, an empty text, list or map.
fn is_unset(node: &Node) -> bool {
    match &node.value {
        Value::Scalar { text, plain: true } => node.is_null() || scalar::kind(text) == scalar::Kind::Bool(false),
        Value::Scalar { text, plain: false } => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}

/// The known key that was meant: another case of it, or a slip of the hand.
fn meant<'k>(given: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    known.clone().find(|name| name.eq_ignore_ascii_case(given)).or_else(|| nearest(given, known))
}

//! Reads a ClusterConfig: all faults at once, each with its place.
//!
//! Faults are of two kinds. What eksctl's parser refuses makes the document unreadable; what its rules (and AWS's,
//! and Kubernetes') refuse leaves a document that can be looked at and repaired, and not be acted on.

mod boot;
mod cluster;
mod distribution;
pub(super) mod fields;
mod group_settings;
mod iam;
mod image;
mod labels;
mod machine;
mod managed;
mod network;
mod nodegroup;
mod shape;
mod size;
mod ssh;
mod taints;
mod types;
mod variables;
mod volume;

use std::rc::Rc;

use self::fields::Fields;
use super::{Document, KeyFile, Note};
use crate::domain::code::Code;
use crate::domain::error::{Error, Location, Result};
use crate::domain::yaml::{Mark, Node, Value};

/// What reading gathers on its way.
pub(super) struct Reader<'a> {
    file: &'a str,
    resolve: &'a dyn Fn(&str) -> Option<String>,
    /// What the parser refuses.
    malformed: Vec<Error>,
    /// What a rule refuses.
    faults: Vec<Error>,
    notes: Vec<Note>,
    key_files: Vec<KeyFile>,
    /// Paths whose variables have no value: that they are missing is told already.
    unresolved: Vec<String>,
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// What came of reading.
pub(super) struct Reading {
    /// What the parser refuses, by place; unknown keys first.
    pub malformed: Vec<Error>,
    /// The document, as far as it could be read. Its faults are all that was found.
    pub document: Document,
}

/// Reads a document.
///
/// # Errors
/// Only when it is not YAML at all.
pub(super) fn read(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Result<Reading> {
    let root = crate::domain::yaml::parse(text, file)?;
    let mut reader = Reader {
        file,
        resolve,
        malformed: Vec::new(),
        faults: Vec::new(),
        notes: Vec::new(),
        key_files: Vec::new(),
        unresolved: Vec::new(),
    };
    let nothing =
        Node { at: Mark { line: 1, column: 1 }, span: Default::default(), value: Value::Map(vec![]), size: 1 };
    let root = root.filter(|node| !node.is_null()).unwrap_or_else(|| Rc::new(nothing));
    let content = reader.cluster_config(&root);
    let Reader { malformed, faults, notes, key_files, .. } = reader;
    Ok(Reading {
        document: Document {
            text: text.to_owned(),
            file: file.to_owned(),
            nodegroups: content.nodegroups,
            managed: content.managed,
            sections: content.sections,
            notes,
            key_files,
            faults: sorted(malformed.iter().cloned().chain(faults).collect()),
        },
        malformed: sorted(malformed),
    })
}

/// By place, unknown keys before all others: a key with a slip in it is also a key that is missing.
fn sorted(mut errors: Vec<Error>) -> Vec<Error> {
    errors.sort_by_key(|error| {
        let place = error.location.as_ref().map(|place| (place.line, place.column));
        (error.code != Code::DocumentUnknownKey, place)
    });
    errors
}

/// The first of several faults, the others in its causes.
pub(super) fn joined(errors: &[Error]) -> Option<Error> {
    let (first, others) = errors.split_first()?;
    Some(others.iter().fold(first.clone(), |error, next| {
        let place = next.location.as_ref().map(ToString::to_string).unwrap_or_default();
        error.because(format!("also {place}: {next}"))
    }))
}

impl Reader<'_> {
    fn location(&self, at: Mark) -> Location {
        Location { file: self.file.to_owned(), line: at.line, column: at.column }
    }

    /// What the parser refuses.
    fn malformed(&mut self, at: Mark, error: Error) {
        let location = self.location(at);
        self.malformed.push(error.at(location));
    }

    fn fault(&mut self, at: Mark, error: Error) {
        let location = self.location(at);
        self.faults.push(error.at(location));
    }

    fn refuse(&mut self, at: Mark, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.fault(at, Error::new(code, message).help(help));
    }

    /// Refuses a value.
    fn bad(&mut self, at: Mark, message: impl Into<String>, help: impl Into<String>) {
        self.refuse(at, Code::DocumentValue, message, help);
    }

    fn note(&mut self, at: Mark, message: impl Into<String>) {
        let location = self.location(at);
        self.notes.push(Note { message: message.into(), location });
    }

    /// Keeps a value, or its fault at this place.
    fn keep<T>(&mut self, at: Mark, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.fault(at, error)).ok()
    }

    /// A number of 0 or more.
    fn count(&mut self, fields: &Fields, key: &str) -> Option<u32> {
        let value = fields.int(key)?;
        let count = u32::try_from(value).ok().filter(|count| i32::try_from(*count).is_ok());
        if count.is_none() {
            self.bad(fields.value_at(key), format!("`{}` is {value}", fields.path(key)), "it is 0 or more");
        }
        count
    }

    /// One of a few texts.
    fn one_of(&mut self, fields: &Fields, key: &str, known: &[&str]) -> Option<String> {
        let (text, at) = fields.text(key).filter(|(text, _)| !text.is_empty())?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        let near = crate::domain::error::nearest(&text, known.iter().copied());
        let choice = format!("it is one of `{}`", known.join("`, `"));
        let help = near.map(|near| format!("did you mean `{near}`? {choice}")).unwrap_or(choice);
        self.bad(at, format!("`{}` is `{text}`", fields.path(key)), help);
        None
    }
}

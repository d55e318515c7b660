//! YAML with places: a tree in which every key and value knows its line and column.
//!
//! `serde_yaml` tells places only in errors of its own; faults found later need them too.

mod build;
pub(crate) mod scalar;

use std::rc::Rc;

pub(crate) use build::parse;

/// A place: 1-based line and 1-based column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A value at its place. Aliases share the node of their anchor.
#[derive(Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Mark,
    pub(crate) value: Value,
    /// Nodes in this tree with every alias written out.
    pub(crate) size: usize,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    /// Text, and whether it stood without quotes, so that it may be a number, a boolean or null.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Mark,
    pub(crate) value: Rc<Node>,
}

impl Node {
    /// Whether the value is null: written so, or left out.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if scalar::kind(text) == scalar::Kind::Null)
    }

    /// What the value is, in words.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.value {
            Value::Scalar { text, plain: true } => scalar::kind(text).describe(),
            Value::Scalar { .. } => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

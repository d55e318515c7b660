//! YAML with places: a tree in which every key and value knows its line and column.
//!
//! `serde_yaml` tells places only in errors of its own; faults found later need them too.

mod build;
pub(crate) mod places;
pub(crate) mod scalar;

use std::rc::Rc;

pub(crate) use build::parse;

/// A place: 1-based line and 1-based column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A range of bytes of the text, and whether a list or map is written in one line with brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) flow: bool,
}

/// A value at its place. Aliases share the node of their anchor.
#[derive(Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Mark,
    /// Bytes of the text from its beginning to its end.
    pub(crate) span: Span,
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
    /// Byte at which the key begins.
    pub(crate) start: usize,
    pub(crate) value: Rc<Node>,
}

impl Node {
    /// A node at the same place with another value.
    pub(crate) fn with(&self, value: Value) -> Rc<Node> {
        Rc::new(Node { value, ..*self })
    }

    /// The value as JSON, with the types that YAML 1.1 gives plain scalars.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Scalar { text, plain: false } => Json::String(text.clone()),
            Value::Scalar { text, plain: true } => match scalar::kind(text) {
                scalar::Kind::Null => Json::Null,
                scalar::Kind::Bool(value) => Json::Bool(value),
                scalar::Kind::Int(value) => value.into(),
                scalar::Kind::Float(value) => {
                    serde_json::Number::from_f64(value).map_or_else(|| Json::String(text.clone()), Json::Number)
                }
                scalar::Kind::Text => Json::String(text.clone()),
            },
            Value::List(items) => items.iter().map(|item| item.to_json()).collect(),
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect())
            }
        }
    }

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

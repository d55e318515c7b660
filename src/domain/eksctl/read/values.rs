//! Values of the types that eksctl's strict parser asks for.

use std::rc::Rc;

use indexmap::IndexMap;

use super::variables::{Piece, pieces};
use super::{Fields, Reader, join};
use crate::domain::code::Code;
use crate::domain::error::Error;
use crate::domain::yaml::scalar::{Kind, kind};
use crate::domain::yaml::{Entry, Mark, Node, Value};

/// A scalar after its variables were filled in.
struct Filled {
    text: String,
    kind: Kind,
}

impl Reader<'_> {
    /// A text. Numbers and booleans without quotes are refused, as eksctl refuses them.
    pub(super) fn text(&mut self, node: &Node, path: &str) -> Option<String> {
        let filled = self.filled(node, path, "text")?;
        match filled.kind {
            Kind::Text => Some(filled.text),
            Kind::Null => Some(String::new()),
            other => {
                let message = format!("`{path}` is {}, it must be text", other.describe());
                self.refuse(node.at, Code::DocumentValue, message, format!("put it in quotes: \"{}\"", filled.text));
                None
            }
        }
    }

    pub(super) fn text_field(&mut self, fields: &Fields<'_>, key: &str) -> Option<(String, Mark)> {
        let entry = fields.get(key)?;
        self.text(&entry.value, &fields.path(key)).map(|text| (text, entry.value.at))
    }

    pub(super) fn bool_field(&mut self, fields: &Fields<'_>, key: &str) -> Option<bool> {
        let entry = fields.get(key)?;
        let path = fields.path(key);
        let filled = self.filled(&entry.value, &path, "true or false")?;
        match filled.kind {
            Kind::Bool(value) => Some(value),
            other => {
                let message = format!("`{path}` is {}, it must be true or false without quotes", other.describe());
                self.fault(entry.value.at, Error::new(Code::DocumentValue, message));
                None
            }
        }
    }

    pub(super) fn int_field(&mut self, fields: &Fields<'_>, key: &str) -> Option<i64> {
        let entry = fields.get(key)?;
        let path = fields.path(key);
        let filled = self.filled(&entry.value, &path, "a whole number")?;
        match filled.kind {
            Kind::Int(value) => Some(value),
            Kind::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(value as i64),
            other => {
                let what = if matches!(other, Kind::Float(_)) { filled.text.as_str() } else { other.describe() };
                let message = format!("`{path}` is {what}, it must be a whole number without quotes");
                self.fault(entry.value.at, Error::new(Code::DocumentValue, message));
                None
            }
        }
    }

    /// A number as it is written.
    pub(super) fn number_field(&mut self, fields: &Fields<'_>, key: &str) -> Option<(String, Mark)> {
        let entry = fields.get(key)?;
        let path = fields.path(key);
        let filled = self.filled(&entry.value, &path, "a number")?;
        match filled.kind {
            Kind::Int(_) | Kind::Float(_) => Some((filled.text, entry.value.at)),
            other => {
                let message = format!("`{path}` is {}, it must be a number without quotes", other.describe());
                self.fault(entry.value.at, Error::new(Code::DocumentValue, message));
                None
            }
        }
    }

    /// A list of texts with their places.
    pub(super) fn texts_field(&mut self, fields: &Fields<'_>, key: &str) -> Vec<(String, Mark)> {
        let Some(entry) = fields.get(key) else { return Vec::new() };
        let path = fields.path(key);
        let items: Vec<Rc<Node>> = self.items(entry, &path).to_vec();
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            texts.extend(self.text(item, &format!("{path}[{index}]")).map(|text| (text, item.at)));
        }
        texts
    }

    /// A map of texts with the places of their keys. A null value is an empty text.
    pub(super) fn text_map_field(&mut self, fields: &Fields<'_>, key: &str) -> IndexMap<String, (String, Mark)> {
        let Some(entry) = fields.get(key) else { return IndexMap::new() };
        let path = fields.path(key);
        let Value::Map(entries) = &entry.value.value else {
            let message = format!("`{path}` is {}, it must be a map", entry.value.describe());
            self.fault(entry.value.at, Error::new(Code::DocumentValue, message));
            return IndexMap::new();
        };
        let mut map = IndexMap::new();
        for entry in entries {
            let key = self.fill(&entry.key, entry.at, &join(&path, &entry.key));
            if let (Some(key), Some(text)) = (key, self.text(&entry.value, &join(&path, &entry.key))) {
                map.insert(key, (text, entry.at));
            }
        }
        map
    }

    /// The items of a list.
    pub(super) fn items<'n>(&mut self, entry: &'n Entry, path: &str) -> &'n [Rc<Node>] {
        match &entry.value.value {
            Value::List(items) => items,
            _ => {
                let message = format!("`{path}` is {}, it must be a list", entry.value.describe());
                self.fault(entry.value.at, Error::new(Code::DocumentValue, message));
                &[]
            }
        }
    }

    fn filled(&mut self, node: &Node, path: &str, wanted: &str) -> Option<Filled> {
        let Value::Scalar { text, plain } = &node.value else {
            let message = format!("`{path}` is {}, it must be {wanted}", node.describe());
            self.fault(node.at, Error::new(Code::DocumentValue, message));
            return None;
        };
        let text = self.fill(text, node.at, path)?;
        let kind = if *plain { kind(&text) } else { Kind::Text };
        Some(Filled { text, kind })
    }

    /// Fills variables in, or says which is unset.
    fn fill(&mut self, text: &str, at: Mark, path: &str) -> Option<String> {
        let mut filled = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Variable(name, written) => match (self.resolve)(name) {
                    Some(value) => filled.push_str(&value),
                    None => {
                        let message = format!("`{path}` holds the shell variable `{written}`, which has no value");
                        let help = format!(
                            "set it (export {name}=…) and write the file again with an unquoted heredoc, or put its value in"
                        );
                        self.refuse(at, Code::DocumentUnresolvedVariable, message, help);
                        return None;
                    }
                },
                Piece::Shell(written) => {
                    let message = format!("`{path}` holds `{written}`, which only a shell can fill in");
                    self.refuse(at, Code::DocumentUnresolvedVariable, message, "put its value in");
                    return None;
                }
            }
        }
        Some(filled)
    }
}

//! The strict half of reading: unknown keys and values of the wrong type, all of them, each with its place.
//!
//! What comes out is the tree with shell variables filled in, of which later steps need not doubt the types.

use std::rc::Rc;

use super::super::schema::{self, Type};
use super::variables::{Piece, pieces};
use super::{Reader, join};
use crate::domain::code::Code;
use crate::domain::error::Error;
use crate::domain::yaml::scalar::{Kind, kind};
use crate::domain::yaml::{Entry, Mark, Node, Value};

/// Sections whose texts a shell may have been meant to fill in.
const FILLED: [&str; 5] = ["apiVersion", "kind", "metadata", "nodeGroups", "managedNodeGroups"];

impl Reader<'_> {
    /// The document, checked and filled in. Values of a wrong type are left out.
    pub(super) fn document(&mut self, root: &Rc<Node>) -> Rc<Node> {
        self.shaped(root, &Type::Struct(schema::ROOT), "", false)
            .unwrap_or_else(|| Rc::new(Node { at: root.at, span: root.span, value: Value::Map(Vec::new()), size: 1 }))
    }

    fn shaped(&mut self, node: &Rc<Node>, kind: &Type, path: &str, fill: bool) -> Option<Rc<Node>> {
        if node.is_null() {
            return Some(Rc::clone(node));
        }
        match kind {
            Type::Struct(name) => self.structure(node, name, path, fill),
            Type::List(item) => {
                let Value::List(items) = &node.value else { return self.wrong(node, path, "a list") };
                let mut shaped = Vec::with_capacity(items.len());
                for (index, one) in items.iter().enumerate() {
                    shaped.extend(self.shaped(one, item, &format!("{path}[{index}]"), fill));
                }
                Some(node.with(Value::List(shaped)))
            }
            Type::Map(value) => self.map(node, value, path, fill),
            Type::Taints => match &node.value {
                Value::Map(_) => self.map(node, &Type::Text, path, fill),
                Value::List(_) => {
                    let list = Type::List(Type::Struct("NodeGroupTaint").into());
                    self.shaped(node, &list, path, fill)
                }
                Value::Scalar { .. } => {
                    let message = format!("`{path}` is {}, it must be a list or a map", node.describe());
                    let help = "for example `spotInstance: \"true:PreferNoSchedule\"`";
                    self.malformed(node.at, Error::new(Code::DocumentValue, message).help(help));
                    None
                }
            },
            Type::Document => match &node.value {
                Value::Map(_) => Some(Rc::clone(node)),
                _ => self.wrong(node, path, "a map"),
            },
            Type::Script => self.scalar(node, kind, path, false),
            Type::Text | Type::Bool | Type::Int | Type::Number => self.scalar(node, kind, path, fill),
        }
    }

    fn structure(&mut self, node: &Rc<Node>, name: &str, path: &str, fill: bool) -> Option<Rc<Node>> {
        let Value::Map(entries) = &node.value else { return self.wrong(node, path, "a map") };
        let keys = schema::keys(name)?;
        let mut shaped = Vec::with_capacity(entries.len());
        for entry in entries {
            let inner = join(path, &entry.key);
            if let Some(kind) = keys.get(entry.key.as_str()) {
                let fill = if path.is_empty() { FILLED.contains(&entry.key.as_str()) } else { fill };
                if let Some(value) = self.shaped(&entry.value, kind, &inner, fill) {
                    shaped.push(Entry { value, ..entry.clone() });
                }
            } else if let Some(meant) = schema::other_case(name, &entry.key) {
                self.note(
                    entry.at,
                    format!("`{inner}` is passed over, as eksctl does without a word: it is written `{meant}`"),
                );
            } else {
                let error = Error::new(Code::DocumentUnknownKey, format!("`{inner}` is not a key that eksctl knows"));
                self.malformed(
                    entry.at,
                    match schema::hint(name, &entry.key) {
                        Some(hint) => error.help(hint),
                        None => error,
                    },
                );
            }
        }
        Some(node.with(Value::Map(shaped)))
    }

    fn map(&mut self, node: &Rc<Node>, value: &Type, path: &str, fill: bool) -> Option<Rc<Node>> {
        let Value::Map(entries) = &node.value else { return self.wrong(node, path, "a map") };
        let mut shaped = Vec::with_capacity(entries.len());
        for entry in entries {
            let inner = join(path, &entry.key);
            let key = if fill { self.fill(&entry.key, entry.at, &inner)? } else { entry.key.clone() };
            if let Some(value) = self.shaped(&entry.value, value, &inner, fill) {
                shaped.push(Entry { key, value, ..entry.clone() });
            }
        }
        Some(node.with(Value::Map(shaped)))
    }

    fn wrong(&mut self, node: &Node, path: &str, wanted: &str) -> Option<Rc<Node>> {
        let path = if path.is_empty() { "the document" } else { path };
        let message = format!("`{path}` is {}, it must be {wanted}", node.describe());
        self.malformed(node.at, Error::new(Code::DocumentValue, message));
        None
    }

    fn scalar(&mut self, node: &Rc<Node>, wanted: &Type, path: &str, fill: bool) -> Option<Rc<Node>> {
        let Value::Scalar { text, plain } = &node.value else {
            return self.wrong(node, path, word(wanted));
        };
        let text = if fill { self.fill(text, node.at, path)? } else { text.clone() };
        let is = if *plain { kind(&text) } else { Kind::Text };
        let fits = match (wanted, is) {
            (_, Kind::Null) | (Type::Text | Type::Script, Kind::Text) | (Type::Bool, Kind::Bool(_)) => true,
            (Type::Int, Kind::Int(_)) | (Type::Number, Kind::Int(_) | Kind::Float(_)) => true,
            (Type::Int, Kind::Float(value)) => value.fract() == 0.0 && value.abs() < 9e15,
            _ => false,
        };
        if fits {
            return Some(node.with(Value::Scalar { text, plain: *plain }));
        }
        let error = match wanted {
            Type::Text | Type::Script => {
                let message = format!("`{path}` is {}, it must be text", is.describe());
                Error::new(Code::DocumentValue, message).help(format!("put it in quotes: \"{text}\""))
            }
            _ => {
                let what = if matches!(is, Kind::Float(_)) { text.as_str() } else { is.describe() };
                let message = format!("`{path}` is {what}, it must be {} without quotes", word(wanted));
                Error::new(Code::DocumentValue, message)
            }
        };
        self.malformed(node.at, error);
        None
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
                        self.unresolved.push(path.to_owned());
                        return None;
                    }
                },
                Piece::Shell(written) => {
                    let message = format!("`{path}` holds `{written}`, which only a shell can fill in");
                    self.refuse(at, Code::DocumentUnresolvedVariable, message, "put its value in");
                    self.unresolved.push(path.to_owned());
                    return None;
                }
            }
        }
        Some(filled)
    }
}

fn word(kind: &Type) -> &'static str {
    match kind {
        Type::Bool => "true or false",
        Type::Int => "a whole number",
        Type::Number => "a number",
        _ => "text",
    }
}

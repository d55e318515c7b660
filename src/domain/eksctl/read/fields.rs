//! Values of a map whose types were looked at: what is not there, or was of a wrong type, is `None`.

use std::rc::Rc;

use indexmap::IndexMap;

use super::join;
use crate::domain::yaml::scalar::{Kind, kind};
use crate::domain::yaml::{Entry, Mark, Node, Value};

/// A map's entries, under the map's path.
#[derive(Debug, Clone)]
pub(in crate::domain::eksctl) struct Fields {
    pub(in crate::domain::eksctl) path: String,
    /// The place of the map.
    pub(in crate::domain::eksctl) at: Mark,
    entries: Vec<Entry>,
}

impl Fields {
    /// The entries of a map; of anything else none.
    pub(in crate::domain::eksctl) fn of(node: &Node, path: impl Into<String>) -> Self {
        let entries = match &node.value {
            Value::Map(entries) => entries.clone(),
            _ => Vec::new(),
        };
        Fields { path: path.into(), at: node.at, entries }
    }

    /// The entry of a key, unless it is null: null is the same as left out.
    pub(in crate::domain::eksctl) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key && !entry.value.is_null())
    }

    /// The entry of a key, null or not.
    pub(in crate::domain::eksctl) fn written(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(in crate::domain::eksctl) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the key has a value that asks for something: not null, `false`, empty or zero.
    pub(in crate::domain::eksctl) fn asks(&self, key: &str) -> bool {
        self.get(key).is_some_and(|entry| !is_unset(&entry.value))
    }

    pub(in crate::domain::eksctl) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// The place of a key, or of the map where the key is not there.
    pub(in crate::domain::eksctl) fn key_at(&self, key: &str) -> Mark {
        self.written(key).map_or(self.at, |entry| entry.at)
    }

    /// The place of a value, or of the map where it is not there.
    pub(in crate::domain::eksctl) fn value_at(&self, key: &str) -> Mark {
        self.get(key).map_or(self.at, |entry| entry.value.at)
    }

    pub(in crate::domain::eksctl) fn fields(&self, key: &str) -> Option<Fields> {
        self.get(key).map(|entry| Fields::of(&entry.value, self.path(key)))
    }

    pub(in crate::domain::eksctl) fn text(&self, key: &str) -> Option<(String, Mark)> {
        let entry = self.get(key)?;
        scalar(&entry.value).map(|(text, _)| (text.to_owned(), entry.value.at))
    }

    /// A text that says something.
    pub(in crate::domain::eksctl) fn filled(&self, key: &str) -> Option<String> {
        self.text(key).map(|(text, _)| text).filter(|text| !text.is_empty())
    }

    pub(in crate::domain::eksctl) fn bool(&self, key: &str) -> Option<bool> {
        match self.kind(key)? {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(in crate::domain::eksctl) fn int(&self, key: &str) -> Option<i64> {
        match self.kind(key)? {
            Kind::Int(value) => Some(value),
            Kind::Float(value) => Some(value as i64),
            _ => None,
        }
    }

    fn kind(&self, key: &str) -> Option<Kind> {
        let (text, plain) = scalar(&self.get(key)?.value)?;
        plain.then(|| kind(text))
    }

    pub(in crate::domain::eksctl) fn items(&self, key: &str) -> &[Rc<Node>] {
        match self.get(key).map(|entry| &entry.value.value) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// The maps of a list, each under its path.
    pub(in crate::domain::eksctl) fn maps(&self, key: &str) -> Vec<Fields> {
        let items = self.items(key).iter().enumerate();
        items.map(|(index, item)| Fields::of(item, format!("{}[{index}]", self.path(key)))).collect()
    }

    /// A list of texts with their places.
    pub(in crate::domain::eksctl) fn texts(&self, key: &str) -> Vec<(String, Mark)> {
        let text = |item: &Rc<Node>| scalar(item).map(|(text, _)| (text.to_owned(), item.at));
        self.items(key).iter().filter_map(text).collect()
    }

    pub(in crate::domain::eksctl) fn bare_texts(&self, key: &str) -> Vec<String> {
        self.texts(key).into_iter().map(|(text, _)| text).collect()
    }

    /// A map of texts with the places of their keys. A null value is an empty text.
    pub(in crate::domain::eksctl) fn text_map(&self, key: &str) -> IndexMap<String, (String, Mark)> {
        let Some(Value::Map(entries)) = self.get(key).map(|entry| &entry.value.value) else { return IndexMap::new() };
        let text = |entry: &Entry| match (entry.value.is_null(), scalar(&entry.value)) {
            (true, _) => Some(String::new()),
            (false, scalar) => scalar.map(|(text, _)| text.to_owned()),
        };
        entries.iter().filter_map(|entry| Some((entry.key.clone(), (text(entry)?, entry.at)))).collect()
    }

    /// A document that is passed on as it is.
    pub(in crate::domain::eksctl) fn document(&self, key: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
        match self.get(key)?.value.to_json() {
            serde_json::Value::Object(map) => Some(map),
            _ => None,
        }
    }

    /// The keys that are there.
    pub(in crate::domain::eksctl) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_str())
    }
}

fn scalar(node: &Node) -> Option<(&str, bool)> {
    match &node.value {
        Value::Scalar { text, plain } if !node.is_null() => Some((text, *plain)),
        _ => None,
    }
}

/// Whether a value asks for nothing: null, `false`, 0, an empty text, list or map.
fn is_unset(node: &Node) -> bool {
    match &node.value {
        Value::Scalar { text, plain: true } => {
            matches!(kind(text), Kind::Null | Kind::Bool(false) | Kind::Int(0))
        }
        Value::Scalar { text, plain: false } => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}

//! YAML values that every parser reads alike.

use serde_yaml::{Mapping, Value};

use crate::domain::yaml::scalar::{Kind, kind};

/// Marks a text that must be quoted. No value can hold it: AWS and Kubernetes refuse it everywhere.
const QUOTE: char = '\u{e000}';
/// Marks a text that must stand without quotes.
const BARE: char = '\u{e001}';

/// A text. `serde_yaml` quotes what YAML 1.2 takes for something else; eksctl's parser follows
/// YAML 1.1, where `yes` and `1_000` are no texts either.
pub(super) fn text(text: &str) -> Value {
    if kind(text) == Kind::Text || text.is_empty() {
        Value::String(text.to_owned())
    } else {
        Value::String(format!("{QUOTE}{text}"))
    }
}

/// A document, its texts quoted where needed.
pub(super) fn document(value: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => int.into(),
            (None, Some(float)) => float.into(),
            (None, None) => text(&number.to_string()),
        },
        Json::String(value) => text(value),
        Json::Array(items) => items.iter().map(document).collect(),
        Json::Object(map) => Value::Mapping(map.iter().map(|(key, value)| (text(key), document(value))).collect()),
    }
}

/// A map that is written in the order in which it is filled; what says nothing is left out.
#[derive(Debug, Default)]
pub(super) struct Map(Mapping);

impl Map {
    pub(super) fn new() -> Self {
        Map::default()
    }

    pub(super) fn put(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.0.insert(text(key), value.into());
        self
    }

    pub(super) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.put(key, text(value))
    }

    pub(super) fn some_text(&mut self, key: &str, value: Option<&String>) -> &mut Self {
        if let Some(value) = value {
            self.text(key, value);
        }
        self
    }

    pub(super) fn some(&mut self, key: &str, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.put(key, value);
        }
        self
    }

    /// A number as it is written: a price must keep its digits.
    pub(super) fn number(&mut self, key: &str, value: Option<&String>) -> &mut Self {
        self.some(key, value.map(|value| Value::String(format!("{BARE}{value}"))))
    }

    pub(super) fn on(&mut self, key: &str, on: bool) -> &mut Self {
        self.some(key, on.then_some(true))
    }

    pub(super) fn texts(&mut self, key: &str, values: &[String]) -> &mut Self {
        self.list(key, values.iter().map(|value| text(value)))
    }

    pub(super) fn list(&mut self, key: &str, values: impl Iterator<Item = Value>) -> &mut Self {
        let values: Vec<Value> = values.collect();
        if !values.is_empty() {
            self.put(key, values);
        }
        self
    }

    pub(super) fn map(&mut self, key: &str, map: Map) -> &mut Self {
        if !map.0.is_empty() {
            self.put(key, map);
        }
        self
    }

    /// A map that says something by being there, even when it is empty.
    pub(super) fn some_map(&mut self, key: &str, map: Option<Map>) -> &mut Self {
        self.some(key, map)
    }

    pub(super) fn pairs<'t>(
        &mut self,
        key: &str,
        pairs: impl IntoIterator<Item = (&'t String, &'t String)>,
    ) -> &mut Self {
        let mut map = Map::new();
        for (name, value) in pairs {
            map.text(name, value);
        }
        self.map(key, map)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Value {
        Value::Mapping(map.0)
    }
}

/// Puts quotes around marked texts and takes the marks away. A marked text has no character that YAML
/// would escape, and ends its line or stands before `: `.
pub(super) fn settle_quotes(yaml: &str) -> String {
    let mut text = String::with_capacity(yaml.len());
    for line in yaml.split_inclusive('\n') {
        let mut rest = line;
        while let Some((before, marked)) = rest.split_once([QUOTE, BARE]) {
            let quote = rest[before.len()..].starts_with(QUOTE);
            let end =
                marked.find(": ").or_else(|| marked.trim_end().ends_with(':').then(|| marked.trim_end().len() - 1));
            let end = end.unwrap_or(marked.trim_end().len());
            text.push_str(before);
            let (value, after) = marked.split_at(end);
            text.push_str(&if quote { format!("\"{value}\"") } else { value.to_owned() });
            rest = after;
        }
        text.push_str(rest);
    }
    text
}

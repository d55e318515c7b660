//! Values as text to be put into a document.

use serde_json::Value;

use crate::domain::yaml::scalar::{Kind, kind};

/// A scalar on one line; `None` for lists and maps that hold something.
pub(super) fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => self::text(text),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// A value in one line with brackets.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("{}: {}", text(key), flow(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => scalar(other).unwrap_or_default(),
    }
}

/// Lines of a value under a key at `indent`, each with its line break; the first begins where the value would.
pub(super) fn block(value: &Value, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match value {
        Value::Array(items) if !items.is_empty() => {
            let item = |item: &Value| match item {
                Value::Object(map) if !map.is_empty() => {
                    let inner = block(item, indent + 2);
                    format!("{pad}- {}", inner.trim_start())
                }
                other => format!("{pad}- {}\n", flow(other)),
            };
            items.iter().map(item).collect()
        }
        Value::Object(map) if !map.is_empty() => map.iter().map(|(key, value)| entry(key, value, indent)).collect(),
        other => format!("{pad}{}\n", flow(other)),
    }
}

/// A key and its value in lines of their own.
pub(super) fn entry(key: &str, value: &Value, indent: usize) -> String {
    let (pad, key) = (" ".repeat(indent), text(key));
    match scalar(value) {
        Some(value) => format!("{pad}{key}: {value}\n"),
        None => format!("{pad}{key}:\n{}", block(value, indent + 2)),
    }
}

/// A text, in quotes where a parser would take it for something else.
pub(super) fn text(text: &str) -> String {
    let plain = kind(text) == Kind::Text
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./+@".contains(c))
        && !text.starts_with(['-', '.', '+', '@']);
    // JSON's strings are YAML's.
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

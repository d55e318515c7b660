//! JSON values as TOML.

use serde_json::{Map, Value};

/// A map as a TOML document: plain values of a table first, then its tables. Null has no form and is left out.
pub(super) fn render(root: &Value) -> String {
    let mut text = String::new();
    if let Value::Object(map) = root {
        table(map, &mut Vec::new(), &mut text);
    }
    text
}

fn table(map: &Map<String, Value>, path: &mut Vec<String>, text: &mut String) {
    let is_table = |value: &Value| matches!(value, Value::Object(inner) if !inner.is_empty());
    let plain: Vec<_> = map.iter().filter(|(_, value)| !is_table(value) && !value.is_null()).collect();
    if !plain.is_empty() && !path.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("[{}]\n", path.join(".")));
    }
    for (name, value) in plain {
        text.push_str(&format!("{} = {}\n", key(name), inline(value)));
    }
    for (name, value) in map {
        if let Value::Object(inner) = value
            && is_table(value)
        {
            path.push(key(name));
            table(inner, path, text);
            path.pop();
        }
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().filter(|item| !item.is_null()).map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let pairs = map.iter().filter(|(_, value)| !value.is_null());
            let pairs = pairs.map(|(name, value)| format!("{} = {}", key(name), inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", ")).replace("{  }", "{}")
        }
        Value::String(text) => string(text),
        other => other.to_string(),
    }
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { string(name) }
}

/// A basic string. TOML wants control characters escaped, and knows JSON's escapes.
fn string(text: &str) -> String {
    let escaped = Value::from(text).to_string();
    escaped.replace('\u{7f}', "\\u007f")
}

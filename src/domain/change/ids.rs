//! Ids in requests that stand for others: those of a plan for real ones, those of what is gone for what was made anew.

use std::collections::HashMap;

use serde_json::Value;

/// Puts `ids`' values where its keys stand as whole texts.
pub fn with_ids(value: &mut Value, ids: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(other) = ids.get(text.as_str()) {
                text.clone_from(other);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| with_ids(item, ids)),
        Value::Object(map) => map.values_mut().for_each(|value| with_ids(value, ids)),
        _ => {}
    }
}

//! Reading a request's tree. Forgiving about form: the query protocol knows only strings, JSON has types.

use serde_json::Value;

use crate::domain::cloud::TagMap;

/// A member by path (`LaunchTemplateData.ImageId`); `Null` when a step is missing.
pub fn at<'a>(tree: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(tree, |tree, step| &tree[step])
}

/// A non-empty string.
pub fn text<'a>(tree: &'a Value, path: &str) -> Option<&'a str> {
    at(tree, path).as_str().filter(|text| !text.is_empty())
}

/// An owned string, empty when missing.
pub fn string(tree: &Value, path: &str) -> String {
    at(tree, path).as_str().unwrap_or_default().to_owned()
}

/// A whole number, from a number or its decimal text.
pub fn int(tree: &Value, path: &str) -> Option<i64> {
    match at(tree, path) {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    }
}

/// A boolean, from a boolean or its text.
pub fn boolean(tree: &Value, path: &str) -> Option<bool> {
    match at(tree, path) {
        Value::String(text) => text.parse().ok(),
        other => other.as_bool(),
    }
}

/// A list's items; none when missing.
pub fn list<'a>(tree: &'a Value, path: &str) -> &'a [Value] {
    at(tree, path).as_array().map_or(&[], Vec::as_slice)
}

/// A list of strings.
pub fn strings(tree: &Value, path: &str) -> Vec<String> {
    list(tree, path).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// `Key`/`Value` pairs.
pub fn tags(tree: &Value, path: &str) -> TagMap {
    list(tree, path).iter().map(|tag| (string(tag, "Key"), string(tag, "Value"))).collect()
}

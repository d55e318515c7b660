//! What is never written down: secrets are masked, and boot data, which may hold others, is told by size and hash.

use crate::domain::change::digest;
use serde_json::Value;

use crate::domain::secret::Secrets;

/// Keys whose texts are not kept.
pub(super) const HIDDEN: [&str; 2] = ["user_data", "UserData"];

/// The value without secrets.
pub(super) fn redact(value: Value, secrets: &Secrets) -> Value {
    match value {
        Value::String(text) => Value::from(secrets.mask(&text)),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| match value {
                Value::String(text) if HIDDEN.contains(&key.as_str()) => (key, Value::from(digest(&text))),
                other => (key, redact(other, secrets)),
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| redact(item, secrets)).collect(),
        other => other,
    }
}

/// Where in a value a secret is masked, as JSON pointers.
pub(super) fn masked(value: &Value, secrets: &Secrets) -> Vec<String> {
    let mut places = vec![];
    visit(value, "", &mut |place, text| {
        if secrets.mask(text) != text {
            places.push(place.to_owned());
        }
    });
    places
}

fn visit(value: &Value, place: &str, tell: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => tell(place, text),
        Value::Object(map) => {
            for (key, value) in map {
                // Told by size and hash, or kept whole.
                if !(HIDDEN.contains(&key.as_str()) && value.is_string()) {
                    visit(value, &format!("{place}/{}", key.replace('~', "~0").replace('/', "~1")), tell);
                }
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| visit(item, &format!("{place}/{at}"), tell));
        }
        _ => {}
    }
}

/// What a hidden text is kept under: the hash in its hint.
pub(super) fn key_of(hint: &str) -> String {
    hint.rsplit(' ').next().unwrap_or_default().trim_end_matches("…>").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn boot_data_is_told_by_size_and_hash_wherever_it_stands() {
        let secrets = Secrets::new(["hush".to_owned()]);
        let kept = redact(json!({ "data": [{ "user_data": "token=abc", "image": "ami-1", "tag": "hush" }] }), &secrets);
        assert_eq!(kept["data"][0]["tag"], "***");
        assert_eq!(kept["data"][0]["image"], "ami-1");
        let hint = kept["data"][0]["user_data"].as_str().unwrap_or_default();
        assert!(hint.starts_with("<9 bytes, sha256 ") && !hint.contains("abc"), "{hint}");
    }
}

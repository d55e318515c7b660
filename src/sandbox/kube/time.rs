//! Times inside stored objects: relative to the world's epoch, so that moving the epoch costs nothing.
//!
//! A stored time is a string that starts with U+0001, then `s` (printed in whole seconds, as `metav1.Time`) or
//! `u` (printed with microseconds, as `metav1.MicroTime`), then microseconds since the epoch. Objects enter the
//! store through [`to_stored`] and leave it through [`to_wire`]; nothing else sees that form.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const MARK: char = '\u{1}';

/// A stored time with the precision of `metav1.Time`; `ms` is milliseconds since the world's epoch.
pub fn at(ms: i64) -> Value {
    Value::String(format!("{MARK}s{}", i128::from(ms) * 1000))
}

/// A stored time with the precision of `metav1.MicroTime`; `ms` is milliseconds since the world's epoch.
pub fn at_micro(ms: i64) -> Value {
    Value::String(format!("{MARK}u{}", i128::from(ms) * 1000))
}

/// Milliseconds since the world's epoch of a stored time.
pub fn millis(value: &Value) -> Option<i64> {
    let (_, micros) = parse(value.as_str()?)?;
    Some(micros.div_euclid(1000))
}

fn parse(text: &str) -> Option<(char, i64)> {
    let mut chars = text.strip_prefix(MARK)?.chars();
    let precision = chars.next()?;
    Some((precision, chars.as_str().parse().ok()?))
}

/// Replaces stored times by what the wire shows.
pub fn to_wire(value: &Value, epoch: Timestamp) -> Value {
    match value {
        Value::String(text) => match parse(text) {
            Some((precision, micros)) => Value::String(print(precision, micros, epoch)),
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| to_wire(item, epoch)).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), to_wire(value, epoch))).collect())
        }
        other => other.clone(),
    }
}

fn print(precision: char, micros: i64, epoch: Timestamp) -> String {
    let time = epoch.saturating_add(SignedDuration::from_micros(micros)).unwrap_or(epoch);
    let format = if precision == 'u' { "%Y-%m-%dT%H:%M:%S.%6fZ" } else { "%Y-%m-%dT%H:%M:%SZ" };
    time.strftime(format).to_string()
}

/// Replaces the times of an object that came over the wire by stored times.
///
/// A time is a string under a key that ends in `Time` or `Timestamp`; maps of the user's own keys (labels,
/// annotations, data) are left alone.
pub fn to_stored(value: &mut Value, epoch: Timestamp) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| to_stored(item, epoch)),
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if matches!(key.as_str(), "labels" | "annotations" | "matchLabels" | "data" | "managedFields") {
                    continue;
                }
                if !(key.ends_with("Time") || key.ends_with("Timestamp")) {
                    to_stored(value, epoch);
                    continue;
                }
                let Some(text) = value.as_str() else { continue };
                if let Ok(time) = text.parse::<Timestamp>() {
                    let precision = if text.contains('.') { 'u' } else { 's' };
                    let micros = time.as_microsecond().saturating_sub(epoch.as_microsecond());
                    *value = Value::String(format!("{MARK}{precision}{micros}"));
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_move_with_the_epoch_and_nothing_else_does() {
        let epoch: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut object = json!({
            "metadata": {"creationTimestamp": "2026-01-01T00:01:00Z", "annotations": {"startTime": "2026-01-01T00:00:00Z"}},
            "spec": {"renewTime": "2026-01-01T00:00:10.500000Z"},
        });
        let wire = object.clone();
        to_stored(&mut object, epoch);
        assert_eq!(millis(&object["metadata"]["creationTimestamp"]), Some(60_000));
        assert_eq!(to_wire(&object, epoch), wire);
        let moved = to_wire(&object, "2027-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(moved["metadata"]["creationTimestamp"], "2027-01-01T00:01:00Z");
        assert_eq!(moved["spec"]["renewTime"], "2027-01-01T00:00:10.500000Z");
        assert_eq!(moved["metadata"]["annotations"]["startTime"], "2026-01-01T00:00:00Z");
    }
}

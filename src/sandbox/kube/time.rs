//! Times inside stored objects: relative to the world's epoch, so that moving the epoch costs nothing.
//!
//! A stored time is a string that starts with U+0001 and a letter:
//! - `s`: microseconds since the epoch, shown in whole seconds (`metav1.Time`);
//! - `u`: the same, shown with microseconds (`metav1.MicroTime`);
//! - `S`, `U`: a heartbeat, `START/PERIOD` in microseconds: shows the latest beat that is not in the future, so that
//!   leases and node conditions keep up with the clock without any event.
//!
//! Objects enter the store through [`to_stored`] and are shown through [`Wire`] or [`to_wire`]; nothing else sees
//! that form.

use jiff::{SignedDuration, Timestamp};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

const MARK: char = '\u{1}';

/// The epoch and the present, in milliseconds since it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// What zero means.
    pub epoch: Timestamp,
    /// The present.
    pub millis: i64,
}

impl Now {
    /// The present as an absolute time.
    pub fn timestamp(&self) -> Timestamp {
        self.epoch.saturating_add(SignedDuration::from_millis(self.millis)).unwrap_or(self.epoch)
    }
}

/// A stored time with the precision of `metav1.Time`; `ms` is milliseconds since the world's epoch.
pub fn at(ms: i64) -> Value {
    Value::String(format!("{MARK}s{}", i128::from(ms) * 1000))
}

/// A stored time with the precision of `metav1.MicroTime`; `ms` is milliseconds since the world's epoch.
pub fn at_micro(ms: i64) -> Value {
    Value::String(format!("{MARK}u{}", i128::from(ms) * 1000))
}

/// A `metav1.Time` that is renewed every `period` milliseconds from `start` on.
pub fn heartbeat(start: i64, period: i64) -> Value {
    Value::String(format!("{MARK}S{}/{}", i128::from(start) * 1000, i128::from(period.max(1)) * 1000))
}

/// A `metav1.MicroTime` that is renewed every `period` milliseconds from `start` on.
pub fn heartbeat_micro(start: i64, period: i64) -> Value {
    Value::String(format!("{MARK}U{}/{}", i128::from(start) * 1000, i128::from(period.max(1)) * 1000))
}

/// Milliseconds since the world's epoch of a stored time; of a heartbeat, its first beat.
pub fn millis(value: &Value) -> Option<i64> {
    let text = value.as_str()?.strip_prefix(MARK)?.get(1..)?;
    let micros: i64 = text.split('/').next()?.parse().ok()?;
    Some(micros.div_euclid(1000))
}

/// What the wire shows for a stored time; `None` for any other text.
fn shown(text: &str, now: Now) -> Option<String> {
    let mut chars = text.strip_prefix(MARK)?.chars();
    let kind = chars.next()?;
    let rest = chars.as_str();
    let micros: i64 = match rest.split_once('/') {
        None => rest.parse().ok()?,
        Some((start, period)) => {
            let (start, period): (i64, i64) = (start.parse().ok()?, period.parse().ok()?);
            let passed = now.millis.saturating_mul(1000).saturating_sub(start).max(0);
            start.saturating_add(passed - passed.checked_rem(period)?)
        }
    };
    let time = now.epoch.saturating_add(SignedDuration::from_micros(micros)).unwrap_or(now.epoch);
    let format = if kind.eq_ignore_ascii_case(&'u') { "%Y-%m-%dT%H:%M:%S.%6fZ" } else { "%Y-%m-%dT%H:%M:%SZ" };
    Some(time.strftime(format).to_string())
}

/// A stored object as the wire shows it, written without a copy.
#[derive(Debug, Clone, Copy)]
pub struct Wire<'a>(pub &'a Value, pub Now);

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Wire(value, now) = *self;
        match value {
            Value::String(text) if text.starts_with(MARK) => match shown(text, now) {
                Some(time) => serializer.serialize_str(&time),
                None => serializer.serialize_str(text),
            },
            Value::Array(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    sequence.serialize_element(&Wire(item, now))?;
                }
                sequence.end()
            }
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (key, field) in fields {
                    map.serialize_entry(key, &Wire(field, now))?;
                }
                map.end()
            }
            other => other.serialize(serializer),
        }
    }
}

/// A copy of a stored object as the wire shows it.
pub fn to_wire(value: &Value, now: Now) -> Value {
    match value {
        Value::String(text) => shown(text, now).map_or_else(|| value.clone(), Value::String),
        Value::Array(items) => Value::Array(items.iter().map(|item| to_wire(item, now)).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), to_wire(value, now))).collect())
        }
        other => other.clone(),
    }
}

/// Replaces the times of an object that came over the wire by stored times.
///
/// A time is a string under a key that ends in `Time`, `Timestamp` or `At`; maps of the user's own keys (labels,
/// annotations, data) are left alone. Where `current`, the stored object it replaces, shows the same time, its
/// stored form stays: a heartbeat that is written back as it was read goes on beating.
pub fn to_stored(value: &mut Value, current: &Value, now: Now) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                to_stored(item, &current[index], now);
            }
        }
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                let current = &current[key.as_str()];
                if matches!(key.as_str(), "labels" | "annotations" | "matchLabels" | "data" | "managedFields") {
                    continue;
                }
                match value.as_str() {
                    Some(text) if ["Time", "Timestamp", "At"].iter().any(|end| key.ends_with(end)) => {
                        if current.as_str().and_then(|stored| shown(stored, now)).as_deref() == Some(text) {
                            *value = current.clone();
                        } else if let Ok(time) = text.parse::<Timestamp>() {
                            let precision = if text.contains('.') { 'u' } else { 's' };
                            let micros = time.as_microsecond().saturating_sub(now.epoch.as_microsecond());
                            *value = Value::String(format!("{MARK}{precision}{micros}"));
                        }
                    }
                    _ => to_stored(value, current, now),
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

    fn now(epoch: &str, millis: i64) -> Now {
        Now { epoch: epoch.parse().unwrap(), millis }
    }

    #[test]
    fn times_move_with_the_epoch_and_nothing_else_does() {
        let first = now("2026-01-01T00:00:00Z", 0);
        let mut object = json!({
            "metadata": {"creationTimestamp": "2026-01-01T00:01:00Z", "annotations": {"startTime": "2026-01-01T00:00:00Z"}},
            "spec": {"renewTime": "2026-01-01T00:00:10.500000Z"},
        });
        let wire = object.clone();
        to_stored(&mut object, &Value::Null, first);
        assert_eq!(millis(&object["metadata"]["creationTimestamp"]), Some(60_000));
        assert_eq!(to_wire(&object, first), wire);
        assert_eq!(serde_json::to_value(Wire(&object, first)).unwrap(), wire);
        let moved = to_wire(&object, now("2027-01-01T00:00:00Z", 0));
        assert_eq!(moved["metadata"]["creationTimestamp"], "2027-01-01T00:01:00Z");
        assert_eq!(moved["spec"]["renewTime"], "2027-01-01T00:00:10.500000Z");
        assert_eq!(moved["metadata"]["annotations"]["startTime"], "2026-01-01T00:00:00Z");
    }

    #[test]
    fn a_heartbeat_follows_the_clock_even_when_written_back() {
        let lease = json!({"renewTime": heartbeat_micro(1_000, 10_000), "lastHeartbeatTime": heartbeat(1_000, 10_000)});
        let later = now("2026-01-01T00:00:00Z", 25_000);
        let mut wire = to_wire(&lease, later);
        assert_eq!(wire["renewTime"], "2026-01-01T00:00:21.000000Z");
        assert_eq!(wire["lastHeartbeatTime"], "2026-01-01T00:00:21Z");
        to_stored(&mut wire, &lease, later);
        assert_eq!(wire, lease);
    }
}

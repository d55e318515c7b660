//! Whether two values are equal, and how they differ.

use rhai::{Array, Dynamic, Map, NativeCallContext};
use similar::{ChangeTag, TextDiff};

use super::pretty::pretty;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

/// Whether two values are equal: numbers by value, lists and maps by their content, values of the host by their own
/// `==` or, where they have none, by what they print as.
pub(super) fn equal(ctx: &NativeCallContext, one: &Dynamic, other: &Dynamic) -> bool {
    let (one, other) = (&one.flatten_clone(), &other.flatten_clone());
    if let (Some(one), Some(other)) = (one.read_lock::<Array>(), other.read_lock::<Array>()) {
        return one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| equal(ctx, one, other));
    }
    if let (Some(one), Some(other)) = (one.read_lock::<Map>(), other.read_lock::<Map>()) {
        return one.len() == other.len()
            && one.iter().all(|(key, value)| other.get(key).is_some_and(|there| equal(ctx, value, there)));
    }
    if let (Some(one), Some(other)) = (number(one), number(other)) {
        return one == other;
    }
    if one.type_name() != other.type_name() {
        return false;
    }
    if let (Ok(one), Ok(other)) = (one.as_int(), other.as_int()) {
        return one == other;
    }
    let (mut left, mut right) = (one.clone(), other.clone());
    let own = ctx.call_native_fn_raw("==", true, &mut [&mut left, &mut right]);
    own.ok().and_then(|answer| answer.as_bool().ok()).unwrap_or_else(|| pretty(ctx, one) == pretty(ctx, other))
}

/// Numbers of different kinds are compared as floats; two whole numbers are not, for floats are too coarse for them.
fn number(value: &Dynamic) -> Option<f64> {
    value
        .as_float()
        .ok()
        .or_else(|| value.as_int().ok().filter(|whole| whole.abs() < 1 << 52).map(|whole| whole as f64))
}

/// The lines in which two texts differ, with some that they share around them.
pub(super) fn diff(expected: &str, actual: &str) -> String {
    // A last line is a line, whether or not it is ended.
    let [expected, actual] = [expected, actual].map(|text| format!("{}\n", text.trim_end_matches('\n')));
    let diff = TextDiff::from_lines(&expected, &actual);
    let mut text = String::from("- expected\n+ actual\n\n");
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            text.push_str("  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            text.push_str(format!("{sign} {}", change.value().trim_end_matches('\n')).trim_end());
            text.push('\n');
        }
    }
    text
}

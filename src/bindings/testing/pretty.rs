//! Values as lines that can be compared: one key or element to a line, keys in order, strings in quotes.

use rhai::{Array, Dynamic, Map, NativeCallContext};

/// The text of a value.
pub(super) fn pretty(ctx: &NativeCallContext, value: &Dynamic) -> String {
    let mut text = String::new();
    write(ctx, value, 0, &mut text);
    text
}

fn write(ctx: &NativeCallContext, value: &Dynamic, depth: usize, to: &mut String) {
    let indent = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    if let Some(list) = value.read_lock::<Array>() {
        if list.is_empty() {
            to.push_str("[]");
            return;
        }
        to.push_str("[\n");
        for item in list.iter() {
            to.push_str(&indent);
            write(ctx, item, depth + 1, to);
            to.push_str(",\n");
        }
        to.push_str(&format!("{end}]"));
    } else if let Some(map) = value.read_lock::<Map>() {
        if map.is_empty() {
            to.push_str("#{}");
            return;
        }
        to.push_str("#{\n");
        for (key, item) in map.iter() {
            to.push_str(&format!("{indent}{}: ", quoted_key(key)));
            write(ctx, item, depth + 1, to);
            to.push_str(",\n");
        }
        to.push_str(&format!("{end}}}"));
    } else {
        to.push_str(&scalar(ctx, value).replace('\n', &format!("\n{end}")));
    }
}

fn quoted_key(key: &str) -> String {
    let plain =
        key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !key.starts_with(|c: char| c.is_ascii_digit());
    if plain { key.to_owned() } else { format!("{key:?}") }
}

/// A text of several lines stays a text of several lines: that is what a diff of it needs.
fn scalar(ctx: &NativeCallContext, value: &Dynamic) -> String {
    if let Some(text) = value.read_lock::<rhai::ImmutableString>() {
        return if text.contains('\n') { format!("`{}`", text.as_str()) } else { format!("{:?}", text.as_str()) };
    }
    match value {
        value if value.is_unit() => "()".to_owned(),
        value if value.is_fnptr() => "a closure".to_owned(),
        value => {
            let mut copy = value.clone();
            let text = ctx.call_native_fn_raw("to_string", true, &mut [&mut copy]);
            text.map_or_else(|_| value.to_string(), |text| text.to_string())
        }
    }
}

//! JSON values as Go prints them: with `%v`, and as JSON.

use serde_json::{Map, Number, Value};

/// A value as `%v` prints it: `map[a:1 b:[x y]]`.
pub fn print(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => float(number).map_or_else(|| number.to_string(), general),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(print).collect::<Vec<_>>().join(" ")),
        Value::Object(map) => {
            let pairs = sorted(map).map(|(key, value)| format!("{key}:{}", print(value)));
            format!("map[{}]", pairs.collect::<Vec<_>>().join(" "))
        }
    }
}

/// A value as Go's encoder writes it: on one line, keys sorted, `<`, `>` and `&` escaped.
pub fn json(value: &Value) -> String {
    let mut text = String::new();
    write(value, None, 0, &mut text);
    text
}

/// The same over several lines; each level is indented by four spaces.
pub fn json_indented(value: &Value) -> String {
    let mut text = String::new();
    write(value, Some("    "), 0, &mut text);
    text
}

/// A value as Go's `%#v` prints it.
pub fn syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::String(text) => format!("{text:?}"),
        Value::Array(items) => {
            format!("[]interface {{}}{{{}}}", items.iter().map(syntax).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let pairs = sorted(map).map(|(key, value)| format!("{key:?}:{}", syntax(value)));
            format!("map[string]interface {{}}{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => print(other),
    }
}

fn write(value: &Value, indent: Option<&str>, depth: usize, out: &mut String) {
    let line = |depth: usize, out: &mut String| {
        if let Some(indent) = indent {
            out.push('\n');
            (0..depth).for_each(|_| out.push_str(indent));
        }
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(depth + 1, out);
                write(item, indent, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        Value::Object(map) if !map.is_empty() => {
            out.push('{');
            for (index, (key, value)) in sorted(map).enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(depth + 1, out);
                quoted(key, out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(value, indent, depth + 1, out);
            }
            line(depth, out);
            out.push('}');
        }
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
        Value::String(text) => quoted(text, out),
        Value::Number(number) => match float(number) {
            Some(float) => out.push_str(&json_number(float)),
            None => out.push_str(&number.to_string()),
        },
        other => out.push_str(&other.to_string()),
    }
}

/// A map's pairs by key.
pub fn sorted(map: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
    pairs.sort_unstable_by_key(|(key, _)| *key);
    pairs.into_iter()
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// The number, if Go would hold it as a float.
fn float(number: &Number) -> Option<f64> {
    if number.is_i64() { None } else { number.as_f64() }
}

/// `%v` of a float: the shortest digits, with an exponent from 1e21 on and below 1e-4.
fn general(number: f64) -> String {
    exponent(number, 21)
}

/// Go's JSON: an exponent from 1e21 on and below 1e-6.
fn json_number(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = exponent(number, 0);
        // The exponent has no leading zero here.
        return text.replacen("e-0", "e-", 1).replacen("e+0", "e+", 1);
    }
    format!("{number}")
}

fn exponent(number: f64, from: i32) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((digits, power)) = scientific.split_once('e') else { return scientific };
    let power: i32 = power.parse().unwrap_or_default();
    if from > 0 && (-4..from).contains(&power) {
        return format!("{number}");
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn printed_as_go_does() {
        let value = json!({"b": [1, "x", null], "a": {"t": true}, "f": 1.5, "n": 1e21});
        assert_eq!(print(&value), "map[a:map[t:true] b:[1 x <nil>] f:1.5 n:1e+21]");
        assert_eq!(json(&json!({"b": "<&>\u{1}\t\"", "a": []})), r#"{"a":[],"b":"\u003c\u0026\u003e\u0001\t\""}"#);
        assert_eq!(json_indented(&json!({"a": [1], "b": {}})), "{\n    \"a\": [\n        1\n    ],\n    \"b\": {}\n}");
        assert_eq!(
            (print(&json!(1e20)), print(&json!(1e-5))),
            ("100000000000000000000".to_owned(), "1e-05".to_owned())
        );
    }
}

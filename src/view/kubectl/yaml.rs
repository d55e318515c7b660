//! YAML as kubectl writes it: the layout, quoting and folding of the Go library behind it.

use std::cmp::Ordering;

use regex_lite::Regex;
use serde_json::{Number, Value};

/// Lines are folded at the first space behind this column.
const WIDTH: usize = 80;

/// `value` as a document.
pub fn yaml(value: &Value) -> String {
    let mut writer = Writer { out: String::new(), column: 0 };
    match value {
        Value::Object(map) if !map.is_empty() => writer.mapping(map, 0, true),
        Value::Array(items) if !items.is_empty() => writer.sequence(items, 0, true),
        other => writer.scalar(other, 2),
    }
    if !writer.out.ends_with('\n') {
        writer.out.push('\n');
    }
    writer.out
}

struct Writer {
    out: String,
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn line(&mut self, indent: usize) {
        if self.column > 0 || self.out.is_empty() {
            self.out.push('\n');
        }
        self.column = 0;
        self.put(&" ".repeat(indent));
    }

    fn mapping(&mut self, map: &serde_json::Map<String, Value>, indent: usize, inline: bool) {
        let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
        pairs.sort_by(|one, other| compare_keys(one.0, other.0));
        for (index, (key, value)) in pairs.into_iter().enumerate() {
            if index > 0 || !inline {
                self.line(indent);
            }
            self.text(key, indent + 2, true);
            self.put(":");
            match value {
                Value::Object(map) if !map.is_empty() => self.mapping(map, indent + 2, false),
                // Lists stand below their key, not to the right of it.
                Value::Array(items) if !items.is_empty() => self.sequence(items, indent, false),
                other => {
                    self.put(" ");
                    self.scalar(other, indent + 2);
                }
            }
        }
    }

    fn sequence(&mut self, items: &[Value], indent: usize, inline: bool) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 || !inline {
                self.line(indent);
            }
            self.put("- ");
            match item {
                Value::Object(map) if !map.is_empty() => self.mapping(map, indent + 2, true),
                Value::Array(items) if !items.is_empty() => self.sequence(items, indent + 2, true),
                other => self.scalar(other, indent + 2),
            }
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Null => self.put("null"),
            Value::Bool(truth) => self.put(if *truth { "true" } else { "false" }),
            Value::Number(number) => {
                let text = printed(number);
                self.put(&text);
            }
            Value::Array(_) => self.put("[]"),
            Value::Object(_) => self.put("{}"),
            Value::String(text) => self.text(text, indent, false),
        }
    }

    /// A text in the first form that suits it. Keys stay on their line.
    fn text(&mut self, text: &str, indent: usize, key: bool) {
        let shape = Shape::of(text);
        let lines = text.contains('\n');
        if lines && shape.block && !key {
            self.literal(text, indent);
        } else if lines || means_something_else(text) || (!shape.plain && !shape.single) {
            self.double(text, indent, key);
        } else if shape.plain {
            self.folded(text, indent, key, false);
        } else {
            self.put("'");
            self.folded(text, indent, key, true);
            self.put("'");
        }
    }

    fn folded(&mut self, text: &str, indent: usize, key: bool, quoted: bool) {
        let characters: Vec<char> = text.chars().collect();
        let mut spaces = false;
        for (index, character) in characters.iter().enumerate() {
            if *character == ' ' {
                let inside = !quoted || (index > 0 && index + 1 < characters.len());
                let alone = characters.get(index + 1) != Some(&' ');
                if !key && !spaces && self.column > WIDTH && inside && alone {
                    self.line(indent);
                } else {
                    self.put(" ");
                }
                spaces = true;
                continue;
            }
            spaces = false;
            if quoted && *character == '\'' {
                self.put("'");
            }
            self.put(character.encode_utf8(&mut [0; 4]));
        }
    }

    fn double(&mut self, text: &str, indent: usize, key: bool) {
        self.put("\"");
        let characters: Vec<char> = text.chars().collect();
        let mut spaces = false;
        for (index, character) in characters.iter().enumerate() {
            if *character == ' ' {
                if !key && !spaces && self.column > WIDTH && index > 0 && index + 1 < characters.len() {
                    self.line(indent);
                    if characters.get(index + 1) == Some(&' ') {
                        self.put("\\");
                    }
                } else {
                    self.put(" ");
                }
                spaces = true;
                continue;
            }
            spaces = false;
            match escape(*character) {
                Some(escaped) => self.put(&escaped),
                None => self.put(character.encode_utf8(&mut [0; 4])),
            }
        }
        self.put("\"");
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        let body = text.strip_suffix('\n');
        match body {
            None => self.put("-"),
            Some(body) if body.is_empty() || body.ends_with('\n') => self.put("+"),
            Some(_) => {}
        }
        for line in body.unwrap_or(text).split('\n') {
            self.out.push('\n');
            self.column = 0;
            if !line.is_empty() {
                self.put(&" ".repeat(indent));
                self.put(line);
            }
        }
        // What comes next begins a line of its own.
        if body.is_some() {
            self.out.push('\n');
            self.column = 0;
        }
    }
}

/// Which forms suit a text.
struct Shape {
    plain: bool,
    single: bool,
    block: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let (Some(first), Some(last)) = (characters.first(), characters.last()) else {
            return Shape { plain: true, single: true, block: false };
        };
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut special, mut break_space, mut space_break) = (false, false, false);
        for (index, character) in characters.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| characters[index]);
            let blank = |character: Option<char>| matches!(character, None | Some(' ' | '\t' | '\n' | '\r'));
            let followed = blank(characters.get(index + 1).copied());
            indicators |= match character {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`'
                    if index == 0 =>
                {
                    true
                }
                '?' | '-' if index == 0 => followed,
                ':' => followed,
                '#' => blank(before),
                _ => false,
            };
            special |= !is_printable(*character);
            break_space |= *character == ' ' && before == Some('\n');
            space_break |= *character == '\n' && before == Some(' ');
        }
        let edge = |character: &char| matches!(character, ' ' | '\n');
        let lines = text.contains('\n');
        let odd = space_break || special;
        Shape {
            plain: !(indicators || odd || lines || break_space || edge(first) || edge(last)),
            single: !(odd || break_space),
            block: !(odd || *last == ' '),
        }
    }
}

fn is_printable(character: char) -> bool {
    matches!(u32::from(character), 0x0a | 0x20..=0x7e | 0xa0..=0xd7ff | 0xe000..=0xfefe | 0xff00..=0xfffd)
}

fn escape(character: char) -> Option<String> {
    let code = u32::from(character);
    Some(match character {
        '"' | '\\' => format!("\\{character}"),
        '\0' => "\\0".into(),
        '\u{7}' => "\\a".into(),
        '\u{8}' => "\\b".into(),
        '\t' => "\\t".into(),
        '\n' => "\\n".into(),
        '\u{b}' => "\\v".into(),
        '\u{c}' => "\\f".into(),
        '\r' => "\\r".into(),
        '\u{1b}' => "\\e".into(),
        '\u{85}' => "\\N".into(),
        '\u{2028}' => "\\L".into(),
        '\u{2029}' => "\\P".into(),
        _ if is_printable(character) => return None,
        _ if code <= 0xff => format!("\\x{code:02X}"),
        _ if code <= 0xffff => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08X}"),
    })
}

/// Whether a plain text would be read back as something other than a text.
fn means_something_else(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "", "~", "null", "Null", "NULL", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE", "n",
        "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE", ".nan", ".NaN", ".NAN", ".inf", ".Inf",
        ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
    ];
    if WORDS.contains(&text) {
        return true;
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return false;
    }
    let bare = text.replace('_', "");
    let is = |form: &str, text: &str| Regex::new(form).is_ok_and(|form| form.is_match(text));
    is(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", &bare)
        || is(r"^[-+]?0([xX][0-9a-fA-F]+|[oO]?[0-7]+|[bB][01]+)$", &bare)
        || is(r"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$", text)
        || is(
            r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?$",
            text,
        )
}

fn printed(number: &Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(float) => crate::domain::kubernetes::go_value::print(&float.into()),
        None => number.to_string(),
    }
}

/// The library's order of keys: other characters before letters, numbers by their value.
fn compare_keys(one: &str, other: &str) -> Ordering {
    let (left, right): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let at = left.iter().zip(&right).position(|(a, b)| a != b);
    let Some(at) = at else { return left.len().cmp(&right.len()) };
    let (a, b) = (left[at], right[at]);
    match (a.is_alphabetic(), b.is_alphabetic()) {
        (true, true) => return a.cmp(&b),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let mut begin = 0_i64;
    if a == '0' || b == '0' {
        let digits = left[..at].iter().rev().take_while(|character| character.is_numeric());
        begin = i64::from(digits.into_iter().any(|digit| *digit != '0'));
    }
    let number = |text: &[char]| {
        let digits = text[at..].iter().take_while(|character| character.is_numeric());
        digits.fold((begin, 0_usize), |(value, length), digit| {
            let digit = i64::from(digit.to_digit(10).unwrap_or(0));
            (value.wrapping_mul(10).wrapping_add(digit), length + 1)
        })
    };
    number(&left).cmp(&number(&right)).then(a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_take_the_form_that_suits_them() {
        for (text, expected) in [
            ("plain text", "plain text"),
            ("", "\"\""),
            ("true", "\"true\""),
            ("1", "\"1\""),
            ("1.5e3", "\"1.5e3\""),
            ("0x1F", "\"0x1F\""),
            ("1:30", "\"1:30\""),
            ("2026-11-23T19:39:03Z", "\"2026-11-23T19:39:03Z\""),
            ("2026-11-23", "\"2026-11-23\""),
            ("v1.32", "v1.32"),
            ("500m", "500m"),
            ("{\"a\":1}", "'{\"a\":1}'"),
            ("a: b", "'a: b'"),
            ("it's", "it's"),
            ("'it", "'''it'"),
            ("- x", "'- x'"),
            ("-x", "-x"),
            (" x", "' x'"),
            ("x #y", "'x #y'"),
            ("a\tb", "\"a\\tb\""),
            ("a\nb", "|-\n  a\n  b"),
            ("a\nb\n", "|\n  a\n  b\n"),
            ("a\n\n", "|+\n  a\n\n"),
            (" a\nb", "|2-\n   a\n  b"),
            ("a \nb", "\"a \\nb\""),
            ("日本", "日本"),
            ("\u{1f600}", "\"\\U0001F600\""),
        ] {
            let document = yaml(&json!({"k": text}));
            assert_eq!(
                document.strip_prefix("k: ").unwrap_or_default().trim_end_matches('\n'),
                expected.trim_end_matches('\n'),
                "{text:?}"
            );
        }
    }

    #[test]
    fn lists_stand_below_their_key_and_long_lines_fold() {
        let words = "word ".repeat(20);
        let value = json!({"b": [{"y": 1, "x": []}, [1, 2]], "a10": {"m": null}, "a9": words.trim(), "e": {}});
        insta::assert_snapshot!(yaml(&value), @r#"
        a9: word word word word word word word word word word word word word word word word
          word word word word
        a10:
          m: null
        b:
        - x: []
          "y": 1
        - - 1
          - 2
        e: {}
        "#);
    }
}

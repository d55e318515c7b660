#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn data() -> Value {
    json!({"items": [
        {"name": "a", "labels": {"x.io/k": "1", "z": "2"}, "cpu": 2, "on": true, "taints": [{"key": "t", "effect": "NoSchedule"}]},
        {"name": "b", "labels": {}, "cpu": 4, "on": false, "taints": []},
        {"name": "c", "cpu": 8},
    ]})
}

fn printed(template: &str) -> String {
    match Template::parse(template) {
        Ok(template) => template.print(&data()).unwrap_or_else(|error| format!("walk: {error}")),
        Err(error) => format!("parse: {error}"),
    }
}

#[test]
fn templates_print() {
    for (template, expected) in [
        ("{.items[*].name}", "a b c"),
        ("x{.items[0].name}y", "xay"),
        ("{.}{.items[0].}{.items[0].name.}-{range .items[*]}{.}x{end}", "-xxx"),
        (r#"{range .items[*]}{.name}{"\t"}{.cpu}{"\n"}{end}end"#, "a\t2\nb\t4\nc\t8\nend"),
        (r#"{range .items[*]}{.name}[{range .taints[*]}{.key}{end}]{end}"#, "a[t]b[]c[]"),
        ("{.items[?(@.cpu>2)].name}", "b c"),
        (r#"{.items[?(@.name=="b")].cpu}"#, "4"),
        ("{.items[?(@.on)].name}", "a b"),
        ("{.items[?(@.on==true)].name}", "a"),
        ("{.items[-1].name}", "c"),
        ("{.items[0:3:2].name}", "a c"),
        ("{.items[:2].name}", "a b"),
        ("{.items[0,2].name}", "a c"),
        ("{.items[0]['name','cpu']}", "a 2"),
        (r"{.items[0].labels.x\.io/k}", "1"),
        (r"{.items[0].labels['x\.io/k']}", "1"),
        ("{.items[0].labels}", r#"{"x.io/k":"1","z":"2"}"#),
        ("{.items[0].labels.*}", "1 2"),
        ("{..key}", "t"),
        ("{.missing.deep}", ""),
        ("{.items[5].name}", "walk: array index out of bounds: index 5, length 3"),
        ("{.items.name[0]}", ""),
        ("{.items", "parse: unclosed action"),
        ("{.items[0}", "parse: unterminated array"),
        ("{.items[x]}", "parse: invalid array index x"),
        ("{.items[?(@.a}", "parse: unterminated filter"),
        ("{end}", "walk: not in range, nothing to end"),
        ("{nonsense}", "walk: unrecognized identifier nonsense"),
        ("{.items[?(@.name>3)].name}", "walk: incompatible types for comparison"),
        ("plain", "plain"),
        ("", ""),
    ] {
        assert_eq!(printed(template), expected, "{template}");
    }
}

#[test]
fn a_path_may_be_short() {
    for short in ["a.b", ".a.b", "{a.b}", "{.a.b}"] {
        assert_eq!(relaxed(short).unwrap(), "{.a.b}");
    }
    for wrong in ["{", "{a", "a}", "{}", "."] {
        assert!(relaxed(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_template_panics(text in r#"[\{\}\[\]\(\)?@.:,'"\\*a0-9<>=! -]{0,24}|.{0,16}"#) {
        if let Ok(template) = Template::parse(&text) {
            let _ = template.print(&data());
        }
    }
}

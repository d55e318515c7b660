//! What an engine knows of its functions, in words that people use.

use std::collections::HashSet;

use rhai::Engine;

use super::entry::{Entry, kind_of, type_of};
use crate::bindings::values::script_name;

/// Every function of the engine: ours first, each in the engine's order.
pub fn entries(engine: &Engine) -> Vec<Entry> {
    let mut all = collect(engine, false);
    let mut known: HashSet<Key> = all.iter().map(key).collect();
    for entry in &mut all {
        entry.own = true;
    }
    // What we register with the types of a function of the engine's takes its place.
    all.extend(collect(engine, true).into_iter().filter(|entry| known.insert(key(entry))));
    all
}

type Key = (String, String, Vec<String>);

fn key(entry: &Entry) -> Key {
    let types = entry.parameters.iter().map(|parameter| type_of(parameter).to_owned());
    (entry.namespace.clone(), entry.name.clone(), types.collect())
}

fn collect(engine: &Engine, standard: bool) -> Vec<Entry> {
    engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            let parameters: Vec<String> =
                metadata.params_info.iter().map(|parameter| parameter_text(engine, parameter)).collect();
            Some(Entry {
                kind: kind_of(&info.namespace, &metadata.name, &parameters),
                namespace: info.namespace.to_string(),
                name: metadata.name.to_string(),
                parameters,
                returns: type_name(engine, &metadata.return_type),
                documentation: match &info.script {
                    Some(script) => documentation(&script.comments),
                    None => documentation(&metadata.comments),
                },
                own: false,
                scripted: info.script.is_some(),
            })
        },
        standard,
    )
}

fn parameter_text(engine: &Engine, parameter: &str) -> String {
    match parameter.split_once(": ") {
        Some((name, kind)) => format!("{}: {}", name.trim_end_matches('_'), type_name(engine, kind)),
        None => parameter.to_owned(),
    }
}
/// A type as people write it.
pub(crate) fn type_name(engine: &Engine, raw: &str) -> String {
    let raw = raw.trim().trim_start_matches("&mut ").trim_start_matches('&').trim();
    let inner = ["Outcome<", "RhaiResultOf<", "Result<"].iter().find_map(|wrapper| raw.strip_prefix(wrapper));
    if let Some(inner) = inner {
        let inner = inner.strip_suffix('>').unwrap_or(inner);
        return type_name(engine, inner.split(", Box<").next().unwrap_or(inner));
    }
    match raw {
        "str" | "String" | "ImmutableString" | "&str | ImmutableString | String" | "str | ImmutableString | String" => {
            "string".into()
        }
        "i64" | "INT" => "int".into(),
        "f64" | "FLOAT" => "float".into(),
        "bool" => "bool".into(),
        "char" => "char".into(),
        "Array" | "Vec<Dynamic>" | "array" => "list".into(),
        "Map" | "map" => "map".into(),
        "FnPtr" | "Fn" => "closure".into(),
        // A function of a script says nothing of what it gives.
        "Dynamic" | "?" | "T" | "" => "any".into(),
        "()" => "nothing".into(),
        other => {
            let known = engine.map_type_name(other);
            let short = known.rsplit("::").next().unwrap_or(known);
            script_name(short).unwrap_or(short).to_owned()
        }
    }
}

pub(super) fn documentation(comments: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for line in comments.iter().flat_map(|comment| comment.as_ref().lines().map(str::to_owned).collect::<Vec<_>>()) {
        let line = line.trim_start().trim_start_matches("///");
        text.push_str(line.strip_prefix(' ').unwrap_or(line));
        text.push('\n');
    }
    text
}

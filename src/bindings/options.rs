//! Option maps into typed structs: unknown keys and wrong types are errors with the path and the nearest name.

use rhai::{Dynamic, Map};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::values::{Labels, Nodegroup, TaintValue, Types};
use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};

/// Reads the options of `function`.
///
/// # Errors
/// `SPOT-0102` for an unknown key, `SPOT-0103` for a value of the wrong type, `SPOT-0104` for a missing one.
pub(super) fn parse<T: DeserializeOwned>(function: &str, options: Map) -> Result<T> {
    let value = Value::Object(json_map(function, "", options)?);
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        explain(function, if path == "." { "" } else { &path }, &error.into_inner().to_string())
    })
}

/// A script's value as JSON, domain values as they are written in options.
pub(super) fn json(function: &str, path: &str, value: Dynamic) -> Result<Value> {
    if let Some(types) = value.read_lock::<Types>() {
        return Ok(types.0.names().into_iter().map(Value::from).collect());
    }
    if let Some(taint) = value.read_lock::<TaintValue>() {
        return Ok(Value::from(taint.0.to_string()));
    }
    if let Some(labels) = value.read_lock::<Labels>() {
        return Ok(labels.0.iter().map(|(key, value)| (key.clone(), Value::from(value.clone()))).collect());
    }
    let kind = value.type_name();
    Ok(match () {
        () if value.is_unit() => Value::Null,
        () if value.is_map() => Value::Object(json_map(function, path, value.cast())?),
        () if value.is_array() => {
            let items = value.into_array().unwrap_or_default().into_iter().enumerate();
            items.map(|(index, item)| json(function, &format!("{path}[{index}]"), item)).collect::<Result<_>>()?
        }
        () if value.is_string() => Value::from(value.into_string().unwrap_or_default()),
        () if value.is_int() => Value::from(value.as_int().unwrap_or_default()),
        () if value.is_bool() => Value::from(value.as_bool().unwrap_or_default()),
        () if value.is_float() => Value::from(value.as_float().unwrap_or_default()),
        () => {
            let kind = if value.is::<Nodegroup>() { "a node group" } else { kind.rsplit("::").next().unwrap_or(kind) };
            return Err(Error::new(Code::WrongOptionType, format!("`{path}` of `{function}` cannot be {kind}")));
        }
    })
}

fn json_map(function: &str, path: &str, map: Map) -> Result<serde_json::Map<String, Value>> {
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    map.into_iter().map(|(key, value)| Ok((key.to_string(), json(function, &at(&key), value)?))).collect()
}

/// The deserialiser's words in ours.
pub(super) fn explain(function: &str, path: &str, message: &str) -> Error {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let inside = |name: &str| match path.strip_suffix(name).map(|parent| parent.trim_end_matches('.')) {
        Some(parent) if !parent.is_empty() => format!("{parent}.{name}"),
        Some(_) => name.to_owned(),
        None if path.is_empty() => name.to_owned(),
        None => format!("{path}.{name}"),
    };
    if let (true, [name, known @ ..]) = (message.starts_with("unknown field"), quoted.as_slice()) {
        let error = Error::new(Code::UnknownOption, format!("`{function}` has no option `{}`", inside(name)));
        return match nearest(name, known.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("there are `{}`", known.join("`, `"))),
        };
    }
    if let (true, [name, ..]) = (message.starts_with("missing field"), quoted.as_slice()) {
        return Error::new(Code::MissingOption, format!("`{function}` needs the option `{}`", inside(name)));
    }
    let wrong = |message: String| Error::new(Code::WrongOptionType, message);
    match message
        .strip_prefix("invalid type: ")
        .or(message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "))
    {
        Some((given, wanted)) => {
            let error = wrong(format!("`{path}` of `{function}` is {}, not {}", words(wanted), words(given)));
            if wanted == "a string" { error.help("put it in quotes") } else { error }
        }
        None => wrong(format!("`{path}` of `{function}`: {message}")),
    }
}

/// The deserialiser's names of types in ours.
fn words(kind: &str) -> String {
    let (kind, value) = kind.split_once(' ').map_or((kind, ""), |(kind, value)| (kind, value));
    let value = value.trim_matches(['`', '"']);
    match kind {
        "i64" | "u64" | "u32" | "i32" | "u8" => "a whole number".into(),
        "f64" => "a number".into(),
        "integer" => format!("the number {value}"),
        "floating" => format!("the number {}", value.trim_start_matches("point `")),
        "string" => format!("the text `{value}`"),
        "boolean" => format!("`{value}`"),
        "sequence" => "a list".into(),
        "map" | "struct" => "a map".into(),
        "null" | "unit" => "nothing".into(),
        "a" if value == "sequence" => "a list".into(),
        "a" if value == "boolean" => "`true` or `false`".into(),
        "a" if value == "string" => "a text".into(),
        _ => format!("{kind} {value}").trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, dead_code)]
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Spot {
        strategy: Option<String>,
        pools: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Options {
        cluster: String,
        zones: Option<Vec<String>>,
        spot: Option<Spot>,
        labels: Option<std::collections::BTreeMap<String, String>>,
        wait: Option<bool>,
    }

    fn refused(text: &str) -> String {
        let map: Map = rhai::Engine::new().eval(text).unwrap();
        let error = parse::<Options>("eks::f", map).unwrap_err();
        format!("{} {}{}", error.code, error.message, error.help.map(|help| format!(" | {help}")).unwrap_or_default())
    }

    #[test]
    fn every_fault_names_its_path() {
        insta::assert_snapshot!(refused("#{cluster: \"a\", zoness: []}"), @"SPOT-0102 `eks::f` has no option `zoness` | did you mean `zones`?");
        insta::assert_snapshot!(refused("#{cluster: \"a\", spot: #{stratgy: 1}}"), @"SPOT-0102 `eks::f` has no option `spot.stratgy` | did you mean `strategy`?");
        insta::assert_snapshot!(refused("#{cluster: \"a\", spot: #{pools: \"two\"}}"), @"SPOT-0103 `spot.pools` of `eks::f` is a whole number, not the text `two`");
        insta::assert_snapshot!(refused("#{cluster: \"a\", zones: [\"a\", 1]}"), @"SPOT-0103 `zones[1]` of `eks::f` is a text, not the number 1 | put it in quotes");
        insta::assert_snapshot!(refused("#{cluster: \"a\", labels: #{\"aws.amazon.com/spot\": true}}"), @"SPOT-0103 `labels.aws.amazon.com/spot` of `eks::f` is a text, not `true` | put it in quotes");
        insta::assert_snapshot!(refused("#{cluster: \"a\", spot: \"fast\"}"), @"SPOT-0103 `spot` of `eks::f` is a map, not the text `fast`");
        insta::assert_snapshot!(refused("#{cluster: \"a\", wait: 1}"), @"SPOT-0103 `wait` of `eks::f` is `true` or `false`, not the number 1");
        insta::assert_snapshot!(refused("#{}"), @"SPOT-0104 `eks::f` needs the option `cluster`");
        insta::assert_snapshot!(refused("#{cluster: || 1}"), @"SPOT-0103 `cluster` of `eks::f` cannot be Fn");
    }
}

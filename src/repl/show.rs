//! Values as a person wants to see them: lists of maps as tables, one map as names and values, everything else as
//! scripts print it.

use rhai::{Array, Dynamic, Map, Scope};
use serde_json::Value;

use crate::domain::Code;
use crate::domain::error::Error;
use crate::script::session::Ending;
use crate::script::{ScriptError, Session};
use crate::view::value;

/// The text of a value; `expanded` is one line for each of its parts.
pub(super) fn text(session: &Session, shown: &Dynamic, expanded: bool) -> Result<String, ScriptError> {
    if let Some(map) = shown.read_lock::<Map>().filter(|map| !map.is_empty()) {
        return Ok(value::record(&row(session, &map)));
    }
    let rows = shown.read_lock::<Array>().and_then(|list| {
        let rows: Option<Vec<Value>> =
            list.iter().map(|item| item.read_lock::<Map>().map(|map| row(session, &map))).collect();
        rows.filter(|rows| !rows.is_empty())
    });
    match rows {
        Some(rows) if expanded => return Ok(value::records(&rows)),
        Some(_) => {}
        None if expanded => {
            if let Some(known) = to_json(session, shown) {
                return Ok(match &known {
                    Value::Array(rows) if rows.iter().all(Value::is_object) => value::records(rows),
                    Value::Object(_) => value::record(&known),
                    _ => plain(session, shown),
                });
            }
        }
        None => {}
    }
    // The engine's own `print` calls `print` of the value's type, which gives the text.
    evaluate(session, "printed(it)", shown).or_else(|_| Ok(plain(session, shown)))
}

/// A value as indented JSON.
pub(super) fn json(session: &Session, shown: &Dynamic) -> Result<String, ScriptError> {
    let known = to_json(session, shown).or_else(|| rhai::serde::from_dynamic(shown).ok());
    let written = known.and_then(|known| serde_json::to_string_pretty(&known).ok());
    written.ok_or_else(|| {
        Error::new(Code::InvalidValue, "this value has no form in JSON")
            .help("lists, maps, texts, numbers and the values of the product have one")
            .into()
    })
}

/// A value as `${…}` puts it into a string.
pub(super) fn plain(session: &Session, shown: &Dynamic) -> String {
    evaluate(session, "`${it}`", shown).unwrap_or_else(|_| shown.to_string())
}

/// What `to_json` of a value of the product says.
fn to_json(session: &Session, shown: &Dynamic) -> Option<Value> {
    serde_json::from_str(&evaluate(session, "it.to_json()", shown).ok()?).ok()
}

fn row(session: &Session, map: &Map) -> Value {
    let cell = |value: &Dynamic| match value.as_int() {
        Ok(number) => number.into(),
        Err(_) if value.is_unit() => Value::Null,
        Err(_) => plain(session, value).into(),
    };
    map.iter().map(|(key, value)| (key.to_string(), cell(value))).collect()
}

fn evaluate(session: &Session, text: &str, shown: &Dynamic) -> Result<String, ScriptError> {
    let ast = session.parse("value", text)?;
    let mut scope = Scope::new();
    scope.push_dynamic("it", shown.clone());
    match session.evaluate("value", &ast, &mut scope)? {
        Ending::Value(value) => Ok(value.into_string().unwrap_or_else(str::to_owned)),
        Ending::Exit(_) => Ok(String::new()),
    }
}

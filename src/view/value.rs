//! Any JSON value as text a person would want: a list of maps becomes a table.

use serde_json::Value;

use super::style::Style;
use super::table::Table;

/// A non-empty list of maps as a table with a column per key, in the order keys first appear;
/// `None` for everything else.
pub fn table(value: &Value, style: Style) -> Option<String> {
    let rows: Vec<_> = value.as_array()?.iter().map(Value::as_object).collect::<Option<_>>()?;
    let mut keys: Vec<&str> = Vec::new();
    for key in rows.iter().flat_map(|row| row.keys()) {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return None;
    }
    let numeric = |key: &str| rows.iter().all(|row| row.get(key).is_none_or(|cell| cell.is_number() || cell.is_null()));
    let numbers: Vec<usize> = keys.iter().enumerate().filter(|(_, key)| numeric(key)).map(|(index, _)| index).collect();
    let mut table = Table::new(keys.iter().copied()).numeric(&numbers);
    for row in &rows {
        table.row(keys.iter().map(|key| row.get(*key).map(cell).unwrap_or_default()));
    }
    Some(table.render(style))
}

/// A map as names and values, a line each.
pub fn record(map: &Value) -> String {
    let mut table = Table::headless();
    for (key, value) in map.as_object().into_iter().flatten() {
        table.row([key.clone(), cell(value)]);
    }
    table.render(Style::plain())
}

/// A list of maps, each under its number as names and values.
pub fn records(list: &[Value]) -> String {
    let numbered = list.iter().enumerate().map(|(index, map)| format!("── {} ──\n{}", index + 1, record(map)));
    numbered.collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn maps_become_rows_and_missing_keys_blanks() {
        let value = json!([{"name": "a", "count": 2}, {"name": "bb", "zones": ["x", "y"]}]);
        insta::assert_snapshot!(table(&value, Style::plain()).unwrap_or_default(), @r"
        name  count  zones
        ───────────────────
        a         2
        bb           x, y
        ");
    }

    #[test]
    fn other_values_are_not_tables() {
        for value in [json!([]), json!([{}]), json!([1]), json!({"a": 1}), json!("x")] {
            assert_eq!(table(&value, Style::plain()), None, "{value}");
        }
    }
}

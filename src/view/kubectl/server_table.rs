//! Tables that the server printed, as `kubectl get` shows them.

use serde_json::{Map, Value};

use super::get::GetOptions;
use super::text_table::lay_out;
use crate::domain::kubernetes::go_value;
use crate::domain::kubernetes::table::{Table, TableColumn, TableRow};

/// The text of a table; empty when it has no rows. `prefix` stands before names when several kinds are shown.
pub fn server_table(table: &Table, options: &GetOptions, prefix: Option<&str>) -> String {
    if table.rows.is_empty() {
        return String::new();
    }
    let shown = |column: &TableColumn| options.wide || column.priority == 0;
    let name_at = table.columns.iter().position(|column| column.format == "name");
    let mut rows: Vec<Vec<String>> = vec![];
    if !options.no_headers {
        let namespace = options.all_namespaces.then(|| "NAMESPACE".to_owned());
        let names = table.columns.iter().filter(|column| shown(column)).map(|column| column.name.to_uppercase());
        let own = options.label_columns.iter().map(|key| key.rsplit('/').next().unwrap_or(key).to_uppercase());
        let all = options.show_labels.then(|| "LABELS".to_owned());
        rows.push(namespace.into_iter().chain(names).chain(own).chain(all).collect());
    }
    for TableRow { cells, object } in &table.rows {
        let metadata = &object["metadata"];
        let empty = Map::new();
        let labels = metadata["labels"].as_object().unwrap_or(&empty);
        let namespace = options.all_namespaces.then(|| text(&metadata["namespace"]));
        let cells = table.columns.iter().zip(cells).enumerate().filter(|(_, (column, _))| shown(column));
        let cells = cells.map(|(at, (_, cell))| match prefix {
            Some(prefix) if Some(at) == name_at => format!("{prefix}/{}", go_value::print(cell)),
            _ => go_value::print(cell),
        });
        let own = options.label_columns.iter().map(|key| labels.get(key).map(text).unwrap_or_default());
        let all = options.show_labels.then(|| all_labels(labels));
        rows.push(namespace.into_iter().chain(cells).chain(own).chain(all).collect());
    }
    lay_out(&rows)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn all_labels(labels: &Map<String, Value>) -> String {
    let mut pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={}", text(value))).collect();
    // By the whole pair, as kubectl does: `a-b=…` comes before `a=…`.
    pairs.sort_unstable();
    if pairs.is_empty() { "<none>".to_owned() } else { pairs.join(",") }
}

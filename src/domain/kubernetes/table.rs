//! Tables that the API server prints: what kubectl shows when it shows what the server says.

use serde::Deserialize;
use serde_json::Value;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TableColumn {
    /// Header as the server spells it.
    pub name: String,
    /// `name` for the column of names.
    #[serde(default)]
    pub format: String,
    /// Above zero: only with `-o wide`.
    #[serde(default)]
    pub priority: i64,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TableRow {
    /// A cell for each column.
    pub cells: Vec<Value>,
    /// The object, or what was asked for of it.
    #[serde(default)]
    pub object: Value,
}

/// A table, or a page of one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Table {
    /// The columns; left out on later pages.
    #[serde(default, rename = "columnDefinitions")]
    pub columns: Vec<TableColumn>,
    /// The rows.
    #[serde(default)]
    pub rows: Vec<TableRow>,
    /// What the list says of itself.
    #[serde(default)]
    pub metadata: ListMetadata,
}

/// What a list says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ListMetadata {
    /// Where the next page begins; empty on the last.
    #[serde(default, rename = "continue")]
    pub next: String,
    /// The version of the collection that it is of.
    #[serde(default, rename = "resourceVersion")]
    pub version: String,
}

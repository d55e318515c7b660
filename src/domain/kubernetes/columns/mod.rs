//! The columns that the API server prints for nodes and pods: the same for its Tables and for our text.

mod node;
mod pod;

pub use node::{NODE_COLUMNS, node_cells};
pub use pod::{POD_COLUMNS, pod_cells};

/// A column: its header, and whether only `-o wide` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Header as the API server spells it; kubectl prints it in capitals.
    pub name: &'static str,
    /// Shown only with `-o wide`.
    pub wide: bool,
    /// What the column tells.
    pub description: &'static str,
}

const fn narrow(name: &'static str, description: &'static str) -> Column {
    Column { name, wide: false, description }
}

const fn wide(name: &'static str, description: &'static str) -> Column {
    Column { name, wide: true, description }
}

/// `text`, or a placeholder when it is empty.
fn or(text: &str, placeholder: &str) -> String {
    if text.is_empty() { placeholder.to_string() } else { text.to_string() }
}

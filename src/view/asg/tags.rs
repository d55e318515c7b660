//! The Tags pane.

use crate::domain::inventory::GroupDetail;
use crate::view::style::Style;
use crate::view::table::Table;

/// Key and value, sorted by key as the console does.
pub fn render(detail: &GroupDetail, style: Style) -> String {
    if detail.group.tags.is_empty() {
        return "No tags\n".to_owned();
    }
    let mut tags: Vec<_> = detail.group.tags.iter().collect();
    tags.sort();
    let mut table = Table::new(["Key", "Value"]);
    for (key, value) in tags {
        table.row([key.clone(), value.clone()]);
    }
    table.render(style)
}

//! Nodes with their machines, a row each.

use super::kubectl;
use crate::domain::cloud::Lifecycle;
use crate::domain::node_row::NodeRow;

/// The table; empty when there is no node.
pub fn render(rows: &[NodeRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let header = ["NAME", "STATUS", "LIFECYCLE", "TYPE", "ZONE", "GROUP", "PODS", "AGE", "INSTANCE", "STATE"];
    // Only when a notice is out: a column of nothing tells nothing.
    let noticed = rows.iter().any(|row| row.reclaimed_in.is_some());
    let reclaim = |row: &NodeRow| row.reclaimed_in.map_or_else(String::new, |seconds| format!("in {seconds}s"));
    let some = |text: &str| if text.is_empty() { "<none>".to_owned() } else { text.to_owned() };
    let lifecycle = |row: &NodeRow| match row.lifecycle {
        Some(Lifecycle::Spot) => "spot".to_owned(),
        Some(Lifecycle::OnDemand) => "on-demand".to_owned(),
        None => "<unknown>".to_owned(),
    };
    let mut table: Vec<Vec<String>> = vec![header.map(str::to_owned).into()];
    table[0].extend(noticed.then(|| "RECLAIM".to_owned()));
    table.extend(rows.iter().map(|row| {
        let mut cells = vec![
            row.node.clone(),
            row.status.clone(),
            lifecycle(row),
            some(&row.instance_type),
            some(&row.zone),
            some(&row.group),
            row.pods.to_string(),
            row.age.clone(),
            some(&row.instance),
            some(&row.state),
        ];
        cells.extend(noticed.then(|| some(&reclaim(row))));
        cells
    }));
    kubectl::columns(&table)
}

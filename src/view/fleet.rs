//! What came of a fleet: a row for each cluster.

use super::style::Style;
use super::table::Table;
use super::words::{count, duration_ms};

/// A cluster of a fleet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its name in the fleet.
    pub cluster: String,
    /// `ok`, `failed`, `interrupted`, `not begun`, `unfinished`; `ok (before)` when an earlier process did it.
    pub result: &'static str,
    /// Resources created, changed, found unchanged and deleted; `None` when it was not begun or did not end.
    pub counts: Option<[usize; 4]>,
    /// How long it took, in milliseconds on the target's clock.
    pub elapsed_ms: Option<u64>,
    /// What made it fail first.
    pub error: Option<String>,
    /// The start of its newest run's id, where that is wanted.
    pub run: Option<String>,
}

/// The table of results.
pub fn table(rows: &[Row], style: Style) -> String {
    let runs = rows.iter().any(|row| row.run.is_some());
    let mut titles = vec!["Cluster", "Result", "Created", "Changed", "Unchanged", "Deleted", "Duration", "First error"];
    if runs {
        titles.insert(1, "Run");
    }
    let first = titles.iter().position(|title| *title == "Created").unwrap_or_default();
    let mut table = Table::new(titles).numeric(&[first, first + 1, first + 2, first + 3]);
    for row in rows {
        let mut cells = vec![row.cluster.clone()];
        if runs {
            cells.push(row.run.clone().unwrap_or_default());
        }
        cells.push(row.result.to_owned());
        cells.extend((0..4).map(|at| row.counts.map(|counts| counts[at].to_string()).unwrap_or_default()));
        cells.push(row.elapsed_ms.map(duration_ms).unwrap_or_default());
        cells.push(row.error.clone().unwrap_or_default());
        table.row(cells);
    }
    table.render(style)
}

/// `20 clusters: 18 ok, 1 failed, 1 not begun`.
pub fn sum(rows: &[Row]) -> String {
    let mut kinds: Vec<(&str, usize)> = vec![];
    for row in rows {
        match kinds.iter_mut().find(|(kind, _)| *kind == row.result) {
            Some((_, number)) => *number += 1,
            None => kinds.push((row.result, 1)),
        }
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    format!("{}: {}", count(rows.len(), "cluster"), kinds.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cluster_has_a_row_and_all_are_summed_up() {
        let row = |cluster: &str, result| Row { cluster: cluster.into(), result, ..Row::default() };
        let ok = Row { counts: Some([9, 0, 1, 0]), elapsed_ms: Some(192_000), ..row("shop-eu", "ok") };
        let error = Some("SPOT-0405: a budget forbids it".to_owned());
        let failed = Row { counts: Some([0, 1, 0, 0]), elapsed_ms: Some(900_000), error, ..row("shop-us", "failed") };
        let rows = [ok, failed, row("shop-ap", "not begun")];
        insta::assert_snapshot!(format!("{}\n{}", table(&rows, Style::plain()), sum(&rows)), @"
        Cluster  Result     Created  Changed  Unchanged  Deleted  Duration  First error
        ───────────────────────────────────────────────────────────────────────────────────────────────────
        shop-eu  ok               9        0          1        0  3m12s
        shop-us  failed           0        1          0        0  15m0s     SPOT-0405: a budget forbids it
        shop-ap  not begun

        3 clusters: 1 ok, 1 failed, 1 not begun
        ");
    }
}

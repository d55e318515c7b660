//! How groups differ from what they should be.

use super::style::Style;
use super::table::Table;
use super::words::count;
use crate::domain::inventory::Drift;

/// A row for each difference, and a sum.
pub fn render(drifts: &[Drift], style: Style) -> String {
    let mut table = Table::new(["Node group", "Differs in"]);
    for drift in drifts {
        for (at, difference) in drift.differences.iter().enumerate() {
            table.row([if at == 0 { drift.name.as_str() } else { "" }, difference]);
        }
    }
    let differing = drifts.iter().filter(|drift| !drift.differences.is_empty()).count();
    let sum = match differing {
        0 => format!("{}: all are as they should be\n", count(drifts.len(), "group")),
        some => format!("{}: {some} not as they should be\n", count(drifts.len(), "group")),
    };
    if table.is_empty() { sum } else { format!("{}\n{sum}", table.render(style)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_has_a_row() {
        let drift = |name: &str, differences: &[&str]| Drift {
            cluster: "c".into(),
            name: name.into(),
            there: true,
            differences: differences.iter().map(|text| (*text).to_owned()).collect(),
        };
        let drifts =
            [drift("a", &[]), drift("b", &["max 4 → 5", "tag `team`"]), drift("c", &["launch template: image"])];
        insta::assert_snapshot!(render(&drifts, Style::plain()), @"
        Node group  Differs in
        ───────────────────────────────────
        b           max 4 → 5
                    tag `team`
        c           launch template: image

        3 groups: 2 not as they should be
        ");
        assert_eq!(render(&drifts[..1], Style::plain()), "1 group: all are as they should be\n");
    }
}

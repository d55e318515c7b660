//! A sandbox world at a glance.

use crate::domain::world_status::WorldStatus;

use super::style::Style;
use super::table::Table;
use super::words::{count, duration_ms, or_dash, time};

/// Where a world is kept, as far as its own state cannot say it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// The world's name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Bytes of the file; `None` while it was never saved.
    pub bytes: Option<u64>,
}

/// Names and values.
pub fn render(place: &Place, status: &WorldStatus, style: Style) -> String {
    let mut table = Table::headless();
    let mut line = |name: &str, value: String| {
        table.row([name.to_owned(), or_dash(&value)]);
    };
    line("World", place.name.clone());
    line("File", place.file.clone());
    line(
        "Size",
        place.bytes.map_or_else(|| "not saved yet".to_owned(), |bytes| format!("{} KiB", bytes.div_ceil(1024))),
    );
    line("Seed", status.seed.to_string());
    line("Clock", format!("{}, {} since it began", time(status.time), duration_ms(status.age_ms)));
    line("Events to come", status.pending_events.to_string());
    line("Region", status.region.clone());
    line("Account", status.account.clone());
    line("Clusters", status.clusters.join(", "));
    line("Groups", count(status.groups, "Auto Scaling group"));
    line("Instances", format!("{} spot, {} on-demand", status.spot_instances, status.on_demand_instances));
    line("Nodes", format!("{}, {} Ready", status.nodes, status.ready_nodes));
    line("Faults", if status.faults.is_empty() { "none".to_owned() } else { status.faults.join("; ") });
    table.render(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_there_is_has_a_line() {
        let status = WorldStatus {
            seed: 1,
            time: "2026-01-01T00:03:12Z".parse().unwrap_or_default(),
            age_ms: 192_000,
            pending_events: 2,
            region: "ap-northeast-1".into(),
            account: "123456789012".into(),
            clusters: vec!["eks-spot-eksct".into()],
            groups: 2,
            spot_instances: 2,
            on_demand_instances: 2,
            nodes: 4,
            ready_nodes: 3,
            faults: vec!["nothing can be launched in ap-northeast-1a".into()],
        };
        let place = Place { name: "default".into(), file: "state/default.json".into(), bytes: Some(70_000) };
        insta::assert_snapshot!(render(&place, &status, Style::plain()), @r"
        World           default
        File            state/default.json
        Size            69 KiB
        Seed            1
        Clock           2026-01-01 00:03:12 UTC, 3m12s since it began
        Events to come  2
        Region          ap-northeast-1
        Account         123456789012
        Clusters        eks-spot-eksct
        Groups          2 Auto Scaling groups
        Instances       2 spot, 2 on-demand
        Nodes           4, 3 Ready
        Faults          nothing can be launched in ap-northeast-1a
        ");
    }
}

//! The diagram in box-drawing characters: the cluster on top, zones as columns, groups as bands.

use crate::domain::inventory::{Topology, TopologyGroup, TopologyNode};
use crate::view::style::{Style, Tone};
use crate::view::width::{centre, columns, fit, pad};

use super::matrix::{cell, facts, short_name, taints, zones};

const NARROWEST_CELL: usize = 16;

/// The drawing. Bands with dashed borders are discovered by the Cluster Autoscaler.
pub fn render(topology: &Topology, style: Style) -> String {
    let zones = zones(topology);
    let page = Page::new(topology, &zones, style);
    let mut text = page.head(topology);
    for group in &topology.groups {
        text.push_str(&page.band(group));
    }
    if topology.groups.is_empty() {
        text.push_str(&format!("{}\n", centre("no node groups", page.inner + 2).trim_end()));
    }
    text.push_str(&page.legend());
    text
}

/// The measures of one drawing.
struct Page<'a> {
    zones: &'a [&'a str],
    cell: usize,
    inner: usize,
    style: Style,
}

impl<'a> Page<'a> {
    fn new(topology: &Topology, zones: &'a [&'a str], style: Style) -> Self {
        let nodes = topology.groups.iter().flat_map(|group| &group.nodes);
        let lines = nodes.flat_map(|node| [columns(&first_line(node)), columns(&second_line(node))]);
        let titles = topology.groups.iter().flat_map(band_head).map(|line| columns(&line));
        let count = zones.len().max(1);
        let for_titles = (titles.max().unwrap_or(0) + 2).div_ceil(count);
        let wanted = lines.chain(zones.iter().map(|zone| columns(zone))).max().unwrap_or(0) + 2;
        let allowed = style.width.map_or(usize::MAX, |width| (usize::from(width).saturating_sub(1 + count)) / count);
        let cell = wanted.max(for_titles).min(allowed).max(NARROWEST_CELL);
        Page { zones, cell, inner: cell * count + count - 1, style }
    }

    fn head(&self, topology: &Topology) -> String {
        let title = format!("Amazon EKS  {}  Kubernetes {}", topology.cluster, topology.version);
        let columns_of = |middle: &str| {
            let cells: Vec<String> = self.zones.iter().map(|_| centre(middle, self.cell)).collect();
            cells.join(" ")
        };
        let arrows: String = columns_of("▲").chars().map(|c| if c == ' ' { '─' } else { c }).collect();
        let bottom = if self.zones.is_empty() { "─".repeat(self.inner) } else { arrows };
        let zones: Vec<String> = self.zones.iter().map(|zone| centre(&fit(zone, self.cell), self.cell)).collect();
        let title = centre(&fit(&title, self.inner), self.inner);
        let mut text = format!("┌{}┐\n", "─".repeat(self.inner));
        text.push_str(&format!("│{}│\n", self.style.paint(Tone::Heading, &title)));
        text.push_str(&format!("│{}│\n└{bottom}┘\n", centre(&fit(&topology.region, self.inner), self.inner)));
        for line in [columns_of("│"), zones.join(" ")] {
            text.push_str(format!(" {line}").trim_end());
            text.push('\n');
        }
        text
    }

    fn band(&self, group: &TopologyGroup) -> String {
        let (across, down) = if group.autoscaler_discovery { ("┄", "┆") } else { ("─", "│") };
        let edge = |left: &str, middle: &str, right: &str| {
            let cells: Vec<String> = self.zones.iter().map(|_| across.repeat(self.cell)).collect();
            let line = if cells.is_empty() { across.repeat(self.inner) } else { cells.join(middle) };
            format!("{left}{line}{right}\n")
        };
        let mut text = edge("┌", across, "┐");
        for line in band_head(group) {
            let line = pad(&fit(&format!(" {line}"), self.inner), self.inner);
            text.push_str(&format!("{down}{line}{down}\n"));
        }
        text.push_str(&edge("├", "┬", "┤"));
        let cells: Vec<Vec<String>> = self.zones.iter().map(|zone| cell_lines(&cell(group, zone))).collect();
        for row in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let line: Vec<String> = cells
                .iter()
                .map(|cell| pad(&fit(&format!(" {}", cell.get(row).map_or("", String::as_str)), self.cell), self.cell))
                .collect();
            text.push_str(&format!("{down}{}{down}\n", line.join(down)));
        }
        text.push_str(&edge("└", "┴", "┘"));
        text
    }

    fn legend(&self) -> String {
        let lines = [
            "● Ready  ○ not Ready or not joined",
            "┄ discovered by the Cluster Autoscaler (tags k8s.io/cluster-autoscaler/…)  ─ not discovered",
        ];
        lines.iter().map(|line| format!("{}\n", self.style.paint(Tone::Quiet, line))).collect()
    }
}

/// Name and facts, then taints.
fn band_head(group: &TopologyGroup) -> Vec<String> {
    let mut lines = vec![format!("{} · {}", group.name, facts(group))];
    lines.extend(taints(group).map(|taints| format!("taints {taints}")));
    lines
}

fn cell_lines(nodes: &[&TopologyNode]) -> Vec<String> {
    if nodes.is_empty() {
        return vec!["-".to_owned()];
    }
    nodes.iter().flat_map(|node| [first_line(node), second_line(node)]).collect()
}

fn first_line(node: &TopologyNode) -> String {
    let mark = if node.ready { '●' } else { '○' };
    format!("{mark} {} {}", node.instance_type, node.lifecycle.as_str())
}

fn second_line(node: &TopologyNode) -> String {
    format!("  {}", short_name(node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples;

    #[test]
    fn zones_are_columns_and_groups_are_bands() {
        insta::assert_snapshot!(render(&samples::topology(), Style::plain()), @r"
        ┌──────────────────────────────────────────────────────────────────────────┐
        │               Amazon EKS  eks-spot-eksct  Kubernetes 1.33                │
        │                              ap-northeast-1                              │
        └───────────▲────────────────────────▲────────────────────────▲────────────┘
                    │                        │                        │
             ap-northeast-1a          ap-northeast-1c          ap-northeast-1d
        ┌┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┐
        ┆ dev-4vcpu-16gb-spot · 4 vCPU / 16 GiB · Spot · min 0 desired 2 max 5     ┆
        ┆ taints spotInstance=true:PreferNoSchedule                                ┆
        ├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┬┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┬┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤
        ┆ ● t2.xlarge spot       ┆ -                      ┆ ○ m4.xlarge spot       ┆
        ┆   ip-192-168-25-236    ┆                        ┆   i-03b66896f9beb9c1e  ┆
        └┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┴┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┴┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┘
        ┌──────────────────────────────────────────────────────────────────────────┐
        │ ng-37ce83b6 · 2 vCPU / 8 GiB · On-Demand · min 2 desired 2 max 2         │
        ├────────────────────────┬────────────────────────┬────────────────────────┤
        │ -                      │ ● m5.large on-demand   │ ● m5.large on-demand   │
        │                        │   ip-192-168-105-176   │   ip-192-168-182-79    │
        └────────────────────────┴────────────────────────┴────────────────────────┘
        ● Ready  ○ not Ready or not joined
        ┄ discovered by the Cluster Autoscaler (tags k8s.io/cluster-autoscaler/…)  ─ not discovered
        ");
    }

    #[test]
    fn an_empty_cluster_is_drawn_too() {
        let mut topology = samples::topology();
        topology.groups.clear();
        insta::assert_snapshot!(render(&topology, Style::plain()), @r"
        ┌─────────────────────────────────────────────────────┐
        │     Amazon EKS  eks-spot-eksct  Kubernetes 1.33     │
        │                   ap-northeast-1                    │
        └────────▲─────────────────▲─────────────────▲────────┘
                 │                 │                 │
          ap-northeast-1a   ap-northeast-1c   ap-northeast-1d
                            no node groups
        ● Ready  ○ not Ready or not joined
        ┄ discovered by the Cluster Autoscaler (tags k8s.io/cluster-autoscaler/…)  ─ not discovered
        ");
        topology.zones.clear();
        assert!(render(&topology, Style::plain()).contains("no node groups"));
    }

    #[test]
    fn a_narrow_terminal_cuts_cells_and_keeps_the_frame() {
        let text = render(&samples::topology(), Style::within(64));
        let frame: Vec<usize> =
            text.lines().filter(|line| line.starts_with(['┌', '│', '┆', '├', '└'])).map(columns).collect();
        assert!(frame.windows(2).all(|pair| pair[0] == pair[1]) && frame[0] <= 64, "{text}");
    }

    proptest::proptest! {
        #[test]
        fn frames_are_straight_whatever_the_names(name in "[a-z节点 \"<]{0,30}", zone in "[a-z区-]{1,20}", width in 0u16..200) {
            let mut topology = samples::topology();
            topology.groups[0].name = name.clone();
            topology.groups[0].nodes[0].name = name;
            topology.groups[0].nodes[0].zone = zone;
            let text = render(&topology, Style::within(width));
            let frame: Vec<usize> =
                text.lines().filter(|line| line.starts_with(['┌', '│', '┆', '├', '└'])).map(columns).collect();
            proptest::prop_assert!(frame.windows(2).all(|pair| pair[0] == pair[1]), "{}", text);
        }
    }
}

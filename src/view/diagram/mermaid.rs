//! The diagram as a Mermaid flowchart: groups as subgraphs, zones inside them, an arrow per zone to the cluster.
//!
//! Ids are made here from positions; names appear only in quoted, escaped labels, so no name can break the chart.

use crate::domain::cloud::Lifecycle;
use crate::domain::inventory::{Topology, TopologyNode};

use super::matrix::{cell, facts, short_name, taints, zones};

/// The flowchart's source.
pub fn render(topology: &Topology) -> String {
    let zones = zones(topology);
    let mut lines = vec![
        "flowchart BT".to_owned(),
        format!(
            "  eks[\"{}\"]",
            label(&["Amazon EKS", &topology.cluster, &format!("Kubernetes {}", topology.version), &topology.region])
        ),
    ];
    for (g, group) in topology.groups.iter().enumerate() {
        let mut title = vec![group.name.clone(), facts(group)];
        title.extend(taints(group).map(|taints| format!("taints {taints}")));
        if group.autoscaler_discovery {
            title.push("Cluster Autoscaler".to_owned());
        }
        lines.push(format!("  subgraph g{g}[\"{}\"]", label(&title)));
        for (z, zone) in zones.iter().enumerate() {
            lines.push(format!("    subgraph g{g}z{z}[\"{}\"]", label(&[zone])));
            let nodes = cell(group, zone);
            for (n, node) in nodes.iter().enumerate() {
                lines.push(format!("      g{g}z{z}n{n}[\"{}\"]:::{}", label(&node_lines(node)), class(node)));
            }
            if nodes.is_empty() {
                lines.push(format!("      g{g}z{z}none[\"no nodes\"]:::none"));
            }
            lines.push("    end".to_owned());
        }
        lines.push("  end".to_owned());
        lines.push(format!("  g{g} --> eks"));
        if group.autoscaler_discovery {
            lines.push(format!("  style g{g} stroke:#e8820c,stroke-dasharray: 5 5"));
        }
    }
    lines.extend(
        [
            "  classDef spot fill:#e3f4e3,stroke:#2e8b2e,color:#111",
            "  classDef ondemand fill:#e3ecf9,stroke:#2e5c9e,color:#111",
            "  classDef none fill:none,stroke:none,color:#888",
        ]
        .map(str::to_owned),
    );
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn node_lines(node: &TopologyNode) -> Vec<String> {
    let mut lines = vec![format!("{} {}", node.instance_type, node.lifecycle.as_str()), short_name(node).to_owned()];
    if !node.ready {
        lines.push("not Ready".to_owned());
    }
    lines
}

const fn class(node: &TopologyNode) -> &'static str {
    match node.lifecycle {
        Lifecycle::Spot => "spot",
        Lifecycle::OnDemand => "ondemand",
    }
}

/// Escaped lines, joined with Mermaid's line break.
fn label(lines: &[impl AsRef<str>]) -> String {
    lines.iter().map(|line| escape(line.as_ref())).collect::<Vec<_>>().join("<br/>")
}

/// Mermaid's entity codes for everything that means something in a label or its HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '"' | '#' | '<' | '>' | '&' | '`' | ';' | '\\' | '[' | ']' | '{' | '}' | '(' | ')' | '|' => {
                escaped.push_str(&format!("#{};", u32::from(character)));
            }
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples;

    #[test]
    fn groups_hold_zones_and_zones_hold_nodes() {
        insta::assert_snapshot!(render(&samples::topology()), @r#"
        flowchart BT
          eks["Amazon EKS<br/>eks-spot-eksct<br/>Kubernetes 1.33<br/>ap-northeast-1"]
          subgraph g0["dev-4vcpu-16gb-spot<br/>4 vCPU / 16 GiB · Spot · min 0 desired 2 max 5<br/>taints spotInstance=true:PreferNoSchedule<br/>Cluster Autoscaler"]
            subgraph g0z0["ap-northeast-1a"]
              g0z0n0["t2.xlarge spot<br/>ip-192-168-25-236"]:::spot
            end
            subgraph g0z1["ap-northeast-1c"]
              g0z1none["no nodes"]:::none
            end
            subgraph g0z2["ap-northeast-1d"]
              g0z2n0["m4.xlarge spot<br/>i-03b66896f9beb9c1e<br/>not Ready"]:::spot
            end
          end
          g0 --> eks
          style g0 stroke:#e8820c,stroke-dasharray: 5 5
          subgraph g1["ng-37ce83b6<br/>2 vCPU / 8 GiB · On-Demand · min 2 desired 2 max 2"]
            subgraph g1z0["ap-northeast-1a"]
              g1z0none["no nodes"]:::none
            end
            subgraph g1z1["ap-northeast-1c"]
              g1z1n0["m5.large on-demand<br/>ip-192-168-105-176"]:::ondemand
            end
            subgraph g1z2["ap-northeast-1d"]
              g1z2n0["m5.large on-demand<br/>ip-192-168-182-79"]:::ondemand
            end
          end
          g1 --> eks
          classDef spot fill:#e3f4e3,stroke:#2e8b2e,color:#111
          classDef ondemand fill:#e3ecf9,stroke:#2e5c9e,color:#111
          classDef none fill:none,stroke:none,color:#888
        "#);
    }

    proptest::proptest! {
        #[test]
        fn no_name_can_break_out_of_its_label(name in "\\PC{0,30}|[\"#<>\n`;\\]]{0,20}") {
            let mut topology = samples::topology();
            let lines = render(&topology).lines().count();
            topology.groups[0].name = name.clone();
            topology.cluster = name;
            let chart = render(&topology);
            proptest::prop_assert_eq!(chart.lines().count(), lines);
            proptest::prop_assert!(chart.lines().all(|line| matches!(line.matches('"').count(), 0 | 2)), "{}", chart);
        }
    }
}

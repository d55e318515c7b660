//! What an idempotent verb did, in a few lines.

use crate::domain::inventory::ChangeReport;

use super::style::{Style, Tone};
use super::width;
use super::words;

/// The verdict, each resource with its own verdict, the Ready nodes, and what it took.
pub fn render(report: &ChangeReport, style: Style) -> String {
    let mut text = format!(
        "{} nodegroup \"{}\" in cluster \"{}\"\n",
        style.paint(tone(&report.verdict), &report.verdict),
        report.group,
        report.cluster
    );
    let verdicts = widest(report.resources.iter().map(|settled| settled.verdict.as_str()));
    let kinds = widest(report.resources.iter().map(|settled| settled.kind.as_str()));
    for settled in &report.resources {
        let verdict = style.paint(tone(&settled.verdict), &width::pad(&settled.verdict, verdicts));
        text.push_str(&format!("  {verdict}  {}  {}\n", width::pad(&settled.kind, kinds), settled.name));
    }
    if report.verdict != "deleted" {
        text.push_str(&words::count(report.ready_nodes.len(), "node"));
        text.push_str(" Ready");
        for (index, node) in report.ready_nodes.iter().enumerate() {
            text.push_str(if index == 0 { ": " } else { ", " });
            text.push_str(node);
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "{} to AWS and Kubernetes ({} mutating) in {}\n",
        words::count(usize::try_from(report.requests).unwrap_or(usize::MAX), "request"),
        report.mutating_requests,
        words::duration_ms(report.elapsed_ms)
    ));
    text
}

fn tone(verdict: &str) -> Tone {
    match verdict {
        "unchanged" => Tone::Quiet,
        "deleted" => Tone::Warning,
        _ => Tone::Good,
    }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(width::columns).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::inventory::Settled;

    fn report(verdict: &str) -> ChangeReport {
        let settled =
            |kind: &str, name: &str| Settled { kind: kind.into(), name: name.into(), verdict: verdict.into() };
        ChangeReport {
            cluster: "eks-spot-eksct".into(),
            group: "dev-4vcpu-16gb-spot".into(),
            verdict: verdict.into(),
            resources: vec![
                settled("IAM role", "spotscript-eks-spot-eksct-dev"),
                settled("Auto Scaling group", "spotscript-eks-spot-eksct-dev"),
            ],
            ready_nodes: vec!["ip-192-168-25-236".into(), "ip-192-168-61-7".into()],
            mutating_requests: 9,
            requests: 24,
            elapsed_ms: 132_000,
        }
    }

    #[test]
    fn a_creation_names_every_resource_and_node() {
        insta::assert_snapshot!(render(&report("created"), Style::plain()), @r#"
        created nodegroup "dev-4vcpu-16gb-spot" in cluster "eks-spot-eksct"
          created  IAM role            spotscript-eks-spot-eksct-dev
          created  Auto Scaling group  spotscript-eks-spot-eksct-dev
        2 nodes Ready: ip-192-168-25-236, ip-192-168-61-7
        24 requests to AWS and Kubernetes (9 mutating) in 2m12s
        "#);
    }

    #[test]
    fn a_deletion_counts_no_nodes() {
        insta::assert_snapshot!(render(&report("deleted"), Style::plain()), @r#"
        deleted nodegroup "dev-4vcpu-16gb-spot" in cluster "eks-spot-eksct"
          deleted  IAM role            spotscript-eks-spot-eksct-dev
          deleted  Auto Scaling group  spotscript-eks-spot-eksct-dev
        24 requests to AWS and Kubernetes (9 mutating) in 2m12s
        "#);
    }
}

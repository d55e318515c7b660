//! The Spot Instance Advisor as its web page shows it: five columns, region, operating system, date of the data.

use jiff::Timestamp;

use crate::domain::advisor::{AdvisorRow, Interruption, OperatingSystem};
use crate::domain::feed_source::{FeedOrigin, FeedSource};

use super::style::{Style, Tone};
use super::table::Table;
use super::words::time;

const NO_DATA: &str = "no data";
const BUCKETS: usize = 5;

/// The table with its title and the origin of the data. `now` is for the age of a copy.
pub fn render(
    rows: &[AdvisorRow],
    region: &str,
    os: OperatingSystem,
    source: &FeedSource,
    now: Timestamp,
    style: Style,
) -> String {
    let os = match os {
        OperatingSystem::Linux => "Linux/UNIX",
        OperatingSystem::Windows => "Windows",
    };
    let title = format!("Spot Instance Advisor  {region}  {os}");
    let mut text = format!("{}\n", style.paint(Tone::Heading, &title));
    if source.origin == FeedOrigin::Synthetic {
        text.push_str(&format!("{}\n", style.paint(Tone::Warning, "SYNTHETIC data: it says nothing about AWS")));
    }
    if rows.is_empty() {
        text.push_str("No instance types match\n");
    } else {
        text.push_str(&table(rows).render(style));
    }
    text.push_str(&format!("{}\n", style.paint(Tone::Quiet, &origin(source, now))));
    text
}

fn table(rows: &[AdvisorRow]) -> Table {
    let mut table =
        Table::new(["Instance Type", "vCPU", "Memory GiB", "Savings over On-Demand", "Frequency of interruption"])
            .numeric(&[1, 2, 3]);
    for row in rows {
        table.row([
            row.instance_type.clone(),
            or_no_data(row.vcpu),
            or_no_data(row.memory_gib),
            row.savings.map_or_else(|| NO_DATA.to_owned(), |percent| format!("{percent}%")),
            row.interruption.as_ref().map_or_else(|| NO_DATA.to_owned(), bar),
        ]);
    }
    table
}

fn or_no_data(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NO_DATA.to_owned(), |value| value.to_string())
}

/// `■■□□□ 5-10%`: one cell more than the bucket's number.
fn bar(interruption: &Interruption) -> String {
    let bucket = usize::try_from(interruption.index).unwrap_or(BUCKETS);
    let filled = bucket.saturating_add(1).min(BUCKETS);
    format!("{}{} {}", "■".repeat(filled), "□".repeat(BUCKETS - filled), interruption.label)
}

/// Where the data comes from and how old it is.
fn origin(source: &FeedSource, now: Timestamp) -> String {
    let mut parts = vec![match source.origin {
        FeedOrigin::Live => format!("Source: {}, fetched now", source.place),
        FeedOrigin::Cache => format!("Source: copy of {}", source.place),
        FeedOrigin::File => format!("Source: file {}", source.place),
        FeedOrigin::Synthetic => format!("Source: synthetic, {}", source.place),
    }];
    match source.published {
        Some(at) => parts.push(format!("data of {}", time(at))),
        None if source.origin != FeedOrigin::Synthetic => parts.push("date of the data unknown".to_owned()),
        None => {}
    }
    match (source.origin, source.fetched) {
        (FeedOrigin::Cache, Some(at)) => parts.push(format!("fetched {} ago", age(at, now))),
        (FeedOrigin::File, Some(at)) => parts.push(format!("file changed {}", time(at))),
        _ => {}
    }
    parts.join("; ")
}

fn age(then: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(then).as_mins().max(0);
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, savings: i32, label: &str, index: u32) -> AdvisorRow {
        let interruption = Some(Interruption { label: label.into(), index });
        AdvisorRow {
            instance_type: name.into(),
            vcpu: Some(4),
            memory_gib: Some(16.0),
            savings: Some(savings),
            interruption,
        }
    }

    fn rows() -> Vec<AdvisorRow> {
        vec![
            row("t2.xlarge", 53, "<5%", 0),
            row("m5.xlarge", 67, "15-20%", 3),
            row("p5.48xlarge", -62, ">20%", 4),
            AdvisorRow {
                vcpu: None,
                memory_gib: Some(15.25),
                savings: None,
                interruption: None,
                ..row("new.xlarge", 0, "", 0)
            },
        ]
    }

    fn now() -> Timestamp {
        "2026-01-02T00:00:00Z".parse().unwrap_or_default()
    }

    #[test]
    fn what_is_missing_is_said_and_never_zero() {
        let source = FeedSource {
            origin: FeedOrigin::Cache,
            place: "https://example.com/feed.json".into(),
            published: "2025-06-28T04:05:06Z".parse().ok(),
            fetched: "2026-01-01T19:00:00Z".parse().ok(),
        };
        insta::assert_snapshot!(render(&rows(), "ap-northeast-1", OperatingSystem::Linux, &source, now(), Style::plain()), @r"
        Spot Instance Advisor  ap-northeast-1  Linux/UNIX
        Instance Type     vCPU  Memory GiB  Savings over On-Demand  Frequency of interruption
        ──────────────────────────────────────────────────────────────────────────────────────
        t2.xlarge            4          16                     53%  ■□□□□ <5%
        m5.xlarge            4          16                     67%  ■■■■□ 15-20%
        p5.48xlarge          4          16                    -62%  ■■■■■ >20%
        new.xlarge     no data       15.25                 no data  no data
        Source: copy of https://example.com/feed.json; data of 2025-06-28 04:05:06 UTC; fetched 5 hours ago
        ");
    }

    #[test]
    fn synthetic_data_is_labelled() {
        let source = FeedSource {
            origin: FeedOrigin::Synthetic,
            place: "made from names".into(),
            published: None,
            fetched: None,
        };
        insta::assert_snapshot!(render(&[], "ap-northeast-1", OperatingSystem::Linux, &source, now(), Style::plain()), @r"
        Spot Instance Advisor  ap-northeast-1  Linux/UNIX
        SYNTHETIC data: it says nothing about AWS
        No instance types match
        Source: synthetic, made from names
        ");
    }
}

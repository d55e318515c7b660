//! The closing summary of a run: on stderr for people, as one document on stdout with `-o json`.

use serde::Serialize;

use super::{Global, console};
use crate::domain::error::{Error, Result};
use crate::host::{Host, Record};
use crate::ports::RequestCounts;
use crate::script::ScriptError;
use crate::script::session::Ending;
use crate::view::{json, words};

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    #[serde(flatten)]
    record: &'a Record,
    elapsed_ms: u64,
    /// To AWS, retries included; absent when nothing of the target was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<RequestCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
}

/// Shows the summary.
///
/// # Errors
/// `SPOT-0901` when the report is not representable as JSON.
pub fn show(host: &Host, result: &Result<Ending, ScriptError>, global: &Global) -> Result<()> {
    let record = host.record().clone();
    let error = result.as_ref().err().map(|failed| &*failed.error);
    let ok = error.is_none() && record.failed_checks() == 0;
    if global.json() {
        let report = Report { ok, record: &record, elapsed_ms: host.elapsed_ms(), requests: host.requests(), error };
        console::print(&json::render("run", &report)?);
    } else if !record.is_empty() {
        console::say(&text(&record, host.elapsed_ms(), ok));
    }
    if let Some(requests) = host.requests().filter(|_| global.verbose > 0 && !global.json()) {
        console::say(&sent(requests));
    }
    Ok(())
}

fn text(record: &Record, elapsed_ms: u64, ok: bool) -> String {
    let mut text = String::from("\nSummary\n");
    let width = record.steps.iter().map(|step| step.name.chars().count() + 2 * step.depth).max().unwrap_or(0);
    for step in &record.steps {
        let name = format!("{}{}", "  ".repeat(step.depth), step.name);
        let took = words::duration_ms(step.elapsed_ms.unwrap_or_default());
        text.push_str(&format!("  {} {name:width$}  {took}\n", if step.ok { "✔" } else { "✘" }));
    }
    for check in record.checks.iter().filter(|check| !check.ok) {
        text.push_str(&format!("  ✘ {} ({})\n", check.name, check.place));
    }
    let mut parts = Vec::new();
    if !record.checks.is_empty() {
        let failed = record.failed_checks();
        let held = record.checks.len() - failed;
        parts.push(if failed == 0 {
            format!("{} passed", words::count(held, "check"))
        } else {
            format!("{failed} of {} failed", words::count(record.checks.len(), "check"))
        });
    }
    let verdicts = ["created", "changed", "unchanged", "deleted"];
    let settled = verdicts.map(|verdict| (verdict, record.settled(verdict)));
    parts.extend(settled.iter().filter(|(_, count)| *count > 0).map(|(verdict, count)| format!("{count} {verdict}")));
    parts.push(format!("{} in {}", if ok { "ok" } else { "failed" }, words::duration_ms(elapsed_ms)));
    text.push_str(&format!("  {}", parts.join(" · ")));
    text
}

/// What went to AWS, and how much of it only waited.
fn sent(requests: RequestCounts) -> String {
    let asked = requests.total - requests.polls;
    format!(
        "  {} to AWS, {} mutating; {} of waits besides",
        words::count(usize::try_from(asked).unwrap_or(usize::MAX), "request"),
        requests.mutating,
        words::count(usize::try_from(requests.polls).unwrap_or(usize::MAX), "poll"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::inventory::Settled;
    use crate::host::{Check, Step};

    #[test]
    fn requests_of_waits_are_told_apart() {
        let requests = RequestCounts { total: 41, mutating: 0, polls: 12 };
        assert_eq!(sent(requests), "  29 requests to AWS, 0 mutating; 12 polls of waits besides");
    }

    #[test]
    fn steps_checks_and_verdicts_are_summed_up() {
        let record = Record {
            steps: vec![
                Step { name: "create".into(), depth: 0, elapsed_ms: Some(182_000), ok: true },
                Step { name: "inner".into(), depth: 1, elapsed_ms: Some(12), ok: false },
            ],
            checks: vec![
                Check { name: "two nodes".into(), ok: true, place: "a.rhai:1:1".into() },
                Check { name: "a taint".into(), ok: false, place: "a.rhai:2:1".into() },
            ],
            resources: vec![Settled { kind: "IAM role".into(), name: "x".into(), verdict: "created".into() }],
        };
        insta::assert_snapshot!(text(&record, 182_400, false).trim_start(), @r"
        Summary
          ✔ create   3m2s
          ✘   inner  12ms
          ✘ a taint (a.rhai:2:1)
          1 of 2 checks failed · 1 created · failed in 3m2s
        ");
    }
}

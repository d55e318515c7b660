//! The closing summary of a run: on stderr for people, as one document on stdout with `-o json`.

use serde::Serialize;

use super::{Global, console, journal};
use crate::domain::Code;
use crate::domain::change::Request;
use crate::domain::error::{Error, Result};
use crate::host::{Host, Record};
use crate::journal::Counts;
use crate::ports::RequestCounts;
use crate::script::ScriptError;
use crate::script::diagnostic::Place;
use crate::script::session::Ending;
use crate::script::source::line_and_column;
use crate::view::{json, words};

/// What the document says of the run as a whole.
pub struct About<'a> {
    /// The runbook's path.
    pub script: &'a str,
    /// Its parameters, those that are secret masked.
    pub parameters: &'a rhai::Map,
    /// The exit code to come.
    pub exit_code: u8,
}

/// How often resources ended in each way.
pub fn counts(record: &Record) -> Counts {
    Counts {
        created: record.settled("created"),
        changed: record.settled("changed"),
        unchanged: record.settled("unchanged"),
        deleted: record.settled("deleted"),
    }
}

/// Where a run failed, and how it got there.
#[derive(Serialize)]
struct Frame<'a> {
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    script: &'a str,
    target: &'static str,
    params: serde_json::Value,
    ok: bool,
    exit_code: u8,
    counts: Counts,
    output: String,
    #[serde(flatten)]
    record: &'a Record,
    elapsed_ms: u64,
    /// To AWS, retries included; absent when nothing of the target was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<RequestCounts>,
    /// Requests that were not sent because their steps were not chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
    /// `file:line:column` of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frames: Vec<Frame<'a>>,
}

/// `file:line:column`.
pub(super) fn place_of(place: &Place) -> String {
    let (line, column) = line_and_column(&place.text, place.span.start);
    format!("{}:{line}:{column}", place.name)
}

/// Shows the summary.
///
/// # Errors
/// `SPOT-0901` when the report is not representable as JSON.
pub fn show(host: &Host, result: &Result<Ending, ScriptError>, global: &Global, about: &About<'_>) -> Result<()> {
    let record = host.record().clone();
    if global.json() {
        console::print(&json::render("run", &report(host, result, global, about)?)?);
    } else if !record.is_empty() {
        host.console().talk(&text(&record, host.elapsed_ms(), is_ok(&record, result)));
    }
    if let Some(requests) = host.requests().filter(|_| global.verbose > 0 && !global.json()) {
        console::say(&sent(requests));
    }
    Ok(())
}

fn is_ok(record: &Record, result: &Result<Ending, ScriptError>) -> bool {
    result.is_ok() && record.failed_checks() == 0
}

/// A run as data, without what is hidden.
///
/// # Errors
/// `SPOT-0901` when it is not representable as JSON.
pub fn report(
    host: &Host,
    result: &Result<Ending, ScriptError>,
    global: &Global,
    about: &About<'_>,
) -> Result<serde_json::Value> {
    let record = host.record().clone();
    let error = result.as_ref().err().map(|failed| &*failed.error);
    let ok = is_ok(&record, result);
    let failed = result.as_ref().err();
    let frames = failed.iter().flat_map(|failed| &failed.frames);
    let report = Report {
        script: about.script,
        target: global.target().as_str(),
        params: journal::as_json(about.parameters),
        ok,
        exit_code: about.exit_code,
        counts: counts(&record),
        output: host.console().kept(),
        record: &record,
        elapsed_ms: host.elapsed_ms(),
        requests: host.requests(),
        left_out: host.left_out(),
        error,
        place: failed.and_then(|failed| failed.place.as_ref()).map(place_of),
        frames: frames.map(|frame| Frame { what: &frame.what, place: frame.place.as_ref().map(place_of) }).collect(),
    };
    let report = serde_json::to_value(&report)
        .map_err(|error| Error::new(Code::Internal, "the run is not JSON").because(error.to_string()))?;
    Ok(host.hidden().secrets().mask_json(report))
}

fn text(record: &Record, elapsed_ms: u64, ok: bool) -> String {
    let mut text = String::from("\nSummary\n");
    let width = record.steps.iter().map(|step| step.name.chars().count() + 2 * step.depth).max().unwrap_or(0);
    for step in &record.steps {
        let name = format!("{}{}", "  ".repeat(step.depth), step.name);
        let (mark, end) = match step.left_out {
            None => {
                let took = words::duration_ms(step.elapsed_ms.unwrap_or_default());
                (if step.ok { "✔" } else { "✘" }, took)
            }
            Some(0) => ("–", "not chosen: it has nothing to change".to_owned()),
            Some(number) => ("–", format!("not chosen: {} not sent", words::count(number, "request"))),
        };
        text.push_str(&format!("  {mark} {name:width$}  {end}\n"));
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
                Step { name: "create".into(), depth: 0, elapsed_ms: Some(182_000), ok: true, left_out: None },
                Step { name: "inner".into(), depth: 1, elapsed_ms: Some(12), ok: false, left_out: None },
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

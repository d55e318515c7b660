//! A report of tests as text.

use crate::domain::Code;
use crate::script::render::{Look, render};
use crate::script::testing::{Outcome, Report};
use crate::view::style::{Style, Tone};
use crate::view::words;

/// For files.
pub(super) const PLAIN: Look = Look { colour: false, width: 100 };
/// Lines of output shown of a failed test; the whole is in `-o json` and `--junit`.
const SHOWN: usize = 40;

/// Files with their tests, then failures, then one line that says it all.
pub(super) fn report(report: &Report, style: Style, told: &dyn Fn(&Outcome) -> String) -> String {
    let mut text = String::new();
    let mut file = "";
    for outcome in &report.tests {
        if outcome.file != file {
            file = &outcome.file;
            text.push_str(&format!("{}\n", style.paint(Tone::Heading, file)));
        }
        let name = if outcome.name.is_empty() { "(the whole file)" } else { &outcome.name };
        let (mark, tone) = if outcome.ok() { ("✔", Tone::Good) } else { ("✘", Tone::Bad) };
        let took = words::duration_ms(u64::try_from(outcome.elapsed.as_millis()).unwrap_or(u64::MAX));
        text.push_str(&format!("  {} {name}  {}\n", style.paint(tone, mark), style.paint(Tone::Quiet, &took)));
    }
    for outcome in report.tests.iter().filter(|outcome| !outcome.ok()) {
        let title = format!("── {} ", outcome.path());
        text.push_str(&format!("\n{}\n{}", style.paint(Tone::Heading, &title), told(outcome)));
        text.push_str(&said(&outcome.output));
        text.push_str(&format!("repeat: {}\n", outcome.repeat()));
    }
    for file in &report.obsolete_snapshots {
        text.push_str(&format!("\nno test asks for the snapshot {file}: `--update` removes it\n"));
    }
    text.push_str(&format!("\n{}\n", summary(report, style)));
    text
}

/// `42 passed, 0 failed in 1.2 s`.
fn summary(report: &Report, style: Style) -> String {
    let failed = format!("{} failed", report.failed);
    let failed = if report.failed > 0 { style.paint(Tone::Bad, &failed) } else { failed };
    let not_run = if report.not_run > 0 { format!(", {} not run", report.not_run) } else { String::new() };
    let seconds = report.elapsed_ms as f64 / 1000.0;
    let ended =
        |outcome: &Outcome| outcome.failure.as_ref().is_some_and(|failure| failure.error.code == Code::Interrupted);
    let interrupted = if report.tests.iter().any(ended) { "interrupted: " } else { "" };
    format!("{interrupted}{} passed, {failed}{not_run} in {seconds:.1} s", report.passed)
}

/// The failure itself.
pub(super) fn failure(outcome: &Outcome, look: Look) -> String {
    outcome.failure.as_ref().map(|failure| render(failure, look)).unwrap_or_default()
}

/// The end of what a test said.
fn said(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    if lines.is_empty() {
        return String::new();
    }
    let from = lines.len().saturating_sub(SHOWN);
    let before = if from > 0 { format!("    … {} before\n", words::count(from, "line")) } else { String::new() };
    let shown: Vec<String> = lines[from..].iter().map(|line| format!("    {line}").trim_end().to_owned()).collect();
    format!("output:\n{before}{}\n", shown.join("\n"))
}

//! Every ClusterConfig of a folder: loaded, saved and loaded again, edited.
//!
//! The folder is `EKSCTL_EXAMPLES` (default `../shared/data/eksctl-examples`), with its `extra/` if it has one. A file
//! whose name says `bad` or `old-version` must be refused. A report is written as JSON to `EKSCTL_REPORT` (default:
//! `eksctl-report.json` in the target's temporary folder).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use spotscript::domain::eksctl::{self, Change};
use spotscript::domain::error::Error;

/// What became of one file.
struct Outcome {
    name: String,
    /// It must not load.
    bad: bool,
    loads: bool,
    /// Text kept, and what was read is equal when written and read again.
    round_trip: bool,
    /// A value changed in place, everything else as it was.
    edit: bool,
    groups: usize,
    /// Faults against eksctl's rules, AWS's or Kubernetes'.
    faults: Vec<Value>,
    error: Option<String>,
}

fn folder() -> Option<PathBuf> {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    match std::env::var_os("EKSCTL_EXAMPLES") {
        Some(given) => Some(PathBuf::from(given)),
        None => ["../shared", "../../shared"]
            .map(|beside| package.join(beside).join("data/eksctl-examples"))
            .into_iter()
            .find(|folder| folder.exists()),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder)
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default()
    };
    let mut files: Vec<PathBuf> = list(folder).into_iter().chain(list(&folder.join("extra"))).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy().to_lowercase();
        [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end)) && !name.ends_with("schema.json")
    });
    files.sort();
    files
}

fn told(error: &Error) -> String {
    let place = error.location.as_ref().map(|place| format!("{}:{}: ", place.line, place.column)).unwrap_or_default();
    format!("{place}{} {error}", error.code)
}

fn examine(path: &Path) -> Outcome {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap();
    let bad = name.contains("bad") || name.contains("old-version");
    let opened = eksctl::open(&text, &name, &|_| None);
    let mut outcome = Outcome {
        name,
        bad,
        loads: opened.is_ok(),
        round_trip: false,
        edit: false,
        groups: 0,
        faults: vec![],
        error: opened.as_ref().err().map(told),
    };
    let Ok(document) = opened else { return outcome };
    let all: Vec<_> = document.nodegroups().into_iter().chain(document.managed().iter().cloned()).collect();
    outcome.groups = all.len();
    outcome.faults = document
        .faults()
        .iter()
        .map(|fault| {
            let place = fault.location.as_ref().expect("every fault has a place");
            assert!(place.line >= 1 && place.column >= 1);
            json!({"code": fault.code, "line": place.line, "column": place.column, "message": fault.message, "help": fault.help})
        })
        .collect();
    let again = eksctl::open(document.text(), &outcome.name, &|_| None).unwrap();
    let same_text = document.text() == text && again == document;
    // Groups of a document with faults cannot be written anew; its text is what is saved.
    let written = if all.is_empty() || !document.faults().is_empty() {
        Ok(true)
    } else {
        eksctl::write(&all).map(|text| {
            let other = eksctl::open(&text, "written", &|_| None).unwrap();
            other.nodegroups() == document.nodegroups() && other.managed() == document.managed()
        })
    };
    outcome.error = written.as_ref().err().map(told);
    outcome.round_trip = same_text && written == Ok(true);
    outcome.edit = edits(&text, &outcome.name);
    outcome
}

/// A changed value and a new key: all other lines stay, in their order.
fn edits(text: &str, name: &str) -> bool {
    let changes = [
        Change::Set("metadata.name".into(), "edited".into()),
        Change::Set("metadata.annotations[\"example.com/edited\"]".into(), "yes".into()),
    ];
    let Ok(edited) = eksctl::edit(text, name, &changes) else { return false };
    let mut lines = edited.lines();
    let kept = text.lines().filter(|line| lines.clone().any(|other| other == *line)).count();
    // The changed line; in JSON, where a new key wants a comma before it, the line above the new one too.
    let changed = if name.ends_with(".json") { 2 } else { 1 };
    let others_stay = kept + changed >= text.lines().count();
    lines.any(|line| line.contains("edited")) && others_stay && eksctl::open(&edited, name, &|_| None).is_ok()
}

#[test]
fn every_file_of_the_folder() {
    let mut console = std::io::stderr();
    let Some(folder) = folder() else {
        let _ = writeln!(console, "SKIPPED: ../shared/data/eksctl-examples is not there");
        return;
    };
    let outcomes: Vec<Outcome> = files(&folder).iter().map(|path| examine(path)).collect();
    let report: Vec<Value> = outcomes
        .iter()
        .map(|one| {
            json!({
                "file": one.name, "expectedToLoad": !one.bad, "loads": one.loads, "roundTrip": one.round_trip,
                "edit": one.edit, "groups": one.groups, "faults": one.faults, "error": one.error,
            })
        })
        .collect();
    let good: Vec<&Outcome> = outcomes.iter().filter(|one| !one.bad).collect();
    let count = |of: fn(&Outcome) -> bool| good.iter().filter(|one| of(one)).count();
    let refused = outcomes.iter().filter(|one| one.bad && !one.loads).count();
    let summary = [
        format!("{} of {} load", count(|one| one.loads), good.len()),
        format!("{} of {} round-trip", count(|one| one.round_trip), good.len()),
        format!("{} of {} keep everything else in an edit", count(|one| one.edit), good.len()),
        format!("{refused} of {} bad ones are refused", outcomes.len() - good.len()),
    ];
    let path = std::env::var_os("EKSCTL_REPORT")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("eksctl-report.json"), PathBuf::from);
    let whole = json!({"folder": folder, "summary": summary, "files": report});
    std::fs::write(&path, serde_json::to_string_pretty(&whole).unwrap()).unwrap();
    let mut failed = vec![];
    for one in &outcomes {
        let fine = if one.bad { !one.loads } else { one.loads && one.round_trip && one.edit };
        if !fine {
            let what = (one.loads, one.round_trip, one.edit);
            failed.push(format!(
                "{}: loads, round-trips, edits: {what:?} {}",
                one.name,
                one.error.as_deref().unwrap_or("")
            ));
        }
    }
    let _ = writeln!(console, "eksctl: {}; report in {}", summary.join(", "), path.display());
    assert!(!outcomes.is_empty(), "no files in {}", folder.display());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#![allow(clippy::unwrap_used)]
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;

use super::{FleetEnd, FleetEntry, FleetRun, Found, Origin, State, Store};
use crate::domain::Code;
use crate::domain::mutation::{AwsMutation, Mutation};

const TEXT: &str = include_str!("../../tests/fixtures/fleet_v1.fleet");
const ID: &str = "01900000000070008000000000000002";

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// A store with this file of a fleet.
fn with(text: &str) -> (tempfile::TempDir, Store, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    fs::create_dir(&runs).unwrap();
    let file = runs.join(format!("{ID}.fleet"));
    fs::write(&file, text).unwrap();
    let store = Store::new(runs);
    (folder, store, file)
}

fn found(store: &Store) -> FleetRun {
    match store.find_any("last").unwrap() {
        Found::Fleet(fleet) => *fleet,
        Found::Run(run) => panic!("{run:?}"),
    }
}

fn begin(clusters: &[&str]) -> impl FnOnce(String) -> FleetEntry {
    let clusters = clusters.iter().map(|name| (*name).to_owned()).collect();
    move |fleet| FleetEntry::Fleet {
        fleet,
        script: "make.rhai".into(),
        file: "fleet.yaml".into(),
        sha256: String::new(),
        target: "sandbox".into(),
        clusters,
        origin: Box::default(),
    }
}

#[test]
fn the_first_version_is_read() {
    let (_folder, store, _) = with(TEXT);
    let fleet = found(&store);
    assert_eq!((fleet.id.as_str(), fleet.state.clone(), fleet.torn), (ID, State::Failed, false));
    let told: Vec<_> = fleet.clusters.iter().map(|part| (part.is_done(), part.runs.len())).collect();
    assert_eq!((told, fleet.begun), (vec![(true, 1), (false, 1), (false, 0)], vec!["a".to_owned(), "b".to_owned()]));
}

/// Wherever a crash cuts the file, what was begun before is known, and what is noted later stands on lines of its own.
#[test]
fn a_file_cut_off_anywhere_is_gone_on_with() {
    let first = TEXT.find('\n').unwrap();
    for length in first..TEXT.len() {
        let (_folder, store, _) = with(&TEXT[..length]);
        let whole = TEXT[..=length].matches("\"entry\":\"begin\"").count();
        let (fleet, writer) = store.reopen_fleet(ID).unwrap();
        assert!(fleet.begun.len() + 1 >= whole && fleet.begun.len() <= 2, "at {length}");
        let end = FleetEnd { exit: 0, ..FleetEnd::default() };
        writer.note(FleetEntry::Begin { cluster: "c".into(), run: "r".into() }, now()).unwrap();
        writer.note(FleetEntry::End { cluster: "c".into(), end }, now()).unwrap();
        drop(writer);
        let after = found(&store);
        assert!(!after.torn && after.clusters[2].is_done(), "at {length}");
        assert_eq!(after.begun.len(), fleet.begun.len() + 1, "at {length}");
    }
}

#[test]
fn a_broken_line_in_the_middle_and_a_newer_version_are_refused_by_line() {
    let told = |text: String| {
        let (_folder, store, _) = with(&text);
        let error = store.find_any(ID).unwrap_err();
        format!("{} {}", error.code, error.causes.join("; "))
    };
    insta::assert_snapshot!(told(TEXT.replacen("{\"v\":1", "{\"v\":2", 1)), @"SPOT-0805 line 1 has version 2, this spotscript reads up to 1");
    assert!(told(TEXT.replacen(",\"entry\":\"begin\"", "", 1)).starts_with("SPOT-0805 line 2: "));
    insta::assert_snapshot!(told(TEXT.lines().skip(1).collect::<Vec<_>>().join("\n")), @"SPOT-0805 its first line is not the beginning of a fleet");
}

#[test]
fn one_process_at_a_time_goes_on_with_a_fleet() {
    let (_folder, store, _) = with(TEXT);
    let (_, writer) = store.reopen_fleet(ID).unwrap();
    assert_eq!(store.reopen_fleet(ID).unwrap_err().code, Code::GroupLocked);
    drop(writer);
    store.reopen_fleet(ID).unwrap();
}

/// Runs of a fleet are not forgotten one by one: that would leave a fleet that cannot be taken back. They go with it.
#[test]
fn the_runs_of_a_fleet_are_kept_as_long_as_the_fleet() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("runs"));
    let change = Mutation::Aws(AwsMutation::DeleteRole { name: "x".into() });
    let run = |origin: Option<Origin>| {
        let writer = store.begin("a", "sandbox", json!({}), origin);
        writer.intent(&change, None, None, now()).unwrap();
        writer.end(0, now()).unwrap();
        writer.run().to_owned()
    };
    let file = |run: &str| folder.path().join("runs").join(format!("{run}.jsonl"));
    let fleet = store.begin_fleet(begin(&["a"]), now()).unwrap();
    let mine: Vec<String> = (0..5).map(|_| run(None)).collect();
    for run in &mine {
        fleet.note(FleetEntry::Begin { cluster: "a".into(), run: run.clone() }, now()).unwrap();
    }
    fleet.note(FleetEntry::Close { exit: 0 }, now()).unwrap();
    drop(fleet);
    let others: Vec<String> = (0..205).map(|_| run(None)).collect();
    assert!(mine.iter().all(|run| file(run).exists()));
    assert!(!file(&others[0]).exists() && file(&others[10]).exists());
    match store.find_any("last").unwrap() {
        Found::Run(run) => assert_eq!(run.id, others[204]),
        Found::Fleet(fleet) => panic!("{fleet:?}"),
    }
    for _ in 0..50 {
        let other = store.begin_fleet(begin(&["a"]), now()).unwrap();
        other.note(FleetEntry::Close { exit: 0 }, now()).unwrap();
    }
    assert!(mine.iter().all(|run| !file(run).exists()), "they went with their fleet");
    assert_eq!(store.fleets().unwrap().len(), 50);
}

#![allow(clippy::unwrap_used)]
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;

use super::{Answer, Entry, State, Store};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::domain::mutation::{AwsMutation, KubeMutation, Mutation, Outcome};

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn role(name: &str) -> Mutation {
    Mutation::Aws(AwsMutation::DeleteRole { name: name.into() })
}

fn file(store: &tempfile::TempDir) -> PathBuf {
    fs::read_dir(store.path()).unwrap().next().unwrap().unwrap().path()
}

/// A store with one run of two changes, the second refused.
fn written(end: Option<u8>) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let writer = store.begin("a.rhai", "sandbox", json!({ "desired": 2 }), None);
    let first = writer.intent(&role("one"), None, None, now()).unwrap();
    writer.outcome(first, &Ok(Outcome { id: Some("r-1".into()), arn: None }), now()).unwrap();
    let evict = KubeMutation::Evict { namespace: "default".into(), pod: "web-0".into(), grace_seconds: None };
    let second = writer.intent(&Mutation::Kube(evict), None, None, now()).unwrap();
    writer.outcome(second, &Err(Error::new(Code::DrainBlocked, "a budget forbids it")), now()).unwrap();
    if let Some(exit) = end {
        writer.end(exit, now()).unwrap();
    }
    (folder, store)
}

#[test]
fn what_was_written_is_read_back() {
    let (_folder, store) = written(Some(5));
    let run = store.find("last").unwrap();
    assert_eq!((run.script.as_str(), run.state.clone(), run.torn, run.intents()), ("a.rhai", State::Failed, false, 2));
    let requests: Vec<String> = run.lines.iter().filter_map(|line| line.entry.request()).collect();
    assert_eq!(requests, ["DeleteRole one", "Evict default/web-0"]);
    assert!(matches!(run.answer(1), Some(Answer::Done { id: Some(id), .. }) if id == "r-1"));
    assert!(matches!(run.answer(3), Some(Answer::Failed { code, .. }) if code == "SPOT-0405"));
    assert_eq!(store.find(&run.id[..12]).unwrap(), run);
}

#[test]
fn a_run_that_changes_nothing_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("runs"));
    store.begin("a.rhai", "sandbox", json!({}), None).end(0, now()).unwrap();
    assert!(store.runs().unwrap().is_empty() && !folder.path().join("runs").exists());
}

/// Wherever a crash cuts the file, every whole line before is read, and what is there of an intent is never lost.
#[test]
fn a_file_cut_off_anywhere_is_read_up_to_there() {
    let (folder, store) = written(Some(0));
    let whole = fs::read(file(&folder)).unwrap();
    let begin = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for length in begin + 1..whole.len() {
        fs::write(file(&folder), &whole[..length]).unwrap();
        let run = store.find("last").unwrap();
        let lines = whole[..length].iter().filter(|byte| **byte == b'\n').count() - 1;
        // A line that lacks nothing but its end is whole.
        assert!(run.lines.len() == lines || run.lines.len() == lines + 1, "at {length}");
        assert!(run.state == State::Unfinished || run.lines.len() == 5, "at {length}");
    }
}

#[test]
fn a_broken_line_in_the_middle_and_a_newer_version_are_refused_by_line() {
    let (folder, store) = written(None);
    let path = file(&folder);
    let text = fs::read_to_string(&path).unwrap();
    let told = |text: String| {
        fs::write(&path, text).unwrap();
        let error = store.find("last").unwrap_err();
        format!("{} {}", error.code, error.causes.join("; "))
    };
    let broken: Vec<&str> =
        text.lines().enumerate().map(|(at, line)| if at == 2 { "{\"v\":1" } else { line }).collect();
    assert!(told(broken.join("\n")).starts_with("SPOT-0805 line 3: "));
    insta::assert_snapshot!(told(text.replacen("\"v\":1", "\"v\":2", 1)), @"SPOT-0805 line 1 has version 2, this spotscript reads up to 1");
    insta::assert_snapshot!(told(String::new()), @"SPOT-0805 its first line is not the beginning of a run");
}

#[test]
fn an_intent_that_cannot_be_written_is_an_error_before_the_request() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    fs::write(&blocked, "").unwrap();
    let error = Store::new(blocked.join("runs"))
        .begin("a", "aws", json!({}), None)
        .intent(&role("x"), None, None, now())
        .unwrap_err();
    assert_eq!(error.code, Code::JournalUnwritable);
}

/// Files of every version there was, as their time wrote them: readers to come must read them, and undo from them.
#[test]
fn every_version_is_read() {
    let files = [include_str!("../../tests/fixtures/journal_v1.jsonl")];
    assert_eq!(u32::try_from(files.len()).unwrap(), super::VERSION, "a new version needs a file of its own here");
    for text in files {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("0190.jsonl"), text).unwrap();
        let run = Store::new(folder.path()).find("0190").unwrap();
        assert_eq!(
            (run.id.as_str(), run.state.clone(), run.intents()),
            ("01900000000070008000000000000001", State::Done, 2)
        );
        assert!(run.lines.iter().all(|line| !matches!(&line.entry, Entry::Begin { .. })));
        let changes = run.changes().unwrap();
        assert!(matches!(&changes[0].mutation, Mutation::Aws(AwsMutation::CreateInstanceProfile { .. })));
        assert!(changes.iter().all(|change| change.masked.is_empty()));
    }
}

/// Who waits to be taken up is kept longer than who has ended.
#[test]
fn unfinished_runs_are_kept_longer() {
    let folder = tempfile::tempdir().unwrap();
    let ended = include_str!("../../tests/fixtures/journal_v1.jsonl");
    let (unfinished, _) = ended.trim_end().rsplit_once('\n').unwrap();
    let name = |number: u32| folder.path().join(format!("{number:032x}.jsonl"));
    for number in 0..450 {
        fs::write(name(number), if number < 250 { unfinished } else { ended }).unwrap();
    }
    let store = Store::new(folder.path());
    store.begin("a", "sandbox", json!({}), None).intent(&role("x"), None, None, now()).unwrap();
    let kept = |numbers: std::ops::Range<u32>| numbers.filter(|number| name(*number).exists()).count();
    assert_eq!((kept(0..250), kept(250..450)), (200, 199));
    assert!(!name(49).exists() && name(50).exists(), "of those too, the oldest are forgotten");
}

#[test]
fn the_oldest_runs_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..205 {
        fs::write(folder.path().join(format!("{number:032x}.jsonl")), "").unwrap();
    }
    let store = Store::new(folder.path());
    store.begin("a", "sandbox", json!({}), None).intent(&role("x"), None, None, now()).unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 200);
    assert!(
        !folder.path().join(format!("{:032x}.jsonl", 0)).exists()
            && folder.path().join(format!("{:032x}.jsonl", 204)).exists()
    );
}

#[test]
fn two_writers_of_one_world_refuse_each_other_and_those_of_two_worlds_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("runs"));
    let of = |world: &str| {
        let origin = super::Origin { world: Some(world.to_owned()), ..super::Origin::default() };
        store.begin("a.rhai", "sandbox", json!({}), Some(origin))
    };
    let first = of("one");
    first.hold("spotscript-a-dev").unwrap();
    first.hold("spotscript-a-dev").unwrap();
    assert_eq!(of("one").hold("spotscript-a-dev").unwrap_err().code, Code::GroupLocked);
    of("two").hold("spotscript-a-dev").unwrap();
}

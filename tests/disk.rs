//! A full disk, a folder that cannot be written, journals that are broken or too new: a clear error or a safe recovery.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::world::World;
use support::served::{Served, told};
use support::verbs::{assert_same, inventory};

const RUNBOOK: &str =
    "eks::ensure(eks::nodegroup(\"dev\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], desired: 1 }));";

fn command(state: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
    command.args(words).env("SPOTSCRIPT_STATE_DIR", state).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// What a command says, without what no two runs have alike.
fn refused(output: &Output, code: i32, state: &Path) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", told(output));
    let text = String::from_utf8_lossy(&output.stderr).replace(state.to_str().unwrap(), "STATE");
    let at = text.find("SPOT-").unwrap_or_default();
    text[at..].trim_end().to_owned()
}

/// The disk is full at every length that a journal comes to: what was sent is written down whole, and the run goes on when
/// there is room again.
#[test]
fn a_full_disk_stops_the_run_before_the_request_that_cannot_be_written_down() {
    let end = {
        let served = Served::new(Sandbox::fresh(1).read(World::clone));
        served.must(&["run", &served.runbook("a.rhai", RUNBOOK)]);
        served.sandbox.read(inventory)
    };
    let mut stopped = 0;
    // Blocks of 512 bytes: the beginning does not fit, the first intent, some later one.
    for blocks in [1, 2, 5, 9] {
        let served = Served::new(Sandbox::fresh(1).read(World::clone));
        let begin = served.sandbox.read(inventory);
        let runbook = served.runbook("a.rhai", RUNBOOK);
        let whole = served.command(&["run", &runbook]);
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")).arg(whole.get_program());
        limited.args(whole.get_args()).current_dir(served.state()).stdin(Stdio::null());
        limited.envs(whole.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = limited.output().unwrap();
        let text = refused(&output, 2, served.state());
        assert!(text.contains("SPOT-0804") && text.contains("make room on the disk"), "{blocks}: {text}");
        let sent = served.sandbox.read(|world| world.traffic.requests().mutating);
        let files: Vec<_> =
            fs::read_dir(served.state().join("runs")).unwrap().map(|file| file.unwrap().path()).collect();
        if sent == 0 {
            assert!(files.is_empty(), "{blocks}: a run that changed nothing leaves no file: {files:?}");
            assert_same(&served.sandbox.read(inventory), &begin, "nothing was sent");
            continue;
        }
        stopped += 1;
        let journal = fs::read_to_string(&files[0]).unwrap();
        assert!(journal.ends_with('\n'), "{blocks}: no half line");
        let lines: Vec<Value> = journal.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let intents = lines.iter().filter(|line| line["entry"] == "intent").count();
        assert_eq!(u64::try_from(intents).unwrap(), sent, "{blocks}: what was sent is written down, and nothing else");
        served.must(&["resume", "last"]);
        assert_same(&served.sandbox.read(inventory), &end, &format!("{blocks}: resumed"));
        served.must(&["undo", "last", "--yes"]);
        assert_same(&served.sandbox.read(inventory), &begin, &format!("{blocks}: undone"));
    }
    assert!(stopped >= 2, "{stopped}");
}

/// A folder in which nothing can be made, for root too.
fn unwritable(scratch: &Path) -> std::path::PathBuf {
    fs::set_permissions(scratch, fs::Permissions::from_mode(0o500)).unwrap();
    match fs::write(scratch.join("probe"), "") {
        Err(_) => scratch.to_owned(),
        Ok(()) => "/proc/self/fdinfo".into(),
    }
}

#[test]
fn a_folder_that_cannot_be_written_stops_the_run_before_its_first_request() {
    let scratch = tempfile::tempdir().unwrap();
    let state = unwritable(scratch.path());
    let served = Served::new(Sandbox::fresh(1).read(World::clone));
    let runbook = served.runbook("a.rhai", RUNBOOK);
    let output = served.command(&["run", &runbook]).env("SPOTSCRIPT_STATE_DIR", &state).output().unwrap();
    let text = refused(&output, 2, &state);
    assert!(text.starts_with("SPOT-0804") && text.contains("the lock `STATE/locks/aws/"), "{text}");
    let help = "nothing was sent: make room or rights, or choose a folder with SPOTSCRIPT_STATE_DIR";
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(help), "{text}");
    assert_eq!(served.sandbox.read(|world| world.traffic.requests().mutating), 0);
    // Who only reads is not held up.
    let listed = served.command(&["runs"]).env("SPOTSCRIPT_STATE_DIR", &state).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "No run has changed anything yet.\n");
}

/// A state folder with one run that made a group, and its file.
fn with_run() -> (tempfile::TempDir, std::path::PathBuf) {
    let state = tempfile::tempdir().unwrap();
    let runbook = state.path().join("a.rhai");
    fs::write(&runbook, RUNBOOK).unwrap();
    let output = command(state.path(), &["run", runbook.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let file = fs::read_dir(state.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    (state, file)
}

/// What each command that needs the run says.
fn told_by_all(state: &Path, file: &Path) -> String {
    let id = file.file_stem().unwrap().to_str().unwrap();
    let mut text = String::new();
    for words in [vec!["runs", "show", "last"], vec!["resume", "last"], vec!["undo", "last", "--yes"]] {
        let output = command(state, &words).output().unwrap();
        text.push_str(&format!("{}\n{}\n\n", words.join(" "), refused(&output, 2, state).replace(id, "ID")));
    }
    let listed = command(state, &["runs"]).output().unwrap();
    assert!(listed.status.success());
    let warning = String::from_utf8_lossy(&listed.stderr).replace(state.to_str().unwrap(), "STATE").replace(id, "ID");
    text + "runs\n" + warning.as_str()
}

#[test]
fn a_journal_of_a_newer_version_is_left_alone() {
    let (state, file) = with_run();
    let text = fs::read_to_string(&file).unwrap();
    let newer = text.replace("{\"v\":1,", "{\"v\":2,");
    fs::write(&file, &newer).unwrap();
    insta::assert_snapshot!(told_by_all(state.path(), &file));
    assert_eq!(fs::read_to_string(&file).unwrap(), newer);
}

#[test]
fn a_journal_that_is_broken_in_the_middle_is_told_by_its_line() {
    let (state, file) = with_run();
    let text = fs::read_to_string(&file).unwrap();
    let broken: Vec<&str> =
        text.lines().enumerate().map(|(at, line)| if at == 2 { &line[..9] } else { line }).collect();
    fs::write(&file, broken.join("\n")).unwrap();
    insta::assert_snapshot!(told_by_all(state.path(), &file));
}

/// Cut off in the middle of a line, as a power failure leaves it, a run is taken up and back as any other.
#[test]
fn a_journal_that_was_cut_off_is_taken_up_and_back() {
    let (state, file) = with_run();
    let text = fs::read_to_string(&file).unwrap();
    let at = text.match_indices("\"entry\":\"intent\"").nth(5).unwrap().0;
    fs::write(&file, &text[..at + 40]).unwrap();
    let shown = command(state.path(), &["runs", "show", "last"]).output().unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).contains("cut off"), "{}", told(&shown));
    let resumed = command(state.path(), &["resume", "last"]).output().unwrap();
    assert!(resumed.status.success(), "{}", told(&resumed));
}

/// What a later run of a chain changed cannot be told: then the chain is not taken back in part.
#[test]
fn a_chain_with_an_unreadable_part_is_not_taken_back() {
    let (state, file) = with_run();
    let id = file.file_stem().unwrap().to_str().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let begin = text.lines().next().unwrap();
    let other = begin.replace(id, "f0").replace("\"folder\":", &format!("\"resumes\":\"{id}\",\"folder\":"));
    fs::write(file.with_file_name("f0.jsonl"), format!("{other}\n{{\"v\":1\nnothing\n")).unwrap();
    let output = command(state.path(), &["undo", id, "--yes"]).output().unwrap();
    let text = refused(&output, 2, state.path());
    assert!(text.starts_with("SPOT-0805") && text.contains("f0.jsonl"), "{text}");
}

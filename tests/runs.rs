//! What runs changed is kept, also of a run that was killed.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn spotscript(state: &Path, arguments: &[&str]) -> Output {
    command(state, arguments).output().unwrap()
}

fn command(state: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
    command
        .args(arguments)
        .current_dir(state)
        .env("SPOTSCRIPT_STATE_DIR", state)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(state: &Path, arguments: &[&str]) -> serde_json::Value {
    let answer: serde_json::Value = serde_json::from_str(&stdout(&spotscript(state, arguments))).unwrap();
    answer["data"].clone()
}

const RUNBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/create_spot.rhai");

#[test]
fn every_mutating_request_of_a_run_is_written_down_with_its_answer() {
    let state = tempfile::tempdir().unwrap();
    assert_eq!(stdout(&spotscript(state.path(), &["runs"])), "No run has changed anything yet.\n");
    let told = spotscript(state.path(), &["-v", "run", RUNBOOK, "--desired", "1"]);
    let talk = String::from_utf8_lossy(&told.stderr).into_owned();
    stdout(&told);
    stdout(&spotscript(state.path(), &["run", RUNBOOK, "--desired", "1"]));

    let runs = json(state.path(), &["runs", "-o", "json"]);
    let list = runs["runs"].as_array().unwrap();
    assert_eq!(list.len(), 1, "the second run changed nothing: {runs}");
    assert_eq!((list[0]["state"].as_str(), list[0]["target"].as_str()), (Some("done"), Some("sandbox")));

    let run = json(state.path(), &["runs", "show", "last", "-o", "json"]);
    assert_eq!(run["params"]["desired"], 1);
    let of = |kind: &str| run["lines"].as_array().unwrap().iter().filter(|line| line["entry"] == kind).count();
    assert_eq!(of("intent"), of("outcome"));
    // A request that is repeated until it is taken was meant more than once and done once.
    let done = run["lines"].as_array().unwrap().iter().filter(|line| line["result"] == "done").count();
    let counted = format!(", {done} mutating;");
    assert!(talk.contains(&counted), "{counted} in {talk}");
    assert!(!run.to_string().contains("MIME-Version") && run.to_string().contains(" bytes, sha256 "));

    let text = stdout(&spotscript(state.path(), &["runs", "show", "last"]));
    assert!(text.contains("CreateAutoScalingGroup") && !text.contains("unknown"), "{text}");
}

#[test]
fn commands_are_kept_as_runbooks_are() {
    let state = tempfile::tempdir().unwrap();
    stdout(&spotscript(state.path(), &["run", RUNBOOK]));
    stdout(&spotscript(
        state.path(),
        &["delete", "nodegroup", "dev-4vcpu-16gb-spot", "--cluster", "eks-spot-eksct", "--yes"],
    ));
    let runs = json(state.path(), &["runs", "-o", "json"]);
    assert_eq!(runs["runs"][0]["script"], "delete nodegroup dev-4vcpu-16gb-spot --cluster eks-spot-eksct --yes");
    assert!(runs["runs"][0]["changes"].as_u64() > Some(5));
}

/// What a session at the REPL changes is kept as a runbook's changes are, also after it went to another world.
#[test]
fn sessions_are_kept_as_runbooks_are() {
    let state = tempfile::tempdir().unwrap();
    let make = |name: &str| {
        format!(
            "eks::ensure(eks::nodegroup(\"{name}\", #{{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"] }}), #{{ wait: false }});\n"
        )
    };
    let session = format!("{}:target sandbox other\n{}kube::nodes().len\n", make("one"), make("two"));
    let mut child = command(state.path(), &["repl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), session.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let runs = json(state.path(), &["runs", "-o", "json"]);
    let told: Vec<_> = runs["runs"].as_array().unwrap().iter().map(|run| (&run["script"], &run["state"])).collect();
    assert_eq!(told.len(), 2, "one of each world: {runs}");
    assert!(told.iter().all(|(script, state)| *script == "repl" && *state == "done"), "{runs}");
}

/// An intent is on disk before its request: wherever the process is killed, no request was sent that is not there.
#[test]
fn a_killed_run_leaves_what_it_began() {
    let state = tempfile::tempdir().unwrap();
    let runbook = state.path().join("endless.rhai");
    let group =
        "let group = eks::nodegroup(\"a\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\", \"t3.xlarge\"] });";
    std::fs::write(&runbook, format!("{group}\neks::ensure(group);\nprint(\"made\");\nloop {{ }}")).unwrap();
    let mut child = command(state.path(), &["run", runbook.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = [0; 4];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let runs = json(state.path(), &["runs", "-o", "json"]);
    assert_eq!(runs["runs"][0]["state"], "unfinished");
    let text = stdout(&spotscript(state.path(), &["runs", "show", "last"]));
    assert!(text.contains("it was killed, or it still goes on") && text.contains("CreateAutoScalingGroup"), "{text}");
}

#[test]
fn errors_name_the_way_out() {
    let state = tempfile::tempdir().unwrap();
    let told = |arguments: &[&str], code: i32| {
        let output = spotscript(state.path(), arguments);
        assert_eq!(output.status.code(), Some(code));
        String::from_utf8_lossy(&output.stderr).replace(state.path().to_str().unwrap(), "STATE")
    };
    insta::assert_snapshot!(told(&["runs", "show", "0199"], 2), @"
    SPOT-0803

      × there is no run `0199`
      help: `spotscript runs` lists them
    ");
    std::fs::write(state.path().join("runs"), "").unwrap();
    let refused = told(&["run", RUNBOOK], 2);
    let refused = refused.split("SPOT-0804").nth(1).unwrap_or(&refused);
    assert!(refused.contains("the journal `STATE/runs` cannot be"), "{refused}");
    assert!(refused.contains("nothing was sent that is not written down"), "{refused}");
}

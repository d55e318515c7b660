//! `--watch`: rows as they change, machines with the seconds that are left to them.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;
use std::process::Command;

/// Exit code, stdout and stderr of a command in a folder of its own state.
fn spotscript(state: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(arguments)
        .current_dir(state)
        .env("SPOTSCRIPT_STATE_DIR", state)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A state in which a script has run.
fn after(script: &str) -> tempfile::TempDir {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("a.rhai"), script).unwrap();
    let (code, out, err) = spotscript(state.path(), &["run", "a.rhai"]);
    assert_eq!(code, 0, "{out}{err}");
    state
}

const GROUP: &str =
    "let g = eks::nodegroup(\"dev\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], desired: 1, max: 2 });\n";

#[test]
fn rows_follow_as_they_change() {
    let state = after(&format!("{GROUP}eks::ensure(g, #{{ wait: false }});"));
    let (code, out, err) = spotscript(state.path(), &["nodes", "-w", "--every", "5s", "--for", "4m"]);
    assert_eq!((code, err.as_str()), (0, "sandbox (world default): nothing real is touched\n"));
    insta::assert_snapshot!("rows", out);
    let (_, out, _) = spotscript(state.path(), &["nodes", "--watch", "--no-headers", "--for", "4s"]);
    assert_eq!(out.lines().count(), 3, "what there is, without headers:\n{out}");
}

/// As kubectl's ends by the signal, and without a word.
#[cfg(unix)]
#[test]
fn a_watch_that_is_interrupted_ends_with_130() {
    let state = after("print(1);");
    for arguments in [&["nodes", "-w"][..], &["get", "pods", "-A", "-w"], &["nodes", "--instances", "-w"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command.args(arguments).env("SPOTSCRIPT_STATE_DIR", state.path());
        let piped = std::process::Stdio::piped;
        let mut child = command.stdout(piped()).stderr(piped()).spawn().unwrap();
        let mut first = [0];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(130), "{arguments:?}: {said}");
        assert_eq!(said, "sandbox (world default): nothing real is touched\n", "{arguments:?}");
    }
}

/// Where nobody sees it and no end is said, the sandbox's time goes no faster than a reader could follow.
#[cfg(unix)]
#[test]
fn a_watch_without_an_end_does_not_run_away_with_time() {
    let state = after("print(1);");
    let clock = || {
        let (_, out, _) = spotscript(state.path(), &["sandbox", "status", "-o", "json"]);
        let status: serde_json::Value = serde_json::from_str(&out).unwrap();
        status["data"]["time"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
    };
    let before = clock();
    let mut child = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(["nodes", "-w"])
        .env("SPOTSCRIPT_STATE_DIR", state.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130), "as kubectl's ends by the signal");
    let passed = clock().duration_since(before).as_secs();
    assert!((1..60).contains(&passed), "{passed} s of the sandbox in three of ours");
}

/// Two terminals, one world: a watch has it only while it looks.
#[cfg(unix)]
#[test]
fn a_watch_shows_what_other_commands_do() {
    use std::io::{BufRead, BufReader};
    let state = after("print(1);");
    let (_, out, _) = spotscript(state.path(), &["nodes", "-o", "name"]);
    let name = out.lines().next().unwrap().trim_start_matches("node/").to_owned();
    let mut child = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(["nodes", "-w"])
        .env("SPOTSCRIPT_STATE_DIR", state.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // In a thread of its own: a watch that tells nothing must not hang the test.
    let (sender, lines) = std::sync::mpsc::channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let next = || lines.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    let begun = [next(), next(), next()];
    assert!(begun[1].starts_with(&name) && !begun[1].contains("SchedulingDisabled"), "{begun:#?}");
    let (code, out, err) = spotscript(state.path(), &["cordon", &name]);
    assert_eq!(code, 0, "{out}{err}");
    let told = next();
    assert!(told.starts_with(&name) && told.contains("Ready,SchedulingDisabled"), "{told}");
    child.kill().unwrap();
    child.wait().unwrap();
    let (_, out, _) = spotscript(state.path(), &["nodes", &name]);
    assert!(out.contains("SchedulingDisabled"), "{out}");
}

/// Who removed a world does not find it again because someone was looking at it.
#[cfg(unix)]
#[test]
fn a_watch_ends_when_its_world_is_removed_and_does_not_bring_it_back() {
    let state = after("print(1);");
    let mut child = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(["nodes", "-w"])
        .env("SPOTSCRIPT_STATE_DIR", state.path())
        .env("NO_COLOR", "1")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let world = state.path().join("worlds/default.world");
    // Again and again: the watch may not have read it the first time.
    for _ in 0..600 {
        let _ = std::fs::remove_file(&world);
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let _ = child.kill();
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code() == Some(2) && told.contains("SPOT-0708"), "{:?} {told}", ended.status);
    assert!(told.contains("the sandbox world `default` was removed by another process"), "{told}");
    assert!(!world.exists());
}

#[test]
fn one_object_is_followed() {
    let state = after(&format!("{GROUP}eks::ensure(g);"));
    let (_, out, _) = spotscript(state.path(), &["nodes", "-o", "name"]);
    let name = out.lines().next().unwrap().trim_start_matches("node/").to_owned();
    let (code, out, _) = spotscript(state.path(), &["nodes", &name, "-w", "--for", "10s"]);
    assert_eq!((code, out.lines().count()), (0, 2), "{out}");
}

#[test]
fn machines_show_the_seconds_that_are_left() {
    let state = after(&format!(
        "{GROUP}eks::ensure(g);\nsandbox.reclaim(kube::nodes(\"alpha.eksctl.io/nodegroup-name=dev\")[0]);"
    ));
    let arguments = [
        "nodes",
        "--instances",
        "--watch",
        "--every",
        "30s",
        "--for",
        "4m",
        "-l",
        "alpha.eksctl.io/nodegroup-name=dev",
    ];
    let (code, out, err) = spotscript(state.path(), &arguments);
    assert_eq!((code, err.as_str()), (0, "sandbox (world default): nothing real is touched\n"));
    insta::assert_snapshot!("machines", out);
    assert!(out.contains("in 90s") && out.contains("in 30s"), "{out}");
}

#[test]
fn what_cannot_be_watched_is_said() {
    let state = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["get", "nodes,pods", "-w", "--for", "5s"][..], "you may only specify a single resource type"),
        (&["nodes", "-w", "-o", "json", "--for", "5s"], "tables are watched"),
        (&["nodes", "-w", "--every", "0s"], "`--every` is 0ns"),
        (&["nodes", "nosuch", "-w", "--for", "5s"], "nodes \"nosuch\" not found"),
        (&["nodes", "--instances", "-o", "yaml"], "`--instances` has no form `yaml`"),
        (&["nodes", "--instances", "-w", "-o", "json"], "`--instances` has no form `json`"),
        (&["nodes", "--every", "5s"], "--watch"),
        (&["nodes", "-w", "--every", "soon"], "write a time such as"),
    ] {
        let (code, out, err) = spotscript(state.path(), arguments);
        assert!(code != 0 && err.contains(said), "{arguments:?}: {code}\n{out}{err}");
    }
}

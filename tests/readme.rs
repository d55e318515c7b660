//! What the README shows is what happens.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::process::{Command, Output};

const README: &str = include_str!("../README.md");

/// The `number`th fenced block of a language.
fn block(language: &str, number: usize) -> String {
    let fence = format!("```{language}\n");
    let text = README.split(&fence).nth(number + 1).expect("the README has such a block");
    text.split("```").next().unwrap().to_owned()
}

fn run(name: &str, script: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), script).unwrap();
    Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(["run", name])
        .current_dir(folder.path())
        .env("SPOTSCRIPT_STATE_DIR", folder.path().join("state"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[test]
fn the_runbook_runs() {
    let output = run("runbook.rhai", &block("rhai", 0));
    let (out, talk) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{talk}");
    assert_eq!(out.lines().filter(|line| line.contains(" Ready ")).count(), 2, "{out}");
    assert!(talk.contains("1 check passed"), "{talk}");
}

#[test]
fn the_mistake_is_shown_as_printed_there() {
    let script = "let group = eks::nodegroup(\"dev\", #{\n    types: spot::types([\"m5.xlarge\"]), cluster: \
                  \"eks-spot-eksct\",\n    lables: #{ lifecycle: \"Ec2Spot\" },\n});\n";
    let output = run("odd.rhai", script);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end(), block("text", 0).trim_end());
}

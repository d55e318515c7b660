//! `spotscript check`: silent about correct scripts, exact about wrong ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use spotscript::cli::target::sandbox_host;
use spotscript::host::{FilePolicy, Recorder};
use spotscript::sandbox::Sandbox;
use spotscript::script::catalog::Catalog;
use spotscript::script::check::{Checker, Finding};
use spotscript::script::{Session, stdlib};

fn checker() -> Checker {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    Checker::new(&host).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scripts(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "rhai")).collect();
    files.sort();
    files
}

fn told(finding: &Finding) -> String {
    let (line, column) = finding.at();
    format!("{}:{line}:{column} {}: {}", finding.place.name, finding.code(), finding.error.message)
}

#[test]
fn correct_scripts_have_no_findings() {
    let checker = checker();
    let mut alarms = Vec::new();
    let mut files = scripts("tests/check/good");
    assert!(files.len() >= 60, "only {} correct scripts", files.len());
    files.extend(["scripts", "stdlib", "tests/check/good/lib"].into_iter().flat_map(scripts));
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        alarms.extend(checker.check(&file.display().to_string(), &text).iter().map(told));
    }
    assert!(alarms.is_empty(), "{} false alarms in {} scripts:\n{}", alarms.len(), files.len(), alarms.join("\n"));
}

/// A correct script is one that runs.
#[test]
fn correct_scripts_run() {
    for file in scripts("tests/check/good") {
        let folder = tempfile::tempdir().unwrap();
        let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(folder.path(), &[]));
        host.files().read_beside(&file);
        let mut session = Session::new(&host).unwrap();
        let (name, text) = (file.display().to_string(), std::fs::read_to_string(&file).unwrap());
        let ran = session.compile(&name, &text).and_then(|program| session.run(&program, &rhai::Map::new()));
        assert!(ran.is_ok(), "{name}: {}", ran.unwrap_err().error.message);
        assert_eq!(host.record().failed_checks(), 0, "{name}: {:?}", host.record().checks);
    }
}

#[test]
fn examples_of_bindings_and_of_the_standard_library_have_no_findings() {
    let checker = checker();
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let catalog = Catalog::of(Session::new(&host).unwrap().engine());
    let mut alarms = Vec::new();
    let mut count = 0;
    for entry in catalog.own() {
        for text in entry.examples() {
            count += 1;
            alarms
                .extend(checker.check(&entry.path(), &text).iter().map(|finding| format!("{}\n{text}", told(finding))));
        }
    }
    assert!(count > 200 && stdlib::names().count() > 4, "only {count} examples");
    assert!(alarms.is_empty(), "{} false alarms:\n{}", alarms.len(), alarms.join("\n"));
}

/// `//~ SPOT-0102 text`: a finding with that code is on this line, and its span begins with that text.
fn expected(text: &str) -> BTreeSet<(usize, usize, String)> {
    let mut expected = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let mut parts = line.split("//~ ");
        let code = parts.next().unwrap_or_default();
        for part in parts {
            let (number, word) = part.trim().split_once(' ').expect("a code and a text");
            let byte = code.find(word).unwrap_or_else(|| panic!("line {}: `{word}` is not there", index + 1));
            expected.insert((index + 1, code[..byte].chars().count() + 1, number.to_owned()));
        }
    }
    expected
}

#[test]
fn wrong_scripts_have_exactly_the_findings_they_name() {
    let checker = checker();
    let (mut faults, mut count) = (Vec::new(), 0);
    for file in scripts("tests/check/wrong") {
        let text = std::fs::read_to_string(&file).unwrap();
        let expected = expected(&text);
        count += expected.len();
        let findings = checker.check(&file.display().to_string(), &text);
        let found: BTreeSet<(usize, usize, String)> =
            findings.iter().map(|finding| (finding.at().0, finding.at().1, finding.code().to_string())).collect();
        let name = file.file_name().unwrap().display().to_string();
        for missed in expected.difference(&found) {
            faults.push(format!("{name}:{}:{} {} was missed", missed.0, missed.1, missed.2));
        }
        for finding in &findings {
            let (line, column) = finding.at();
            if !expected.contains(&(line, column, finding.code().to_string())) {
                faults.push(format!("{} was not expected", told(finding)));
            }
        }
    }
    assert!(count >= 80, "only {count} expectations");
    assert!(faults.is_empty(), "{} differences of {count}:\n{}", faults.len(), faults.join("\n"));
}

/// Runs the command in an empty folder with one script in it.
fn run(arguments: &[&str], text: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    if !text.is_empty() {
        std::fs::write(folder.path().join("a.rhai"), text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .arg("check")
        .args(arguments)
        .current_dir(folder.path())
        .env("SPOTSCRIPT_STATE_DIR", folder.path())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

const FAULTY: &str = "/* 节点, 100% */ let group = eks::nodgroup(\"dev\", #{});\nprint(PARAM);\n";

#[test]
fn findings_are_drawn_and_counted() {
    let (code, out, _) = run(&[], FAULTY);
    assert_eq!(code, 3);
    insta::assert_snapshot!(out, @r#"
    SPOT-0621

      × `group` is never read
       ╭─[a.rhai:1:20]
     1 │ /* 节点, 100% */ let group = eks::nodgroup("dev", #{});
       ·                      ─────
     2 │ print(PARAM);
       ╰────
      help: remove it, or call it `_group` if that is meant
    SPOT-0602

      × there is no function `eks::nodgroup`
       ╭─[a.rhai:1:33]
     1 │ /* 节点, 100% */ let group = eks::nodgroup("dev", #{});
       ·                                   ────────
     2 │ print(PARAM);
       ╰────
      help: did you mean `eks::nodegroup`?

    2 findings in 1 of 1 file
    "#);
}

#[test]
fn findings_as_annotations() {
    let (code, out, _) = run(&["--github"], FAULTY);
    assert_eq!(code, 3);
    insta::assert_snapshot!(out, @r"
    ::warning file=a.rhai,line=1,endLine=1,col=20,endColumn=25,title=SPOT-0621::`group` is never read%0Ahelp: remove it, or call it `_group` if that is meant
    ::error file=a.rhai,line=1,endLine=1,col=33,endColumn=41,title=SPOT-0602::there is no function `eks::nodgroup`%0Ahelp: did you mean `eks::nodegroup`?
    ");
}

#[test]
fn findings_as_json() {
    let (code, out, _) = run(&["-o", "json"], FAULTY);
    assert_eq!(code, 3);
    insta::assert_snapshot!(out, @r#"
    {
      "schema": "spotscript.check/v1",
      "data": {
        "files": 1,
        "findings": [
          {
            "file": "a.rhai",
            "line": 1,
            "column": 20,
            "end_line": 1,
            "end_column": 25,
            "severity": "warning",
            "code": "SPOT-0621",
            "message": "`group` is never read",
            "help": "remove it, or call it `_group` if that is meant"
          },
          {
            "file": "a.rhai",
            "line": 1,
            "column": 33,
            "end_line": 1,
            "end_column": 41,
            "severity": "error",
            "code": "SPOT-0602",
            "message": "there is no function `eks::nodgroup`",
            "help": "did you mean `eks::nodegroup`?"
          }
        ]
      }
    }
    "#);
}

#[test]
fn nothing_found_and_nothing_there() {
    let (code, out, _) = run(&["a.rhai"], "print(1);\n");
    assert_eq!((code, out.as_str()), (0, "1 file, no findings\n"));
    let (code, _, err) = run(&["."], "");
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @r"
    SPOT-0801

      × there is no `*.rhai` in `.`
      help: `spotscript new NAME` writes a runbook to begin with
    ");
    let (code, _, err) = run(&["b.rhai"], "");
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @r"
    SPOT-0801

      × there is no `b.rhai`
      help: give scripts, or folders with `*.rhai` in them
    ");
}

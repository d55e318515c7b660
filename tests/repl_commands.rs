//! The commands of a session, from the outside: what each tells, and what it says when it is used wrongly.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "support/repl.rs"]
mod repl;

use std::process::Command;

use repl::{feed, feed_to};

/// Group of two nodes, as an input of one line.
const GROUP: &str =
    "let g = eks::nodegroup(\"mine\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], desired: 2 });\n";

#[test]
fn plan_tells_what_would_change_and_changes_nothing() {
    let state = tempfile::tempdir().unwrap();
    let text = format!(
        "{GROUP}:plan\n:plan eks::ensure(g)\neks::list(\"eks-spot-eksct\").names.contains(\"mine\")\n\
         eks::ensure(g).verdict\n:plan eks::ensure(g)\n:plan\n:plan eks::lst()\n"
    );
    let (out, err, code) = feed(state.path(), &text);
    insta::assert_snapshot!("plan", out);
    assert!(err.contains("did you mean `eks::list`?"), "{err}");
    assert_eq!(code, 1);
}

#[test]
fn a_plan_keeps_to_the_time_limit() {
    let state = tempfile::tempdir().unwrap();
    let mut session = repl::repl(state.path());
    let (out, err, code) = feed_to(session.args(["--timeout", "500ms"]), ":plan loop { }\nprint(\"after\")\n");
    assert!(err.contains("SPOT-0611"), "{out}{err}");
    assert_ne!(code, 0);
}

#[test]
fn time_tells_both_clocks_and_the_requests() {
    let state = tempfile::tempdir().unwrap();
    let (out, err, code) =
        feed(state.path(), ":time 6 * 7\n:time sleep(90)\n:time kube::nodes().len\n:time 1 / 0\n:time\n");
    assert_eq!((out.as_str(), code), ("42\n2\n", 1));
    let took: Vec<&str> = err.lines().filter(|line| line.starts_with("took ")).collect();
    assert_eq!(took.len(), 3, "{err}");
    assert!(!took[0].contains("clock") && !took[0].contains("request"), "{err}");
    assert!(took[1].contains("1m30s on the target's clock"), "{err}");
    assert!(took[2].contains("request"), "{err}");
    assert!(err.contains("`:time` needs an argument") && err.contains("write `:time EXPR`"), "{err}");
}

#[test]
fn watch_runs_so_many_rounds_on_the_targets_clock() {
    let state = tempfile::tempdir().unwrap();
    let (out, err, code) = feed(state.path(), ":watch 60x3 6 * 7\n:watch often 1\n:watch 1x0 1\n:watch 5\n");
    assert_eq!((out.as_str(), code), ("42\n42\n42\n", 1));
    insta::assert_snapshot!(err, @r"
    every 60 s, round 1: 6 * 7
    sandbox (world default): nothing real is touched
    every 60 s, round 2: 6 * 7
    every 60 s, round 3: 6 * 7
    SPOT-0606

      × `often` is no number of seconds
      help: write `:watch SECONDS EXPR`, or `:watch SECONDSxTIMES EXPR` for so many rounds
    SPOT-0606

      × `0` is no number of rounds
      help: write `:watch SECONDS EXPR`, or `:watch SECONDSxTIMES EXPR` for so many rounds
    SPOT-0606

      × `:watch` needs a number of seconds and an expression
      help: write `:watch SECONDS EXPR`, or `:watch SECONDSxTIMES EXPR` for so many rounds
    ");
}

#[cfg(unix)]
#[test]
fn edit_runs_what_the_editor_leaves() {
    use std::os::unix::fs::PermissionsExt;

    let state = tempfile::tempdir().unwrap();
    let editor = state.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\nsed -i.before s/6/60/ \"$1\"\n").unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(state.path().join("book.rhai"), "let edited = 6;\n").unwrap();
    let mut session = repl::repl(state.path());
    session.env_remove("VISUAL").env("EDITOR", &editor);
    let (out, err, code) = feed_to(&mut session, "6 * 7\n:edit\n:edit book.rhai\nedited\n");
    assert_eq!((out.as_str(), err.as_str(), code), ("42\n420\n60\n", "60 * 7\n", 0));

    let (_, err, code) = feed_to(repl::repl(state.path()).env_remove("VISUAL").env_remove("EDITOR"), "1\n:edit\n");
    assert!(err.contains("no editor is named") && err.contains("EDITOR=vi"), "{err}");
    assert_eq!(code, 1);
    let mut failing = repl::repl(state.path());
    let (_, err, _) = feed_to(failing.env_remove("VISUAL").env("EDITOR", "false"), "print(1)\n:edit\n");
    assert!(err.contains("the editor `false` failed") && err.contains("nothing was run"), "{err}");
}

#[test]
fn reset_forgets_what_was_defined_and_not_what_was_done() {
    let state = tempfile::tempdir().unwrap();
    let text = "let a = 1;\nfn f() { 2 }\nimport \"std/format\" as format;\nsleep(60);\n:reset\n:vars\nf()\na\nformat::count(1, \"node\")\n";
    let (out, err, code) = feed(state.path(), text);
    assert_eq!((out.as_str(), code), ("no variables yet: `let name = …`\n", 1));
    insta::assert_snapshot!(err, @r#"
    sandbox (world default): nothing real is touched
    2026-01-01 00:00:00 [ℹ]  waiting for `sleep`, 60 s
    all variables, functions and imports are gone; the world is as it was
    SPOT-0602

      × there is no function `f`
       ╭─[repl#5:1:1]
     1 │ f()
       · ─
       ╰────
    SPOT-0603

      × there is no variable `a`
       ╭─[repl#6:1:1]
     1 │ a
       · ─
       ╰────
      help: declare it first: `let a = …;`
    SPOT-0602

      × there is no namespace `format`
       ╭─[repl#7:1:1]
     1 │ format::count(1, "node")
       · ──────
       ╰────
      help: a module is brought in by `import "…" as format;`, in a function by an `import` of its own
    "#);
}

#[test]
fn target_says_what_answers_and_changes_it_with_care() {
    let state = tempfile::tempdir().unwrap();
    let text =
        ":target\nlet a = 1;\n:target sandbox other\n:target\na\n:target aws\n:target sandbax\n:target sandbox ../x\n";
    let (out, err, code) = feed(state.path(), text);
    insta::assert_snapshot!(out, @r"
    sandbox (world default): nothing real is touched
    sandbox (world other): nothing real is touched
    ");
    insta::assert_snapshot!(err, @r"
    sandbox (world other): nothing real is touched; variables, functions and imports begin anew
    SPOT-0603

      × there is no variable `a`
       ╭─[repl#2:1:1]
     1 │ a
       · ─
       ╰────
      help: declare it first: `let a = …;`
    SPOT-0606

      × with `aws`, what you enter changes real things
      help: write `:target! aws` if that is meant
    SPOT-0606

      × there is no target `sandbax`
      help: did you mean `sandbox`?
    SPOT-0101

      × `../x` is no name for a sandbox world
      help: a world's name is 1 to 64 letters, digits, `-` or `_`
    ");
    assert_eq!(code, 1);
}

#[test]
fn type_tells_without_running() {
    let state = tempfile::tempdir().unwrap();
    let text = "fn f() { 1 }\nlet nodes = 5;\n:type kube::nodes().ready()[0].name\n:type nodes * 2.5\n:type f()\n\
                :type sleep(99999)\n:type if nodes > 1 { \"a\" } else { \"b\" }\n:type \"abc\"[0]\n:time \"abc\"\n:type let x = 1;\n:type 1 +\n:type\n";
    let (out, err, code) = feed(state.path(), text);
    insta::assert_snapshot!(out, @r"
    string
    float
    any (not evident without running it)
    nothing
    string
    char
    abc
    nothing
    ");
    assert!(err.contains("SPOT-0601") && err.contains("`:type` needs an argument"), "{err}");
    assert_eq!(code, 1);
}

#[test]
fn explain_tells_of_a_code_or_of_the_last_error() {
    let state = tempfile::tempdir().unwrap();
    let (out, err, code) = feed(state.path(), "1 / 0\n:explain\n:explain spot-0102\n:explain SPOT-9999\n");
    assert!(out.starts_with("SPOT-0603, exit code 1\n") && out.contains("SPOT-0102, exit code "), "{out}");
    assert!(err.contains("SPOT-9999"), "{err}");
    assert_eq!(code, 1);
    let (_, err, _) = feed(state.path(), ":explain\n");
    assert!(err.contains("`:explain` needs an argument"), "{err}");
}

#[test]
fn doc_knows_functions_types_namespaces_modules_and_what_was_defined() {
    let state = tempfile::tempdir().unwrap();
    let text = "/// Doubles.\nfn twice(n) { n * 2 }\nlet n = kube::nodes();\n:doc twice\nn.ready?\n:doc std/format\n:doc eks::lst\n:doc n.redy\n";
    let (out, err, code) = feed(state.path(), text);
    insta::assert_snapshot!(out, @r#"
    twice(n) → any

      Doubles.
    Nodes.ready() → Nodes

      The nodes that are Ready.

    Example
      check("all are", kube::nodes().ready().len == kube::nodes().len);

      Since 0.1.0
    std/format
      Small helpers for what a runbook prints.

    Functions
      std/format::bullets(items) → any
          The items of a list, one a line, each behind a dash.
      std/format::count(number, noun) → any
          `1 node`, `2 nodes`.
      std/format::duration(seconds) → any
          Seconds as people say them: `45s`, `3m2s`, `1h5m`.
      std/format::heading(title) → any
          A heading that separates the parts of an output.
      std/format::join(items, separator) → any
          The items of a list, joined for reading.
      std/format::percent(part, whole) → any
          A part of a whole in percent, rounded; `0%` of nothing.
      std/format::table(rows, keys) → any
          A list of maps as a table: a column for each key given, in that order.
    "#);
    let err: Vec<&str> = err.lines().filter(|line| line.contains("help:") || line.contains("×")).collect();
    insta::assert_snapshot!(err.join("\n"), @r"
    × there is nothing called `eks::lst`
    help: did you mean `eks::list`?
    × there is nothing called `Nodes.redy`
    help: did you mean `Nodes.ready`?
    ");
    assert_eq!(code, 1);
}

#[test]
fn err_holds_the_last_failure_and_it_the_last_value() {
    let state = tempfile::tempdir().unwrap();
    let (out, _, _) = feed(state.path(), "6 * 7\n1 / 0\nerr.code\n:json #{ a: [it] }\n");
    assert_eq!(out, "42\nSPOT-0603\n{\n  \"a\": [\n    \"SPOT-0603\"\n  ]\n}\n");
}

#[test]
fn words_of_other_shells_are_understood_unless_a_variable_has_them() {
    let state = tempfile::tempdir().unwrap();
    let (out, err, code) = feed(state.path(), "help\nlet help = 5;\nhelp\nexit\nprint(1)\n");
    assert_eq!((err.as_str(), code), ("", 0));
    insta::assert_snapshot!(out, @r"
    Statements run when they are whole; an empty line ends any input.
    `it` is the last value, `err` the last error.

      :help                 Show this
      :doc NAME             Show what a name does; `NAME?` does the same
      :type EXPR            Tell the type of an expression without running it
      :vars                 List the variables with their types
      :x                    Show values line by line instead of in tables, or no longer
      :json EXPR            Show a value as JSON
      :time EXPR            Run something and tell how long it took
      :watch SECONDS EXPR   Run something again and again, until Ctrl-C
      :plan EXPR            Tell what something would change, and change nothing
      :load FILE            Run a runbook here; its variables and functions stay
      :save FILE            Write what worked so far as a runbook; `:save!` overwrites
      :edit FILE            Edit a file, or the last input, in $EDITOR and run it
      :history              List the inputs of this session
      :target NAME          Show what answers, or change it: `sandbox [WORLD]`, `aws`
      :explain CODE         Tell what an error's code means; without one, the last error's
      :reset                Forget all variables, functions and imports
      :quit                 Leave; Ctrl-D does the same

    Tab     completes names, options, paths and instance types
    →       takes what is shown behind the cursor
    Ctrl-R  searches what was entered before
    Ctrl-C  stops what runs
    5
    ");
}

#[test]
fn a_slip_in_a_variable_or_a_call_is_told_with_what_was_meant() {
    let state = tempfile::tempdir().unwrap();
    let (_, err, _) = feed(state.path(), "let nodes = 2;\nndoes + 1\nzone = 1\nprint nodes\n");
    insta::assert_snapshot!(err, @r"
    SPOT-0603

      × there is no variable `ndoes`
       ╭─[repl#2:1:1]
     1 │ ndoes + 1
       · ─────
       ╰────
      help: did you mean `nodes`?
    SPOT-0603

      × there is no variable `zone`
       ╭─[repl#3:1:1]
     1 │ zone = 1
       · ────
       ╰────
      help: `zone` is a function: write `zone(…)`
    SPOT-0601

      × `print` is a function and is called with brackets
       ╭─[repl#4:1:1]
     1 │ print nodes
       · ─────
       ╰────
      help: write `print(…)`
    ");
}

#[test]
fn what_is_saved_is_what_the_session_knows() {
    let state = tempfile::tempdir().unwrap();
    let session = "fn two() { 2 }
let x = two(); let y = 1 / 0;
x
let x = two();
x
fn late() { 3 } 1 / 0
late()
fn two() { 22 }
:save saved.rhai
";
    let (out, told, _) = feed(state.path(), session);
    assert_eq!(out, "2\n3\n", "what a failed input declared is not there: {told}");
    assert!(told.contains("warning: `two` was written anew"), "{told}");
    let saved = std::fs::read_to_string(state.path().join("saved.rhai")).unwrap();
    insta::assert_snapshot!("saved_after_failures", saved);
    let ran = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(["run", "saved.rhai"])
        .current_dir(state.path())
        .env("SPOTSCRIPT_STATE_DIR", state.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_line_that_is_no_text_does_not_end_the_session() {
    let state = tempfile::tempdir().unwrap();
    let mut child = repl::repl(state.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"1 + 1\n\xff\xfe\n2 + 2\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n4\n");
    assert!(String::from_utf8_lossy(&output.stderr).contains("SPOT-0801"));
    assert_eq!(output.status.code(), Some(1));
}

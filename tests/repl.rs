//! The interactive face: fed from a pipe, and at a pseudo-terminal as a person would use it.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;

#[path = "support/repl.rs"]
mod support;

use support::{feed, repl};

#[test]
fn what_one_line_defines_the_next_ones_know() {
    let state = tempfile::tempdir().unwrap();
    let (out, err, code) = feed(
        state.path(),
        r#"let size = 20;
size * 2
it + 2
import "std/format" as format;
const LIMIT = 3;
fn twice(n) {

    n * LIMIT_OF(n)
}
fn LIMIT_OF(n) { if n > 10 { 1 } else { 2 } }
twice(4)
format::count(LIMIT, "node")
fn told(n) { format::count(n, "group") }
told(1)
let add = |a| a + size;
add.call(1)
[#{ zone: "a", nodes: 1 }, #{ zone: "c", nodes: 12 }]
:vars
"#,
    );
    insta::assert_snapshot!(out, @r#"
    40
    42
    8
    3 nodes
    1 group
    21
    nodes  zone
    ────────────
        1  a
       12  c
    name   type     value
    ──────────────────────────────────────────────────────────────────────────
    LIMIT  int      3
    add    closure
    it     list     [#{"nodes": 1, "zone": "a"}, #{"nodes": 12, "zone": "c"}]
    size   int      20
    "#);
    assert_eq!((err.as_str(), code), ("", 0));
}

#[test]
fn an_error_names_its_line_and_the_session_goes_on() {
    let state = tempfile::tempdir().unwrap();
    let (out, err, code) = feed(
        state.path(),
        r#"fn share(n) { 12 / n }
let kept = 1;
share(0)
let y = ;
kept.naem
eks::lst("eks-spot-eksct")
:hepl
kept + 1
"#,
    );
    assert_eq!((out.as_str(), code), ("2\n", 1));
    insta::assert_snapshot!(err, @r#"
    SPOT-0603

      × division by zero: 12 / 0
       ╭─[repl#1:1:18]
     1 │ fn share(n) { 12 / n }
       ·                  ─
       ╰────
      ☞ in call to `share`
       ╭─[repl#3:1:1]
     1 │ share(0)
       · ─────
       ╰────
    SPOT-0601

      × unexpected `;`
       ╭─[repl#4:1:9]
     1 │ let y = ;
       ·         ─
       ╰────
    SPOT-0603

      × `int` has no property `naem`
       ╭─[repl#5:1:6]
     1 │ kept.naem
       ·      ────
       ╰────
      help: `spotscript docs int` lists what its values have
    SPOT-0602

      × there is no function `eks::lst`
       ╭─[repl#6:1:6]
     1 │ eks::lst("eks-spot-eksct")
       ·      ───
       ╰────
      help: did you mean `eks::list`?
    SPOT-0606

      × there is no command `:hepl`
      help: did you mean `:help`?
    "#);
}

#[test]
fn steps_and_checks_are_told_and_a_failed_check_counts() {
    let state = tempfile::tempdir().unwrap();
    let text = "step \"outer\" {\n  step \"inner\" { check(\"it holds\", true); }\n}\ncheck(\"it does not\", 1 == 2)\n";
    let (out, err, code) = feed(state.path(), text);
    assert_eq!((out.as_str(), code), ("true\nfalse\n", 1));
    let err =
        err.lines().map(|line| line.split("  ").filter(|part| !part.ends_with("ms")).collect::<Vec<_>>().join("  "));
    insta::assert_snapshot!(err.collect::<Vec<_>>().join("\n"), @r"
    ▶ outer
      ▶ inner
      ✔ it holds
    ✔ outer
      ✔ inner
      ✘ it does not
    ");
}

#[test]
fn exit_leaves_with_its_code_and_nothing_after_it_runs() {
    let state = tempfile::tempdir().unwrap();
    assert_eq!(feed(state.path(), "exit(7)\nprint(1)\n"), (String::new(), String::new(), 7));
    assert_eq!(feed(state.path(), "fn leave() { step \"s\" { exit(); } }\nleave()\nprint(1)\n").2, 0);
    assert_eq!(feed(state.path(), "1 / 0\n:quit\nprint(1)\n").0, "");
    // What is unfinished when the input ends is an error.
    let (_, err, code) = feed(state.path(), "fn f() {\n");
    assert!(err.contains("SPOT-0601") && code == 1, "{err}");
}

#[test]
fn a_loaded_runbook_leaves_its_names_behind() {
    let state = tempfile::tempdir().unwrap();
    std::fs::create_dir(state.path().join("books")).unwrap();
    std::fs::write(state.path().join("books/low.rhai"), "fn half(n) { n / 2 }").unwrap();
    let book = r#"const PARAMS = #{ nodes: #{ type: "int", init: 8 } };
import "./low" as low;
fn of_params() { PARAM.nodes }
let halved = low::half(PARAM.nodes);
"#;
    std::fs::write(state.path().join("books/book.rhai"), book).unwrap();
    let (out, err, code) = feed(state.path(), ":load books/book.rhai\nhalved\nlow::half(halved)\nof_params()\n");
    assert_eq!((out.as_str(), err.as_str(), code), ("4\n2\n8\n", "", 0));
}

#[test]
fn the_world_is_saved_after_each_line() {
    let state = tempfile::tempdir().unwrap();
    let text = r#"sleep(3600)
let a = 1;
eks::scale(eks::get("eks-spot-eksct", "nobody"), 1)
"#;
    let world = state.path().join("worlds/default.world");
    let (_, err, code) = feed(state.path(), text);
    assert!(code == 1 && err.contains("SPOT-"), "{err}");
    let before = std::fs::read(&world).unwrap();
    assert_eq!(feed(state.path(), "1\n").2, 0);
    assert_eq!(std::fs::read(&world).unwrap(), before, "nothing was asked of the world");
    assert_eq!(feed(state.path(), "sleep(60)\n").2, 0);
    assert_ne!(std::fs::read(&world).unwrap(), before, "a minute passed");
}

#[cfg(unix)]
mod at_a_terminal {
    use super::*;
    use rexpect::session::{PtySession, spawn_command};
    use std::time::{Duration, Instant};

    const PROMPT: &str = "spot> ";

    fn start(state: &Path) -> PtySession {
        let mut session = spawn_command(repl(state), Some(20_000)).unwrap();
        session.exp_string(PROMPT).unwrap();
        session
    }

    /// Types a line and waits until `answer` and then the next prompt are there.
    fn ask(session: &mut PtySession, line: &str, answer: &str) {
        type_in(session, line);
        session.exp_string(answer).unwrap();
        session.exp_string(PROMPT).unwrap();
    }

    fn type_in(session: &mut PtySession, text: &str) {
        session.send(text).unwrap();
        session.send("\r").unwrap();
        session.flush().unwrap();
    }

    #[test]
    fn input_may_take_several_lines_and_history_keeps_them() {
        let state = tempfile::tempdir().unwrap();
        let mut session = start(state.path());
        for line in ["fn area(a,", "b) {", "a * b"] {
            type_in(&mut session, line);
        }
        type_in(&mut session, "}");
        session.exp_string(PROMPT).unwrap();
        ask(&mut session, "`is ${area(6, 7)}`", "\nis 42");
        // An empty line ends what would go on for ever.
        type_in(&mut session, "fn endless() {");
        ask(&mut session, "", "SPOT-0601");
        // Tab completes from what the session knows.
        ask(&mut session, "print(ar\tea\u{8}\u{8}2, 3))", "\n6");
        session.send("\u{4}").unwrap();
        session.flush().unwrap();
        session.exp_eof().unwrap();
        let history = std::fs::read_to_string(state.path().join("history")).unwrap();
        assert!(history.contains("fn area(a,\\nb) {\\na * b\\n}"), "{history}");
        let mut again = start(state.path());
        again.send("\u{1b}[A\u{1b}[A\u{1b}[A").unwrap();
        again.send("\r").unwrap();
        again.flush().unwrap();
        // Functions are not kept from session to session: only what was typed is.
        again.exp_string("there is no function `area`").unwrap();
    }

    #[test]
    fn interrupts_end_the_line_or_the_call_and_keep_the_session() {
        let state = tempfile::tempdir().unwrap();
        let mut session = start(state.path());
        ask(&mut session, "let kept = 5; kept", "\n5");
        session.send("let abandoned = ").unwrap();
        session.send_control('c').unwrap();
        session.exp_string(PROMPT).unwrap();
        for _ in 0..2 {
            type_in(&mut session, "print(\"on it\"); loop {}");
            session.exp_string("\non it").unwrap();
            std::thread::sleep(Duration::from_millis(100));
            let asked = Instant::now();
            session.send_control('c').unwrap();
            session.exp_string("SPOT-0902").unwrap();
            assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
            session.exp_string(PROMPT).unwrap();
        }
        ask(&mut session, "kept + 1", "\n6");
        ask(&mut session, "abandoned", "there is no variable `abandoned`");
        session.send("\u{4}").unwrap();
        session.flush().unwrap();
        session.exp_eof().unwrap();
    }

    #[test]
    fn a_history_that_cannot_be_read_is_a_warning_and_is_left_alone() {
        let state = tempfile::tempdir().unwrap();
        let broken = [0xffu8, 0xfe, b'\n', 0xff];
        std::fs::write(state.path().join("history"), broken).unwrap();
        let mut session = spawn_command(repl(state.path()), Some(20_000)).unwrap();
        session.exp_string("warning: the history").unwrap();
        session.exp_string(PROMPT).unwrap();
        ask(&mut session, "40 + 2", "\n42");
        session.send("\u{4}").unwrap();
        session.flush().unwrap();
        session.exp_eof().unwrap();
        assert_eq!(std::fs::read(state.path().join("history")).unwrap(), broken);
    }
}

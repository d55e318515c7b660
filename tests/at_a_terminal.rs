//! At a pseudo-terminal, as a person would: a newcomer's first session, and what only a terminal has.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "support/terminal.rs"]
mod terminal;

use std::path::Path;
use std::process::Command;

use terminal::{Terminal, key};

fn spotscript(state: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
    command.args(arguments).current_dir(state).env("SPOTSCRIPT_STATE_DIR", state).env("NO_COLOR", "1");
    command.env("XDG_CONFIG_HOME", state).env("HOME", state).env_remove("SPOTSCRIPT_TARGET");
    command
}

#[test]
fn a_newcomers_session() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(&spotscript(state.path(), &["repl"]));
    terminal.at("spot>");

    // Tab completes, and what the call wants stands behind the cursor.
    terminal.keys("let group = eks::nod\t");
    terminal.at("spot> let group = eks::nodegroup(name: string, options: map)");
    terminal.keys("\"mine\", #{");
    terminal.at("spot> let group = eks::nodegroup(\"mine\", #{ cluster: string, types: list of string … }");
    terminal.line(" cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\", \"t3.xlarge\"], desired: 2 });");
    terminal.at("spot>");

    // A group, and the nodes that came of it.
    terminal.line("eks::ensure(group)").see("nodes Ready:").at("spot>");
    terminal.line("kube::nodes(\"alpha.eksctl.io/nodegroup-name=mine\")").see("Ready").at("spot>");

    // A typing mistake: the place, and what was meant.
    terminal.line("kube::ndoes()").see("did you mean `kube::nodes`?").at("spot>");

    // A wait that goes on until it is interrupted.
    terminal.line("wait_until(\"9000h\", || kube::nodes().len > 99)").see("waiting for what repl#");
    terminal.keys(key::CTRL_C).see("SPOT-0902").at("spot>");

    // The session becomes a runbook.
    terminal.line(":save first.rhai").see("saved").at("spot>");
    terminal.keys(key::CTRL_D);
    let (shown, code) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    insta::assert_snapshot!("newcomer", shown);

    let saved = std::fs::read_to_string(state.path().join("first.rhai")).unwrap();
    insta::assert_snapshot!("newcomer_saved", saved);

    // It runs, and finds everything as it should be.
    let (shown, code) = Terminal::start(&spotscript(state.path(), &["run", "first.rhai"])).end();
    assert_eq!(code, 0, "{shown}");
    // How long it took on the wall is in its last line; how long the wait was let go on is in the world's time since.
    let told = shown.rsplit_once(" in ").map_or(shown.as_str(), |(told, _)| told);
    insta::assert_snapshot!("newcomer_run", without_seconds(told));
}

/// The same with no times of a log, and with the rows of nodes without their ages: how wide they are says how old they are.
fn without_seconds(told: &str) -> String {
    let line = |line: &str| match line.strip_prefix("2026-01-01 ") {
        Some(rest) => format!("TIME{}", rest.get(8..).unwrap_or_default()),
        None if line.starts_with("NAME ") || line.contains(" Ready    <none>") => {
            let words: Vec<&str> = line.split_whitespace().collect();
            let age = words.len().saturating_sub(2);
            let word = |(at, word): (usize, &&str)| if at == age { "AGE".to_owned() } else { (*word).to_owned() };
            words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
        }
        None => line.to_owned(),
    };
    told.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn session(state: &Path) -> Terminal {
    let mut terminal = Terminal::start(&spotscript(state, &["repl"]));
    terminal.at("spot>");
    terminal
}

fn leave(mut terminal: Terminal) -> String {
    terminal.keys(key::CTRL_D);
    let (shown, code) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    shown
}

#[test]
fn a_startup_file_runs_first_and_a_wrong_one_keeps_nobody_out() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("spotscript/init.rhai");
    std::fs::create_dir(state.path().join("spotscript")).unwrap();
    std::fs::write(&file, "const CLUSTER = \"eks-spot-eksct\";\nfn twice(n) { n * 2 }\n").unwrap();
    let mut terminal = session(state.path());
    terminal.line("twice(CLUSTER.len)").see("\n28").at("spot>");
    leave(terminal);

    std::fs::write(&file, "let kept = 1;\nlet broken = kept.naem;\nlet unreached = 2;\n").unwrap();
    let mut terminal = session(state.path());
    terminal.line("kept + 1").see("\n2").at("spot>");
    let shown = leave(terminal).replace(&state.path().display().to_string(), "~");
    insta::assert_snapshot!("startup_file_fails", shown);

    // What cannot be read: no text at all. (Whoever tests as root may read every file.)
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    let mut terminal = session(state.path());
    terminal.see("warning: the startup file").line("1 + 1").see("\n2").at("spot>");
    leave(terminal);
    let mut terminal = Terminal::start(&spotscript(state.path(), &["repl", "--no-init"]));
    terminal.at("spot>");
    assert!(!leave(terminal).contains("warning"));
}

#[test]
fn values_documentation_and_tables_can_be_looked_at() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = session(state.path());
    terminal.line("6 * 7").see("\n42").at("spot>");
    terminal.line("it + 1").see("\n43").at("spot>");
    terminal.line("let nodes = kube::nodes();").see("nothing real is touched").at("spot>");
    terminal.line("nodes.ready?").see("Nodes.ready").at("spot>");
    terminal.line(":x").see("line by line").at("spot>");
    terminal.line("[#{ zone: \"a\", nodes: 1 }, #{ zone: \"c\", nodes: 12 }]").see("12").at("spot>");
    terminal.line(":x").see("in tables").at("spot>");
    terminal.line("[#{ zone: \"a\", nodes: 1 }, #{ zone: \"c\", nodes: 12 }]").see("zone\n").at("spot>");
    insta::assert_snapshot!("looked_at", leave(terminal));
}

#[test]
fn what_is_pasted_is_one_input_and_what_was_entered_is_found_again() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = session(state.path());
    // A pasted text may have empty lines: it runs when Enter is pressed, not before.
    terminal.keys("\u{1b}[200~fn area(a, b) {\n\n    a * b\n}\u{1b}[201~").see("a * b\n}");
    terminal.line("").at("spot>");
    terminal.line("area(6, 7)").see("\n42").at("spot>");
    terminal.line("1 + 1").see("\n2").at("spot>");
    terminal.keys(key::CTRL_R).see("reverse-i-search").keys("area(6").see("area(6, 7)");
    terminal.line("").until_times("\n42", 2).at("spot>");
    // What is pale behind the cursor is entered by the right arrow.
    terminal.keys("ar").at("spot> area(6, 7)").keys(key::RIGHT).line("").until_times("\n42", 3).at("spot>");
    leave(terminal);
}

#[test]
fn colours_are_for_terminals_and_can_be_refused_or_demanded() {
    let state = tempfile::tempdir().unwrap();
    let coloured = |arguments: &[&str], no_color: &str| {
        let mut terminal = Terminal::start(spotscript(state.path(), arguments).env("NO_COLOR", no_color));
        terminal.at("spot>").line("let a = \"text\"; 1 +* 2").see("SPOT-0601").at("spot>");
        let coloured = terminal.coloured();
        leave(terminal);
        coloured
    };
    assert!(coloured(&["repl"], ""));
    assert!(!coloured(&["repl"], "1"));
    assert!(!coloured(&["repl", "--color", "never"], ""));
    assert!(!coloured(&["repl", "--no-color"], ""));
    assert!(coloured(&["repl", "--color", "always"], "1"));
}

#[test]
fn what_was_saved_is_not_overwritten_by_accident() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("mine.rhai"), "// precious\n").unwrap();
    let mut terminal = session(state.path());
    terminal.line("let a = 1; a + 1").see("\n2").at("spot>");
    terminal.line(":save mine.rhai").see("SPOT-").at("spot>");
    assert_eq!(std::fs::read_to_string(state.path().join("mine.rhai")).unwrap(), "// precious\n");
    terminal.line(":save! mine.rhai").see("saved").at("spot>");
    assert!(std::fs::read_to_string(state.path().join("mine.rhai")).unwrap().contains("let a = 1;"));
    insta::assert_snapshot!("save_refused", leave(terminal));
}

#[test]
fn a_watch_shows_one_round_after_the_other_until_it_is_stopped() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = session(state.path());
    terminal.line("let n = 7;").at("spot>");
    terminal.line(":watch 0.1 n * 6").see("round 3: n * 6").see("42");
    terminal.keys(key::CTRL_C).at("spot>");
    terminal.line("n + 1").see("\n8").at("spot>");
    leave(terminal);
}

const ASKS: &str = "//! Asks.
const PARAMS = #{
    nodes: #{ type: \"int\", help: \"how many\", least: 1 },
    zone: #{ type: \"string\", init: \"a\" },
};
print(`${PARAM.nodes} in ${PARAM.zone}`);
";

#[test]
fn what_a_script_needs_is_asked_for_until_the_answer_will_do() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("asks.rhai"), ASKS.replace("least", "min")).unwrap();
    let mut terminal = Terminal::start(&spotscript(state.path(), &["run", "asks.rhai"]));
    terminal.see("how many (int)?").line("many").see("cannot be `many`").until_times("how many (int)?", 2);
    terminal.line("0").see("cannot be `0`").until_times("how many (int)?", 3).line("3");
    let (shown, code) = terminal.end();
    insta::assert_snapshot!("asked", shown);
    assert_eq!(code, 0);
}

/// What a run against AWS begins with.
const TARGET: &str = "aws (region us-west-2): real resources, real costs\n";

#[test]
fn a_confirmation_is_asked_for_where_real_things_change() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("sure.rhai"), "confirm(\"remove everything?\");\nprint(\"removed\");\n").unwrap();
    let asked = |answer: &str| {
        let mut command = spotscript(state.path(), &["run", "--target", "aws", "--region", "us-west-2", "sure.rhai"]);
        command
            .env("AWS_ACCESS_KEY_ID", "none")
            .env("AWS_SECRET_ACCESS_KEY", "none")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let mut terminal = Terminal::start(&command);
        terminal.see("remove everything? [y/N]").line(answer);
        terminal.end()
    };
    assert_eq!(asked("yes"), (format!("{TARGET}remove everything? [y/N] yes\nremoved"), 0));
    let (shown, code) = asked("");
    insta::assert_snapshot!("not_confirmed", shown);
    assert_ne!(code, 0);
}

/// Makes a group and removes it again.
const WAITS: &str = "let group = eks::nodegroup(\"mine\", #{
    cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], desired: 2,
});
eks::ensure(group);
eks::delete(group);
wait_until(\"1m\", || false);
";

#[test]
fn a_wait_is_one_line_that_is_gone_when_it_is_over() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("waits.rhai"), WAITS).unwrap();
    let mut terminal = Terminal::start(&spotscript(state.path(), &["run", "waits.rhai"]));
    terminal.see("Summary");
    let written = String::from_utf8(terminal.bytes()).unwrap();
    for told in [
        "waiting for nodes of \"mine\" to become Ready: 0 of 2",
        "waiting for instances of \"spotscript-eks-spot-eksct-mine\" to end: 0 of 2",
        "waiting for what waits.rhai:6 asks for, at most 1m",
    ] {
        assert!(written.contains(told), "{told} in:\n{written}");
    }
    let (shown, code) = terminal.end();
    assert!(!shown.contains("waiting for"), "{shown}");
    assert!(shown.contains("waited for nodes of \"mine\" to become Ready: 2 of 2"), "{shown}");
    assert_eq!(code, 0);
}

#[test]
fn the_line_of_a_wait_tells_how_long_it_takes() {
    let state = tempfile::tempdir().unwrap();
    let mut terminal = session(state.path());
    terminal.line("wait_until(\"900000h\", || false)");
    let hours = |line: &str| {
        line.split_once("waiting for")
            .is_some_and(|(_, told)| told.rsplit("  ").next().is_some_and(|time| time.contains("h ")))
    };
    terminal.until("hours on the target's clock", |screen| hours(&screen.current()));
    terminal.keys(key::CTRL_C).see("SPOT-0902").at("spot>");
    let shown = leave(terminal);
    assert!(!shown.contains("waiting for"), "{shown}");
}

#[test]
fn a_log_has_a_line_for_each_change_and_quiet_has_none() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("waits.rhai"), WAITS).unwrap();
    let told = |arguments: &[&str]| {
        let output = spotscript(state.path(), arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let log = told(&["run", "waits.rhai"]);
    let waits: Vec<&str> =
        log.lines().filter(|line| line.contains(" waiting for ") || line.contains(" waited for ")).collect();
    insta::assert_snapshot!(waits.join("\n"), @r#"
    2026-01-01 00:00:17 [ℹ]  waiting for nodes of "mine" to become Ready: 0 of 2
    2026-01-01 00:01:08 [ℹ]  waiting for nodes of "mine" to become Ready: 1 of 2
    2026-01-01 00:01:09 [✔]  waited for nodes of "mine" to become Ready: 2 of 2
    2026-01-01 00:01:09 [ℹ]  waiting for instances of "spotscript-eks-spot-eksct-mine" to end: 0 of 2
    2026-01-01 00:01:46 [✔]  waited for instances of "spotscript-eks-spot-eksct-mine" to end: 2 of 2
    2026-01-01 00:02:09 [ℹ]  waiting for what waits.rhai:6 asks for, at most 1m
    "#);
    let quiet = told(&["run", "--quiet", "waits.rhai"]);
    assert!(!quiet.contains("[ℹ]") && !quiet.contains("[✔]") && !quiet.contains("nothing real"), "{quiet}");
}

/// A run that makes a group whose nodes do not come: there is no capacity.
const IN_VAIN: &str = "sandbox.exhaust(\"*\", \"*\");
eks::ensure(eks::nodegroup(\"vain\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], min: 0, max: 2, desired: 1 }),
    #{ timeout: \"3m\" });
";

#[test]
fn a_run_that_failed_may_be_taken_back_at_once() {
    let groups = |state: &Path| {
        let listed = spotscript(state, &["get", "ng", "-o", "json"]).output().unwrap();
        String::from_utf8(listed.stdout).unwrap().matches("\"vain\"").count() > 0
    };
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("vain.rhai"), IN_VAIN).unwrap();

    let mut terminal = Terminal::start(&spotscript(state.path(), &["run", "vain.rhai"]));
    terminal.see("Take back what it did, now? [y/N]").line("n");
    let (shown, code) = terminal.end();
    assert!(shown.ends_with("it is kept") && code == 6, "{code}: {shown}");
    assert!(groups(state.path()));

    // Another group: a run that finds everything there changes nothing, and has nothing to take back.
    std::fs::write(state.path().join("again.rhai"), IN_VAIN.replace("vain", "again")).unwrap();
    let mut terminal = Terminal::start(&spotscript(state.path(), &["run", "again.rhai"]));
    terminal.see("Take back what it did, now? [y/N]");
    terminal.line("y").see("taken back with");
    let (shown, code) = terminal.end();
    assert_eq!(code, 6, "it failed all the same: {shown}");
}

#[test]
fn without_a_terminal_what_failed_is_kept_unless_a_flag_says_otherwise() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("vain.rhai"), IN_VAIN).unwrap();
    let run = |arguments: &[&str]| {
        let output = spotscript(state.path(), arguments).stdin(std::process::Stdio::null()).output().unwrap();
        (String::from_utf8(output.stderr).unwrap(), output.status.code())
    };
    let (told, code) = run(&["run", "--rollback", "vain.rhai"]);
    assert!(told.contains("taken back with") && code == Some(6), "{code:?}: {told}");
    let listed = spotscript(state.path(), &["get", "ng", "-o", "json"]).output().unwrap();
    assert!(!String::from_utf8(listed.stdout).unwrap().contains("\"vain\""));

    let (told, code) = run(&["run", "vain.rhai"]);
    assert!(told.contains("`spotscript undo last` takes it back") && code == Some(6), "{code:?}: {told}");
    assert!(!told.contains("taken back with"), "{told}");
}

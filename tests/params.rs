//! Parameters from every side: lists, files, the environment, questions; and secrets, which come out nowhere.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("SPOTSCRIPT_STATE_DIR", folder.join(".state"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

fn run_with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let output = command(folder, arguments).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_with(folder, &[], arguments)
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

const LISTS: &str = "const PARAMS = #{
    zones: #{ type: \"list\", init: [\"a\", \"b\"], help: \"where\", choices: [\"a\", \"b\", \"c\"] },
    types: #{ type: \"list\", pattern: \"[a-z0-9.]+\" },
    none: #{ init: [] },
};
print(`${PARAM.zones} ${PARAM.types} ${PARAM.none}`);";

#[test]
fn lists_have_commas_on_the_flag_and_are_lists_in_the_file() {
    let folder = folder(&[
        ("a.rhai", LISTS),
        ("p.yaml", "zones: [c]\ntypes:\n  - m5.large\n  - \"1\"\n"),
        ("p.json", "{\"types\": [\"m5.large\"], \"zones\": []}"),
    ]);
    let out = |variables: &[(&str, &str)], arguments: &[&str]| {
        let ran = run_with(folder.path(), variables, arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out.trim().to_owned()
    };
    let told = [
        out(&[], &["run", "a.rhai", "--types", "m5.large, m5.xlarge"]),
        out(&[], &["run", "a.rhai", "--types", "", "--zones=c,a"]),
        out(&[("SPOTSCRIPT_PARAM_TYPES", "t3.large")], &["run", "a.rhai"]),
        out(&[], &["run", "--params", "p.yaml", "a.rhai"]),
        out(&[], &["run", "--params", "p.json", "a.rhai"]),
    ];
    insta::assert_snapshot!(told.join("\n"), @r#"
    ["a", "b"] ["m5.large", "m5.xlarge"] []
    ["c", "a"] [] []
    ["a", "b"] ["t3.large"] []
    ["c"] ["m5.large", "1"] []
    [] ["m5.large"] []
    "#);
    let help = run(folder.path(), &["run", "a.rhai", "--help"]).out;
    insta::assert_snapshot!(help.split("Parameters:").last().unwrap().split("Global").next().unwrap(), @r"

    --zones <LIST>  where [any of: a, b, c] [default: a, b] [env: SPOTSCRIPT_PARAM_ZONES]
    --types <LIST>  [required] [env: SPOTSCRIPT_PARAM_TYPES]
    --none <LIST>   [default: empty] [env: SPOTSCRIPT_PARAM_NONE]
    ");
    let document = run(folder.path(), &["run", "-o", "json", "--params", "p.yaml", "a.rhai"]).out;
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["data"]["params"]["types"], serde_json::json!(["m5.large", "1"]));
    let listed: serde_json::Value = serde_json::from_str(&run(folder.path(), &["list", "-o", "json"]).out).unwrap();
    assert_eq!(listed["data"][0]["params"][0]["default"], "a, b");
}

#[test]
fn flags_that_are_wrong_are_told_in_plain_words() {
    let folder = folder(&[("a.rhai", LISTS)]);
    for (arguments, said) in
        [(&["--zones", "a", "--zones", "b"][..], "`--zones` is given twice"), (&["--zones"], "`--zones` needs a value")]
    {
        let ran = run(folder.path(), &[&["run", "a.rhai"], arguments].concat());
        assert!(ran.code == 2 && ran.err.contains(said), "{arguments:?}: {} {}", ran.code, ran.err);
    }
}

#[test]
fn a_runbook_under_test_takes_lists() {
    let test = r#"fn ran(params) { run_script("a.rhai", params) }
fn test_list() { assert_eq(ran(#{ types: ["x", "y"] }).output, "[\"a\", \"b\"] [\"x\", \"y\"] []\n"); }
fn test_text() { assert_eq(ran(#{ types: "x,y", zones: [] }).output, "[] [\"x\", \"y\"] []\n"); }
fn test_wrong() { assert_eq(ran(#{ types: [1] }).error.code, "SPOT-0606"); }"#;
    let folder = folder(&[("a.rhai", LISTS), ("a_test.rhai", test)]);
    let ran = run(folder.path(), &["test"]);
    assert!(ran.code == 0 && ran.out.contains("3 passed"), "{}", ran.all());
}

#[test]
fn what_is_wrong_in_a_file_has_a_line_and_a_column() {
    let script = "const PARAMS = #{
    name: #{ type: \"string\", init: \"\" }, max_size: #{ type: \"int\", init: 1 }, ok: #{ init: true },
    zones: #{ init: [\"a\"] }, ratio: #{ init: 0.5 }, token: #{ init: \"\", secret: true, pattern: \"[a-z]+|\" },
};
print(`${PARAM.name} ${PARAM.max_size} ${PARAM.ok} ${PARAM.zones} ${PARAM.ratio}`);";
    let folder = folder(&[("a.rhai", script)]);
    let given = |text: &str| {
        std::fs::write(folder.path().join("p.yaml"), text).unwrap();
        run(folder.path(), &["run", "--params", "p.yaml", "a.rhai"])
    };
    let faults = [
        "name: 5\n",
        "name: yes\n",
        "ok: true\nmax_size: many\n",
        "max_size: [1]\n",
        "max_size:\n",
        "zones: a, b\n",
        "zones:\n  - a\n  - 1.30\n",
        "max-size: 1\nmax_size: 2\n",
        "ok: true\nok: false\n",
        "# nothing\nnmae: a\n",
        "name: [a\n",
        "name: \"a\n",
        "ok: true\n\tname: a\n",
        "token: S3CRET\n",
        "token: S3CRET\nname: [\n",
        "- a\n",
        "",
    ];
    let mut told = String::new();
    for text in faults {
        let ran = given(text);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}: {}", ran.err);
        assert!(!ran.err.contains("S3CRET"), "{text}: {}", ran.err);
        told.push_str(&format!("── {text:?}\n{}", ran.err));
    }
    insta::assert_snapshot!(told, @r##"
    ── "name: 5\n"
    SPOT-0606

      × `name` is a number, no text
      ╰─▶ `p.yaml:1:7` says so
      help: put it in quotes: `name: "…"`
    ── "name: yes\n"
    SPOT-0606

      × `name` is a boolean, no text
      ╰─▶ `p.yaml:1:7` says so
      help: put it in quotes: `name: "…"`
    ── "ok: true\nmax_size: many\n"
    SPOT-0606

      × `--max-size` cannot be `many`
      ╰─▶ `p.yaml:2:11` says so
      help: it is of type `int`
    ── "max_size: [1]\n"
    SPOT-0606

      × `max_size` is no single value
      ╰─▶ `p.yaml:1:11` says so
      help: it is of type `int`
    ── "max_size:\n"
    SPOT-0606

      × `max_size` is without a value
      ╰─▶ `p.yaml:1:9` says so
      help: leave it out to take the default
    ── "zones: a, b\n"
    SPOT-0606

      × `zones` is no list
      ╰─▶ `p.yaml:1:8` says so
      help: write `zones: [one, two]`
    ── "zones:\n  - a\n  - 1.30\n"
    SPOT-0606

      × `zones` is a number, no text
      ╰─▶ `p.yaml:3:5` says so
      help: put it in quotes: `- "…"`
    ── "max-size: 1\nmax_size: 2\n"
    SPOT-0606

      × `max_size` is there twice
      ╰─▶ `p.yaml:2:1` says so
      help: `-` and `_` are the same in names of parameters: leave one of them out
    ── "ok: true\nok: false\n"
    SPOT-0203

      × the key `ok` is there twice, first in line 1
      ╰─▶ `p.yaml:2:1` is where
      help: leave one of them out
    ── "# nothing\nnmae: a\n"
    SPOT-0606

      × the script has no parameter `nmae`
      ╰─▶ `p.yaml:2:1` says so
      help: did you mean `name`?
    ── "name: [a\n"
    SPOT-0201

      × not YAML: unclosed bracket '['
      ╰─▶ `p.yaml:1:7` is where
    ── "name: \"a\n"
    SPOT-0201

      × not YAML: unclosed quote
      ╰─▶ `p.yaml:1:7` is where
    ── "ok: true\n\tname: a\n"
    SPOT-0201

      × not YAML: while scanning a plain scalar, found a tab
      ╰─▶ `p.yaml:1:5` is where
    ── "token: S3CRET\n"
    SPOT-0606

      × `--token` cannot be what was given (it is secret)
      ╰─▶ `p.yaml:1:8` says so
      help: it has to match `[a-z]+|`
    ── "token: S3CRET\nname: [\n"
    SPOT-0201

      × not YAML: unclosed bracket '['
      ╰─▶ `p.yaml:2:7` is where
    ── "- a\n"
    SPOT-0606

      × `p.yaml` holds no parameters
      help: write a map: `cluster: eks-spot-eksct`
    ── ""
    SPOT-0606

      × `p.yaml` holds no parameters
      help: write a map: `cluster: eks-spot-eksct`
    "##);
    // What YAML has for numbers and truth values is taken, and what the flag takes is taken as the flag does.
    for (text, out) in [
        ("max_size: 010\n", " 10 true [\"a\"] 0.5\n"),
        ("max_size: 0x1f\nratio: 2\n", " 31 true [\"a\"] 2.0\n"),
        ("max_size: 1_000\nok: no\n", " 1000 false [\"a\"] 0.5\n"),
        ("max_size: \"7\"\nname: \"1.30\"\n", "1.30 7 true [\"a\"] 0.5\n"),
        ("\u{feff}name: &x one\nzones: [*x, \"2\"]\n", "one 1 true [\"one\", \"2\"] 0.5\n"),
    ] {
        let ran = given(text);
        assert_eq!((ran.code, ran.out.as_str()), (0, out), "{text}: {}", ran.err);
    }
}

/// A file that nests without end, or multiplies itself, is refused at once.
#[test]
fn a_file_cannot_hang_a_run() {
    let script = "const PARAMS = #{ name: #{ init: \"\" } };";
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..30 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(",")));
    }
    let long = format!("name: {}", "x".repeat(5 << 20));
    let folder = folder(&[
        ("a.rhai", script),
        ("flow.yaml", &format!("name: {}", "[".repeat(100_000))),
        ("block.yaml", &format!("name:\n {}x", "- ".repeat(100_000))),
        ("maps.yaml", &format!("name: {}", "{a: ".repeat(100_000))),
        ("bomb.yaml", &bomb),
        ("long.yaml", &long),
    ]);
    let mut told = String::new();
    for file in ["flow.yaml", "block.yaml", "maps.yaml", "bomb.yaml", "long.yaml"] {
        let began = Instant::now();
        let ran = run(folder.path(), &["--timeout", "5s", "run", "--params", file, "a.rhai"]);
        assert_eq!(ran.code, 2, "{file}: {}", ran.err);
        assert!(began.elapsed() < Duration::from_secs(5), "{file} took {:?}", began.elapsed());
        told.push_str(&ran.err);
    }
    insta::assert_snapshot!(told, @r"
    SPOT-0201

      × not YAML: recursion limit exceeded
      ╰─▶ `flow.yaml:1:262` is where
    SPOT-0201

      × nested deeper than 64 levels
      ╰─▶ `block.yaml:2:128` is where
    SPOT-0201

      × nested deeper than 64 levels
      ╰─▶ `maps.yaml:1:259` is where
    SPOT-0201

      × the document has more than 200000 values, aliases written out
      ╰─▶ `bomb.yaml:6:10` is where
    SPOT-0201

      × the document has 4194305 bytes, at most 4194304 are read
      ╰─▶ `long.yaml:1:1` is where
    ");
}

#[test]
fn a_variable_that_is_no_parameter_is_told() {
    let folder = folder(&[("a.rhai", "const PARAMS = #{ cluster: #{ init: \"c\" } }; print(PARAM.cluster);")]);
    let variables =
        [("SPOTSCRIPT_PARAM_CLUSTRE", "x"), ("SPOTSCRIPT_PARAM_cluster", "x"), ("SPOTSCRIPT_PARAM_ZEBRA", "x")];
    let ran = run_with(folder.path(), &variables, &["run", "a.rhai"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "c\n"));
    insta::assert_snapshot!(ran.err, @r"
    warning: `SPOTSCRIPT_PARAM_CLUSTRE` of the environment is no parameter of this script; did you mean `SPOTSCRIPT_PARAM_CLUSTER`?
    warning: `SPOTSCRIPT_PARAM_ZEBRA` of the environment is no parameter of this script
    warning: `SPOTSCRIPT_PARAM_cluster` of the environment is no parameter of this script; did you mean `SPOTSCRIPT_PARAM_CLUSTER`?
    ");
    let right = run_with(folder.path(), &[("SPOTSCRIPT_PARAM_CLUSTER", "x")], &["run", "a.rhai"]);
    assert_eq!((right.out.as_str(), right.err.as_str()), ("x\n", ""));
}

/// Whatever a script does with a secret, it does not come out: printed, thrown, checked, named, logged, journaled.
#[test]
fn a_secret_comes_out_nowhere() {
    let script = "const PARAMS = #{
    token: #{ type: \"string\", secret: true }, pins: #{ type: \"list\", init: [], secret: true },
};
print(PARAM.token);
print(`a ${PARAM.token} b ${PARAM.pins}`);
debug(PARAM.token);
print(PARAM);
step PARAM.token { check(PARAM.token, false); }
retry(#{ times: 2, pause: \"1s\", on: [\"SPOT-0312\"] }, || { eks::get(PARAM.token) });";
    let change = "const PARAMS = #{ token: #{ type: \"string\", secret: true } };
eks::ensure(eks::nodegroup(\"a\", #{
    cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], tags: #{ token: PARAM.token }, labels: #{ token: PARAM.token },
}), #{ wait: false });
throw `this is ${PARAM.token}`;";
    let folder = folder(&[("a.rhai", script), ("b.rhai", change)]);
    let mut told = String::new();
    for (file, form) in [("a.rhai", "text"), ("a.rhai", "json"), ("b.rhai", "text"), ("b.rhai", "json")] {
        let ran = run(folder.path(), &["-vv", "run", "-o", form, file, "--token", "s3cret-word"]);
        assert_ne!(ran.code, 0);
        if form == "json" {
            let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!(document["data"]["params"]["token"], "***");
        }
        assert!(ran.all().contains("***"), "{file} {form}: {}", ran.all());
        told += &ran.all();
    }
    told += &run(folder.path(), &["run", "a.rhai", "--token", "q\"u\\o", "--pins", "1234,s3cret-word"]).all();
    told += &run(folder.path(), &["run", "-o", "json", "a.rhai", "--token", "q\"u\\o", "--pins", "1234"]).all();
    told += &run(folder.path(), &["runs", "show", "last", "-o", "json"]).all();
    for entry in std::fs::read_dir(folder.path().join(".state/runs")).unwrap() {
        told += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    assert!(
        told.contains("\"CreateLaunchTemplate\"") || told.contains("CreateLaunchTemplate"),
        "the journal is looked at"
    );
    for secret in ["s3cret-word", "q\"u", "q\\\"u", "1234"] {
        assert!(!told.contains(secret), "{secret} is told: {told}");
    }
}

#[test]
fn a_secret_of_a_runbook_under_test_is_masked_too() {
    let script =
        "const PARAMS = #{ token: #{ type: \"string\", secret: true } }; print(PARAM.token); throw PARAM.token;";
    let test = "fn test_a() { assert_eq(run_script(\"a.rhai\", #{ token: \"s3cret\" }).output, \"***\\n\"); }";
    let folder = folder(&[("a.rhai", script), ("a_test.rhai", test)]);
    let ran = run(folder.path(), &["test"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
}

#[cfg(unix)]
mod at_a_terminal {
    use super::*;
    use rexpect::process::WaitStatus;
    use rexpect::session::{PtySession, spawn_command};

    /// Starts it at a terminal that shows what is typed, and tells afterwards how that terminal is left.
    fn spawn(folder: &Path, arguments: &[&str]) -> PtySession {
        let mut command = Command::new("sh");
        command
            .args(["-c", "stty echo; \"$0\" \"$@\"; code=$?; stty -a; exit $code", env!("CARGO_BIN_EXE_spotscript")])
            .args(arguments)
            .current_dir(folder)
            .env("SPOTSCRIPT_STATE_DIR", folder.join(".state"))
            .env("NO_COLOR", "1")
            .env("AWS_ACCESS_KEY_ID", "none")
            .env("AWS_SECRET_ACCESS_KEY", "none");
        spawn_command(command, Some(20_000)).unwrap()
    }

    fn code(mut session: PtySession) -> i32 {
        let settings = session.exp_eof().unwrap();
        for shown in [" echo ", " icanon ", "isig "] {
            assert!(settings.contains(shown), "the terminal is left without `{shown}`: {settings}");
        }
        match session.process().wait().unwrap() {
            WaitStatus::Exited(_, code) => code,
            other => panic!("{other:?}"),
        }
    }

    const ASKS: &str = "const PARAMS = #{
    token: #{ type: \"string\", secret: true, pattern: \"[a-z]+\", help: \"of the day\" },
    zones: #{ type: \"list\" },
};
print(`length ${PARAM.token.len} in ${PARAM.zones}`);";

    #[test]
    fn a_secret_is_asked_for_and_not_shown() {
        let folder = folder(&[("a.rhai", ASKS)]);
        let mut session = spawn(folder.path(), &["run", "a.rhai"]);
        session.exp_string("token: of the day (string)? ").unwrap();
        session.send_line("WRONG").unwrap();
        let between = session.exp_string("cannot be what was given").unwrap();
        assert!(!between.contains("WRONG"), "{between:?}");
        session.exp_string("token: of the day (string)? ").unwrap();
        session.send("hushx\u{7f}\r").unwrap();
        session.flush().unwrap();
        let between = session.exp_string("zones (list)? ").unwrap();
        assert!(!between.contains("hush"), "{between:?}");
        // What is asked for next is shown again.
        session.send_line("a, b").unwrap();
        session.exp_string("a, b").unwrap();
        session.exp_string("length 4 in [\"a\", \"b\"]").unwrap();
        assert_eq!(code(session), 0);
    }

    #[test]
    fn an_interrupt_ends_a_question_for_a_secret() {
        let folder = folder(&[("a.rhai", ASKS)]);
        let mut session = spawn(folder.path(), &["run", "a.rhai"]);
        session.exp_string("(string)? ").unwrap();
        session.send_control('c').unwrap();
        session.exp_string("SPOT-0902").unwrap();
        assert_eq!(code(session), 130);
    }

    const CONFIRM: &str = "confirm(\"remove it all\"); print(\"removed\");";
    const AWS: [&str; 6] = ["--target", "aws", "--region", "eu-west-1", "run", "a.rhai"];

    #[test]
    fn the_answer_no_is_not_nobody() {
        let folder = folder(&[("a.rhai", CONFIRM)]);
        for (answer, said, ended) in [("y", "removed", 0), ("n", "the answer was no: remove it all", 1)] {
            let mut session = spawn(folder.path(), &AWS);
            session.exp_string("remove it all [y/N] ").unwrap();
            session.send_line(answer).unwrap();
            session.exp_string(said).unwrap();
            assert_eq!(code(session), ended, "{answer}");
        }
        let credentials = [("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none")];
        let nobody = run_with(folder.path(), &credentials, &AWS);
        assert_eq!(nobody.code, 1);
        insta::assert_snapshot!(nobody.err, @r#"
        aws (region eu-west-1): real resources, real costs
        SPOT-0612

          × nobody is there to ask: remove it all
           ╭─[a.rhai:1:1]
         1 │ confirm("remove it all"); print("removed");
           · ───────
           ╰────
          help: run it at a terminal, or with `--yes`
        "#);
        let given = run_with(folder.path(), &credentials, &[&["--yes"], &AWS[..]].concat());
        assert_eq!((given.code, given.out.as_str()), (0, "removed\n"), "{}", given.err);
        assert!(given.err.contains("remove it all: yes, as `--yes` says"), "{}", given.err);
        let sandbox = run(folder.path(), &["run", "a.rhai"]);
        assert_eq!(sandbox.code, 0);
        insta::assert_snapshot!(sandbox.err, @r"
        sandbox (world default): nothing real is touched
          remove it all: yes, nothing real is lost in the sandbox
        ");
    }
}

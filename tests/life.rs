//! A runbook's life: written, listed, given its parameters, run, and told as one document.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn run_with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(arguments)
        .current_dir(folder)
        .env("SPOTSCRIPT_STATE_DIR", folder.join(".state"))
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_with(folder, &[], arguments)
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_new_runbook_runs_passes_its_tests_and_has_no_findings() {
    let folder = tempfile::tempdir().unwrap();
    for template in ["plain", "create", "status"] {
        let name = format!("books/my_{template}");
        assert_eq!(run(folder.path(), &["new", &name, "--template", template]).code, 0);
        let ran = run(folder.path(), &["run", &format!("{name}.rhai")]);
        assert_eq!(ran.code, 0, "{template}: {}", ran.err);
    }
    let tested = run(folder.path(), &["test", "books"]);
    assert_eq!(tested.code, 0, "{}{}", tested.out, tested.err);
    assert_eq!(run(folder.path(), &["check", "books"]).out, "6 files, no findings\n");
    let again = run(folder.path(), &["new", "books/my_plain"]);
    assert_eq!(again.code, 2);
    insta::assert_snapshot!(again.err, @r"
    SPOT-0801

      × `books/my_plain.rhai` is there already
      help: choose another name, or remove it
    ");
    // A dot is no ending: `my.script` and `my.scrip` would be one file.
    assert_eq!(run(folder.path(), &["new", "my.script"]).code, 2);
    assert!(!folder.path().join("my.rhai").exists());
    let ending = run(folder.path(), &["new", "books/other.rhai"]);
    assert!(ending.code == 0 && ending.out.contains("wrote books/other.rhai\n"), "{}", ending.out);
    insta::assert_snapshot!(run(folder.path(), &["new", "a b"]).err, @r"
    SPOT-0606

      × `a b` is no name for a runbook
      help: use letters, digits, `_` and `-`; `_test` at the end is for tests
    ");
}

#[test]
fn runbooks_are_listed_by_their_heads() {
    let folder = folder(&[
        ("make.rhai", "//! Make it.\n//! More.\nconst PARAMS = #{ size: #{ type: \"int\" }, name: #{ init: \"a\" } };"),
        ("scripts/look.rhai", "//! Look at it.\nthrow \"nothing runs\";"),
        ("scripts/broken.rhai", "//! Broken.\nlet = 1;"),
        ("scripts/module.rhai", "fn f() { 1 }"),
        ("scripts/look_test.rhai", "//! A test.\nfn test_a() {}"),
        ("elsewhere/other.rhai", "//! Other."),
    ]);
    let listed = run(folder.path(), &["list"]);
    assert_eq!(listed.code, 0);
    insta::assert_snapshot!(listed.out, @r"
    Runbook              What it does                             Parameters
    ─────────────────────────────────────────────────────────────────────────
    make.rhai            Make it.                                 size! name
    scripts/look.rhai    Look at it.
    scripts/broken.rhai  SPOT-0601: expecting name of a variable

    3 runbooks; `!` must be given. `spotscript run FILE --help` tells more.
    ");
    let data: Value = serde_json::from_str(&run(folder.path(), &["list", "-o", "json"]).out).unwrap();
    assert_eq!(data["data"][0]["params"][0]["required"], true);
    assert_eq!(data["data"][2]["error"]["code"], "SPOT-0601");
    insta::assert_snapshot!(run(folder.path(), &["list", "elsewhere", "scripts/look.rhai"]).out, @r"
    Runbook               What it does  Parameters
    ───────────────────────────────────────────────
    elsewhere/other.rhai  Other.
    scripts/look.rhai     Look at it.

    2 runbooks. `spotscript run FILE --help` tells more.
    ");
    let empty = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(run(empty.path(), &["list"]).out, @r"
    No runbooks here. `spotscript new NAME` writes one to begin with.
    ");
    assert_eq!(run(empty.path(), &["list", "nowhere"]).code, 2);
}

const SAYS: &str = "const PARAMS = #{
    name: #{ type: \"string\", init: \"d\", help: \"who\", pattern: \"[a-z]+\" },
    size: #{ type: \"int\", help: \"how many\", min: 1, max: 9 },
    token: #{ type: \"string\", init: \"hidden\", secret: true },
};
print(`${PARAM.name} ${PARAM.size} ${PARAM.token}`);";

#[test]
fn flags_go_before_the_file_and_the_file_before_the_environment() {
    let folder = folder(&[("a.rhai", SAYS), ("p.yaml", "size: 3\nname: file\n"), ("p.json", "{\"size\": 4}")]);
    let out = |variables: &[(&str, &str)], arguments: &[&str]| {
        let ran = run_with(folder.path(), variables, arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out.trim().to_owned()
    };
    let environment = [("SPOTSCRIPT_PARAM_SIZE", "5"), ("SPOTSCRIPT_PARAM_NAME", "env")];
    assert_eq!(out(&environment, &["run", "a.rhai"]), "env 5 ***");
    assert_eq!(out(&environment, &["run", "--params", "p.json", "a.rhai"]), "env 4 ***");
    assert_eq!(out(&environment, &["run", "--params", "p.yaml", "a.rhai"]), "file 3 ***");
    assert_eq!(out(&environment, &["run", "--params", "p.yaml", "a.rhai", "--name", "flag"]), "flag 3 ***");
}

#[test]
fn parameters_that_do_not_fit_are_refused_with_their_source() {
    let folder =
        folder(&[("a.rhai", SAYS), ("typo.yaml", "siez: 3\n"), ("wrong.yaml", "size: many\n"), ("list.yaml", "- a\n")]);
    let mut told = String::new();
    for (variables, arguments) in [
        (vec![], vec!["run", "a.rhai"]),
        (vec![], vec!["run", "a.rhai", "--size", "10"]),
        (vec![], vec!["run", "a.rhai", "--size", "1", "--name", "B4"]),
        (vec![("SPOTSCRIPT_PARAM_SIZE", "0")], vec!["run", "a.rhai"]),
        (vec![], vec!["run", "--params", "typo.yaml", "a.rhai"]),
        (vec![], vec!["run", "--params", "wrong.yaml", "a.rhai"]),
        (vec![], vec!["run", "--params", "list.yaml", "a.rhai"]),
        (vec![], vec!["run", "--params", "nowhere.yaml", "a.rhai"]),
    ] {
        let ran = run_with(folder.path(), &variables, &arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        told.push_str(&ran.err);
        told.push('\n');
    }
    insta::assert_snapshot!(told, @r"
    SPOT-0606

      × the script needs `--size`
      help: give `--size INT`: how many

    SPOT-0606

      × `--size` cannot be `10`
      help: it is 9 or less

    SPOT-0606

      × `--name` cannot be `B4`
      help: it has to match `[a-z]+`

    SPOT-0606

      × `--size` cannot be `0`
      ╰─▶ the environment's `SPOTSCRIPT_PARAM_SIZE` says so
      help: it is 1 or more

    SPOT-0606

      × the script has no parameter `siez`
      ╰─▶ `typo.yaml:1:1` says so
      help: did you mean `size`?

    SPOT-0606

      × `--size` cannot be `many`
      ╰─▶ `wrong.yaml:1:7` says so
      help: it is of type `int`

    SPOT-0606

      × `list.yaml` holds no parameters
      help: write a map: `cluster: eks-spot-eksct`

    SPOT-0801

      × `nowhere.yaml` cannot be read
      ╰─▶ No such file or directory (os error 2)
    ");
    insta::assert_snapshot!(run(folder.path(), &["run", "a.rhai", "--help"]).out.split("Parameters:").last().unwrap(), @r"

          --name <STRING>   who [default: d] [env: SPOTSCRIPT_PARAM_NAME]
          --size <INT>      how many [required] [from 1 to 9] [env: SPOTSCRIPT_PARAM_SIZE]
          --token <STRING>  [has a default] [env: SPOTSCRIPT_PARAM_TOKEN]

    Global options:
          --target <TARGET>    What answers: `sandbox`, the embedded world where nothing real is touched
                               (the default), or `aws` [env: SPOTSCRIPT_TARGET=]
          --region <REGION>    AWS region
          --profile <PROFILE>  AWS profile
          --kubeconfig <FILE>  Reach the cluster through this kubeconfig instead of through EKS
          --feed <FILE>        Read the Spot Instance Advisor's feed from a file, with either target
                               [env: SPOTSCRIPT_FEED=]
          --world <NAME>       Name of the sandbox world [default: default]
      -v, --verbose...         Say more: `-v` how many requests were made, `-vv` each of them with the
                               time it took
      -q, --quiet              Say less: no progress and nothing of what is made; steps, checks,
                               warnings and errors stay
      -o, --output <OUTPUT>    Form of the data on stdout: `text` (the default), `wide` with more
                               columns, or `json`; `nodes` and `get` also have `yaml`, `name`,
                               `jsonpath=…` and `custom-columns=…`
          --color <WHEN>       Colours: `auto` (the default: at a terminal, unless NO_COLOR is set),
                               `always` or `never`
          --no-color           The same as `--color never`
          --yes                Answer yes to every question
          --timeout <TIME>     Give up after this time, such as `90s` or `10m`
    ");
}

#[test]
fn a_run_is_one_document() {
    let script = "const PARAMS = #{ token: #{ init: \"hush\", secret: true } };
step \"say\" { print(`length ${PARAM.token.len}`); }
check(\"it holds\", true);
fn low() { throw \"on purpose\"; }
low();";
    let folder = folder(&[("a.rhai", script)]);
    let ran = run(folder.path(), &["run", "-o", "json", "a.rhai"]);
    assert_eq!(ran.code, 1);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["schema"], "spotscript.run/v1");
    let data = &document["data"];
    let keys: Vec<&str> = data.as_object().unwrap().keys().map(String::as_str).collect();
    // A key that is renamed or goes away needs a new version of the schema.
    insta::assert_snapshot!(keys.join(" "), @r"
    script target params ok exit_code counts output steps checks resources elapsed_ms error place frames
    ");
    assert_eq!(data["params"]["token"], "***");
    assert_eq!(data["output"], "length 4\n");
    assert_eq!((data["exit_code"].as_i64(), data["ok"].as_bool()), (Some(1), Some(false)));
    assert_eq!(data["error"]["code"], "SPOT-0610");
    assert_eq!(data["place"], "a.rhai:4:12");
    assert_eq!(data["frames"][0]["place"], "a.rhai:5:1");
}

#[test]
fn shells_and_man_get_their_files() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(folder.path(), &["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("spotscript") && ran.out.contains("check"), "{shell}");
    }
    assert!(run(folder.path(), &["man"]).out.contains(".TH spotscript 1"));
    assert_eq!(run(folder.path(), &["man", "--directory", "pages"]).code, 0);
    assert!(folder.path().join("pages/spotscript-run.1").exists());
}

#[test]
fn what_may_pass_is_tried_again_and_nothing_else() {
    let script = "let tries = 0;
let began = sandbox.now;
let got = retry(#{ times: 4, pause: \"2s\", backoff: 3.0 }, || {
    tries += 1;
    if tries < 3 { eks::get(\"nowhere\") } else { \"there\" }
});
check(\"the third try\", got == \"there\" && tries == 3);
check(\"pauses are the world's\", sandbox.now != began);

tries = 0;
try { retry(|| { tries += 1; throw \"by hand\"; }) } catch (error) { check(\"thrown at once\", tries == 1 && error == \"by hand\") }
tries = 0;
try { retry(#{ on: [\"SPOT-0305\"] }, || { tries += 1; eks::get(\"nowhere\") }) } catch (error) {
    check(\"not for this code\", tries == 1 && error.code == \"SPOT-0312\");
}
confirm(\"nothing is lost in the sandbox\");
retry(#{ times: 2 }, || eks::get(\"nowhere\"));";
    let folder = folder(&[("a.rhai", script)]);
    let ran = run(folder.path(), &["run", "a.rhai"]);
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert!(ran.err.contains("try 3 of 4 in 6s: SPOT-0312: ") && !ran.err.contains('✘'), "{}", ran.err);
    assert_eq!(ran.err.matches("  ✔ ").count(), 4, "{}", ran.err);
    let told = |options: &str| {
        std::fs::write(folder.path().join("b.rhai"), format!("retry(#{{ {options} }}, || 1);")).unwrap();
        let ran = run(folder.path(), &["run", "b.rhai"]);
        assert_eq!(ran.code, 1);
        ran.err
            .lines()
            .filter(|line| line.contains('×') || line.contains("help"))
            .map(|line| format!("{}\n", line.trim()))
            .collect::<String>()
    };
    let faults = ["times: 0", "pause: \"2500000000000000h\"", "backoff: 0.5", "on: [\"SPOT-9999\"]", "pause: \"soon\""];
    insta::assert_snapshot!(faults.map(told).concat(), @r"
    × `times` of `retry` is 0
    help: it is a number from 1 to 1000
    × `pause` of `retry` is 9000000000000000000s
    help: it is an hour or less
    × `backoff` of `retry` is 0.5
    help: it is a number from 1.0 to 100.0
    × `on` of `retry` has `SPOT-9999`, which is no code
    help: `spotscript explain` lists the codes
    × `pause` of `retry` cannot be `soon`
    help: write a time such as `90s` or `10m`
    ");
}

/// A script cannot hang its host, nor bring it down: it ends with an error of its own, whatever it does.
#[test]
fn no_script_hangs_or_breaks_the_host() {
    let deep = format!("let x = {}1{};", "(".repeat(500), ")".repeat(500));
    for (name, script, code, exit) in [
        ("loop", "loop { }", "SPOT-0611", 6),
        ("sleep", "loop { sleep(3600); }", "SPOT-0611", 6),
        ("wait", "loop { wait_until(\"1h\", || false); }", "SPOT-0611", 6),
        ("caught", "loop { try { loop { } } catch { } }", "SPOT-0611", 6),
        ("comparer", "let list = [2, 1]; list.sort(|a, b| { loop { } });", "SPOT-0611", 6),
        ("recursion", "fn f(n) { f(n + 1) } f(1);", "SPOT-0609", 1),
        ("closures", "let f = |g| g.call(g); f.call(f);", "SPOT-0609", 1),
        ("string", "let s = \"x\"; loop { s += s; }", "SPOT-0609", 1),
        ("list", "let list = [1]; loop { list += list; }", "SPOT-0609", 1),
        ("expression", deep.as_str(), "SPOT-0601", 1),
        ("import", "import \"./import\" as me;", "SPOT-0608", 1),
    ] {
        let folder = folder(&[(&format!("{name}.rhai"), script)]);
        let ran = run(folder.path(), &["--timeout", "1500ms", "run", &format!("{name}.rhai")]);
        assert_eq!(ran.code, exit, "{name}: {}", ran.err);
        assert!(ran.err.contains(code), "{name}: {}", ran.err);
    }
}

/// Each value has a limit, and so has their sum: closures keep texts that no list could hold.
#[test]
#[cfg(target_os = "linux")]
fn memory_has_a_limit() {
    let script = "let text = \"x\"; while text.len < 1000000 { text += text; }
let kept = || 0; loop { try { let more = text + 1; let rest = kept; kept = || more.len + rest.call(); } catch { } }";
    let folder = folder(&[("a.rhai", script)]);
    let ran = run(folder.path(), &["--timeout", "60s", "run", "a.rhai"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told: Vec<&str> = ran.err.lines().filter(|line| !line.contains(['│', '·', '─'])).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    SPOT-0609

      × the script took more than 256 MiB of memory
      help: work on parts, and keep no more of them than is needed
    ");
}

/// Data that is nested deep is printed, compared, copied and dropped, or ends in an error: no depth is a signal.
#[test]
fn deep_data_is_no_crash() {
    // Not so deep that building it takes the time: each level of a list is a copy of those below.
    for (kind, wrapped, ending) in [("list", "[x]", "]]]\n"), ("map", "#{ a: x }", "}}}\n")] {
        let script = format!("let x = 1; for i in 0..1500 {{ x = {wrapped}; }} let y = x; print(y == x); print(x);");
        let folder = folder(&[("deep.rhai", &script)]);
        let ran = run(folder.path(), &["run", "deep.rhai"]);
        assert_eq!(ran.code, 0, "{kind}: {}", ran.err);
        assert!(ran.out.starts_with("true\n") && ran.out.ends_with(ending), "{kind}: {} characters", ran.out.len());
    }
    // What is read from a text is as deep as expressions may be.
    let read = "let s = \"[\"; while s.len < 100000 { s += s; } print(parse_json(`{\"a\": ${s}}`));";
    // Closures hold what they capture, and a level more costs nothing: this is as deep as memory allows.
    let chain = "let f = || 1; for i in 0..200000 { let g = f; f = || g.call(); }
let copy = f; print(`${f}`.len > 0); print([f, #{ a: copy }].len); f = 1; copy = 2; print(\"dropped\");";
    let mixed = "let x = #{}; for i in 0..50000 { let y = x; let f = || y; x = #{ a: [f] }; }
let copy = x; print(copy.len()); print(x.to_string().len > 0); x = 1; copy = 2; print(\"dropped\");";
    let called = "let f = || 1; for i in 0..1000 { let g = f; f = || g.call(); } f.call();";
    let endless = "let x = #{}; loop { let y = x; let f = || y; x = #{ a: f, b: [1], c: [2], d: [3] }; }";
    for (name, script, timeout, exit, said) in [
        ("read", read, "20s", 1, "SPOT-"),
        ("chain", chain, "90s", 0, "true\n2\ndropped\n"),
        ("mixed", mixed, "90s", 0, "1\ntrue\ndropped\n"),
        ("called", called, "20s", 1, "SPOT-0609"),
        #[cfg(target_os = "linux")]
        ("endless", endless, "120s", 1, "SPOT-0609"),
        ("nested", "let list = []; loop { list = [list]; }", "3s", 6, "SPOT-0611"),
    ] {
        let folder = folder(&[("deep.rhai", script)]);
        let ran = run(folder.path(), &["--timeout", timeout, "run", "deep.rhai"]);
        assert_eq!(ran.code, exit, "{name}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(said) || ran.err.contains(said), "{name}: {}{}", ran.out, ran.err);
    }
}

/// A secret is told nowhere: not as a default, not when it is refused, not in what is kept of the run.
#[test]
fn secrets_are_told_nowhere() {
    let script = "//! A.
const PARAMS = #{ token: #{ type: \"string\", init: \"hush\", secret: true, pattern: \"[a-z]+\" } };
eks::ensure(eks::nodegroup(\"a\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"] }), #{ wait: false });";
    let folder = folder(&[("a.rhai", script), ("p.yaml", "token: S3CRET\n")]);
    let all = |variables: &[(&str, &str)], arguments: &[&str]| {
        let ran = run_with(folder.path(), variables, arguments);
        ran.out + &ran.err
    };
    let mut told = all(&[], &["list", "-o", "json"]) + &all(&[], &["run", "a.rhai", "--help"]);
    told += &all(&[], &["run", "a.rhai", "--token", "S3CRET"]);
    told += &all(&[], &["run", "-o", "json", "a.rhai", "--token", "S3CRET"]);
    told += &all(&[("SPOTSCRIPT_PARAM_TOKEN", "S3CRET")], &["run", "a.rhai"]);
    told += &all(&[], &["run", "--params", "p.yaml", "a.rhai"]);
    told += &all(&[], &["run", "-o", "json", "a.rhai", "--token", "whisper"]);
    told += &all(&[], &["runs", "show", "last", "-o", "json"]);
    assert!(told.contains("cannot be what was given (it is secret)") && told.contains("\"***\""), "{told}");
    for secret in ["hush", "S3CRET", "whisper"] {
        assert!(!told.contains(secret), "{secret} is told: {told}");
    }
}

/// Editors of another system put a mark before a text; positions are as if it were not there.
#[test]
fn a_byte_order_mark_is_no_part_of_a_script() {
    let folder = folder(&[
        ("a.rhai", "\u{feff}//! A.\nconst PARAMS = #{ n: #{ init: 1 } };\nprint(PARAM.n);"),
        ("b.rhai", "\u{feff}let a = b;"),
        ("c.rhai", "\u{feff}#!/usr/bin/env spotscript\nimport \"./d\" as d; print(d::two());"),
        ("d.rhai", "\u{feff}fn two() { 2 }"),
        ("e_test.rhai", "\u{feff}fn test_a() { assert(true); }"),
    ]);
    let out = |arguments: &[&str]| run(folder.path(), arguments).out;
    assert_eq!((out(&["run", "a.rhai"]), out(&["run", "c.rhai"])), ("1\n".into(), "2\n".into()));
    assert!(run(folder.path(), &["run", "b.rhai"]).err.contains("b.rhai:1:9"));
    assert!(out(&["check", "b.rhai"]).contains("b.rhai:1:9"));
    assert!(out(&["list"]).contains("A."));
    assert_eq!(run(folder.path(), &["test"]).code, 0);
}

/// `type_of` says what the documentation says, and so do errors.
#[test]
fn types_have_the_names_of_the_documentation() {
    let script = "let cluster = eks::cluster(\"eks-spot-eksct\");
let group = eks::nodegroup(\"a\", #{ cluster: cluster.name, types: [\"m5.xlarge\"], labels: #{ a: \"b\" }, taints: [\"a=b:NoSchedule\"] });
let report = eks::ensure(group, #{ wait: false });
let nodes = kube::nodes();
print([cluster, group, group.config(), report, eks::list(cluster.name), eks::get(\"a\"), nodes, nodes[0], kube::pods(),
    nodes[0].labels, group.taints[0], spot::types([\"m5.xlarge\"]), spot::types([\"m5.xlarge\"])[0],
    spot::types([\"m5.xlarge\"]).shape, spot::advisor(), eks::diagram(cluster.name), sandbox].map(|v| type_of(v)));
try { eks::get(\"zebra\") } catch (error) { print(type_of(error)); }
group[0]";
    let folder = folder(&[("a.rhai", script)]);
    let ran = run(folder.path(), &["run", "a.rhai"]);
    insta::assert_snapshot!(ran.out, @r#"
    ["Cluster", "Nodegroup", "Config", "Report", "Groups", "Group", "Nodes", "Node", "Pods", "Labels", "Taint", "InstanceTypes", "InstanceType", "Shape", "Advice", "Diagram", "Sandbox"]
    Error
    "#);
    assert!(!ran.err.contains("spotscript::"), "{}", ran.err);
}

/// `1.30` is a number to YAML: taken as a text it would have become `1.3`.
#[test]
fn a_number_in_a_file_is_no_text() {
    let script = "const PARAMS = #{ version: #{ type: \"string\" } };\nprint(PARAM.version);";
    let folder = folder(&[("a.rhai", script), ("p.yaml", "version: 1.30\n"), ("q.yaml", "version: \"1.30\"\n")]);
    let refused = run(folder.path(), &["run", "--params", "p.yaml", "a.rhai"]);
    assert_eq!(refused.code, 2);
    insta::assert_snapshot!(refused.err, @r#"
    SPOT-0606

      × `version` is a number, no text
      ╰─▶ `p.yaml:1:10` says so
      help: put it in quotes: `version: "…"`
    "#);
    assert_eq!(run(folder.path(), &["run", "--params", "q.yaml", "a.rhai"]).out, "1.30\n");
}

#[test]
fn json_behind_the_file_holds_for_early_failures_too() {
    let folder = folder(&[("a.rhai", "let = 1;"), ("b.rhai", "const PARAMS = #{ n: #{ type: \"int\" } };")]);
    for (words, code) in [(["a.rhai", "-o", "json"], "SPOT-0601"), (["b.rhai", "--output", "json"], "SPOT-0606")] {
        let ran = run(folder.path(), &[&["run"], &words[..]].concat());
        let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{words:?}: {}", ran.out));
        // A missing parameter ends a run that had begun: its document is the run's.
        let error = document["data"].get("error").unwrap_or(&document["data"]);
        assert_eq!(error["code"], code);
    }
    insta::assert_snapshot!(run(folder.path(), &["run", "b.rhai", "--no-input"]).err, @r"
    SPOT-0606

      × the script has no parameter `--no-input`
      help: it is a flag of `run` itself: `spotscript run --no-input … FILE`
    ");
}

/// What cannot be read elsewhere is no concern of the list.
#[test]
fn listing_looks_here_and_below_scripts_only() {
    let folder = folder(&[("a.rhai", "//! A."), ("deep/er/b.rhai", "//! B."), ("scripts/x/c.rhai", "//! C.")]);
    let out = run(folder.path(), &["list"]).out;
    assert!(out.contains("a.rhai") && out.contains("scripts/x/c.rhai") && !out.contains("b.rhai"), "{out}");
}

/// What `:save` writes is a runbook: it runs, prints what the session printed, and has no findings.
#[test]
fn a_saved_session_runs() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .arg("repl")
        .current_dir(folder.path())
        .env("SPOTSCRIPT_STATE_DIR", folder.path().join(".state"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let session = "import \"std/format\" as format;
let size = 2; // nodes
nonsense(size)
fn told(n) { format::count(n, \"node\") }
told(size)
check(\"two\", size == 2);
:save saved.rhai
";
    child.stdin.take().unwrap().write_all(session.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("2 nodes"), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let saved = std::fs::read_to_string(folder.path().join("saved.rhai")).unwrap();
    assert!(!saved.contains("nonsense") && !saved.contains(";;"), "{saved}");
    let ran = run(folder.path(), &["run", "saved.rhai"]);
    assert_eq!((ran.code, ran.out.contains("2 nodes")), (0, true), "{}{}{saved}", ran.out, ran.err);
    assert_eq!(run(folder.path(), &["check", "saved.rhai"]).out, "1 file, no findings\n", "{saved}");
}

/// The engine's own sorting takes what fails in a comparer for a number.
#[test]
fn what_fails_in_a_comparer_fails_the_run() {
    for (script, code) in [
        ("let list = [3, 1, 2]; list.sort(|a, b| eks::get(\"none\")); print(list);", "SPOT-0312"),
        ("let list = [3, 1]; print(list.order_by(|a, b| require(false, \"no\")));", "SPOT-0604"),
        ("let list = [3, 1]; list.dedup(|a, b| absent(a, b));", "SPOT-0602"),
        ("let list = [3, 1]; list.sort(|a, b| \"x\");", "SPOT-0603"),
    ] {
        let folder = folder(&[("sort.rhai", script)]);
        let ran = run(folder.path(), &["run", "sort.rhai"]);
        assert!(ran.code != 0 && ran.err.contains(code), "{script}: {}", ran.err);
    }
    let script = "let list = [[2, \"a\"], [1, \"b\"], [2, \"c\"], [1, \"d\"]];
list.sort(|a, b| a[0] - b[0]);
check(\"stable\", list.map(|one| one[1]) == [\"b\", \"d\", \"a\", \"c\"]);
check(\"a truth value does too\", [1, 3, 2].order(|a, b| a >= b) == [3, 2, 1]);
check(\"a comparer that contradicts itself does no harm\", [1, 2, 3, 4, 5].order_by(|a, b| 1).len == 5);
";
    let folder = folder(&[("sort.rhai", script)]);
    assert_eq!(run(folder.path(), &["run", "sort.rhai"]).code, 0);
}

/// Recursion as deep as people write it works; a fault in the number of arguments is told as such.
#[test]
fn calls_go_deep_and_say_what_they_take() {
    let deep = "fn sum(n) { if n < 1 { 0 } else { n + sum(n - 1) } } check(\"deep\", sum(120) == 7260);";
    let folder = folder(&[
        ("deep.rhai", deep),
        ("many.rhai", "fn f(a) { a }\nf(1, 2);\n"),
        ("module.rhai", "import \"std/format\" as format;\nformat::heading(\"x\", 5);\n"),
    ]);
    assert_eq!(run(folder.path(), &["run", "deep.rhai"]).code, 0);
    for (file, message, help) in [
        ("many.rhai", "`f` cannot be called with 2 arguments", "it is `fn f(a)`"),
        ("module.rhai", "`format::heading` cannot be called with 2 arguments", "heading("),
    ] {
        let ran = run(folder.path(), &["run", file]);
        assert!(ran.err.contains(message) && ran.err.contains(help), "{}", ran.err);
    }
}

/// What the engine found is told in our words also when a script, or the standard library, caught it and threw it again.
#[test]
fn a_failure_that_was_thrown_again_is_told_as_it_was() {
    let folder = folder(&[("again.rhai", "try {\n    kube::ndoes();\n} catch (e) {\n    throw e;\n}\n")]);
    let ran = run(folder.path(), &["run", "again.rhai"]);
    assert!(ran.err.contains("SPOT-0602") && ran.err.contains("did you mean `kube::nodes`?"), "{}", ran.err);
    assert!(ran.err.contains("again.rhai:2:"), "{}", ran.err);
}

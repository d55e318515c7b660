//! `spotscript run` as people start it: the built program, a state directory of its own, no
//! network.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Bench { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn script(&self, text: &str) -> String {
        std::fs::write(self.path("script.rhai"), text).unwrap();
        "script.rhai".to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("SPOTSCRIPT_STATE_DIR", self.path("state"))
            .env("HTTP_PROXY", "http://127.0.0.1:1")
            .env("HTTPS_PROXY", "http://127.0.0.1:1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn runbook(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name).display().to_string()
}

#[test]
fn the_tutorial_runs_and_a_second_run_changes_nothing() {
    let bench = Bench::new();
    let first = bench.run(&["run", &runbook("create_spot.rhai")]);
    let (out, talk) = (text(&first.stdout), text(&first.stderr));
    assert_eq!(first.status.code(), Some(0), "{out}\n{talk}");
    for view in [
        "Spot Instance Advisor",
        "kind: ClusterConfig",
        "DESIRED CAPACITY",
        "Activity history",
        "node.kubernetes.io/instance-type=",
        "Taints:             spotInstance=true:PreferNoSchedule",
        "Amazon EKS",
    ] {
        assert!(out.contains(view), "no {view:?} in\n{out}");
    }
    assert!(talk.contains("sandbox (world default): nothing real is touched"), "{talk}");
    assert!(bench.path("spot_nodegroups.yml").exists());

    let second = bench.run(&["run", &runbook("create_spot.rhai"), "-o", "json"]);
    assert_eq!(second.status.code(), Some(0), "{}", text(&second.stderr));
    let report: serde_json::Value = serde_json::from_slice(&second.stdout).unwrap();
    let data = &report["data"];
    assert_eq!(data["requests"]["mutating"], 0, "{report:#}");
    let resources = data["resources"].as_array().unwrap();
    assert!(resources.len() > 5, "{report:#}");
    assert!(resources.iter().all(|resource| resource["verdict"] == "unchanged"), "{report:#}");

    let scaled = bench.run(&["run", &runbook("scale_group.rhai"), "--desired", "3"]);
    assert_eq!(scaled.status.code(), Some(0), "{}", text(&scaled.stderr));
    let fewer = bench.run(&["run", &runbook("scale_group.rhai"), "--desired", "1"]);
    assert_eq!(fewer.status.code(), Some(0), "{}{}", text(&fewer.stdout), text(&fewer.stderr));
    let status = bench.run(&["run", &runbook("group_status.rhai")]);
    assert_eq!(status.status.code(), Some(0), "{}", text(&status.stderr));
    let deleted = bench.run(&["run", &runbook("delete_group.rhai")]);
    assert_eq!(deleted.status.code(), Some(0), "{}", text(&deleted.stderr));
}

#[test]
fn parameters_are_typed_flags() {
    let bench = Bench::new();
    let script = bench.script(
        "//! Greets.\nconst PARAMS = #{ name: #{ type: \"string\", help: \"whom\" }, times: #{ init: 1 }, loud_one: #{ init: false } };\n\
         fn all() { `${PARAM.name} ${PARAM.times} ${PARAM.loud_one}` }\nprint(all());",
    );
    let said = |arguments: &[&str]| {
        let output = bench.run(&[&["run", &script], arguments].concat());
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    assert_eq!(said(&["--name", "you", "--times", "-3", "--loud-one"]), (Some(0), "you -3 true\n".to_owned()));
    assert_eq!(said(&["--name=you", "--loud-one", "false", "--world", "other"]), (Some(0), "you 1 false\n".to_owned()));
    let (code, help) = said(&["--help"]);
    assert_eq!(code, Some(0));
    for part in ["Greets.", "--name <STRING>", "whom [required]", "--times <INT>", "[default: 1]", "--world <NAME>"] {
        assert!(help.contains(part), "no {part:?} in\n{help}");
    }
    for (arguments, message) in [
        (&[][..], "the script needs `--name`"),
        (&["--nmae", "you"], "did you mean `--name`?"),
        (&["--name", "you", "--times", "many"], "`--times` cannot be `many`"),
        (&["--name"], "--name"),
    ] {
        let (code, said) = said(arguments);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("SPOT-0606") && said.contains(message), "{said}");
    }
}

#[test]
fn exit_codes_tell_what_happened() {
    let bench = Bench::new();
    for (script, code) in [
        ("print(1);", 0),
        ("check(\"never\", false); print(1);", 1),
        ("throw \"no\";", 1),
        ("let x = ;", 1),
        ("exit(0);", 0),
        ("exit(7);", 7),
        ("return 3;", 0),
        ("eks::cluster(\"zebra\");", 5),
        ("import \"std/guard\" as g; g::attempt(|| eks::cluster(\"zebra\"));", 0),
    ] {
        let output = bench.run(&["run", &bench.script(script)]);
        assert_eq!(output.status.code(), Some(code), "{script}: {}", text(&output.stderr));
    }
    assert_eq!(bench.run(&["run", "nowhere.rhai"]).status.code(), Some(2));
    assert_eq!(bench.run(&["rnu"]).status.code(), Some(2));
    let endless = bench.script("loop { }");
    assert_eq!(bench.run(&["run", &endless, "--timeout", "200ms"]).status.code(), Some(6));
}

#[test]
fn an_interrupt_ends_loops_within_a_second_and_cannot_be_caught() {
    let bench = Bench::new();
    let script = bench.script("print(\"begun\"); loop { try { let x = 1; } catch { } }");
    let child = bench.command(&["run", &script]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let asked = Instant::now();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "begun\n");
    assert!(text(&output.stderr).contains("SPOT-0902"));
}

#[test]
fn what_ends_a_run_is_told_at_the_innermost_call() {
    let bench = Bench::new();
    let script =
        bench.script("fn inner() {\n    wait_until(\"9000h\", || false);\n}\nfn outer() { inner() }\nouter();\n");
    let ended = bench.run(&["run", &script, "--timeout", "500ms"]);
    let said = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(6), "{said}");
    assert!(said.contains("SPOT-0611") && said.contains(":2:5]"), "{said}");
}

#[test]
fn scripts_write_only_where_they_may() {
    let bench = Bench::new();
    let group = "let g = eks::nodegroup(\"dev\", #{ cluster: \"c\", types: [\"m5.xlarge\"] });\n";
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("a.yml").display().to_string();
    let script = bench.script(&format!("{group} print(g.config().save(\"{target}\"));"));
    let refused = bench.run(&["run", &script]);
    assert!(text(&refused.stderr).contains("SPOT-0806"), "{}", text(&refused.stderr));
    let allowed = bench.run(&["run", "--allow-write", &outside.path().display().to_string(), &script]);
    assert_eq!(text(&allowed.stdout), "created\n", "{}", text(&allowed.stderr));
}

/// The script's group and the tutorial's own file are one and the same: loading the file changes nothing.
#[test]
fn the_tutorials_file_describes_the_scripts_group() {
    let bench = Bench::new();
    let made = bench.run(&["run", &runbook("create_spot.rhai")]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tutorial_nodegroups.yml");
    std::fs::copy(file, bench.path("tutorial.yml")).unwrap();
    let script = bench.script("print(eks::ensure(eks::load(\"tutorial.yml\")));");
    let loaded = bench.command(&["-v", "run", &script]).env("AWS_REGION", "ap-northeast-1").output().unwrap();
    let talk = text(&loaded.stderr);
    assert!(loaded.status.success(), "{talk}");
    assert!(text(&loaded.stdout).contains("unchanged nodegroup"), "{}", text(&loaded.stdout));
    assert!(talk.contains(" 0 mutating"), "{talk}");
}

/// Values nested thousands deep are printed, converted and dropped by recursion: that must not end the process.
#[test]
fn deeply_nested_values_are_no_crash() {
    let bench = Bench::new();
    let script = bench.script(
        "let list = []; for i in 0..1500 { list = [list]; }\nprint(list.to_string().len);\n\
         let map = #{}; for i in 0..1500 { map = #{ a: map }; }\neks::nodegroup(\"a\", map);",
    );
    let output = bench.run(&["run", &script]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).trim(), "3002");
    assert!(text(&output.stderr).contains("SPOT-0102"), "{}", text(&output.stderr));
}

/// What could not be written was not delivered.
#[test]
#[cfg(target_os = "linux")]
fn lost_output_is_no_success() {
    let bench = Bench::new();
    let script = bench.script("print(42);");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = bench.command(&["run", &script]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("standard output cannot be written"), "{}", text(&output.stderr));
}

/// A setting that is changed and changed back ends where it began, and the next run has nothing to do.
#[test]
fn a_change_can_be_taken_back() {
    let bench = Bench::new();
    let template = |arguments: &[&str]| {
        let path = runbook("create_spot.rhai");
        let output = bench.run(&[&["run", &path], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let asg = bench.run(&["asg", "dev-4vcpu-16gb-spot", "-o", "json"]);
        let asg: serde_json::Value = serde_json::from_slice(&asg.stdout).unwrap();
        let key = asg["data"]["launch_template"]["data"]["key_name"].clone();
        (asg["data"]["group"]["launch_template_version"].clone(), key, text(&output.stderr))
    };
    let (first, key, _) = template(&[]);
    assert_eq!((first.as_str(), key.as_str()), (Some("1"), Some("eks-spot-key")));
    let (second, key, _) = template(&["--ssh-key", ""]);
    assert_eq!((second.as_str(), key.as_str()), (Some("2"), None));
    let (third, key, _) = template(&[]);
    assert_eq!((third.as_str(), key.as_str()), (Some("3"), Some("eks-spot-key")));
    let (fourth, _, talk) = template(&[]);
    assert_eq!(fourth, "3");
    assert!(talk.contains("7 unchanged"), "{talk}");
}

#[test]
fn a_failure_three_imports_deep_names_every_frame_in_json_too() {
    let bench = Bench::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    std::fs::create_dir_all(bench.path("modules/deep")).unwrap();
    for file in ["three_imports_deep.rhai", "modules/deep/one.rhai", "modules/deep/two.rhai", "modules/deep/three.rhai"]
    {
        std::fs::copy(fixtures.join(file), bench.path(file)).unwrap();
    }
    let failed = bench.run(&["run", "three_imports_deep.rhai", "-o", "json"]);
    assert_eq!(failed.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&failed.stdout).unwrap();
    let frames = report["data"].as_object().unwrap_or_else(|| panic!("{report:#}"));
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&serde_json::json!({
            "place": frames["place"], "frames": frames["frames"], "code": frames["error"]["code"],
        }))
        .unwrap()
    );
}

#[test]
fn a_pause_of_a_script_is_told_and_a_short_one_is_not() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("pauses.rhai");
    std::fs::write(&script, "sleep(4); sleep(90); sleep(7.5);").unwrap();
    let run = bench.run(&["run", script.to_str().unwrap()]);
    let told = String::from_utf8(run.stderr).unwrap();
    let waits: Vec<&str> = told.lines().filter_map(|line| line.split_once("waiting for ")).map(|pair| pair.1).collect();
    assert_eq!(waits, ["`sleep`, 90 s", "`sleep`, 7.5 s"], "{told}");
}

//! `spotscript test`: what people see of it, from the built binary.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A folder with files.
struct Folder(tempfile::TempDir);

/// What the command did.
struct Ran {
    stdout: String,
    stderr: String,
    code: i32,
}

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Folder(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Runs `spotscript test` with these arguments.
    fn test(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["test"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_spotscript"))
            .args(arguments)
            .current_dir(self.path())
            .env("SPOTSCRIPT_STATE_DIR", self.path().join(".state"))
            .env_remove("NO_COLOR")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap() }
    }
}

/// The text with durations masked: they are the wall clock's.
fn masked(text: &str) -> String {
    text.lines()
        .map(|line| match line.rsplit_once("  ") {
            Some((before, took)) if line.starts_with("  ✔") || line.starts_with("  ✘") => {
                assert!(took.ends_with('s'), "{line}");
                format!("{before}  …")
            }
            _ => match line.rsplit_once(" in ") {
                Some((before, took)) if took.ends_with(" s") => format!("{before} in … s"),
                _ => line.to_owned(),
            },
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// A runbook that forgets what the group is for: it makes one node fewer than it was asked for and no taint.
const BROKEN: &str = r#"//! Makes a group.
const PARAMS = #{ desired: #{ type: "int", init: 2, help: "nodes" } };

fn described(desired) {
    eks::nodegroup("dev", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], desired: desired - 1, max: 4 })
}

step "create" { eks::ensure(described(PARAM.desired)); }
"#;

const TESTS_OF_BROKEN: &str = r#"//! Tests of `broken.rhai`.

fn summary() {
    let nodes = kube::nodes("alpha.eksctl.io/nodegroup-name=dev");
    #{ ready: nodes.ready().len, types: nodes.map(|node| node.instance_type), taints: nodes[0].taints.map(|t| `${t}`) }
}

fn agrees(wanted) {
    assert_eq(summary(), wanted);
}

fn test_the_group_is_as_asked_for() {
    assert(run_script("broken.rhai", #{ desired: 3 }).ok);
    agrees(#{ ready: 3, types: ["m5.xlarge", "m5.xlarge", "m5.xlarge"], taints: ["spot=true:NoSchedule"] });
}

fn test_it_runs() { assert(run_script("./broken.rhai").ok); }
"#;

#[test]
fn a_broken_runbook_fails_with_a_diff_to_act_on() {
    let folder = Folder::with(&[("broken.rhai", BROKEN), ("broken_test.rhai", TESTS_OF_BROKEN)]);
    let ran = folder.test(&["--seed", "7"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    insta::assert_snapshot!("broken_runbook", masked(&ran.stdout));
    // The command that the report names runs this test alone, and fails alike.
    let repeat = ran.stdout.lines().find_map(|line| line.strip_prefix("repeat: spotscript ")).unwrap();
    let again = folder.run(&repeat.split(' ').collect::<Vec<_>>());
    assert_eq!(again.code, 1);
    assert!(again.stdout.contains("0 passed, 1 failed"), "{}", again.stdout);
    let diff = |text: &str| text.lines().filter(|line| line.starts_with("    - ")).collect::<Vec<_>>().join("\n");
    assert_eq!(diff(&again.stdout), diff(&ran.stdout));
}

#[test]
fn every_test_has_a_world_of_its_own() {
    let tests = r#"
        fn test_one() { eks::ensure(group()); assert_eq(eks::list("eks-spot-eksct").len, 2); group().config().save("a.yml"); }
        fn test_two() { assert_eq(eks::list("eks-spot-eksct").len, 1); assert_throws("SPOT-0801", || eks::load("a.yml")); }
        fn group() { eks::nodegroup("dev", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], desired: 1, max: 1 }) }
    "#;
    let folder = Folder::with(&[("a_test.rhai", tests)]);
    let ran = folder.test(&["--jobs", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "tests write elsewhere");
}

#[test]
fn assertions_say_what_is_wrong() {
    let tests = r#"
fn test_assert() { assert(1 > 2, "one is not more than two"); }
fn test_contains() { assert_contains(["a", "b"], "c"); }
fn test_ne() { assert_ne(#{ a: 1 }, #{ a: 1.0 }); }
fn test_throws_nothing() { assert_throws("SPOT-0111", || 1 + 1); }
fn test_throws_other() { assert_throws("SPOT-0111", || spot::types(["m5.xlarge", "c5.large"]).same_shape()); }
fn test_check() { check("the sky is green", false); }
fn test_exit() { exit(3); }
"#;
    let ran = Folder::with(&[("a_test.rhai", tests)]).test(&["--jobs", "1"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("assertions", masked(&ran.stdout));
}

#[test]
fn assertions_hold_where_they_should() {
    let tests = r#"
import "std/format" as format;
const WORD = "two";
fn setup() { sandbox.advance("1m"); }
fn test_equal() {
    assert_eq(1, 1.0);
    assert_eq([1, #{ a: "x", b: [()] }], [1, #{ b: [()], a: "x" }]);
    assert_eq(spot::types(["m5.xlarge"]), spot::types(["m5.xlarge"]));
    assert_ne("1", 1);
    assert_ne([1], [1, 2]);
    assert_eq(9007199254740993, 9007199254740993);
    assert_ne(9007199254740993, 9007199254740992);
}
fn test_imports_and_constants() { assert_eq(`${format::count(2, "node")} ${global::WORD}`, "2 nodes two"); }
fn test_contains() {
    assert_contains("two nodes", "nodes");
    assert_contains(#{ a: 1 }, "a");
    assert_contains(spot::types(["m5.xlarge"]), "m5.xlarge");
}
fn test_throws() {
    let error = assert_throws("SPOT-0111", || spot::types(["m5.xlrage"]));
    assert_contains(error.help, "m5.xlarge");
    assert_throws("on purpose", || throw "broken on purpose");
    assert_throws("SPOT-0610", || throw "broken on purpose");
    assert_throws("SPOT-0602", || no_such_function());
}
fn test_setup_ran() { assert_eq(sandbox.now, "2026-01-01T00:01:00Z"); }
fn test_a_variable_of_that_name_is_the_scripts_own() { let sandbox = 3; assert_eq(sandbox, 3); }
"#;
    let ran = Folder::with(&[("a_test.rhai", tests)]).test(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("6 passed, 0 failed"), "{}", ran.stdout);
}

#[test]
fn the_world_is_controlled_from_the_test() {
    let tests = r#"
fn setup() { eks::ensure(eks::nodegroup("dev", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], desired: 1, max: 3 })); }
fn nodes() { kube::nodes("alpha.eksctl.io/nodegroup-name=dev") }
fn test_reclaim() {
    let node = nodes()[0];
    sandbox.reclaim(node);
    assert_throws("interrupted already", || sandbox.reclaim(node.name));
    sandbox.advance("10m");
    assert_ne(nodes()[0].name, node.name);
}
fn test_exhaust() {
    sandbox.exhaust("*", "*");
    assert_throws("SPOT-0502", || eks::scale("dev", 2));
    let failed = eks::get("dev").activities.filter(|one| one.status == "Failed");
    assert_contains(`${failed[0]}`, "UnfulfillableCapacity");
    sandbox.restore("*", "*");
    eks::scale("dev", 2);
}
fn test_fail() {
    sandbox.fail("UpdateAutoScalingGroup", "ValidationError", 2);
    assert_throws("SPOT-0301", || eks::scale("dev", 2));
    sandbox.heal();
    eks::scale("dev", 2);
}
fn test_names_are_checked() {
    assert_contains(assert_throws("SPOT-0101", || sandbox.throttle("DescribeAutoScalingGroup", 1)).help, "DescribeAutoScalingGroups");
    assert_contains(assert_throws("SPOT-0101", || sandbox.exhaust("*", "eu-west-1a")).help, "ap-northeast-1a");
    assert_contains(assert_throws("SPOT-0403", || sandbox.reclaim("ip-1")).help, "kube::nodes()");
    assert_throws("SPOT-0101", || sandbox.advance("5 parsecs"));
    assert_throws("SPOT-0101", || sandbox.throttle("*", 0));
}
"#;
    let ran = Folder::with(&[("a_test.rhai", tests)]).test(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn snapshots_are_kept_compared_and_cleaned_up() {
    let tests = |zones: &str, second: &str| {
        format!("fn test_a() {{ assert_snapshot(\"zones\", #{{ zones: {zones}, text: \"one\\ntwo\" }}); }}\n{second}")
    };
    let folder = Folder::with(&[("a_test.rhai", &tests("[1, 2]", "fn test_b() { assert_snapshot(\"b\", 1); }"))]);
    let missing = folder.test(&[]);
    assert_eq!(missing.code, 1);
    assert!(missing.stdout.contains("there is no snapshot `zones`"), "{}", missing.stdout);
    assert_eq!(folder.test(&["--update"]).code, 0);
    assert_eq!(folder.test(&[]).code, 0);
    // Part of a file's tests says nothing about the others' snapshots.
    assert!(!folder.test(&["--filter", "test_a"]).stdout.contains("removes it"));
    folder.write("a_test.rhai", &tests("[1, 3]", ""));
    let differs = folder.test(&[]);
    assert_eq!(differs.code, 1);
    insta::assert_snapshot!("snapshot_differs", masked(&differs.stdout));
    folder.write("a_test.rhai", &tests("[1, 2]", ""));
    let obsolete = folder.test(&[]);
    assert_eq!(obsolete.code, 0);
    assert!(obsolete.stdout.contains("__snapshots__/a_test/b.snap: `--update` removes it"), "{}", obsolete.stdout);
    assert_eq!(folder.test(&["--update"]).code, 0);
    assert!(!folder.path().join("__snapshots__/a_test/b.snap").exists());
}

#[test]
fn what_is_wrong_with_files_is_told_and_the_others_run() {
    let folder = Folder::with(&[
        ("a_test.rhai", "fn test_a() { assert(true); }"),
        ("b_test.rhai", "fn test_b() { let = 3; }"),
        ("c_test.rhai", "fn test_c(x) { }"),
    ]);
    let ran = folder.test(&[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("broken_files", masked(&ran.stdout));
}

#[test]
fn no_tests_is_an_error_that_says_what_was_looked_for() {
    let folder = Folder::with(&[("a.rhai", "print(1)"), ("b/b_test.rhai", "fn test_here() {}")]);
    let told = |arguments: &[&str]| {
        let ran = folder.test(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        ran.stderr
    };
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    insta::assert_snapshot!(told(&["empty"]).trim(), @r"
    SPOT-0662

      × no files `*_test.rhai` were found below `empty`
      help: a test is a function `test_…()` in a file whose name ends in `_test.rhai`
    ");
    insta::assert_snapshot!(told(&["--filter", "nobody"]).trim(), @r"
    SPOT-0662

      × no test has `nobody` in its path
      help: `--list` shows every test
    ");
    insta::assert_snapshot!(told(&["b/b_test.rhai::test_her"]).trim(), @r"
    SPOT-0662

      × there is no test `test_her`
      help: did you mean `test_here`?
    ");
    insta::assert_snapshot!(told(&["nowhere"]).trim(), @r"
    SPOT-0801

      × there is no `nowhere`
      help: give a file or a folder; a single test is `FILE::TEST`
    ");
}

#[test]
fn tests_are_listed_and_picked() {
    let folder = Folder::with(&[("a_test.rhai", "fn test_z() {}\nfn test_a() {}\nfn helper() {}\nfn setup() {}")]);
    assert_eq!(folder.test(&["--list"]).stdout, "a_test.rhai::test_z\na_test.rhai::test_a\n");
    let ran = folder.test(&["a_test.rhai::test_a"]);
    assert!(ran.stdout.contains("1 passed, 0 failed"), "{}", ran.stdout);
    assert!(folder.test(&["--filter", "_z"]).stdout.contains("1 passed, 0 failed"));
}

#[test]
fn fail_fast_stops_and_a_test_that_hangs_is_ended() {
    let folder = Folder::with(&[("a_test.rhai", "fn test_a() { loop {} }\nfn test_b() { assert(true); }")]);
    let ran = folder.test(&["--timeout", "300ms", "--fail-fast", "--jobs", "1"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("SPOT-0611"), "{}", ran.stdout);
    assert!(ran.stdout.contains("0 passed, 1 failed, 1 not run"), "{}", ran.stdout);
}

#[test]
fn reports_for_programs() {
    let tests = "fn test_good() {}\nfn test_bad() { print(\"<b>&\\u0007\"); assert_eq(\"<a>\", \"]]>\"); }";
    let folder = Folder::with(&[("deep/a_test.rhai", tests)]);
    let ran = folder.test(&["-o", "json", "--junit", "report.xml"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["schema"], "spotscript.test/v1");
    let data = &json["data"];
    assert_eq!((data["passed"].as_u64(), data["failed"].as_u64()), (Some(1), Some(1)));
    assert_eq!(data["tests"][1]["error"]["code"], "SPOT-0660");
    assert_eq!(data["tests"][1]["place"], "deep/a_test.rhai:2:38");
    assert_eq!(data["tests"][1]["repeat"], "spotscript test deep/a_test.rhai::test_bad --seed 1");
    let xml = std::fs::read_to_string(folder.path().join("report.xml")).unwrap();
    let mut reader = quick_xml::Reader::from_str(&xml);
    let (mut cases, mut failures) = (0, 0);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                cases += usize::from(tag.name().as_ref() == "testcase");
                failures += usize::from(tag.name().as_ref() == "failure");
            }
            _ => {}
        }
    }
    assert_eq!((cases, failures), (2, 1));
    assert!(xml.contains("tests=\"2\" failures=\"1\"") && xml.contains("&lt;b&gt;&amp;"), "{xml}");
    assert!(!xml.contains('\u{7}'), "a control character is no XML");
}

#[test]
fn levers_and_assertions_stay_where_they_belong() {
    let folder = Folder::with(&[
        ("levers.rhai", "let before = sandbox.now; sandbox.advance(\"5m\"); check(\"later\", sandbox.now != before);"),
        ("assert.rhai", "assert(true);"),
    ]);
    let ran = folder.run(&["run", "levers.rhai"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = folder.run(&["run", "assert.rhai"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("there is no function `assert`"), "{}", ran.stderr);
    let ran = folder.run(&["--target", "aws", "--region", "eu-west-1", "run", "levers.rhai"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!("levers_on_aws", ran.stderr.trim());
}

#[test]
fn the_projects_own_tests_pass() {
    let root = env!("CARGO_MANIFEST_DIR");
    let output =
        Command::new(env!("CARGO_BIN_EXE_spotscript")).args(["test", "scripts", "stdlib"]).current_dir(root).output();
    let output = output.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let summary = text.lines().rev().find(|line| !line.is_empty()).unwrap();
    let passed: usize = summary.split(' ').next().unwrap().parse().unwrap();
    assert!(passed >= 36 && summary.contains(" 0 failed"), "{summary}");
}

const HELPERS: &str = "\
//! Sizes.

/// Half of a number.
fn half(of) {
    if of < 0 {
        throw \"negative\";
    }
    of / 2
}

fn never() {
    print(1);
    print(2);
}
";

const RUNBOOK: &str = "\
//! Prints a size.
import \"./lib/sizes\" as sizes;
import \"std/guard\" as guard;

const PARAMS = #{ of: #{ type: \"int\", init: 8 } };

step \"print\" {
    print(sizes::half(PARAM.of));
}
guard::require_all([]);
";

/// A runbook with a module, and a test of it that does not come to everything.
fn half_tested() -> Folder {
    Folder::with(&[
        ("lib/sizes.rhai", HELPERS),
        ("size.rhai", &RUNBOOK.replace("guard::require_all([]);", "print(guard::attempt(|| 1).ok);")),
        ("size_test.rhai", "fn test_it() {\n    assert(run_script(\"size.rhai\").ok);\n}\n"),
    ])
}

#[test]
fn coverage_tells_the_lines_that_no_test_came_to() {
    let ran = half_tested().test(&["--coverage"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let (_, measured) = ran.stdout.split_once(" in ").unwrap();
    insta::assert_snapshot!(measured.split_once('\n').unwrap().1, @r"

    File            Lines  Hit  Percent  Missed
    ──────────────────────────────────────────────
    lib/sizes.rhai      5    2     40.0  6, 12-13
    size.rhai           6    6    100.0
    std/guard          13    3     23.0  15-77

    coverage: 45.8 % (11 of 24 lines)
    ");
}

#[test]
fn too_little_coverage_is_a_failure() {
    let folder = half_tested();
    assert_eq!(folder.test(&["--fail-under", "20"]).code, 0);
    let ran = folder.test(&["--fail-under", "99.5"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.trim_end().ends_with(", less than 99.5 %"), "{}", ran.stdout);
    let ran = folder.test(&["--fail-under", "101"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("a percentage is a number from 0 to 100"), "{}", ran.stderr);
}

#[test]
fn coverage_as_json_and_as_lcov() {
    let folder = half_tested();
    let ran = folder.test(&["--coverage-lcov", "cov.info", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let measured = &serde_json::from_str::<Value>(&ran.stdout).unwrap()["data"]["coverage"];
    let files = measured["files"].as_array().unwrap();
    let sizes = files.iter().find(|file| file["file"] == "lib/sizes.rhai").unwrap();
    insta::assert_snapshot!(sizes, @r#"{"file":"lib/sizes.rhai","lines":5,"hit":2,"percent":40.0,"missed":["6","12-13"]}"#);
    assert_eq!(measured["lines"].as_u64(), files.iter().map(|file| file["lines"].as_u64()).sum::<Option<u64>>());
    let lcov = std::fs::read_to_string(folder.path().join("cov.info")).unwrap();
    let record = lcov.split_inclusive("end_of_record\n").find(|record| record.contains("SF:lib/")).unwrap();
    insta::assert_snapshot!(record, @r"
    TN:
    SF:lib/sizes.rhai
    DA:5,1
    DA:6,0
    DA:8,1
    DA:12,0
    DA:13,0
    LF:5
    LH:2
    end_of_record
    ");
    let ran = folder.test(&["--coverage-lcov", "no/such/folder.info"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    SPOT-0801

      × `no/such/folder.info` cannot be written
      ╰─▶ No such file or directory (os error 2)
    "#);
}

/// A failure in a file that is measured is told at its own place.
#[test]
fn measuring_moves_no_place() {
    let folder = half_tested();
    folder.write("lib/sizes.rhai", "fn half(of) { // 半\n    let by = 0; of / by\n}\n");
    let mut told = Vec::new();
    for arguments in [&["-o", "json"][..], &["-o", "json", "--coverage"]] {
        folder.write("size_test.rhai", "import \"./lib/sizes\" as sizes;\nfn test_it() {\n    sizes::half(1);\n}\n");
        let ran = folder.test(arguments);
        let test = &serde_json::from_str::<Value>(&ran.stdout).unwrap()["data"]["tests"][0];
        told.push((test["place"].as_str().unwrap().to_owned(), test["error"]["code"].clone()));
    }
    assert_eq!(told[0].0, "lib/sizes.rhai:2:20");
    assert_eq!(told[0], told[1]);
}

#[test]
fn nothing_to_measure_is_said() {
    let ran = Folder::with(&[("a_test.rhai", "fn test_it() { }")]).test(&["--coverage"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("no runbook or module was run\n\ncoverage: 100.0 % (0 of 0 lines)"), "{}", ran.stdout);
}

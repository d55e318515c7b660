//! A plan is what then happens: shown, kept, applied, refused when the world has moved; runs are taken up and taken back.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const RUNBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/create_spot.rhai");
const GROUP: &str = "dev-4vcpu-16gb-spot";

fn spotscript(state: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(arguments)
        .current_dir(state)
        .env("SPOTSCRIPT_STATE_DIR", state)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn ended(output: &Output, code: i32) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}\n{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(state: &Path, arguments: &[&str], code: i32) -> Value {
    let answer: Value = serde_json::from_str(&ended(&spotscript(state, arguments), code)).unwrap();
    answer["data"].clone()
}

/// The mutating requests of a run as its journal has them: operation, and what it is about; those repeated until they are
/// taken count once.
fn sent(state: &Path, run: &str) -> Vec<String> {
    let run = json(state, &["runs", "show", run, "-o", "json"], 0);
    let mut sent: Vec<String> = run["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["entry"] == "intent")
        .map(|line| line["mutation"]["operation"].as_str().unwrap().to_owned())
        .collect();
    sent.dedup_by(|a, b| a == b && a.starts_with("CreateA"));
    sent
}

fn planned(plan: &Value) -> Vec<String> {
    let requests = plan["requests"].as_array().unwrap();
    requests.iter().map(|request| request["operation"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_plan_changes_nothing_is_the_same_each_time_and_is_what_then_happens() {
    let state = tempfile::tempdir().unwrap();
    let first = ended(&spotscript(state.path(), &["run", "--plan", RUNBOOK]), 4);
    assert_eq!(first, ended(&spotscript(state.path(), &["run", "--plan", RUNBOOK]), 4), "byte for byte");
    insta::assert_snapshot!("create_plan", first);
    assert!(!state.path().join("spot_nodegroups.yml").exists(), "what a script would write is not written");
    assert_eq!(ended(&spotscript(state.path(), &["runs"]), 0), "No run has changed anything yet.\n");

    let plan = json(state.path(), &["run", "--plan", "-o", "json", RUNBOOK], 4);
    ended(&spotscript(state.path(), &["run", RUNBOOK]), 0);
    assert_eq!(planned(&plan), sent(state.path(), "last"));

    // Nothing is left to do, and a plan says so.
    let nothing = ended(&spotscript(state.path(), &["run", "--plan", RUNBOOK]), 0);
    assert_eq!(nothing, "No changes: everything is as the runbook wants it.\n");
    // A change is told field by field.
    insta::assert_snapshot!(
        "scale_plan",
        ended(&spotscript(state.path(), &["run", "--plan", RUNBOOK, "--desired", "4"]), 4)
    );
}

#[test]
fn a_roll_is_planned_as_it_then_happens() {
    let state = tempfile::tempdir().unwrap();
    let script = state.path().join("roll.rhai");
    std::fs::write(
        &script,
        r#"
            let group = eks::nodegroup("dev-spot", #{
                cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"], volume: #{ size_gib: PARAM.size },
            });
            if PARAM.roll { eks::roll(group); } else { eks::ensure(group); }
        "#,
    )
    .unwrap();
    let text = std::fs::read_to_string(&script).unwrap();
    std::fs::write(&script, format!("const PARAMS = #{{ size: #{{ type: \"int\", init: 80, help: \"GiB\" }}, roll: #{{ type: \"bool\", init: false, help: \"replace\" }} }};\n{text}")).unwrap();
    let script = script.to_str().unwrap();
    ended(&spotscript(state.path(), &["run", script]), 0);
    ended(&spotscript(state.path(), &["run", script, "--size", "100"]), 0);
    let plan = json(state.path(), &["run", "--plan", "-o", "json", script, "--roll"], 4);
    let replaced = plan["changes"].as_array().unwrap().iter().filter(|change| change["action"] == "replace");
    assert_eq!(replaced.count(), 2, "{plan}");
    ended(&spotscript(state.path(), &["run", script, "--roll"]), 0);
    assert_eq!(planned(&plan), sent(state.path(), "last"));
    ended(&spotscript(state.path(), &["run", "--plan", script, "--roll"]), 0);
}

#[test]
fn machines_of_windows_are_counted_at_their_own_prices() {
    let state = tempfile::tempdir().unwrap();
    let script = state.path().join("windows.rhai");
    let group = |kind: &str, name: &str, family: &str| {
        format!(
            "eks::ensure(eks::{kind}(\"{name}\", #{{ cluster: \"eks-spot-eksct\", types: [\"m5.large\"], min: 0, max: 4, \
             desired: 2, family: \"{family}\" }}));\n"
        )
    };
    let windows = "WindowsServer2022CoreContainer";
    let groups = [
        group("nodegroup", "linux", "AmazonLinux2023"),
        group("managed_nodegroup", "managed", windows),
        group("nodegroup", "windows", windows),
    ];
    std::fs::write(&script, groups.concat()).unwrap();
    let plan = json(state.path(), &["run", "--plan", "-o", "json", script.to_str().unwrap()], 4);
    let costs = plan["costs"].as_array().unwrap();
    let names: Vec<&str> = costs.iter().map(|cost| cost["group"].as_str().unwrap()).collect();
    assert_eq!(names, ["linux", "managed", "windows"]);
    let dearest: Vec<Option<f64>> = costs.iter().map(|cost| cost["after"]["highest_usd"].as_f64()).collect();
    let [Some(linux), Some(managed), Some(windows)] = dearest[..] else { panic!("{plan}") };
    // Two machines of two vCPUs, each with its licence.
    assert!((windows - linux - 0.184).abs() < 0.001 && (managed - windows).abs() < 0.001, "{dearest:?}");
}

#[test]
fn a_kept_plan_is_applied_and_refused_when_the_world_has_moved() {
    let state = tempfile::tempdir().unwrap();
    let keep = |arguments: &[&str]| {
        let all = [&["run", "--plan", "--out", "plan.json", RUNBOOK], arguments].concat();
        ended(&spotscript(state.path(), &all), 4);
    };
    keep(&["--desired", "1"]);
    let refused = spotscript(state.path(), &["apply", "plan.json"]);
    ended(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nobody can be asked whether to apply this plan"));
    ended(&spotscript(state.path(), &["apply", "--yes", "plan.json"]), 0);
    let group = json(state.path(), &["get", "nodegroup", "-o", "json"], 0).to_string();
    assert!(group.contains(GROUP), "{group}");

    keep(&["--desired", "3"]);
    ended(&spotscript(state.path(), &["scale", "nodegroup", GROUP, "--nodes", "2"]), 0);
    let moved = spotscript(state.path(), &["apply", "--yes", "plan.json"]);
    ended(&moved, 5);
    insta::assert_snapshot!(String::from_utf8_lossy(&moved.stderr).replace(RUNBOOK, "create_spot.rhai"), @r#"
    ▶ choose
    sandbox (world default): nothing real is touched
      ✔ 7 types, each 4 vCPU / 16 GiB
    ▶ write
      changed file "spot_nodegroups.yml"
      spot_nodegroups.yml:26:20: port 22 is opened to the addresses of the VPC; eksctl opens it to the whole world for public nodes
      ✔ the file describes the same group
    ▶ create
    ▶ verify
      ✔ sizes are 0/5/3
      ✔ 3 nodes Ready
      ✔ all are Spot, says EC2
      ✔ instance types are from the list
      ✔ labels as asked for
      ✔ taint as asked for
    SPOT-0807

      × the world has moved since the plan was made
      ╰─▶ Auto Scaling group `spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot`: desired was 1 → 3, is 2
          → 3
      help: plan again, and apply that
    "#);

    std::fs::write(state.path().join("newer.json"), r#"{"schema": "spotscript.plan/v9", "data": {}}"#).unwrap();
    let newer = spotscript(state.path(), &["apply", "--yes", "newer.json"]);
    ended(&newer, 2);
    insta::assert_snapshot!(String::from_utf8_lossy(&newer.stderr), @r"
    SPOT-0808

      × `newer.json` is no plan that can be applied
      ╰─▶ it is a plan of version 9, this spotscript applies version 1
      help: make it anew: `spotscript run --plan --out plan.json FILE`
    ");
}

#[test]
fn flags_behind_the_file_of_an_apply_count() {
    let state = tempfile::tempdir().unwrap();
    ended(&spotscript(state.path(), &["run", "--plan", "--out", "plan.json", RUNBOOK, "--desired", "1"]), 4);
    let applied: Value =
        serde_json::from_str(&ended(&spotscript(state.path(), &["apply", "plan.json", "--yes", "-o", "json"]), 0))
            .unwrap();
    assert_eq!(applied["schema"], "spotscript.run/v1", "the summary alone, as one document: {applied}");
    let text = ended(&spotscript(state.path(), &["apply", RUNBOOK, "--desired", "2", "--yes"]), 0);
    assert!(text.contains("1 → 2"), "{text}");
    // What fails is told as JSON, too.
    let refused = spotscript(state.path(), &["apply", RUNBOOK, "--desired", "3", "-o", "json"]);
    let refused: Value = serde_json::from_str(&ended(&refused, 2)).unwrap();
    assert_eq!(refused["schema"], "spotscript.error/v1", "{refused}");
}

#[test]
fn a_plan_with_no_place_is_refused_before_the_run_and_one_of_a_command_is_told_as_such() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("talks.rhai"), "print(\"it ran\");").unwrap();
    let refused = spotscript(state.path(), &["run", "--plan", "--out", "nowhere/x.json", "talks.rhai"]);
    assert_eq!(ended(&refused, 2), "", "it ran");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("SPOT-0801") && !told.contains("it ran"), "{told}");

    ended(&spotscript(state.path(), &["run", RUNBOOK, "--desired", "1"]), 0);
    let plan =
        ended(&spotscript(state.path(), &["scale", "nodegroup", GROUP, "--nodes", "2", "--plan", "-o", "json"]), 4);
    std::fs::write(state.path().join("scale.json"), plan).unwrap();
    let refused = spotscript(state.path(), &["apply", "scale.json"]);
    ended(&refused, 2);
    insta::assert_snapshot!(String::from_utf8_lossy(&refused.stderr), @r"
    SPOT-0808

      × `scale.json` is no plan that can be applied
      ╰─▶ it is the plan of a single command (`--plan` of `create`, `scale` and others)
      help: run that command without `--plan`: plans of runbooks are applied, those of commands are to
            be read
    ");
}

#[test]
fn the_verbs_of_a_group_have_plans_too() {
    let state = tempfile::tempdir().unwrap();
    let tutorial = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tutorial_nodegroups.yml");
    let text = std::fs::read_to_string(tutorial).unwrap().replace("$AWS_REGION", "ap-northeast-1");
    std::fs::write(state.path().join("f.yml"), text).unwrap();
    let file = "f.yml";
    for (words, other) in [
        (&["create", "nodegroup", "-f", file][..], None),
        (&["scale", "nodegroup", GROUP, "--nodes", "3"], None),
        (&["roll", "nodegroup", GROUP, "--all"], None),
        (&["delete", "nodegroup", GROUP, "--yes"], Some(["delete", "nodegroup", GROUP])),
    ] {
        let with = |more: &[&'static str]| -> Vec<&str> { words.iter().copied().chain(more.iter().copied()).collect() };
        // A plan needs nobody to ask.
        let asked = other.map_or(with(&["--plan"]), |words| words.into_iter().chain(["--plan"]).collect());
        let groups = || json(state.path(), &["get", "nodegroup", "-o", "json"], 0);
        let before = groups();
        let told = ended(&spotscript(state.path(), &asked), 4);
        assert!(told.contains("\nPlan: "), "{told}");
        let plan = json(state.path(), &with(&["--plan", "-o", "json"]), 4);
        assert_eq!(groups(), before, "{words:?}");
        ended(&spotscript(state.path(), words), 0);
        assert_eq!(planned(&plan), sent(state.path(), "last"), "{words:?}");
    }
    ended(&spotscript(state.path(), &["create", "nodegroup", "-f", file, "--plan", "--dry-run"]), 2);
}

#[test]
fn a_run_is_taken_back_by_its_name() {
    let state = tempfile::tempdir().unwrap();
    ended(&spotscript(state.path(), &["run", RUNBOOK]), 0);
    let plan = ended(&spotscript(state.path(), &["undo", "last", "--plan"]), 4);
    assert!(plan.contains("- delete Auto Scaling group") && plan.contains("8 to delete"), "{plan}");
    let asked = spotscript(state.path(), &["undo", "last"]);
    ended(&asked, 2);
    ended(&spotscript(state.path(), &["undo", "last", "--yes"]), 0);
    let group = json(state.path(), &["get", "nodegroup", "-o", "json"], 0).to_string();
    assert!(!group.contains(GROUP), "{group}");
    // The undo is a run itself: taking it back brings the group back.
    ended(&spotscript(state.path(), &["undo", "last", "--yes"]), 0);
    let group = json(state.path(), &["get", "nodegroup", "-o", "json"], 0).to_string();
    assert!(group.contains(GROUP), "{group}");
}

/// Elsewhere there is nothing of it: all would seem well.
#[test]
fn a_run_is_taken_up_and_back_where_it_was_alone() {
    let state = tempfile::tempdir().unwrap();
    ended(&spotscript(state.path(), &["run", RUNBOOK, "--world", "one"]), 0);
    let mut told = vec![];
    for words in [
        &["undo", "last", "--world", "two"][..],
        &["undo", "last", "--plan", "--world", "oen"],
        &["undo", "last", "--target", "aws"],
    ] {
        let refused = spotscript(state.path(), words);
        ended(&refused, 2);
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        let id = json(state.path(), &["runs", "-o", "json"], 0)["runs"][0]["id"].as_str().unwrap().to_owned();
        let short = id[id.len() - 8..].to_owned();
        told.push(format!("{}\n{}", words.join(" "), text.replace(&short, "RUN")));
    }
    insta::assert_snapshot!("elsewhere", told.join("\n"));
    let worlds = || -> Vec<String> {
        let entries = std::fs::read_dir(state.path().join("worlds")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(worlds(), ["one.lock", "one.world"]);
    ended(&spotscript(state.path(), &["undo", "last", "--plan", "--world", "one"]), 4);
    // A world that is gone is not begun to take something back in.
    std::fs::remove_file(state.path().join("worlds/one.world")).unwrap();
    let gone = spotscript(state.path(), &["undo", "last", "--yes"]);
    ended(&gone, 2);
    assert!(String::from_utf8_lossy(&gone.stderr).contains("SPOT-0708"));
    assert_eq!(worlds(), ["one.lock"]);
}

/// What the environment says is no flag: the run's own target counts, both ways.
#[test]
fn a_target_of_the_environment_keeps_no_run_from_being_taken_up_or_back() {
    let state = tempfile::tempdir().unwrap();
    let elsewhere = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command.args(words).current_dir(state.path()).env("SPOTSCRIPT_STATE_DIR", state.path());
        command.env("NO_COLOR", "1").env("SPOTSCRIPT_TARGET", "aws").stdin(Stdio::null()).output().unwrap()
    };
    std::fs::write(
        state.path().join("fails.rhai"),
        r#"const PARAMS = #{ fails: #{ type: "bool", init: true, help: "x" } };
        eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
        if PARAM.fails { throw "no"; }"#,
    )
    .unwrap();
    ended(&spotscript(state.path(), &["run", "fails.rhai"]), 1);
    // A flag goes before the environment, with parameters behind FILE too.
    ended(&elsewhere(&["run", "--plan", "--target", "sandbox", "fails.rhai", "--fails=false"]), 0);
    // Behind parameters, flags are no more free than before them.
    for flag in [["--world", "two"], ["--target", "aws"]] {
        let refused = elsewhere(&[&["resume", "last", "--fails=false"], &flag[..]].concat());
        ended(&refused, 2);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("SPOT-0606"));
    }
    ended(&elsewhere(&["resume", "last", "--fails=false"]), 0);
    ended(&elsewhere(&["undo", "last", "--plan"]), 4);
    let refused = elsewhere(&["undo", "last", "--plan", "--target=aws"]);
    ended(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("was with target `sandbox`, not `aws`"));
}

/// A run on AWS was in one region and account: elsewhere there is nothing of it.
#[test]
fn a_run_on_aws_is_taken_back_with_its_own_region_and_profile_alone() {
    let state = tempfile::tempdir().unwrap();
    ended(&spotscript(state.path(), &["run", RUNBOOK]), 0);
    let file = std::fs::read_dir(state.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let mut head: Value = serde_json::from_str(head).unwrap();
    head["target"] = "aws".into();
    let origin = head["origin"].as_object_mut().unwrap();
    origin.remove("world");
    origin.insert("region".to_owned(), "ap-northeast-1".into());
    origin.insert("profile".to_owned(), "shop".into());
    std::fs::write(&file, format!("{head}\n{rest}")).unwrap();
    let mut told = vec![];
    for words in [
        &["undo", "last", "--region", "us-west-2"][..],
        &["undo", "last", "--plan", "--profile", "bakery"],
        &["undo", "last", "--world", "two"],
        &["undo", "last", "--target", "sandbox"],
    ] {
        let refused = spotscript(state.path(), words);
        ended(&refused, 2);
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        told.push(text.lines().find(|line| line.contains('×')).unwrap().split_once('`').unwrap().1[8..].to_owned());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    ` was with region `ap-northeast-1`, not `us-west-2`
    ` was with profile `shop`, not `bakery`
    ` was with target `aws`, not in the sandbox world `two`
    ` was with target `aws`, not `sandbox`
    ");
}

#[test]
fn what_was_changed_since_is_not_taken_back() {
    let state = tempfile::tempdir().unwrap();
    ended(&spotscript(state.path(), &["run", RUNBOOK]), 0);
    ended(&spotscript(state.path(), &["scale", "nodegroup", GROUP, "--nodes", "3"]), 0);
    let run = json(state.path(), &["runs", "-o", "json"], 0)["runs"][0]["id"].as_str().unwrap().to_owned();
    ended(&spotscript(state.path(), &["scale", "nodegroup", GROUP, "--nodes", "4"]), 0);
    let refused = spotscript(state.path(), &["undo", &run, "--yes"]);
    ended(&refused, 5);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("SPOT-0809") && told.contains("desired"), "{told}");
    ended(&spotscript(state.path(), &["undo", &run, "--yes", "--force"]), 0);
}

#[test]
fn a_run_that_failed_is_taken_up_and_one_that_is_done_is_not() {
    let state = tempfile::tempdir().unwrap();
    let runbook = state.path().join("two.rhai");
    let group = |name: &str| {
        format!(
            "eks::ensure(eks::nodegroup(\"{name}\", #{{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"] }}), #{{ wait: false }});\n"
        )
    };
    let text = format!(
        "const PARAMS = #{{ stop: #{{ type: \"bool\", init: false, help: \"stop\" }} }};\n{}if PARAM.stop {{ throw \"stopped\"; }}\n{}",
        group("one"),
        group("two")
    );
    std::fs::write(&runbook, text).unwrap();
    ended(&spotscript(state.path(), &["run", "two.rhai", "--stop"]), 1);
    let again = spotscript(state.path(), &["resume", "last"]);
    // The same command with the same parameters: it stops again, where it stopped.
    ended(&again, 1);
    assert!(String::from_utf8_lossy(&again.stderr).contains("taking up run"));
    ended(&spotscript(state.path(), &["run", "two.rhai"]), 0);
    let done = spotscript(state.path(), &["resume", "last"]);
    ended(&done, 0);
    assert!(String::from_utf8_lossy(&done.stderr).contains("there is nothing to take up"));
}

#[test]
fn a_plans_waits_end_well() {
    let state = tempfile::tempdir().unwrap();
    let script = "step \"create\" { eks::ensure(eks::nodegroup(\"spot\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], max: 4 })); }
require(wait_until(\"2h\", || kube::objects(\"daemonsets\", #{}).len > 99), \"what nobody foresees\");
eks::scale(\"spot\", #{ desired: 3 });
";
    std::fs::write(state.path().join("waits.rhai"), script).unwrap();
    let plan = json(state.path(), &["run", "--plan", "waits.rhai", "-o", "json"], 4);
    assert_eq!(planned(&plan).last().unwrap(), "UpdateAutoScalingGroup", "the plan goes on after the wait");
}

/// Writes a file with one group of `nodeGroups` or `managedNodeGroups`, with these members beside its name.
fn file(state: &Path, key: &str, members: &str) {
    let text = format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: eks-spot-eksct, region: ap-northeast-1}}\n{key}: [{{name: g1, {members}}}]\n"
    );
    std::fs::write(state.join("g.yml"), text).unwrap();
}

fn create(state: &Path) {
    ended(&spotscript(state, &["create", "nodegroup", "-f", "g.yml"]), 0);
}

/// Whether a group is as its file says: nothing would be sent.
fn is_as_its_file_says(state: &Path) {
    let told = ended(&spotscript(state, &["create", "nodegroup", "-f", "g.yml", "--plan"]), 0);
    assert!(told.starts_with("No changes"), "{told}");
}

/// A group as it is `before`, as it is after a change, and as it was again once that is undone.
fn there_and_back(key: &str, before: &str, after: &str) {
    let state = tempfile::tempdir().unwrap();
    file(state.path(), key, before);
    create(state.path());
    file(state.path(), key, after);
    create(state.path());
    is_as_its_file_says(state.path());
    ended(&spotscript(state.path(), &["undo", "last", "--yes"]), 0);
    file(state.path(), key, before);
    is_as_its_file_says(state.path());
}

const ON_DEMAND: &str = "instanceType: m5.large, desiredCapacity: 1";

#[test]
fn an_on_demand_group_that_nobody_else_changed_is_taken_back() {
    there_and_back("nodeGroups", ON_DEMAND, &format!("{ON_DEMAND}, labels: {{a: b}}"));
}

#[test]
fn what_a_file_no_longer_says_of_spot_goes_and_an_undo_brings_it_back() {
    let spot = |members: &str| {
        format!(
            "desiredCapacity: 1, instancesDistribution: {{instanceTypes: [m5.large, m4.large], onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 0, {members}}}"
        )
    };
    let capacity = "spotAllocationStrategy: capacity-optimized";
    let pools = "spotAllocationStrategy: lowest-price, spotInstancePools: 3";
    there_and_back("nodeGroups", &spot(&format!("{capacity}, maxPrice: 0.1")), &spot(capacity));
    there_and_back("nodeGroups", &spot(capacity), &spot(&format!("{capacity}, maxPrice: 0.1")));
    there_and_back("nodeGroups", &spot(pools), &spot("spotAllocationStrategy: lowest-price"));
    there_and_back("nodeGroups", &spot(pools), &spot(capacity));
    there_and_back("nodeGroups", &spot(capacity), &spot(pools));
}

#[test]
fn what_a_group_does_of_itself_is_taken_back() {
    let spot = |members: &str| {
        format!(
            "desiredCapacity: 1, instancesDistribution: {{instanceTypes: [m5.large, m4.large], onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 0, spotAllocationStrategy: capacity-optimized{members}}}"
        )
    };
    let (plain, rebalancing) = (spot(""), spot(", capacityRebalance: true"));
    there_and_back("nodeGroups", &plain, &rebalancing);
    there_and_back("nodeGroups", &rebalancing, &plain);
    let state = tempfile::tempdir().unwrap();
    file(state.path(), "nodeGroups", &plain);
    create(state.path());
    let group = |state: &Path| {
        let told = ended(&spotscript(state, &["import", "g1"]), 0);
        ["GroupMinSize", "AZRebalance", "maxInstanceLifetime: 604800"].map(|one| told.contains(one))
    };
    for members in [
        "asgMetricsCollection: [{granularity: 1Minute}]",
        "asgMetricsCollection: [{granularity: 1Minute, metrics: [GroupMinSize, GroupDesiredCapacity]}]",
    ] {
        let all =
            format!("{plain}, {members}, asgSuspendProcesses: [Terminate, AZRebalance], maxInstanceLifetime: 604800");
        file(state.path(), "nodeGroups", &all);
        create(state.path());
        assert_eq!(group(state.path()), [true; 3]);
        ended(&spotscript(state.path(), &["undo", "last", "--yes"]), 0);
        assert_eq!(group(state.path()), [false; 3], "{members}");
    }
    // A group that was deleted has them again, too.
    create(state.path());
    ended(&spotscript(state.path(), &["delete", "nodegroup", "g1", "--yes"]), 0);
    ended(&spotscript(state.path(), &["undo", "last", "--yes"]), 0);
    assert_eq!(group(state.path()), [true; 3]);
}

#[test]
fn boot_data_and_repair_of_a_managed_group_are_taken_back() {
    let (repair, off) =
        ("nodeRepairConfig: {enabled: true, maxParallelNodesRepairedCount: 1}", "nodeRepairConfig: {enabled: false}");
    for (before, after) in [
        (", maxPodsPerNode: 20", ""),
        (", preBootstrapCommands: [\"echo hello\"]", ""),
        ("", ", maxPodsPerNode: 20"),
        ("", &*format!(", {repair}")),
        (&*format!(", {off}"), &*format!(", {repair}")),
        (&*format!(", {repair}"), ", nodeRepairConfig: {enabled: true, maxParallelNodesRepairedCount: 2}"),
    ] {
        println!("{before} → {after}");
        there_and_back("managedNodeGroups", &format!("{ON_DEMAND}{before}"), &format!("{ON_DEMAND}{after}"));
    }
}

#[test]
fn a_permissions_boundary_is_put_changed_removed_and_taken_back() {
    let state = tempfile::tempdir().unwrap();
    let bounded = |name: &str| {
        format!("{ON_DEMAND}, iam: {{instanceRolePermissionsBoundary: \"arn:aws:iam::123456789012:policy/{name}\"}}")
    };
    for key in ["nodeGroups", "managedNodeGroups"] {
        there_and_back(key, ON_DEMAND, &bounded("one"));
        there_and_back(key, &bounded("one"), &bounded("two"));
        there_and_back(key, &bounded("one"), ON_DEMAND);
    }
    file(state.path(), "nodeGroups", &bounded("one"));
    create(state.path());
    let imported = ended(&spotscript(state.path(), &["import", "g1"]), 0);
    assert!(imported.contains("instanceRolePermissionsBoundary: arn:aws:iam::123456789012:policy/one"), "{imported}");
    file(state.path(), "nodeGroups", ON_DEMAND);
    let plan = ended(&spotscript(state.path(), &["create", "nodegroup", "-f", "g.yml", "--plan"]), 4);
    assert!(plan.contains("permissions boundary") && plan.contains("DeleteRolePermissionsBoundary"), "{plan}");
}

#[test]
fn a_policy_that_is_attached_and_not_asked_for_is_named() {
    let state = tempfile::tempdir().unwrap();
    let with = |more: &str| {
        format!(
            "{ON_DEMAND}, iam: {{attachPolicyARNs: [\"arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy\", \"arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy\"{more}]}}"
        )
    };
    for key in ["nodeGroups", "managedNodeGroups"] {
        file(state.path(), key, &with(", \"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\""));
        create(state.path());
        file(state.path(), key, &with(""));
        for plan in [&[][..], &["--plan"]] {
            let again = spotscript(state.path(), &[&["create", "nodegroup", "-f", "g.yml"], plan].concat());
            ended(&again, 0);
            let told = String::from_utf8_lossy(&again.stderr);
            let named = "more policies attached than are asked for, and they stay: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess (";
            assert!(told.contains(named) && !told.contains("WorkerNodePolicy"), "{told}");
        }
        ended(&spotscript(state.path(), &["delete", "nodegroup", "g1", "--yes"]), 0);
    }
}

//! `--only` and `--from`: chosen steps change something, the others are planned beside them.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const RUNBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/create_spot.rhai");
const GROUP: &str = "dev-4vcpu-16gb-spot";

struct World(TempDir);

struct Ended {
    code: Option<i32>,
    out: String,
    talk: String,
}

impl World {
    fn new() -> Self {
        World(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_spotscript"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("SPOTSCRIPT_STATE_DIR", self.path("state"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Ended { code: output.status.code(), out: text(&output.stdout), talk: text(&output.stderr) }
    }

    fn script(&self, text: &str) -> &'static str {
        std::fs::write(self.path("steps.rhai"), text).unwrap();
        "steps.rhai"
    }

    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let ended = self.run(&[&["-o", "json"], arguments].concat());
        assert_eq!(ended.code, Some(code), "{}", ended.talk);
        let answer: Value = serde_json::from_str(&ended.out).unwrap();
        answer["data"].clone()
    }

    /// How many groups there are besides the one that the world begins with.
    fn groups(&self) -> usize {
        self.json(&["get", "ng"], 0).as_array().map_or(0, |groups| groups.len() - 1)
    }
}

fn operations(requests: &Value) -> Vec<&str> {
    requests.as_array().unwrap().iter().map(|request| request["operation"].as_str().unwrap()).collect()
}

/// Without how long it took, which is the wall's time where the target was not needed.
fn timeless(told: &str) -> &str {
    told.rsplit_once(" in ").map_or(told, |(told, _)| told)
}

/// What stands in the summary, without what happened before it.
fn summary(talk: &str) -> &str {
    talk.split_once("\nSummary\n").unwrap_or_else(|| panic!("no summary in\n{talk}")).1
}

#[test]
fn one_step_is_done_and_the_others_change_nothing() {
    let world = World::new();
    let ended = world.run(&["run", "--only", "create", RUNBOOK]);
    assert_eq!(ended.code, Some(0), "{}", ended.talk);
    insta::assert_snapshot!("only_create", summary(&ended.talk));
    assert!(!world.path("spot_nodegroups.yml").exists(), "writing the file was not chosen");
    assert!(!ended.out.contains("Spot Instance Advisor"), "what is not chosen says nothing");
    assert_eq!(world.groups(), 1);
}

#[test]
fn from_a_step_on_everything_counts() {
    let world = World::new();
    assert_eq!(world.run(&["run", "--only", "create", RUNBOOK]).code, Some(0));
    let report = world.json(&["run", "--from", "verify", RUNBOOK], 0);
    assert_eq!(report["requests"]["mutating"], 0);
    assert!(report.get("left_out").is_none(), "the group is as wanted already: {report:#}");
    let steps = report["steps"].as_array().unwrap();
    let left_out = |name: &str| steps.iter().find(|step| step["name"] == name).unwrap().get("left_out").cloned();
    assert_eq!(left_out("create"), Some(0.into()));
    assert_eq!(left_out("verify"), None);
    let checks: Vec<&str> =
        report["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert!(checks.contains(&"all are Spot, says EC2"), "{checks:?}");
    assert!(!checks.contains(&"the file describes the same group"), "a check of what was not done counts not");
}

#[test]
fn a_step_that_needs_one_that_was_left_out_meets_the_real_world() {
    let world = World::new();
    let ended = world.run(&["run", "--from", "verify", RUNBOOK]);
    assert_eq!(ended.code, Some(5), "{}", ended.talk);
    assert!(ended.talk.contains("SPOT-0312"), "the group is not there: {}", ended.talk);
    assert!(summary(&ended.talk).contains("create  not chosen: 1"), "{}", ended.talk);
    assert_eq!(world.groups(), 0);

    let script = world.script(
        "let group = eks::nodegroup(\"spot\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], min: 0, max: 2, desired: 1 });
let nodes = [];
step \"create\" { eks::ensure(group); nodes = kube::nodes(\"alpha.eksctl.io/nodegroup-name=spot\"); }
step \"cordon\" { nodes.cordon(); }
",
    );
    let ended = world.run(&["run", "--only", "cordon", script]);
    assert_eq!(ended.code, Some(5), "{}", ended.talk);
    insta::assert_snapshot!("needs_what_was_left_out", timeless(&ended.talk));
    assert_eq!(world.groups(), 0);
    assert_eq!(world.run(&["run", script]).code, Some(0));
}

#[test]
fn a_step_that_is_not_there_is_named() {
    let world = World::new();
    let ended = world.run(&["run", "--only", "creat", RUNBOOK]);
    assert_eq!(ended.code, Some(2), "{}", ended.talk);
    insta::assert_snapshot!("no_such_step", timeless(ended.talk.split_once("SPOT-0816").unwrap().1));
    assert_eq!(world.groups(), 0, "nothing was chosen, nothing was changed");
    let ended = world.run(&["run", "--from", "a", world.script("print(1);")]);
    assert!(ended.talk.contains("it has no steps"), "{}", ended.talk);
}

#[test]
fn a_kept_plan_of_a_step_is_applied_as_that_step() {
    let world = World::new();
    let all = world.json(&["run", "--plan", RUNBOOK], 4);
    let plan = world.json(&["run", "--plan", "--only", "create", "--out", "plan.json", RUNBOOK], 4);
    assert_eq!(operations(&plan["requests"]), operations(&all["requests"]), "all of it is in that step");
    assert_eq!(plan["only"], serde_json::json!(["create"]));
    let nothing = world.json(&["run", "--plan", "--only", "verify", world.script("step \"a\" { eks::ensure(eks::nodegroup(\"x\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"] })); } step \"verify\" { }")], 0);
    assert_eq!(operations(&nothing["requests"]), [""; 0]);

    let report = world.json(&["apply", "--yes", "plan.json"], 0);
    assert!(report["counts"]["created"].as_u64().unwrap() > 0);
    assert!(!Path::new(&world.path("spot_nodegroups.yml")).exists(), "the plan was of one step");
    assert_eq!(world.groups(), 1);
    assert!(world.run(&["undo", "last", "--yes"]).code == Some(0));
    assert_eq!(world.groups(), 0, "{GROUP} is gone again");
}

#[test]
fn steps_of_items_that_are_worked_on_at_once_are_chosen_too() {
    let world = World::new();
    let script = world.script(
        "parallel([\"a\", \"b\"], 2, |name| {
    let group = eks::nodegroup(name, #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], min: 0, max: 1, desired: 0 });
    step `make ${name}` { eks::ensure(group); }
});
",
    );
    let report = world.json(&["run", "--only", "make b", script], 0);
    assert_eq!(world.groups(), 1);
    assert!(operations(&report["left_out"]).contains(&"CreateAutoScalingGroup"), "{report:#}");
    assert_eq!(world.run(&["run", script]).code, Some(0));
    assert_eq!(world.groups(), 2);
}

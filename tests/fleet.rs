//! One runbook on many clusters: each a run of its own, that fails, ends, is taken up and taken back for itself.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use spotscript::sandbox::world::World;
use spotscript::sandbox::{Sandbox, Side, store};
use support::CLUSTER;
use support::served::{Served, signal, told};
use support::verbs::{assert_same, inventory};

/// Makes a group; fails, or waits for ever, on the cluster that it is told to.
const MAKE: &str = r#"
//! Make a group.
const PARAMS = #{
    cluster: #{ type: "string" },
    group: #{ type: "string", init: "dev" },
    desired: #{ type: "int", init: 1 },
    wait: #{ type: "bool", init: true },
    fails: #{ type: "bool", init: false },
    hangs: #{ type: "list", init: [] },
};
let group = eks::nodegroup(PARAM.group, #{
    cluster: PARAM.cluster, types: ["m5.xlarge", "m4.xlarge"], desired: PARAM.desired, max: 4,
});
eks::ensure(group, #{ wait: PARAM.wait });
if PARAM.fails { throw "as it was told to"; }
if PARAM.hangs.contains(PARAM.cluster) { step "hanging" { loop {} } }
print(`${PARAM.cluster} has ${PARAM.desired}`);
"#;

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    /// A folder with the runbook and a fleet of `count` clusters; `more` gives lines to those of some number.
    fn new(count: usize, more: impl Fn(usize) -> &'static str) -> Self {
        let bench = Bench { folder: tempfile::tempdir().unwrap() };
        let mut fleet = "version: 1\ndefaults: { region: eu-west-1 }\nclusters:\n".to_owned();
        for number in 1..=count {
            writeln!(fleet, "- name: c{number:02}").unwrap();
            fleet.push_str(more(number));
        }
        bench.write("fleet.yaml", &fleet);
        bench.write("make.rhai", MAKE);
        bench
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command
            .args(words)
            .current_dir(self.path())
            .env("SPOTSCRIPT_STATE_DIR", self.path().join("state"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, words: &[&str], code: i32) -> (String, String) {
        let output = self.command(words).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", told(&output));
        texts(&output)
    }

    fn json(&self, words: &[&str], code: i32) -> Value {
        let (out, talk) = self.run(&[words, &["-o", "json"]].concat(), code);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{talk}"))
    }

    fn world_file(&self, cluster: &str) -> PathBuf {
        self.path().join("state/worlds").join(format!("{cluster}.world"))
    }

    fn world(&self, cluster: &str) -> World {
        store::peek(&self.world_file(cluster)).unwrap().expect("the world is there")
    }

    /// What each of the clusters holds.
    fn inventories(&self, count: usize) -> Value {
        (1..=count).map(|number| inventory(&self.world(&format!("c{number:02}")))).collect()
    }

    /// The newest fleet, as `runs show` tells it.
    fn fleet(&self) -> Value {
        self.json(&["runs", "show", "last"], 0)["data"].clone()
    }

    /// Starts it and waits until all of these clusters hang.
    fn hanging(&self, words: &[&str], clusters: &[&str]) -> Child {
        let mut child = self.command(words).env("SPOTSCRIPT_PARAM_HANGS", clusters.join(",")).spawn().unwrap();
        let mut hanging = 0;
        for line in BufReader::new(child.stderr.as_mut().unwrap()).lines() {
            let line = line.unwrap();
            hanging += usize::from(clusters.iter().any(|cluster| line.starts_with(&format!("[{cluster}] ▶ hanging"))));
            if hanging == clusters.len() {
                return child;
            }
        }
        panic!("it ended without hanging: {}", told(&child.wait_with_output().unwrap()));
    }
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

const RUN: [&str; 4] = ["run", "--fleet", "fleet.yaml", "make.rhai"];

/// `c01` to `c20`, in that order, by what they are.
fn results(fleet: &Value) -> Vec<(String, &str)> {
    let clusters = fleet["clusters"].as_array().unwrap();
    clusters.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["result"].as_str().unwrap())).collect()
}

#[test]
fn twenty_clusters_are_made_each_by_a_run_of_its_own() {
    let bench =
        Bench::new(20, |number| if number == 7 { "  params: { desired: 3 }\n  region: us-east-1\n" } else { "" });
    let (out, talk) = bench.run(&RUN, 0);
    // What each prints comes whole, in the order of the file, whoever was first.
    let printed: Vec<&str> = out.lines().filter(|line| line.contains(" has ")).collect();
    let wanted = |number: usize| format!("c{number:02} has {}", if number == 7 { 3 } else { 1 });
    assert_eq!(printed, (1..=20).map(wanted).collect::<Vec<_>>());
    assert!(out.ends_with("20 clusters: 20 ok\n"), "{out}");
    assert!(talk.lines().any(|line| line.contains("[c07] created Auto Scaling group")), "{talk}");
    for number in 1..=20 {
        let world = bench.world(&format!("c{number:02}"));
        let (cluster, region) = (world.eks.clusters.keys().next().unwrap(), world.account.region.as_str());
        assert_eq!(
            (cluster.as_str(), region),
            (&*format!("c{number:02}"), if number == 7 { "us-east-1" } else { "eu-west-1" })
        );
        let group = world.autoscaling.groups.values().find(|group| group.name.contains("spotscript")).unwrap();
        assert_eq!(group.desired, if number == 7 { 3 } else { 1 });
    }

    let runs = bench.json(&["runs"], 0)["data"].clone();
    assert_eq!((runs["runs"].as_array().unwrap().len(), &runs["fleets"][0]["done"]), (20, &json!(20)));
    assert!(runs["runs"].as_array().unwrap().iter().all(|run| run["fleet"] == runs["fleets"][0]["id"]));
    let (list, _) = bench.run(&["runs"], 0);
    assert_eq!(list.lines().count(), 3, "one row for the fleet: {list}");
    assert!(list.contains("make.rhai on fleet.yaml (20 of 20 done)"), "{list}");

    // A second time nothing changes, and nothing is kept of it.
    let again = bench.json(&RUN, 0);
    assert_eq!(again["schema"], "spotscript.fleet/v1");
    let clusters = again["data"]["clusters"].as_array().unwrap();
    assert!(clusters.iter().all(|one| one["counts"]["created"] == 0 && one["counts"]["unchanged"] != 0), "{again}");
    assert_eq!((&again["data"]["ok"], again["data"].get("fleet")), (&json!(true), None));
    assert_eq!(clusters[6]["report"]["output"], "c07 has 3\n");
    assert_eq!(bench.json(&["runs"], 0)["data"]["fleets"].as_array().unwrap().len(), 1);
}

#[test]
fn a_cluster_that_fails_ends_alone_and_is_taken_up_alone() {
    let bench = Bench::new(4, |number| if number == 2 { "  params: { fails: true }\n" } else { "" });
    let (out, talk) = bench.run(&RUN, 1);
    insta::assert_snapshot!(out[out.find("Cluster  Result").unwrap()..], @"
    Cluster  Result  Created  Changed  Unchanged  Deleted  Duration  First error
    ──────────────────────────────────────────────────────────────────────────────────────────────
    c01      ok            5        0          0        0  1m13s
    c02      failed        5        0          0        0  1m13s     SPOT-0610: as it was told to
    c03      ok            5        0          0        0  1m13s
    c04      ok            5        0          0        0  1m13s

    4 clusters: 3 ok, 1 failed
    ");
    assert!(talk.contains("[c02] failed: SPOT-0610: ") && talk.contains("[c02] SPOT-0610"), "{talk}");
    let id = bench.fleet()["id"].as_str().unwrap().to_owned();
    let short = &id[id.len() - 8..];
    assert!(talk.contains(&format!("`spotscript resume {short}` goes on")), "{talk}");
    assert_eq!(bench.fleet()["state"], "failed");

    bench.write("make.rhai", &MAKE.replace("if PARAM.fails", "if false"));
    let (_, talk) = bench.run(&["resume", "last", "--world", "c02"], 2);
    assert!(talk.contains("SPOT-0606") && talk.contains("`--world` is not for"), "{talk}");
    let (out, talk) = bench.run(&["resume", "last"], 0);
    assert!(talk.contains("3 of 4 clusters done") && talk.contains("warning: the runbook was edited"), "{talk}");
    assert!(talk.contains("[c02] begins (1 of 1)") && !talk.contains("[c01]"), "{talk}");
    assert!(out.ends_with("4 clusters: 3 ok (before), 1 ok\n"), "{out}");
    assert_eq!((&bench.fleet()["state"], &bench.fleet()["id"]), (&json!("done"), &json!(id)));
    let (_, talk) = bench.run(&["resume", "last"], 0);
    assert!(talk.contains("is done: there is nothing to take up"), "{talk}");
}

/// The run of a cluster is a run as others are: it is shown, taken up and taken back by its own id.
#[test]
fn a_clusters_run_is_taken_up_by_its_own_id() {
    let bench = Bench::new(3, |number| if number > 1 { "  params: { fails: true }\n" } else { "" });
    bench.run(&RUN, 1);
    let fleet = bench.fleet();
    let run = fleet["clusters"][1]["runs"][0].as_str().unwrap().to_owned();
    assert_eq!(bench.json(&["runs", "show", &run], 0)["data"]["params"]["cluster"], "c02");
    bench.write("make.rhai", &MAKE.replace("if PARAM.fails", "if false"));
    let (out, talk) = bench.run(&["resume", &run], 1);
    assert!(talk.contains("[c02] ok") && !talk.contains("[c03]"), "{talk}");
    assert!(out.ends_with("3 clusters: 1 ok (before), 1 ok, 1 failed\n"), "{out}");
    assert_eq!(bench.fleet()["state"], "failed", "another is not done");
    bench.run(&["resume", "last"], 0);
    bench.run(&["undo", &run, "--yes"], 0);
    let groups = |cluster| bench.world(cluster).autoscaling.groups.len();
    assert_eq!(groups("c02") + 1, groups("c03"));
}

#[test]
fn a_disruption_budget_that_blocks_stops_its_cluster_alone() {
    let bench = Bench::new(4, |_| "");
    bench.run(&RUN, 0);
    let sandbox = Sandbox::open(&bench.world_file("c03")).unwrap();
    sandbox.world(|world| {
        let labels = json!({"app": "web"});
        let metadata = json!({"name": "web", "namespace": "default"});
        let now = world.now();
        let node = world
            .objects
            .list("nodes", None)
            .find(|node| node["metadata"]["labels"]["alpha.eksctl.io/nodegroup-name"] == "dev")
            .unwrap()["metadata"]["name"]
            .clone();
        let budget = json!({"metadata": metadata, "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}}});
        let pod = json!({
            "metadata": {"name": "web-0", "namespace": "default", "labels": labels,
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u", "controller": true}]},
            "spec": {"nodeName": node, "containers": [{"name": "c"}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
        });
        world.objects.create("pods", pod, now).unwrap();
        world.objects.create("poddisruptionbudgets", budget, now).unwrap();
    });
    sandbox.save().unwrap();
    drop(sandbox);
    bench.write(
        "remove.rhai",
        "const PARAMS = #{ cluster: #{ type: \"string\" } };\neks::cluster(PARAM.cluster);\neks::delete(\"dev\", #{ timeout: \"5m\" });",
    );
    let gone = bench.json(&["run", "--fleet", "fleet.yaml", "--yes", "remove.rhai"], 5);
    let ends: Vec<&str> = results(&gone["data"]).into_iter().map(|(_, result)| result).collect();
    assert_eq!(ends, ["ok", "ok", "failed", "ok"], "{gone}");
    assert_eq!(gone["data"]["clusters"][2]["error"]["code"], "SPOT-0405", "{gone}");
    let has_group =
        |cluster: &str| bench.world(cluster).autoscaling.groups.keys().any(|name| name.contains("spotscript"));
    assert_eq!(["c01", "c02", "c03", "c04"].map(has_group), [false, false, true, false]);
}

#[test]
fn no_more_are_begun_after_too_many_failures() {
    let bench = Bench::new(6, |number| if [2, 3].contains(&number) { "  params: { fails: true }\n" } else { "" });
    let words = ["run", "--fleet", "fleet.yaml", "--concurrency", "1", "--stop-after", "2", "make.rhai", "--no-wait"];
    let (out, _) = bench.run(&[&words[..8], &["--wait=false"]].concat(), 6);
    assert!(out.ends_with("6 clusters: 1 ok, 2 failed, 3 not begun\n"), "{out}");
    assert!(out.contains("c04      not begun"), "{out}");
    assert!(!bench.world_file("c04").exists());
    bench.write("make.rhai", &MAKE.replace("if PARAM.fails", "if false"));
    let (out, talk) = bench.run(&["resume", "last"], 0);
    assert!(out.ends_with("6 clusters: 1 ok (before), 5 ok\n"), "{out}{talk}");
}

/// Killed at the seventeenth of twenty: that one is resumed by its own run, those before are not touched, and all ends as
/// it does undisturbed.
#[test]
fn a_fleet_killed_at_the_seventeenth_goes_on_there() {
    let undisturbed = Bench::new(20, |_| "");
    undisturbed.run(&RUN, 0);
    let bench = Bench::new(20, |_| "");
    let words = ["run", "--fleet", "fleet.yaml", "--concurrency", "1", "make.rhai"];
    let mut child = bench.hanging(&words, &["c17"]);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));

    let (shown, _) = bench.run(&["runs", "show", "last"], 0);
    assert!(
        shown.contains("20 clusters: 16 ok, 1 unfinished, 3 not begun") && shown.contains("it was killed"),
        "{shown}"
    );
    let fleet = bench.fleet();
    assert_eq!((&fleet["state"], &fleet["clusters"][16]["end"]), (&json!("unfinished"), &Value::Null));
    let cut_off = fleet["clusters"][16]["runs"][0].as_str().unwrap().to_owned();
    let before: Vec<Vec<u8>> =
        (1..=16).map(|n| std::fs::read(bench.world_file(&format!("c{n:02}"))).unwrap()).collect();

    let (out, talk) = bench.run(&["resume", "last"], 0);
    assert!(talk.contains("16 of 20 clusters done") && talk.contains("[c17] begins (1 of 4)"), "{talk}");
    assert!(out.ends_with("20 clusters: 16 ok (before), 4 ok\n"), "{out}");
    let after: Vec<Vec<u8>> = (1..=16).map(|n| std::fs::read(bench.world_file(&format!("c{n:02}"))).unwrap()).collect();
    assert!(before == after, "those that were done were not even read");
    assert_same(&bench.inventories(20), &undisturbed.inventories(20), "resumed");
    let run = bench.fleet()["clusters"][16]["runs"][1].as_str().unwrap().to_owned();
    let run = bench.json(&["runs", "show", &run], 0)["data"].clone();
    assert_eq!((&run["origin"]["resumes"], &run["origin"]["member"]), (&json!(cut_off), &json!("c17")));
}

/// The same with SIGKILL between two requests, on a world that outlives the process, as AWS does.
#[test]
fn a_fleet_on_aws_survives_sigkill_at_a_request_of_the_seventeenth() {
    let prepared = || {
        let served = Served::new(Sandbox::fresh(1).read(World::clone));
        let mut fleet = format!(
            "version: 1\ndefaults: {{ region: ap-northeast-1, kubeconfig: {} }}\nclusters:\n",
            served.kubeconfig().display()
        );
        for number in 1..=20 {
            writeln!(fleet, "- {{ name: c{number:02}, cluster: {CLUSTER}, params: {{ group: g{number:02} }} }}")
                .unwrap();
        }
        let file = served.runbook("fleet.yaml", &fleet);
        let runbook = served.runbook("make.rhai", MAKE);
        let words = ["run", "--fleet", &file, "--concurrency", "1", &runbook, "--wait=false", "--desired=0"];
        let command = served.plain_command(&words);
        (served, command)
    };
    let requests = |served: &Served| served.sandbox.read(|world| world.traffic.requests().total);
    let (served, mut command) = prepared();
    let (begin, before) = (served.sandbox.read(inventory), requests(&served));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let count = requests(&served) - before;
    let end = served.sandbox.read(inventory);
    drop(served);

    let (served, mut command) = prepared();
    let process = Arc::new(OnceLock::new());
    let known = Arc::clone(&process);
    served.sandbox.cut_off(count * 33 / 40, Side::After, move || signal("KILL", *known.wait()));
    let child = command.spawn().unwrap();
    process.set(child.id()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(9), "{}", told(&output));
    assert!(served.sandbox.reconnect());
    let shown = |served: &Served| {
        let output = served.plain_command(&["runs", "show", "last"]).output().unwrap();
        texts(&output).0
    };
    assert!(shown(&served).contains("16 ok, 1 unfinished, 3 not begun"), "{}", shown(&served));
    let must = |words: &[&str]| {
        let output = served.plain_command(words).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
    };
    must(&["resume", "last"]);
    assert_same(&served.sandbox.read(inventory), &end, "resumed");
    let id = serde_json::from_slice::<Value>(&served.plain_command(&["runs", "-o", "json"]).output().unwrap().stdout)
        .unwrap()["data"]["fleets"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    must(&["undo", &id, "--yes"]);
    assert_same(&served.sandbox.read(inventory), &begin, "undone");
}

#[test]
fn ctrl_c_ends_all_in_an_orderly_way_and_leaves_a_fleet_to_take_up() {
    let bench = Bench::new(5, |_| "");
    let words = ["run", "--fleet", "fleet.yaml", "--concurrency", "3", "make.rhai"];
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let child = bench.hanging(&words, &["c01", "c02", "c03"]);
        // Its talk goes on: a pipe that nobody reads would hold it up.
        signal(name, child.id());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        let (out, _) = texts(&output);
        assert!(out.ends_with("5 clusters: 3 interrupted, 2 not begun\n"), "{}", told(&output));
        assert_eq!(bench.fleet()["clusters"][0]["end"]["exit"], code);
        let (out, _) = bench.run(&["resume", "last"], 0);
        assert!(out.ends_with("5 clusters: 5 ok\n"), "{out}");
        bench.run(&["undo", "last", "--yes"], 0);
    }
}

#[test]
fn a_plan_is_made_for_each_cluster_and_changes_none() {
    let bench = Bench::new(3, |number| if number == 2 { "  params: { fails: true }\n" } else { "" });
    let words = ["run", "--plan", "--fleet", "fleet.yaml", "make.rhai"];
    let (out, talk) = bench.run(&words, 1);
    assert!(out.contains("Cluster c01\n") && out.contains("no plan: SPOT-0610"), "{out}{talk}");
    assert!(out.ends_with("3 clusters: 2 would change, 0 would not, 1 without a plan\n"), "{out}");
    assert!(!bench.world_file("c01").exists() && !bench.path().join("state/runs").exists());
    bench.write("make.rhai", &MAKE.replace("if PARAM.fails", "if false"));
    let plans = bench.json(&words, 4);
    assert_eq!(plans["schema"], "spotscript.fleet-plan/v1");
    assert!(
        plans["data"]["clusters"].as_array().unwrap().iter().all(|one| one["plan"]["params"]["cluster"] == one["name"])
    );
    bench.run(&RUN, 0);
    let (out, _) = bench.run(&words, 0);
    assert!(out.ends_with("3 clusters: 0 would change, 3 would not\n"), "{out}");
}

#[test]
fn an_undo_takes_all_back_the_last_one_first() {
    let bench = Bench::new(4, |number| if number == 4 { "  params: { fails: true }\n" } else { "" });
    bench.run(&["run", "--fleet", "fleet.yaml", "--concurrency", "1", "make.rhai"], 1);
    let begun = |count: usize| {
        let fresh = Bench::new(count, |_| "");
        fresh.write(
            "look.rhai",
            "const PARAMS = #{ cluster: #{ type: \"string\" } };\neks::cluster(PARAM.cluster);\nsandbox.advance(\"1s\");",
        );
        fresh.run(&["run", "--fleet", "fleet.yaml", "look.rhai"], 0);
        fresh.inventories(count)
    };
    let (out, _) = bench.run(&["undo", "last", "--plan"], 4);
    let order: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("Cluster ")).collect();
    assert_eq!(order, ["c04", "c03", "c02", "c01"]);
    let (_, talk) = bench.run(&["undo", "last"], 2);
    assert!(talk.contains("add `--yes`"), "{talk}");
    let (_, talk) = bench.run(&["undo", "last", "--yes"], 0);
    let order: Vec<&str> =
        talk.lines().filter(|line| line.contains("taken back with")).map(|line| &line[1..4]).collect();
    assert_eq!(order, ["c04", "c03", "c02", "c01"], "{talk}");
    assert_same(&bench.inventories(4), &begun(4), "undone");
    let id = bench.json(&["runs"], 0)["data"]["fleets"][0]["id"].as_str().unwrap().to_owned();
    let (_, talk) = bench.run(&["undo", &id, "--yes"], 0);
    assert!(talk.contains("nothing is left of what the fleet changed"), "{talk}");
    let plan = bench.json(&["undo", &id], 0);
    assert_eq!(
        (&plan["schema"], &plan["data"]["clusters"][0]["name"]),
        (&json!("spotscript.fleet-undo/v1"), &json!("c04"))
    );
}

#[test]
fn two_processes_do_not_work_on_one_fleet() {
    let bench = Bench::new(2, |_| "");
    let mut child = bench.hanging(&["run", "--fleet", "fleet.yaml", "make.rhai"], &["c01"]);
    for words in [&["resume", "last"][..], &["undo", "last", "--yes"]] {
        let (_, talk) = bench.run(words, 5);
        assert!(talk.contains("SPOT-0810") && talk.contains(&format!("process {}", child.id())), "{talk}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    bench.run(&["resume", "last"], 0);
}

/// Clusters of one fleet share the working folder.
#[test]
fn two_clusters_do_not_write_one_file() {
    let bench = Bench::new(2, |_| "");
    let text = "const PARAMS = #{ cluster: #{ type: \"string\" }, file: #{ type: \"string\", init: \"g.yml\" } };\n\
                eks::nodegroup(\"dev\", #{ cluster: PARAM.cluster, types: [\"m5.xlarge\"] }).config().save(PARAM.file);";
    bench.write("save.rhai", text);
    let words = ["run", "--fleet", "fleet.yaml", "--concurrency", "1", "save.rhai"];
    let (out, talk) = bench.run(&words, 1);
    assert!(out.ends_with("2 clusters: 1 ok, 1 failed\n"), "{out}");
    assert!(talk.contains("SPOT-0812") && talk.contains("the run of cluster `c01` writes `g.yml` too"), "{talk}");
    bench.write("fleet.yaml", "version: 1\nclusters:\n- { name: a, region: eu-west-1, params: { file: a.yml } }\n- { name: b, region: eu-west-1, params: { file: b.yml } }\n");
    bench.run(&words, 0);
    assert!(bench.path().join("a.yml").exists() && bench.path().join("b.yml").exists());
}

/// Lines of an item of `parallel` say of which cluster's it is.
#[test]
fn items_of_a_cluster_are_told_with_the_cluster() {
    let bench = Bench::new(2, |_| "");
    bench.write(
        "items.rhai",
        "parallel([\"blue\", \"green\"], 2, |name| { step `look at ${name}` { kube::nodes(); } });",
    );
    let (_, talk) = bench.run(&["run", "--fleet", "fleet.yaml", "items.rhai"], 0);
    for prefix in ["[c01/blue] ▶ look at blue", "[c02/green] ▶ look at green"] {
        assert!(talk.lines().any(|line| line.starts_with(prefix)), "{prefix}: {talk}");
    }
}

#[test]
fn bad_files_are_told_with_every_fault_in_place() {
    let bench = Bench::new(1, |_| "");
    let told = |text: &str| {
        bench.write("fleet.yaml", text);
        let (out, talk) = bench.run(&RUN, 2);
        assert_eq!(out, "");
        assert!(!bench.path().join("state").exists(), "nothing was begun");
        talk
    };
    let head = "version: 1\ndefaults: { region: eu-west-1 }\nclusters:\n";
    insta::assert_snapshot!("fleet_not_yaml", told("version: 1\nclusters: [\n"));
    insta::assert_snapshot!("fleet_empty", told(""));
    insta::assert_snapshot!("fleet_list", told("- name: a\n"));
    insta::assert_snapshot!("fleet_newer", told("version: 2\nclusters: [{ name: a, region: eu-west-1 }]\n"));
    insta::assert_snapshot!("fleet_without_clusters", told("version: 1\nclusters: []\n"));
    insta::assert_snapshot!("fleet_unknown_key", told(&format!("{head}- name: a\n  regoin: us-east-1\n")));
    insta::assert_snapshot!("fleet_key_twice", told(&format!("{head}- name: a\n  name: b\n")));
    insta::assert_snapshot!("fleet_name_twice", told(&format!("{head}- name: a\n- name: b\n- name: a\n")));
    insta::assert_snapshot!("fleet_world_twice", told(&format!("{head}- name: a\n- {{ name: b, world: a }}\n")));
    insta::assert_snapshot!(
        "fleet_wrong_types",
        told(&format!(
            "{head}- name: 7\n- {{ name: a/b }}\n- c\n- {{ name: d, params: 3 }}\n- {{ name: e, region: [x] }}\n"
        ))
    );
    insta::assert_snapshot!("fleet_without_region", told("version: 1\nclusters:\n- name: a\n"));
    insta::assert_snapshot!("fleet_unknown_parameter", told(&format!("{head}- name: a\n  params: {{ desird: 3 }}\n")));
    insta::assert_snapshot!(
        "fleet_wrong_parameter",
        told(&format!("{head}- name: a\n  params: {{ desired: many }}\n"))
    );
    insta::assert_snapshot!(
        "fleet_cluster_in_parameters",
        told(&format!("{head}- name: a\n  params: {{ cluster: b }}\n"))
    );
    let (_, talk) = bench.run(&["run", "--fleet", "none.yaml", "make.rhai"], 2);
    insta::assert_snapshot!("fleet_missing", talk);
}

#[test]
fn flags_that_contradict_a_fleet_are_refused() {
    let bench = Bench::new(1, |_| "");
    for flags in [&["--region", "eu-west-1"][..], &["--world", "x"], &["--profile", "x"], &["--cluster", "x"]] {
        let (_, talk) = bench.run(&[&RUN[..], flags].concat(), 2);
        assert!(talk.contains(&format!("`{}` and `--fleet` contradict each other", flags[0])), "{talk}");
    }
    let (_, talk) = bench.run(&["run", "--concurrency", "2", "make.rhai"], 2);
    assert!(talk.contains("--fleet <FILE>"), "{talk}");
    bench.run(&["run", "--fleet", "fleet.yaml", "--concurrency", "65", "make.rhai"], 2);
    bench.run(&["run", "--plan", "--out", "p.json", "--fleet", "fleet.yaml", "make.rhai"], 2);
}

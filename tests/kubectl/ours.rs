//! Every recorded case, answered by our own commands: text, exit code and what is left of the node.
//!
//! A set is replayed in its order on its recorded objects, each case at its recorded `now`; the recorded cluster had no
//! controllers, and neither has the replay. `KUBECTL_REPORT` names the report's file.

use std::path::PathBuf;
use std::sync::Mutex;

use clap::Parser;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use spotscript::adapters::kube::KubeCluster;
use spotscript::cli::kubectl::{Line, Stream};
use spotscript::sandbox::Sandbox;

use super::cases::{Case, Recording, recordings};
use super::drain::session;
use super::real::unordered;

/// Why a case is not replayed.
fn out_of_scope(case: &Case) -> Option<String> {
    const VERBS: [&str; 8] = ["get", "describe", "cordon", "uncordon", "drain", "taint", "label", "delete"];
    let verb = case.argv.get(1).map_or("", String::as_str);
    (!VERBS.contains(&verb)).then(|| format!("`kubectl {verb}` is no part of this program"))
}

#[derive(Default)]
struct Said {
    out: String,
    err: String,
    code: i32,
}

async fn answer(sandbox: &Sandbox, case: &Case) -> Said {
    let zone = TimeZone::get(if case.case.contains("tokyo") { "Asia/Tokyo" } else { "UTC" }).unwrap();
    let cluster = KubeCluster::new(sandbox.kube_client()).in_zone(zone);
    let line = match Line::try_parse_from(&case.argv) {
        Ok(line) => line,
        Err(error) => return Said { err: error.to_string(), code: 2, ..Said::default() },
    };
    let said = Mutex::new(Said::default());
    let to = |stream, text: &str| match stream {
        Stream::Out => said.lock().unwrap().out.push_str(text),
        Stream::Err => said.lock().unwrap().err.push_str(text),
    };
    let code = line.respond(&session(sandbox), &cluster, &to).await;
    let mut said = said.into_inner().unwrap();
    match code {
        Ok(code) => said.code = code.into(),
        Err(error) => (said.code, said.err) = (-1, format!("{}: {error} {:?}", error.code, error.causes)),
    }
    said
}

/// Labels, taints and schedulability of a node, as the recordings keep them.
fn state(sandbox: &Sandbox, node: &str) -> Value {
    sandbox.read(|world| {
        let node = world.objects.get("nodes", "", node).map(|node| Value::clone(node)).unwrap_or_default();
        let (labels, spec) = (&node["metadata"]["labels"], &node["spec"]);
        json!({"labels": labels, "taints": spec["taints"], "unschedulable": spec["unschedulable"]})
    })
}

/// Times in the state are of the recording's own clock, and maps have no order.
fn comparable(state: &Value) -> String {
    let mut state = state.clone();
    for taint in state["taints"].as_array_mut().into_iter().flatten() {
        taint.as_object_mut().unwrap().shift_remove("timeAdded");
    }
    spotscript::domain::kubernetes::go_value::json_indented(&state)
}

/// What differs, as a diff; empty when nothing does.
fn differences(recording: &Recording, case: &Case, said: &Said, node: Option<Value>) -> String {
    let random = case.argv.get(1).is_some_and(|verb| verb == "drain");
    let seen = |text: &str| if random { unordered(text) } else { text.to_owned() };
    let mut all = String::new();
    let mut compare = |what: &str, expected: &str, actual: &str| {
        if expected != actual {
            let diff = similar::TextDiff::from_lines(expected, actual).unified_diff().context_radius(1).to_string();
            all.push_str(&format!("{what}:\n{diff}\n"));
        }
    };
    compare("stdout", &seen(&recording.expected(case, "out")), &seen(&said.out));
    compare("stderr", &seen(&recording.expected(case, "err")), &seen(&said.err));
    compare("exit code", &case.rc.to_string(), &said.code.to_string());
    let recorded = std::fs::read_to_string(recording.golden.join(format!("{}.state.json", case.case)));
    if let (Ok(recorded), Some(node)) = (recorded, node) {
        let recorded: Value = serde_json::from_str(&recorded).unwrap();
        compare("state", &comparable(&recorded), &comparable(&node));
    }
    all
}

fn report_path() -> PathBuf {
    let named = std::env::var_os("KUBECTL_REPORT").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kubectl-cases.json"))
}

#[tokio::test]
async fn our_commands_answer_every_case_as_kubectl_did() {
    let mut sets = vec![];
    let (mut equal, mut in_scope, mut left) = (0, 0, vec![]);
    for recording in recordings() {
        let begin = recording.cases[0].now;
        let sandbox = recording.sandbox(begin);
        sandbox.world(|world| {
            world.objects =
                std::mem::replace(&mut world.objects, spotscript::sandbox::kube::store::ObjectStore::new(1)).still()
        });
        let mut node = String::new();
        let mut rows = vec![];
        for case in &recording.cases {
            let label = format!("{}/{}", recording.name, case.case);
            if let Some(reason) = out_of_scope(case) {
                left.push(format!("{label}: out of scope: {reason}"));
                rows.push(json!({"case": case.case, "argv": case.argv, "scope": "out", "reason": reason}));
                continue;
            }
            sandbox.world(|world| world.clock.now = case.now.duration_since(begin).as_millis() as i64);
            let said = answer(&sandbox, case).await;
            let there = |name: &&String| sandbox.read(|world| world.objects.get("nodes", "", name.as_str()).is_some());
            if let Some(named) = case.argv.iter().find(there) {
                node.clone_from(named);
            }
            let differences = differences(&recording, case, &said, (!node.is_empty()).then(|| state(&sandbox, &node)));
            in_scope += 1;
            equal += usize::from(differences.is_empty());
            if !differences.is_empty() {
                println!("--- {label}: {}\n{differences}", case.argv.join(" "));
                left.push(format!("{label}: differs"));
            }
            rows.push(json!({
                "case": case.case,
                "argv": case.argv,
                "scope": "in",
                "equal": differences.is_empty(),
                "difference": differences,
            }));
        }
        sets.push(json!({"name": recording.name, "cases": rows}));
    }
    let report = json!({"equal": equal, "of": in_scope, "sets": sets});
    std::fs::write(report_path(), serde_json::to_string_pretty(&report).unwrap()).unwrap();
    println!("our commands: {equal} of {in_scope} equal");
    left.iter().for_each(|line| println!("  {line}"));
    assert_eq!(equal, in_scope, "differ: {left:#?}");
}

//! Real processes on a served world: killed for real, told to end, two at once.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod support;

use std::os::unix::process::ExitStatusExt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;
use spotscript::sandbox::world::World;
use spotscript::sandbox::{Sandbox, Side};
use support::CLUSTER;
use support::served::{Doorman, Served, signal, told};
use support::verbs::{assert_same, inventory};

const GROUP: &str = "eks::nodegroup(\"dev\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\", \"m4.xlarge\"], desired: 1, max: 3 })";

fn create(served: &Served) -> String {
    served.runbook("create.rhai", &format!("eks::ensure({GROUP});"))
}

/// The words of a run, given the served world.
type Words = fn(&Served) -> Vec<String>;

fn creating(served: &Served) -> Vec<String> {
    vec!["run".into(), create(served)]
}

fn changing(served: &Served) -> Vec<String> {
    let group = GROUP.replace("desired: 1, max: 3", "desired: 2, max: 4, tags: #{ team: \"web\" }");
    let text = format!("eks::ensure({group});");
    vec!["run".into(), served.runbook("change.rhai", &text)]
}

fn deleting(_: &Served) -> Vec<String> {
    ["delete", "nodegroup", "dev", "--cluster", CLUSTER, "--yes"].map(str::to_owned).to_vec()
}

fn fresh() -> World {
    Sandbox::fresh(1).read(World::clone)
}

/// A world in which the group is.
fn with_group() -> World {
    let served = Served::new(fresh());
    served.must(&["run", &create(&served)]);
    served.sandbox.read(World::clone)
}

/// Kills a run with SIGKILL at some of its requests; another process takes it up, a third takes it back.
fn killed(name: &str, world: World, words: Words) {
    let run = |served: &Served| words(served).iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    let (begin, end, count, first) = {
        let served = Served::new(world.clone());
        let begin = served.sandbox.read(inventory);
        let before = served.sandbox.read(|world| world.traffic.requests().total);
        served.must(&run(&served).split('\n').collect::<Vec<_>>());
        let count = served.sandbox.read(|world| world.traffic.requests().total) - before;
        let first = served.sandbox.read(|world| {
            let log: Vec<bool> = world.traffic.log().map(|entry| entry.mutating).collect();
            let own = log.len() - usize::try_from(count).unwrap();
            log[own..].iter().position(|mutating| *mutating).unwrap() as u64 + 1
        });
        (begin, served.sandbox.read(inventory), count, first)
    };
    assert_ne!(begin, end);
    let all = std::env::var_os("SPOTSCRIPT_TEST_EVERY_POINT").is_some();
    // The requests at the end are those of a wait: more or fewer, as time goes.
    let points = (2..count * 3 / 4).step_by(if all { 2 } else { usize::try_from(count / 3).unwrap() });
    let sides = [Side::After, Side::Before].into_iter().cycle();
    // And the first change, written down and never sent.
    let points: Vec<(u64, Side)> = points.zip(sides).chain([(first, Side::Before)]).collect();
    for (point, side) in &points {
        let side = *side;
        let what = format!("{name}, {side:?} request {point}");
        let served = Served::new(world.clone());
        let process = Arc::new(OnceLock::new());
        let known = Arc::clone(&process);
        served.sandbox.cut_off(*point, side, move || signal("KILL", *known.wait()));
        let child = served.command(&run(&served).split('\n').collect::<Vec<_>>()).spawn().unwrap();
        process.set(child.id()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(9), "{what}: {}", told(&output));
        assert!(served.sandbox.reconnect());
        let changed = served.state().join("runs").exists();
        match changed {
            true => served.must(&["resume", "last"]),
            false => served.must(&run(&served).split('\n').collect::<Vec<_>>()),
        };
        assert_same(&served.sandbox.read(inventory), &end, &format!("resumed: {what}"));
        served.must(&["undo", "last", "--yes"]);
        assert_same(&served.sandbox.read(inventory), &begin, &format!("undone: {what}"));
    }
    println!("{name}: killed at {} of {count} requests", points.len());
    assert!(points.len() > 1);
}

#[test]
fn a_create_survives_sigkill() {
    killed("create", fresh(), creating);
}

#[test]
fn a_change_survives_sigkill() {
    killed("change", with_group(), changing);
}

#[test]
fn a_delete_survives_sigkill() {
    killed("delete", with_group(), deleting);
}

/// The first signal lets the change in flight be finished and begins no other; the run can be taken up.
#[test]
fn a_run_that_is_told_to_end_finishes_the_change_in_flight() {
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let served = Served::new(fresh());
        let door = Doorman::new(served.aws(), "Action=CreateLaunchTemplate&Version=2016-11-15&ClientToken");
        let script = create(&served);
        let mut child = served.command(&["run", &script]).env("AWS_ENDPOINT_URL", door.endpoint()).spawn().unwrap();
        door.wait();
        signal(name, child.id());
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(child.try_wait().unwrap(), None, "it waits for the answer");
        door.release();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        let text = told(&output);
        assert!(text.contains("SPOT-0902") && text.contains("`spotscript resume last` goes on"), "{text}");
        let run = served.last_run();
        let lines = run["lines"].as_array().unwrap();
        let [.., intent, outcome, end] = lines.as_slice() else { panic!("{run}") };
        assert_eq!(intent["mutation"]["operation"], "CreateLaunchTemplate");
        assert_eq!((&outcome["of"], outcome["result"].as_str()), (&intent["seq"], Some("done")));
        assert_eq!((end["entry"].as_str(), end["exit"].as_i64()), (Some("end"), Some(code.into())));
        let count = |world: &World| (world.ec2.launch_templates.len(), world.autoscaling.groups.len());
        let before = served.sandbox.read(count);
        served.must(&["resume", "last"]);
        let after = served.sandbox.read(count);
        assert_eq!(after, (before.0, before.1 + 1), "{name}");
    }
}

#[test]
fn a_second_signal_leaves_at_once() {
    let served = Served::new(fresh());
    let door = Doorman::new(served.aws(), "Action=CreateLaunchTemplate&Version=2016-11-15&ClientToken");
    let script = create(&served);
    let mut child = served.command(&["run", &script]).env("AWS_ENDPOINT_URL", door.endpoint()).spawn().unwrap();
    door.wait();
    signal("TERM", child.id());
    // Later than a double click: whoever waits in vain asks again.
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(child.try_wait().unwrap(), None);
    let asked = Instant::now();
    signal("TERM", child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{}", told(&output));
    assert!(asked.elapsed() < Duration::from_secs(1));
    let run = served.last_run();
    assert_eq!(run["state"], "unfinished");
    assert_eq!(run["lines"].as_array().unwrap().last().unwrap()["entry"], "intent");
    door.release();
    served.must(&["resume", "last"]);
    served.must(&["undo", "last", "--yes"]);
}

/// Two processes on one group: the second is refused by the first one's name, changes nothing, and succeeds once the first
/// is gone, however that went.
#[test]
fn the_second_of_two_processes_on_one_group_is_refused_by_name() {
    let served = Served::new(fresh());
    let begin = served.sandbox.read(inventory);
    let door = Doorman::new(served.aws(), "Action=CreateLaunchTemplate&Version=2016-11-15&ClientToken");
    let script = create(&served);
    let mut first = served.command(&["run", &script]).env("AWS_ENDPOINT_URL", door.endpoint()).spawn().unwrap();
    door.wait();
    let world = served.sandbox.read(inventory);
    let second = served.run(&["run", &script]);
    assert_eq!(second.status.code(), Some(5), "{}", told(&second));
    let text = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(
        text.contains("SPOT-0810") && text.contains("another run changes `spotscript-eks-spot-eksct-dev`"),
        "{text}"
    );
    assert!(text.contains(&format!("create.rhai, process {}", first.id())), "{text}");
    assert!(text.contains("help: wait until it has ended, then repeat"), "{text}");
    assert_eq!(served.sandbox.read(inventory), world, "the second changed nothing");
    // Another group is nobody's business.
    let other =
        served.runbook("other.rhai", &format!("eks::ensure({GROUP}.with_name(\"other\"), #{{ wait: false }});"));
    served.must(&["run", &other]);
    served.must(&["undo", "last", "--yes"]);

    // The lock of a process that died is free.
    first.kill().unwrap();
    first.wait().unwrap();
    let root = served.must(&["runs", "-o", "json"]);
    let runs: Value = serde_json::from_slice(&root.stdout).unwrap();
    let killed = runs["data"]["runs"].as_array().unwrap().iter().find(|run| run["state"] == "unfinished").unwrap();
    let id = killed["id"].as_str().unwrap();
    served.must(&["resume", id]);
    assert_eq!(
        served.sandbox.read(|world| world
            .ec2
            .launch_templates
            .values()
            .filter(|one| one.name.ends_with("-dev"))
            .count()),
        1
    );
    served.must(&["undo", id, "--yes"]);
    assert_same(&served.sandbox.read(inventory), &begin, "undone");
}

//! `parallel`: waits overlap, results and words keep the list's order, and a run in the sandbox repeats byte for byte.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use rhai::{Dynamic, Map};
use spotscript::cli::target::{sandbox_host_stopped_by, sandbox_target};
use spotscript::domain::Code;
use spotscript::domain::advisor::Feed;
use spotscript::domain::error::{Error, Result};
use spotscript::host::{Cancel, FilePolicy, Host, Options, Recorder, Target};
use spotscript::ports::Clock;
use spotscript::sandbox::{Sandbox, store};
use spotscript::script::session::Ending;
use spotscript::script::{ScriptError, Session};
use support::Rig;

/// A run of a text in a fresh world.
struct Ran {
    host: Host,
    sandbox: Sandbox,
    console: Arc<Recorder>,
    ended: Result<Ending, ScriptError>,
}

impl Ran {
    fn value(&self) -> Dynamic {
        match self.ended.as_ref().map_err(|failed| failed.error.message.clone()).unwrap() {
            Ending::Value(value) => value.clone(),
            Ending::Exit(code) => panic!("exit({code})"),
        }
    }
}

fn run(text: &str) -> Ran {
    run_until(text, Cancel::default())
}

fn run_until(text: &str, cancel: Cancel) -> Ran {
    let (sandbox, console) = (Sandbox::fresh(1), Arc::new(Recorder::default()));
    let target = sandbox_target(sandbox.clone(), console.clone());
    let options = Options {
        target,
        console: console.clone(),
        files: FilePolicy::new(".", &[]).reading([std::env::temp_dir().as_path()]),
        hidden: spotscript::host::Hidden::default(),
        timeout: None,
    };
    let host = Host::stopped_by(options, cancel);
    let ended = evaluated(&host, text);
    Ran { host, sandbox, console, ended }
}

fn evaluated(host: &Host, text: &str) -> Result<Ending, ScriptError> {
    let mut session = Session::new(host)?;
    let program = session.compile("parallel.rhai", text)?;
    session.run(&program, &Map::new())
}

/// Seconds that a text takes on the world's clock.
fn seconds(text: &str) -> u64 {
    let ran = run(&format!("kube::nodes(); {text}"));
    drop(ran.value());
    (ran.host.elapsed_ms() + 500) / 1000
}

#[test]
fn waits_overlap_as_far_as_the_number_allows() {
    let text = |at_once: usize| format!("parallel([1, 2, 3, 4], {at_once}, |x| sleep(60));");
    assert_eq!([1, 2, 3, 4, 64].map(|at_once| seconds(&text(at_once))), [240, 120, 120, 60, 60]);
}

const GROUPS: &str = r#"
    let reports = parallel(["blue", "green", "red"], AT_ONCE, |name| {
        step `make ${name}` {
            let group = eks::nodegroup(name, #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], desired: 2, max: 3 });
            let report = eks::ensure(group);
            check(`${name} is there`, report.ready_nodes.len() == 2);
            print(`made ${name}`);
            report.group
        }
    });
    reports
"#;

#[test]
fn three_groups_come_up_in_the_time_of_one() {
    let one = seconds(&GROUPS.replace("AT_ONCE", "1").replace(r#", "green", "red""#, ""));
    let three = seconds(&GROUPS.replace("AT_ONCE", "3"));
    let in_turn = seconds(&GROUPS.replace("AT_ONCE", "1"));
    assert!(three * 2 < one * 3 && in_turn > one * 2, "one {one} s, three at once {three} s, in turn {in_turn} s");
}

/// Where two worlds begin to differ.
fn difference(one: &[u8], other: &[u8]) -> String {
    let at = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let around =
        |bytes: &[u8]| String::from_utf8_lossy(&bytes[at.saturating_sub(80)..(at + 80).min(bytes.len())]).into_owned();
    format!(" at byte {at}:\n{}\n{}", around(one), around(other))
}

#[test]
fn a_run_repeats_byte_for_byte() {
    for at_once in [1, 2, 3, 64] {
        let once = || {
            let ran = run(&GROUPS.replace("AT_ONCE", &at_once.to_string()));
            drop(ran.value());
            (ran.sandbox.read(store::encode).unwrap(), ran.console.printed(), ran.console.said())
        };
        let first = once();
        for _ in 0..3 {
            let again = once();
            assert_eq!((&again.1, &again.2), (&first.1, &first.2), "{at_once} at once: two runs tell differently");
            assert!(again.0 == first.0, "{at_once} at once: two worlds differ{}", difference(&again.0, &first.0));
        }
    }
}

#[test]
fn what_was_done_is_told_and_counted_in_the_lists_order() {
    let ran = run(&format!("step \"all\" {{ {} }}", GROUPS.replace("AT_ONCE", "3")));
    let groups: Vec<String> = ran.value().into_typed_array().unwrap();
    assert_eq!(groups, ["blue", "green", "red"]);
    assert_eq!(ran.console.printed(), "made blue\nmade green\nmade red\n");
    let record = ran.host.record();
    let steps: Vec<_> = record.steps.iter().map(|step| (step.name.as_str(), step.depth, step.ok)).collect();
    assert_eq!(steps, [("all", 0, true), ("make blue", 1, true), ("make green", 1, true), ("make red", 1, true)]);
    assert!(record.steps.iter().all(|step| step.elapsed_ms.unwrap() > 10_000), "{:?}", record.steps);
    let checks: Vec<_> = record.checks.iter().map(|check| (check.name.as_str(), check.ok)).collect();
    assert_eq!(checks, [("blue is there", true), ("green is there", true), ("red is there", true)]);
    assert_eq!(record.settled("created"), 3 * 5, "{:?}", record.resources);
    let said = ran.console.said();
    assert!(said.contains("[blue]   ▶ make blue\n") && said.contains("[red]   ✔ red is there\n"), "{said}");
    let waited: Vec<&str> = said.lines().filter(|line| line.contains("waited for nodes")).collect();
    assert!(waited.len() == 3 && waited.iter().all(|line| line.contains("[✔]  [")), "{said}");
    // Their words are mixed: that is what going on at once looks like.
    let (first_of_last, last_of_first) = (said.find("[red]").unwrap(), said.rfind("[blue]").unwrap());
    assert!(first_of_last < last_of_first, "{said}");
}

#[test]
fn after_a_failure_those_in_work_are_finished_and_no_more_begin() {
    let ran = run(r#"
        let began = [];
        parallel(["a", "b", "c", "d"], 2, |name| {
            print(name);
            if name == "a" { sleep(10); throw "no"; }
            sleep(60);
            print(`${name} is through`);
        })
    "#);
    let error = ran.ended.unwrap_err().error;
    assert_eq!((error.code, error.item.unwrap().to_string()), (Code::ScriptThrew, "item [0] `a`".to_owned()));
    assert_eq!(ran.console.printed(), "a\nb\nb is through\n");
    assert!(ran.host.elapsed_ms() >= 60_000);
}

#[test]
fn of_several_failures_the_first_is_thrown_and_the_others_are_told() {
    let ran = run(r#"parallel([30, 10, 20], 3, |seconds| { sleep(seconds); spot::types(["m5.xlrage"]) })"#);
    assert_eq!(ran.ended.unwrap_err().error.item.unwrap().index, 1);
    let told = "  ✘ item [0] `30` failed too: SPOT-0111: EC2 has no instance type `m5.xlrage`\n";
    assert!(ran.console.said().contains(told), "{}", ran.console.said());
}

#[test]
fn a_failure_that_is_caught_knows_its_item() {
    let ran = run(r#"
        try { parallel(["m5.xlarge", "m5.xlrage"], 2, |name| spot::types([name])); "none" }
        catch (e) { print(`${e.code} ${e.item.index} ${e.item.name}: ${e.message}`); }
    "#);
    assert_eq!(ran.console.printed(), "SPOT-0111 1 m5.xlrage: EC2 has no instance type `m5.xlrage`\n");
}

#[test]
fn each_call_has_its_own_copy_of_what_the_closure_captures() {
    let ran = run(r#"
        let seen = [7];
        let note = |value| { seen.push(value); seen.len };
        let lengths = parallel([1, 2, 3], 3, |value| { sleep(1); note.call(value); note.call(value) });
        [lengths, seen]
    "#);
    assert_eq!(ran.value().to_string(), "[[3, 3, 3], [7]]");
}

#[test]
fn nothing_to_do_is_done_and_more_at_once_than_there_are_items_is_fine() {
    assert_eq!(run("parallel([], 3, |x| x)").value().to_string(), "[]");
    assert_eq!(run("parallel([1, 2], 64, |x| x + 1)").value().to_string(), "[2, 3]");
    assert_eq!(run("fn twice(x) { x * 2 } parallel([1, 2], 2, twice)").value().to_string(), "[2, 4]");
    assert_eq!(run("let by = 3; [1, 2].parallel(2, |x| x * by)").value().to_string(), "[3, 6]");
}

/// Two that load one module at the same time are no loop.
#[test]
fn a_module_may_be_loaded_by_several_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("slow.rhai"), "sleep(5); fn twice(x) { x * 2 }").unwrap();
    let module = folder.path().join("slow").display().to_string();
    let text = format!("parallel([1, 2], 2, |x| {{ import \"{module}\" as slow; slow::twice(x) }})");
    assert_eq!(run(&text).value().to_string(), "[2, 4]");
}

#[test]
fn exit_in_an_item_ends_the_run() {
    let ran = run("parallel([1, 2, 3], 2, |x| { if x == 2 { exit(4); } sleep(5); print(x); }); print(\"on\");");
    assert!(matches!(ran.ended, Ok(Ending::Exit(4))), "{:?}", ran.ended.map(|_| ()));
    assert_eq!(ran.console.printed(), "1\n");
}

#[test]
fn a_request_to_stop_ends_all_of_them() {
    let cancel = Cancel::default();
    let stopper = cancel.clone();
    let stop = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stopper.cancel();
    });
    let began = Instant::now();
    let ran = run_until("parallel([1, 2, 3, 4], 2, |x| loop { sleep(1); });", cancel);
    stop.join().unwrap();
    assert_eq!(ran.ended.unwrap_err().error.code, Code::Interrupted);
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_request_to_stop_reaches_closures_that_wait_for_nothing() {
    let cancel = Cancel::default();
    let stopper = cancel.clone();
    let stop = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stopper.cancel();
    });
    let ran = run_until("parallel([1, 2, 3, 4], 4, |x| loop {});", cancel);
    stop.join().unwrap();
    assert_eq!(ran.ended.unwrap_err().error.code, Code::Interrupted);
}

/// A world whose time is the wall clock's, as AWS's is: nobody takes turns.
struct RealTime;

struct WallClock;

#[async_trait]
impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

#[async_trait]
impl Target for RealTime {
    async fn open(&self) -> Result<spotscript::ops::Session> {
        Ok(spotscript::ops::Session { clock: Arc::new(WallClock), ..Rig::new().session })
    }
    async fn advisor(&self, _: &spotscript::ops::Session) -> Result<Feed> {
        Err(Error::new(Code::Internal, "there is no feed"))
    }
    fn close(&self) -> Result<()> {
        Ok(())
    }
}

fn in_real_time(text: &str, timeout: Option<Duration>) -> (Result<Ending, ScriptError>, Duration) {
    let console = Arc::new(Recorder::default());
    let host = Host::new(Options {
        target: Arc::new(RealTime),
        console,
        files: FilePolicy::new(".", &[]).reading([std::env::temp_dir().as_path()]),
        hidden: spotscript::host::Hidden::default(),
        timeout,
    });
    let began = Instant::now();
    (evaluated(&host, text), began.elapsed())
}

#[test]
fn on_a_clock_that_does_not_jump_waits_are_real_and_overlap() {
    let (ended, took) = in_real_time("parallel([1, 2, 3, 4, 5, 6, 7, 8], 8, |x| sleep(1)); 1", None);
    assert!(ended.is_ok());
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(4), "eight waits of a second took {took:?}");
}

#[test]
fn a_time_limit_ends_all_of_them() {
    let (ended, took) = in_real_time("parallel([1, 2, 3], 3, |x| sleep(600));", Some(Duration::from_millis(500)));
    assert_eq!(ended.unwrap_err().error.code, Code::TimeLimit);
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn a_worlds_turns_are_one_hosts_own() {
    let host = sandbox_host_stopped_by(
        Sandbox::fresh(1),
        Arc::new(Recorder::default()),
        FilePolicy::new(".", &[]).reading([std::env::temp_dir().as_path()]),
        Cancel::default(),
    );
    for _ in 0..3 {
        let ended = evaluated(&host, "parallel([1, 2, 3], 2, |x| { sleep(x); x })");
        assert!(ended.is_ok(), "{}", ended.unwrap_err().error.message);
    }
}

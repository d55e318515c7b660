//! The nodes of a large cluster, listed by us and by kubectl from one served sandbox, turn by turn.
//!
//! `cargo bench --bench many_nodes` makes a world of 5,000 nodes, serves it, and prints medians, ratios and peak memory.
//! It needs `kubectl` and, for memory, `/usr/bin/time`. Nothing here passes or fails: it reports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const NODES: usize = 5_000;
const ROUNDS: usize = 15;

/// Ends with the bench.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    if !Command::new("kubectl").args(["version", "--client"]).output().is_ok_and(|out| out.status.success()) {
        println!("kubectl is not installed: there is nothing to compare with");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let ours = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command.args(arguments).env("SPOTSCRIPT_STATE_DIR", state).env("NO_COLOR", "1").stdin(Stdio::null());
        command
    };
    let listed = ours(&["nodes", "-o", "json"]).output().unwrap();
    let file = state.join("nodes.json");
    std::fs::write(&file, serde_json::to_vec(&many(&serde_json::from_slice(&listed.stdout).unwrap())).unwrap())
        .unwrap();
    assert!(ours(&["sandbox", "load", file.to_str().unwrap()]).output().unwrap().status.success());
    let (_served, environment) = serve(ours(&["sandbox", "serve", "-o", "json"]));
    let kubeconfig = environment.iter().find(|(name, _)| name == "KUBECONFIG").unwrap().1.clone();
    let with = |mut command: Command| {
        command.envs(environment.iter().cloned());
        command
    };
    let kubectl = |arguments: &[&str]| {
        let mut command = Command::new("kubectl");
        command.args(arguments).arg("--cache-dir").arg(state.join("cache"));
        with(command)
    };
    let spotscript =
        |arguments: &[&str]| with(ours(&[arguments, &["--target", "aws", "--kubeconfig", &kubeconfig]].concat()));
    println!(
        "{NODES} nodes, median of {ROUNDS}{:>9} {:>11} {:>7} {:>12} {:>12} {:>7}",
        "kubectl", "spotscript", "ratio", "kubectl", "spotscript", "ratio"
    );
    for form in [&[][..], &["-o", "wide"], &["-l", "kubernetes.io/os=linux", "--show-labels"], &["-o", "name"]] {
        let theirs = || kubectl(&[&["get", "nodes"], form].concat());
        let own = || spotscript(&[&["nodes"], form].concat());
        let (first, second) = (theirs().output().unwrap(), own().output().unwrap());
        assert!(first.status.success() && second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
        let (mut kubectls, mut spotscripts) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            kubectls.push(timed(theirs()));
            spotscripts.push(timed(own()));
        }
        let (kubectls, spotscripts) = (median(kubectls), median(spotscripts));
        let ratio = |own: f64, theirs: f64| format!("{:.2}", own / theirs);
        let memory = peak_memory(&theirs()).zip(peak_memory(&own()));
        let (their_memory, own_memory, memory_ratio) = memory.map_or_else(Default::default, |(theirs, own)| {
            (format!("{theirs:.1} MiB"), format!("{own:.1} MiB"), ratio(own, theirs))
        });
        println!(
            "get nodes {:<14} {:>8.0} ms {:>8.0} ms {:>7} {their_memory:>12} {own_memory:>12} {memory_ratio:>7}",
            form.join(" ").chars().take(14).collect::<String>(),
            kubectls.as_secs_f64() * 1e3,
            spotscripts.as_secs_f64() * 1e3,
            ratio(spotscripts.as_secs_f64(), kubectls.as_secs_f64()),
        );
    }
}

/// Copies of a list's first node under names and instances of their own.
fn many(listed: &Value) -> Value {
    let node = &listed["items"][0];
    let copy = |number: usize| {
        let name =
            format!("ip-10-{}-{}-{}.ap-northeast-1.compute.internal", number >> 16, number >> 8 & 255, number & 255);
        let mut node = node.clone();
        node["metadata"]["name"] = json!(name);
        node["metadata"]["uid"] = json!(format!("00000000-0000-4000-8000-{number:012}"));
        node["metadata"]["labels"]["kubernetes.io/hostname"] = json!(name);
        node["spec"]["providerID"] = json!(format!("aws:///ap-northeast-1a/i-{number:017x}"));
        node
    };
    json!({ "apiVersion": "v1", "kind": "List", "items": (0..NODES).map(copy).collect::<Vec<_>>() })
}

/// Starts a server and reads how it is reached.
fn serve(mut command: Command) -> (Served, Vec<(String, String)>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut text = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    while serde_json::from_str::<Value>(&text).is_err() {
        assert!(lines.read_line(&mut text).unwrap() > 0, "the server ended: {text}");
    }
    let access = serde_json::from_str::<Value>(&text).unwrap()["data"].take();
    let pairs = access["environment"].as_array().unwrap().iter();
    let mut environment: Vec<(String, String)> =
        pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned())).collect();
    environment.push(("KUBECONFIG".into(), access["kubeconfig"].as_str().unwrap().to_owned()));
    (Served(child), environment)
}

fn timed(mut command: Command) -> Duration {
    let begun = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success());
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Peak resident set in MiB, as GNU time tells it.
fn peak_memory(command: &Command) -> Option<f64> {
    let mut timed = Command::new(Path::new("/usr/bin/time"));
    timed.args(["-f", "%M"]).arg(command.get_program()).args(command.get_args());
    timed.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = timed.stdin(Stdio::null()).stdout(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().last()?.trim().parse::<f64>().ok().map(|kib| kib / 1024.0)
}

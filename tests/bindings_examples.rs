//! Every example of the catalog runs in a fresh sandbox: functions, methods, properties, constants, standard library.
//! That every entry has one is shown in `api.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

use std::process::Command;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use spotscript::cli::target::sandbox_host;
use spotscript::host::{FilePolicy, Recorder};
use spotscript::sandbox::Sandbox;
use spotscript::script::Session;
use spotscript::script::catalog::{Catalog, Entry};
use spotscript::script::render::{Look, render};
use spotscript::script::source::SourceMap;

/// Runs a text in a fresh world and an empty folder; the fault, if there is one.
fn run(name: &str, text: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(folder.path(), &[]));
    let mut session = Session::for_tests(&host, SourceMap::default()).unwrap();
    let result = session.compile(name, text).and_then(|program| session.run(&program, &rhai::Map::new()));
    if let Err(failed) = result {
        return Some(render(&failed, Look { colour: false, width: 100 }));
    }
    let failed: Vec<String> = host
        .record()
        .checks
        .iter()
        .filter(|check| !check.ok)
        .map(|check| format!("{}: {}\n{text}", check.place, check.name))
        .collect();
    (!failed.is_empty()).then(|| failed.join("\n"))
}

fn run_all(examples: &[(String, String)]) -> Vec<String> {
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some((name, text)) = examples.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(fault) = run(name, text) {
                        faults.lock().unwrap().push(fault);
                    }
                }
            });
        }
    });
    faults.into_inner().unwrap()
}

fn catalog() -> Catalog {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let testing = Session::for_tests(&host, SourceMap::default()).unwrap();
    Catalog::with_tests(Session::new(&host).unwrap().engine(), testing.engine())
}

/// The examples of what `wanted` picks, each text once.
fn examples(wanted: impl Fn(&Catalog, &Entry) -> bool) -> Vec<(String, String)> {
    let catalog = catalog();
    let mut examples: Vec<(String, String)> = Vec::new();
    for entry in catalog.own().filter(|entry| wanted(&catalog, entry)) {
        for text in entry.examples() {
            if !examples.iter().any(|(_, known)| *known == text) {
                examples.push((entry.head(), text));
            }
        }
    }
    examples
}

fn of_tests(catalog: &Catalog, entry: &Entry) -> bool {
    catalog.is_test_only(entry)
}

#[test]
fn every_example_runs() {
    let examples = examples(|catalog, entry| !of_tests(catalog, entry));
    assert!(examples.len() > 120, "only {} examples: the catalog does not see the bindings", examples.len());
    let faults = run_all(&examples);
    assert!(faults.is_empty(), "{} of {} examples:\n{}", faults.len(), examples.len(), faults.join("\n"));
}

/// What only tests can call is called in tests: beside a runbook to run, under the test runner.
#[test]
fn every_example_of_what_tests_can_call_runs() {
    let examples = examples(of_tests);
    assert!(examples.len() > 20, "only {} examples", examples.len());
    let folder = tempfile::tempdir().unwrap();
    let runbook = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/create_spot.rhai");
    std::fs::copy(runbook, folder.path().join("create_spot.rhai")).unwrap();
    let mut tests = String::new();
    for (number, (head, text)) in examples.iter().enumerate() {
        tests.push_str(&format!("// {head}\nfn test_example_{number}() {{\n{text}\n}}\n"));
    }
    std::fs::write(folder.path().join("examples_test.rhai"), tests).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        let output = command.args(arguments).current_dir(folder.path()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(output.status.success(), "{text}");
        text.to_string()
    };
    // The first run writes the snapshots that the second compares with.
    run(&["test", "--update"]);
    let text = run(&["test"]);
    assert!(text.contains(&format!("{} passed", examples.len())), "{text}");
}

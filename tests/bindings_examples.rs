//! Every function that scripts can call has an example, and every example runs in a fresh sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use spotscript::cli::target::sandbox_host;
use spotscript::host::{FilePolicy, Recorder};
use spotscript::sandbox::Sandbox;
use spotscript::script::render::{Look, render};
use spotscript::script::{Session, catalog, stdlib};

/// Runs a text in a fresh world and an empty folder; the fault, if there is one.
fn run(name: &str, text: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(folder.path(), &[]));
    let mut session = Session::new(&host).unwrap();
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

fn own_entries() -> Vec<catalog::Entry> {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let session = Session::new(&host).unwrap();
    catalog::entries(session.engine()).into_iter().filter(|entry| entry.own).collect()
}

#[test]
fn every_function_has_an_example() {
    let entries = own_entries();
    assert!(entries.len() > 100, "only {} entries: the catalog does not see the bindings", entries.len());
    let bare: Vec<String> =
        entries.iter().filter(|entry| entry.examples().is_empty()).map(catalog::Entry::signature).collect();
    assert!(bare.is_empty(), "without an example: {bare:#?}");
}

#[test]
fn every_example_runs() {
    let mut examples: Vec<(String, String)> = Vec::new();
    for entry in own_entries() {
        for text in entry.examples() {
            if !examples.iter().any(|(_, known)| *known == text) {
                examples.push((entry.signature(), text));
            }
        }
    }
    let faults = run_all(&examples);
    assert!(faults.is_empty(), "{} of {} examples:\n{}", faults.len(), examples.len(), faults.join("\n"));
}

#[test]
fn every_function_of_the_standard_library_has_an_example_that_runs() {
    let mut examples = Vec::new();
    for (name, short) in stdlib::names() {
        let text = stdlib::get(short).unwrap();
        let mut documented = 0;
        for part in text.split("/// ```rhai\n").skip(1) {
            let (code, rest) = part.split_once("/// ```\n").expect("an example ends");
            assert!(rest.starts_with("fn "), "{name}: the example stands before its function");
            let code: Vec<&str> = code.lines().map(|line| line.trim_start_matches("///").trim_start()).collect();
            examples.push((name.to_owned(), code.join("\n")));
            documented += 1;
        }
        let functions = text.lines().filter(|line| line.starts_with("fn ")).count();
        assert_eq!(functions, documented, "{name}: functions and examples");
    }
    let faults = run_all(&examples);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

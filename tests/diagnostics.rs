//! What people see when a script is wrong: one file per fault in `tests/diagnostics/`, one snapshot each.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::sync::Arc;

use spotscript::cli::target::sandbox_host;
use spotscript::host::{FilePolicy, Recorder};
use spotscript::sandbox::Sandbox;
use spotscript::script::Session;
use spotscript::script::render::{Look, render};

fn explained(name: &str, text: &str) -> String {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let mut session = Session::new(&host).unwrap();
    let result = session.compile(name, text).and_then(|program| session.run(&program, &rhai::Map::new()));
    match result {
        Ok(_) => panic!("{name} ran without a fault"),
        Err(failed) => render(&failed, Look { colour: false, width: 100 }),
    }
}

/// Scripts that never end their recursion take more stack than a test's thread has; the program's own has 1 GiB.
#[test]
fn faults_are_explained() {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(explain_all).unwrap();
    thread.join().unwrap_or_else(|failed| std::panic::resume_unwind(failed));
}

fn explain_all() {
    let folder = Path::new("tests/diagnostics");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rhai"));
    files.sort();
    assert!(files.len() > 15, "only {} cases", files.len());
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        insta::assert_snapshot!(name, explained(&path.to_string_lossy(), &text));
    }
}

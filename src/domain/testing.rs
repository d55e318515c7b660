//! Help for tests: where the conformance data is.

use std::io::Write;
use std::path::PathBuf;

/// A file or folder of the conformance data, or `None` with a word on stderr that a test is skipped.
pub fn shared(path: &str) -> Option<PathBuf> {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let given = std::env::var_os("SPOTSCRIPT_SHARED").map(PathBuf::from);
    let found = given
        .into_iter()
        .chain(["../shared", "../../shared"].map(|beside| package.join(beside)))
        .map(|folder| folder.join(path))
        .find(|candidate| candidate.exists());
    if found.is_none() {
        // Not `eprintln!`: the test harness would swallow it, and a skipped test must say so.
        let _ = writeln!(std::io::stderr(), "SKIPPED: ../shared/{path} is not there");
    }
    found
}

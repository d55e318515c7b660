//! One test: a fresh world, an empty folder to write to, the file's functions, and one call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rhai::Scope;

use super::super::session::{Ending, Session};
use super::super::{ScriptError, source::SourceMap};
use super::Options;
use super::capture::Capture;
use super::lab::{Lab, Like};
use super::report::Outcome;
use super::snapshots::Snapshots;
use crate::domain::Code;
use crate::domain::error::Error;
use crate::host::Host;

/// A test that can be run.
pub(super) struct Case {
    /// Its file, as the user named it.
    pub(super) file: PathBuf,
    /// The file's text.
    pub(super) text: Arc<str>,
    /// Its name.
    pub(super) name: String,
    /// The line it is declared in.
    pub(super) line: usize,
    /// Whether something runs before it.
    pub(super) setup: bool,
    /// Its file's snapshots.
    pub(super) snapshots: Arc<Snapshots>,
}

impl Case {
    /// Runs it.
    pub(super) fn run(&self, options: &Options, sources: &SourceMap) -> Outcome {
        let console = Arc::new(Capture::default());
        let started = Instant::now();
        let attempt = || self.attempt(options, sources, &console);
        // A panic is a fault of ours: it fails this test, and the others go on.
        let result = catch_unwind(AssertUnwindSafe(attempt))
            .unwrap_or_else(|_| Err(Error::new(Code::Internal, "the test ended in a panic of spotscript").into()));
        Outcome {
            file: self.file.display().to_string(),
            name: self.name.clone(),
            line: self.line,
            elapsed: started.elapsed(),
            failure: result.err(),
            output: console.all(),
            seed: options.seed,
        }
    }

    fn attempt(&self, options: &Options, sources: &SourceMap, console: &Arc<Capture>) -> Result<(), ScriptError> {
        let scratch = tempfile::tempdir()
            .map_err(|error| Error::new(Code::File, "no folder for the test").because(error.to_string()))?;
        let lab = Arc::new(Lab {
            world: (options.world)(options.seed),
            scratch: scratch.path().to_owned(),
            beside: self.file.parent().unwrap_or(Path::new("")).to_owned(),
            allow_read: options.allow_read.clone(),
            snapshots: Arc::clone(&self.snapshots),
            coverage: options.coverage.clone(),
        });
        let host = lab.host(Arc::clone(console), Like { cancel: &options.cancel, timeout: Some(options.timeout) });
        host.set_lab(lab);
        let session = Session::for_tests(&host, sources.clone())?;
        self.call(&session)?;
        held(&host)
    }

    /// The file's top level, then the calls: one evaluation, so that imports and constants are there for both.
    fn call(&self, session: &Session) -> Result<(), ScriptError> {
        let name = self.file.display().to_string();
        let file = session.parse(&name, &self.text)?;
        let setup = if self.setup { "setup();" } else { "" };
        let call = session.engine().compile(format!("{setup}{}();", self.name)).map_err(|error| {
            Error::new(Code::Internal, format!("`{}` cannot be called", self.name)).because(error.to_string())
        })?;
        let mut whole = file.merge(&call);
        // Merging forgets whose text it is, and imports are found beside it.
        whole.set_source(&name);
        let result = session.evaluate(&name, &whole, &mut Scope::new());
        let ending = result.map_err(|mut failed| {
            // The outermost frame is the call made here; the file has no such line.
            if failed.frames.last().is_some_and(|frame| self.is_own_call(&frame.what)) {
                failed.frames.pop();
            }
            failed
        })?;
        match ending {
            Ending::Exit(code) if code != 0 => {
                Err(Error::new(Code::CheckFailed, format!("the test ended with `exit({code})`")).into())
            }
            _ => Ok(()),
        }
    }

    fn is_own_call(&self, what: &str) -> bool {
        [&self.name, "setup"].iter().any(|name| what == format!("in call to `{name}`"))
    }
}

/// A `check` in a test that did not hold fails the test too.
fn held(host: &Host) -> Result<(), ScriptError> {
    let record = host.record();
    let failed: Vec<String> = record
        .checks
        .iter()
        .filter(|check| !check.ok)
        .map(|check| format!("{} ({})", check.name, check.place))
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    let mut error = Error::new(Code::CheckFailed, "a check did not hold");
    for check in failed {
        error = error.because(check);
    }
    Err(error.into())
}

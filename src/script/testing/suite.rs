//! All tests: read from files, run side by side.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::super::ScriptError;
use super::super::session::Session;
use super::super::source::SourceMap;
use super::capture::Capture;
use super::case::Case;
use super::report::{Outcome, Report};
use super::snapshots::Snapshots;
use super::{Options, Wanted, discover, functions};
use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::host::{FilePolicy, Hidden, Host};

/// Bytes of stack for a thread that runs tests: address space, not memory. Scripts recurse as they do under `run`.
const STACK: usize = 1 << 30;

/// Tests that were found.
pub struct Suite {
    cases: Vec<Case>,
    /// Files that cannot be read as tests.
    broken: Vec<(PathBuf, ScriptError)>,
    /// Snapshots of the files of which every test runs.
    whole: Vec<Arc<Snapshots>>,
    sources: SourceMap,
}

impl Suite {
    /// Finds and reads the tests that are wanted; `filter` keeps those whose path contains it.
    ///
    /// # Errors
    /// What [`discover::find`] says; `SPOT-0662` when no test is left.
    pub fn read(wanted: &[Wanted], filter: Option<&str>, options: &Options) -> Result<Self> {
        let sources = SourceMap::measured(options.coverage.clone());
        let reader = reader(options, &sources)?;
        let mut suite = Suite { cases: Vec::new(), broken: Vec::new(), whole: Vec::new(), sources };
        let mut known: Vec<String> = Vec::new();
        for (file, one) in discover::find(wanted)? {
            if let Err(failed) = suite.add(&reader, &file, one.as_deref(), filter, options, &mut known) {
                suite.broken.push((file, failed));
            }
        }
        if suite.cases.is_empty() && suite.broken.is_empty() {
            return Err(none(wanted, filter, &known));
        }
        Ok(suite)
    }

    fn add(
        &mut self,
        reader: &Session,
        file: &Path,
        one: Option<&str>,
        filter: Option<&str>,
        options: &Options,
        known: &mut Vec<String>,
    ) -> Result<(), ScriptError> {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|error| Error::new(Code::File, format!("`{name}` cannot be read")).because(error.to_string()))?;
        let ast = reader.parse(&name, &text)?;
        let found = functions::read(&ast, reader.sources(), &name)?;
        let snapshots = Arc::new(Snapshots::of(file, options.update));
        let (text, before, all): (Arc<str>, _, _) = (text.into(), self.cases.len(), found.tests.len());
        for (test, line) in found.tests {
            let path = format!("{name}::{test}");
            if one.is_none_or(|one| one == test) && filter.is_none_or(|filter| path.contains(filter)) {
                self.cases.push(Case {
                    file: file.to_owned(),
                    text: Arc::clone(&text),
                    name: test.clone(),
                    line,
                    setup: found.setup,
                    snapshots: Arc::clone(&snapshots),
                });
            }
            known.push(test);
        }
        if self.cases.len() - before == all {
            self.whole.push(snapshots);
        }
        Ok(())
    }

    /// The paths of the tests, as `spotscript test` takes them.
    pub fn paths(&self) -> Vec<String> {
        self.cases.iter().map(|case| format!("{}::{}", case.file.display(), case.name)).collect()
    }

    /// How many tests there are.
    pub fn len(&self) -> usize {
        self.cases.len() + self.broken.len()
    }

    /// Whether there are none, which [`Suite::read`] does not allow.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts that were read.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// Files with tests.
    pub fn files(&self) -> Vec<String> {
        let mut files: Vec<String> = self.cases.iter().map(|case| case.file.display().to_string()).collect();
        files.dedup();
        files
    }

    /// Runs them; `finished` hears of each as it ends.
    pub fn run(&self, options: &Options, finished: &(dyn Fn(&Outcome, usize) + Send + Sync)) -> Report {
        let started = Instant::now();
        let mut outcomes: Vec<(usize, Outcome)> = Vec::new();
        for (file, failure) in &self.broken {
            let outcome = unreadable(file, failure, options.seed);
            finished(&outcome, outcomes.len() + 1);
            outcomes.push((usize::MAX, outcome));
        }
        let stop = AtomicBool::new(options.fail_fast && !outcomes.is_empty());
        let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(outcomes));
        let work = || {
            while !stop.load(Ordering::Relaxed) && !options.cancel.is_cancelled() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = self.cases.get(index) else { break };
                let outcome = case.run(options, &self.sources);
                if options.fail_fast && !outcome.ok() {
                    stop.store(true, Ordering::Relaxed);
                }
                let mut all = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                finished(&outcome, all.len() + 1);
                all.push((index, outcome));
            }
        };
        std::thread::scope(|scope| {
            let mut started = 0;
            for _ in 0..options.jobs.clamp(1, self.cases.len().max(1)) {
                let thread = std::thread::Builder::new().name("test".to_owned()).stack_size(STACK);
                started += usize::from(thread.spawn_scoped(scope, work).is_ok());
            }
            if started == 0 {
                work();
            }
        });
        let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcomes.sort_by_key(|(index, _)| *index);
        self.report(outcomes.into_iter().map(|(_, outcome)| outcome).collect(), started.elapsed(), options)
    }

    fn report(&self, tests: Vec<Outcome>, elapsed: Duration, options: &Options) -> Report {
        let passed = tests.iter().filter(|outcome| outcome.ok()).count();
        let (failed, not_run) = (tests.len() - passed, self.len() - tests.len());
        // A test that failed may not have come to its snapshots.
        let obsolete =
            if failed + not_run == 0 { self.whole.iter().flat_map(|one| one.obsolete()).collect() } else { Vec::new() };
        Report {
            ok: failed + not_run == 0,
            passed,
            failed,
            not_run,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            seed: options.seed,
            tests,
            coverage: options.coverage.as_ref().map(|coverage| coverage.report()),
            obsolete_snapshots: obsolete.iter().map(|path| path.display().to_string()).collect(),
        }
    }
}

/// A session that compiles and runs nothing.
fn reader(options: &Options, sources: &SourceMap) -> Result<Session> {
    let console = Arc::new(Capture::default());
    let host = Host::new(crate::host::Options {
        target: (options.world)(options.seed).target(console.clone()),
        console,
        files: FilePolicy::new(".", &[]),
        hidden: Hidden::default(),
        timeout: None,
    });
    Session::for_tests(&host, sources.clone())
}

fn unreadable(file: &Path, failure: &ScriptError, seed: u64) -> Outcome {
    Outcome {
        file: file.display().to_string(),
        name: String::new(),
        line: 0,
        elapsed: Duration::ZERO,
        failure: Some(failure.clone()),
        output: String::new(),
        seed,
    }
}

fn none(wanted: &[Wanted], filter: Option<&str>, known: &[String]) -> Error {
    let error = |message: String| Error::new(Code::NoTests, message);
    if let Some(one) = wanted.iter().find_map(|one| one.test.as_deref()) {
        let error = error(format!("there is no test `{one}`"));
        return match nearest(one, known.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`--list` shows every test"),
        };
    }
    match filter {
        Some(filter) => error(format!("no test has `{filter}` in its path")).help("`--list` shows every test"),
        None => error("the files have no functions `test_…()`".to_owned())
            .help("a test is `fn test_something() { assert_eq(1 + 1, 2); }`"),
    }
}

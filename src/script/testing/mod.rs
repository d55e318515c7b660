//! Tests of scripts: finds `*_test.rhai`, runs each `fn test_…()` in a world of its own, and says what came of it.
//!
//! What a world is, the face decides; how results look, too. Nothing here prints.

mod capture;
mod case;
pub mod discover;
mod functions;
pub mod junit;
mod lab;
mod report;
mod snapshots;
mod suite;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use discover::find;
pub use report::{Outcome, Report};
pub use suite::Suite;

use super::coverage::Coverage;
use crate::host::{Cancel, Console, Target};

/// The end of the name of a file with tests.
pub const SUFFIX: &str = "_test.rhai";

/// A world that hosts can be opened on, any number of them.
pub trait TestWorld: Send + Sync {
    /// The world as a target; what happens in it is told to `console`.
    fn target(&self, console: Arc<dyn Console>) -> Arc<dyn Target>;
}

/// What is wanted of a run of tests.
pub struct Options {
    /// Makes a fresh world of a seed.
    pub world: Box<dyn Fn(u64) -> Box<dyn TestWorld> + Send + Sync>,
    /// What the chance of every world derives from.
    pub seed: u64,
    /// How many tests run at once.
    pub jobs: usize,
    /// How long one test may take, on the wall clock.
    pub timeout: Duration,
    /// Whether to stop at the first failure.
    pub fail_fast: bool,
    /// Whether snapshots are written instead of compared.
    pub update: bool,
    /// What scripts may read besides the working directory and what is beside the file with tests.
    pub allow_read: Vec<PathBuf>,
    /// What the runbooks and modules that tests run are measured with.
    pub coverage: Option<Arc<Coverage>>,
    /// Stops everything.
    pub cancel: Cancel,
}

/// What was asked for on the command line: a file or folder, and one test of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// File or folder.
    pub path: PathBuf,
    /// The name of one test: what follows `::`.
    pub test: Option<String>,
}

impl From<&str> for Wanted {
    fn from(text: &str) -> Self {
        match text.rsplit_once("::") {
            Some((path, test)) => Wanted { path: path.into(), test: Some(test.to_owned()) },
            None => Wanted { path: text.into(), test: None },
        }
    }
}

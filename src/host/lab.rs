//! What a test can do that a runbook cannot: run runbooks in its own world, keep snapshots.

use rhai::Map;
use serde::Serialize;

use super::{Host, Record};
use crate::domain::error::{Error, Result};
use crate::ports::RequestCounts;

/// How a runbook went that a test ran.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {
    /// What the process would have exited with.
    pub exit_code: u8,
    /// What it printed.
    pub output: String,
    /// What was said about it: steps, checks, events.
    pub log: String,
    /// What it did.
    pub record: Record,
    /// What it sent to AWS, retries included.
    pub requests: RequestCounts,
    /// What made it fail.
    pub error: Option<Error>,
    /// How long it took on the world's clock.
    pub elapsed_ms: u64,
}

/// How a value compares with its snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Snapshot {
    /// As it was, or written just now because snapshots are being updated.
    Same,
    /// There is none; this is the file it would be in.
    Missing(String),
    /// Other than this.
    Differs(String),
}

/// The surroundings of a test.
pub trait Lab: Send + Sync {
    /// Runs the runbook at `path` (relative to the test's file) in the test's world.
    ///
    /// # Errors
    /// When there is no such runbook, or its parameters are wrong in a way that a test would not want to see as the
    /// runbook's own failure: never for a failure of the runbook.
    fn run_script(&self, host: &Host, path: &str, parameters: &Map) -> Result<Trial>;

    /// Compares `value` with the snapshot called `name`.
    ///
    /// # Errors
    /// `SPOT-0101` for a name that cannot be a file's, `SPOT-0801` for the file system.
    fn snapshot(&self, name: &str, value: &str) -> Result<Snapshot>;
}

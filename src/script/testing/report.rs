//! What came of tests, as data.

use std::time::Duration;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::super::ScriptError;
use super::super::coverage;
use super::super::source::line_and_column;

/// What came of one test.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its file.
    pub file: String,
    /// Its name; empty when the whole file failed.
    pub name: String,
    /// The line it is declared in.
    pub line: usize,
    /// How long it took, on the wall clock.
    pub elapsed: Duration,
    /// Why it failed.
    pub failure: Option<ScriptError>,
    /// What it said and printed.
    pub output: String,
    /// What its world's chance derived from.
    pub seed: u64,
}

impl Outcome {
    /// Whether it passed.
    pub fn ok(&self) -> bool {
        self.failure.is_none()
    }

    /// `scripts/create_spot_test.rhai::test_x`, what `spotscript test` takes; the file alone when all of it failed.
    pub fn path(&self) -> String {
        if self.name.is_empty() { self.file.clone() } else { format!("{}::{}", self.file, self.name) }
    }

    /// The command that runs this test alone, and in the same world.
    pub fn repeat(&self) -> String {
        format!("spotscript test {} --seed {}", quoted(&self.path()), self.seed)
    }

    /// `file:line:column` of the failure.
    pub fn failed_at(&self) -> Option<String> {
        let place = self.failure.as_ref()?.place.as_ref()?;
        let (line, column) = line_and_column(&place.text, place.span.start);
        Some(format!("{}:{line}:{column}", place.name))
    }
}

fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Outcome", 10)?;
        fields.serialize_field("file", &self.file)?;
        fields.serialize_field("name", &self.name)?;
        fields.serialize_field("line", &self.line)?;
        fields.serialize_field("ok", &self.ok())?;
        fields.serialize_field("elapsed_ms", &u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX))?;
        if let Some(failure) = &self.failure {
            fields.serialize_field("error", &*failure.error)?;
            fields.serialize_field("place", &self.failed_at())?;
            fields.serialize_field("output", &self.output)?;
            fields.serialize_field("repeat", &self.repeat())?;
        }
        fields.end()
    }
}

/// What came of all tests, in the order of files and of tests in them.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Whether nothing failed.
    pub ok: bool,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many did not run, because an earlier one failed or the run was interrupted.
    pub not_run: usize,
    /// How long all took, on the wall clock.
    pub elapsed_ms: u64,
    /// What every world's chance derived from.
    pub seed: u64,
    /// Each.
    pub tests: Vec<Outcome>,
    /// Which lines of runbooks and modules ran, if that was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<coverage::Report>,
    /// Snapshots that no test asked for.
    pub obsolete_snapshots: Vec<String>,
}

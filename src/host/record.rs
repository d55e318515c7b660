//! What a run did: steps, checks, and settled resources, in the order they happened.

use serde::Serialize;

use crate::domain::inventory::Settled;

/// A `step "name" { … }` that was entered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// How many steps it is inside of.
    pub depth: usize,
    /// How long it took, in milliseconds on the target's clock; `None` while it runs.
    pub elapsed_ms: Option<u64>,
    /// Whether it ended without an error.
    pub ok: bool,
    /// For a step that was not chosen, how many requests it would have sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<usize>,
}

/// A `check("name", condition)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What was claimed.
    pub name: String,
    /// Whether it held.
    pub ok: bool,
    /// `file:line:column` of the check.
    pub place: String,
}

/// Everything a run did so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Record {
    /// Steps.
    pub steps: Vec<Step>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Resources that idempotent verbs settled.
    pub resources: Vec<Settled>,
}

impl Record {
    /// Steps that were entered and not left, the outermost first.
    pub fn open_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.elapsed_ms.is_none())
    }

    /// Adds what another did after this.
    pub fn append(&mut self, other: Record) {
        self.steps.extend(other.steps);
        self.checks.extend(other.checks);
        self.resources.extend(other.resources);
    }

    /// How many checks did not hold.
    pub fn failed_checks(&self) -> usize {
        self.checks.iter().filter(|check| !check.ok).count()
    }

    /// How many resources ended with `verdict`.
    pub fn settled(&self, verdict: &str) -> usize {
        self.resources.iter().filter(|resource| resource.verdict == verdict).count()
    }

    /// Whether there is nothing to sum up.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.checks.is_empty() && self.resources.is_empty()
    }
}

//! From what AWS, the instance and Kubernetes say to a plain cause and a remedy.

mod activity;
mod console;
mod nodes;

use crate::domain::Code;

pub(super) use activity::explain_activity;
pub(super) use console::explain_console;
pub(super) use nodes::why_not_ready;

/// When a cause counts as certain enough to end a wait early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// At once: trying again cannot help.
    None,
    /// When it still comes after IAM has had time to spread a change.
    Propagation,
    /// When it has come several times: capacity may return, but not for this wait.
    Capacity,
    /// Only at the end of the wait: it may pass.
    Whole,
}

/// A cause in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Explained {
    /// Our code.
    pub(super) code: Code,
    /// What is wrong, a sentence fragment.
    pub(super) sentence: &'static str,
    /// What to do.
    pub(super) help: &'static str,
    /// When to give up.
    pub(super) patience: Patience,
}

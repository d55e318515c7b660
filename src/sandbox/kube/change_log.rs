//! What changed, in order: the source of watches.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

/// How many changes are remembered; a watch that asks for older ones is told to list again.
const REMEMBERED: usize = 4096;

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was made.
    Added,
    /// It was changed.
    Modified,
    /// It is gone.
    Deleted,
}

/// One change of one object.
#[derive(Debug, Clone)]
pub struct Change {
    /// The resource version that the change made.
    pub version: u64,
    /// Resource plural.
    pub resource: String,
    /// What happened.
    pub kind: ChangeKind,
    /// The object after the change; for a deletion its last state under the new version.
    pub object: Arc<Value>,
    /// The object before the change.
    pub previous: Option<Arc<Value>>,
}

/// The newest changes of a store. Not persisted: a watch does not outlive the process that serves it. Of what other processes
/// changed meanwhile the states before and after tell ([`super::store::ObjectStore::follow`]).
#[derive(Debug, Clone, Default)]
pub struct ChangeLog {
    changes: VecDeque<Change>,
    forgotten: u64,
}

impl ChangeLog {
    /// A log that knows nothing from before `version`.
    pub fn starting_at(version: u64) -> Self {
        ChangeLog { changes: VecDeque::new(), forgotten: version }
    }

    /// Remembers a change.
    pub fn push(&mut self, change: Change) {
        if self.changes.len() == REMEMBERED
            && let Some(oldest) = self.changes.pop_front()
        {
            self.forgotten = oldest.version;
        }
        self.changes.push_back(change);
    }

    /// Changes of a resource after `version`, oldest first; `None` when some of them are forgotten.
    pub fn since(&self, resource: &str, version: u64) -> Option<Vec<Change>> {
        if version < self.forgotten {
            return None;
        }
        let start = self.changes.partition_point(|change| change.version <= version);
        Some(self.changes.range(start..).filter(|change| change.resource == resource).cloned().collect())
    }
}

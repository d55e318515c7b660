//! What came of a drain.

use serde::Serialize;

use crate::domain::Code;
use crate::domain::error::Error;
use crate::domain::node_change::DryRun;

/// A pod that could not be evicted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocked {
    /// `namespace/name`.
    pub pod: String,
    /// What the server said last.
    pub why: String,
}

/// What came of one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeDrain {
    /// The node.
    pub node: String,
    /// Its Availability Zone, if a label tells.
    pub zone: Option<String>,
    /// Whether everything that was to leave has left.
    pub drained: bool,
    /// Whether it was cordoned before.
    pub was_cordoned: bool,
    /// Pods that left: `namespace/name`.
    pub evicted: Vec<String>,
    /// Pods that stay: of DaemonSets, mirrors of static ones.
    pub staying: Vec<String>,
    /// Pods that a disruption budget held when the drain ended.
    pub blocked: Vec<Blocked>,
    /// Why it is not drained, a sentence each.
    pub failures: Vec<String>,
    /// Milliseconds that its drain took.
    pub elapsed_ms: u64,
}

/// What came of all nodes, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrainReport {
    /// The nodes.
    pub nodes: Vec<NodeDrain>,
    /// Whether it was only looked at.
    pub dry_run: DryRun,
    /// Mutating requests that were made.
    pub mutating_requests: u64,
    /// Milliseconds from beginning to end.
    pub elapsed_ms: u64,
}

impl DrainReport {
    /// Whether every node is drained.
    pub fn complete(&self) -> bool {
        self.nodes.iter().all(|node| node.drained)
    }

    /// Pods that left.
    pub fn evicted(&self) -> usize {
        self.nodes.iter().map(|node| node.evicted.len()).sum()
    }

    /// `SPOT-0405` that names what could not be drained and what keeps it; `None` when all is drained.
    pub fn failure(&self) -> Option<Error> {
        let left: Vec<&NodeDrain> = self.nodes.iter().filter(|node| !node.drained).collect();
        let (first, rest) = left.split_first()?;
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        let mut error = Error::new(Code::DrainBlocked, format!("node `{}`{more} could not be drained", first.node));
        for node in &left {
            for blocked in &node.blocked {
                error = error.because(format!("pod `{}` cannot be evicted: {}", blocked.pod, blocked.why));
            }
            if node.blocked.is_empty() {
                error = node.failures.iter().fold(error, |error, why| error.because(format!("{}: {why}", node.node)));
            }
        }
        Some(if left.iter().any(|node| !node.blocked.is_empty()) {
            error.help("give the pods room elsewhere or loosen their PodDisruptionBudget, then drain again")
        } else {
            error.help("say which pods may leave or stay: `ignore_daemonsets`, `delete_emptydir_data`, `force`; or give more time")
        })
    }
}

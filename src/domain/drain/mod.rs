//! Draining a node: which pods leave, what is said on the way, and what came of it.
//!
//! The decisions and their words are kubectl's.

mod decide;
mod report;

use std::time::Duration;

pub use decide::{DaemonSets, Decisions, Fate, LastWord, Missing};
pub use report::{Blocked, DrainReport, NodeDrain};

use super::node_change::{DryRun, NodeChange};

/// How nodes are drained. The default is kubectl's without flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DrainOptions {
    /// Pods without a controller leave too (`--force`), and those of DaemonSets that are gone.
    pub force: bool,
    /// Pods of DaemonSets stay and are no reason to refuse (`--ignore-daemonsets`).
    pub ignore_daemon_sets: bool,
    /// Pods with emptyDir volumes leave and lose them (`--delete-emptydir-data`).
    pub delete_empty_dir_data: bool,
    /// Seconds that pods get to end; their own grace unless said.
    pub grace_seconds: Option<i64>,
    /// Longest time for a node; no limit unless said.
    pub timeout: Option<Duration>,
    /// Pods whose deletion began longer ago than this are not waited for; all are unless said.
    pub skip_deleted_after: Option<Duration>,
    /// Only pods that this label selector picks; all when empty.
    pub pod_selector: String,
    /// Whether it is only looked at.
    pub dry_run: DryRun,
    /// How many nodes may be drained or not Ready at a time: they are drained side by side. One after another, as kubectl
    /// does, unless said.
    pub max_unavailable: Option<Share>,
    /// How many of them in one Availability Zone.
    pub per_zone: Option<usize>,
}

/// A number, or a part of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// This many.
    Number(usize),
    /// So many of a hundred, rounded down but at least one.
    Percent(u8),
}

impl Share {
    /// Reads `2` or `25%`.
    pub fn parse(text: &str) -> Option<Share> {
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| (1..=100).contains(percent)).map(Share::Percent),
            None => text.parse().ok().filter(|number| *number > 0).map(Share::Number),
        }
    }

    /// How many of `all`.
    pub fn of(self, all: usize) -> usize {
        match self {
            Share::Number(number) => number,
            Share::Percent(percent) => (all * usize::from(percent) / 100).max(1),
        }
    }
}

/// What happens while nodes are drained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrainEvent {
    /// A node was cordoned, or was already.
    Cordon(NodeChange),
    /// A node could not be cordoned; it is drained all the same.
    NotCordoned {
        /// The node.
        node: String,
        /// Why.
        why: String,
    },
    /// What stays, and what leaves that would not be made anew.
    Warning {
        /// The node.
        node: String,
        /// The sentence.
        text: String,
    },
    /// An eviction is asked for.
    Evicting {
        /// Namespace of the pod.
        namespace: String,
        /// The pod.
        pod: String,
        /// Whether it is only looked at.
        dry_run: DryRun,
    },
    /// An eviction was refused for now.
    Refused {
        /// Namespace of the pod.
        namespace: String,
        /// The pod.
        pod: String,
        /// Whether it is because the namespace is going.
        terminating: bool,
        /// The server's sentence.
        why: String,
    },
    /// A pod has left.
    Evicted {
        /// Namespace of the pod.
        namespace: String,
        /// The pod.
        pod: String,
    },
    /// A pod takes too long to go and is not waited for.
    NotAwaited {
        /// The pod.
        pod: String,
        /// Seconds that it was given.
        seconds: u64,
    },
    /// Pods were still there when the drain failed.
    Pending {
        /// The node.
        node: String,
        /// Why it failed.
        why: LastWord,
        /// The pods.
        pods: Vec<String>,
    },
    /// A node is drained.
    Drained(NodeChange),
    /// A node cannot be drained.
    Failed {
        /// The node.
        node: String,
        /// Why.
        why: LastWord,
    },
    /// The nodes that are left at the end.
    Remaining {
        /// Their names.
        nodes: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_number_or_a_part() {
        assert_eq!(Share::parse("2").map(|share| share.of(10)), Some(2));
        assert_eq!(Share::parse("25%").map(|share| share.of(10)), Some(2));
        assert_eq!(Share::parse("1%").map(|share| share.of(10)), Some(1));
        for wrong in ["", "0", "0%", "101%", "-1", "%", "x"] {
            assert_eq!(Share::parse(wrong), None, "{wrong}");
        }
    }
}

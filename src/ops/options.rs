//! How operations are to be done.

use std::time::Duration;

use crate::domain::drain::Share;

/// How long a wait may take when nothing else is said.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How [`ensure`](super::ensure) is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnsureOptions {
    /// Wait until the desired number of nodes is Ready and carries the labels and taints asked for.
    pub wait: bool,
    /// Replace nodes that only so become what the group is now; `None`: they stay, with a warning.
    pub roll: Option<RollOptions>,
    /// Drain and delete a group that cannot be changed in place, and make it anew.
    pub replace: bool,
    /// Longest wait.
    pub timeout: Duration,
}

impl Default for EnsureOptions {
    fn default() -> Self {
        EnsureOptions { wait: true, roll: None, replace: false, timeout: DEFAULT_TIMEOUT }
    }
}

/// How [`scale`](super::scale) is done. A size that is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScaleOptions {
    /// Fewest instances.
    pub min: Option<u32>,
    /// Most instances.
    pub max: Option<u32>,
    /// Instances wanted now.
    pub desired: Option<u32>,
    /// Wait until the desired number of nodes is Ready and surplus ones are gone.
    pub wait: bool,
    /// Longest wait.
    pub timeout: Duration,
}

impl Default for ScaleOptions {
    fn default() -> Self {
        ScaleOptions { min: None, max: None, desired: None, wait: true, timeout: DEFAULT_TIMEOUT }
    }
}

/// How [`roll`](super::roll) is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollOptions {
    /// How many nodes more than wanted may be there meanwhile; one, unless some may be missing.
    pub surge: Option<Share>,
    /// How many nodes fewer than wanted may be available meanwhile; none unless said.
    pub max_unavailable: Option<Share>,
    /// Every node is replaced, not only outdated ones.
    pub all: bool,
    /// Pods without a controller are evicted too: nothing makes them anew.
    pub force: bool,
    /// Longest time for the draining of a node.
    pub drain_timeout: Duration,
    /// Longest wait for new nodes.
    pub timeout: Duration,
}

impl Default for RollOptions {
    fn default() -> Self {
        RollOptions {
            surge: None,
            max_unavailable: None,
            all: false,
            force: false,
            drain_timeout: DEFAULT_TIMEOUT,
            timeout: DEFAULT_TIMEOUT,
        }
    }
}

/// How [`delete`](super::delete) is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Cordon the nodes and evict their pods first.
    pub drain: bool,
    /// Longest wait, for draining and for the instances' end together.
    pub timeout: Duration,
    /// A group that is not there is a success: an earlier run has deleted it.
    pub may_be_gone: bool,
}

impl Default for DeleteOptions {
    fn default() -> Self {
        DeleteOptions { drain: true, timeout: DEFAULT_TIMEOUT, may_be_gone: false }
    }
}

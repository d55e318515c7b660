//! What the idempotent verbs on nodes did: cordon, taint, label, drain, delete.

use serde::{Serialize, Serializer};

/// Whether a change is made or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DryRun {
    /// It is made.
    #[default]
    No,
    /// It is worked out here; nothing is asked of the server beyond reads.
    Client,
    /// The server is asked to do everything but keep it.
    Server,
}

impl DryRun {
    /// kubectl's words behind a line: ` (dry run)`, ` (server dry run)`.
    pub const fn suffix(self) -> &'static str {
        match self {
            DryRun::No => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }
}

/// What was done to a node, in kubectl's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is kubectl's word")]
pub enum NodeVerdict {
    Cordoned,
    AlreadyCordoned,
    Uncordoned,
    AlreadyUncordoned,
    Tainted,
    Untainted,
    Modified,
    Labeled,
    Unlabeled,
    NotLabeled,
    Drained,
    Deleted,
    /// There was none to delete.
    Absent,
    /// It was so already.
    Unchanged,
}

impl NodeVerdict {
    /// `cordoned`, `already cordoned`, …
    pub const fn as_str(self) -> &'static str {
        match self {
            NodeVerdict::Cordoned => "cordoned",
            NodeVerdict::AlreadyCordoned => "already cordoned",
            NodeVerdict::Uncordoned => "uncordoned",
            NodeVerdict::AlreadyUncordoned => "already uncordoned",
            NodeVerdict::Tainted => "tainted",
            NodeVerdict::Untainted => "untainted",
            NodeVerdict::Modified => "modified",
            NodeVerdict::Labeled => "labeled",
            NodeVerdict::Unlabeled => "unlabeled",
            NodeVerdict::NotLabeled => "not labeled",
            NodeVerdict::Drained => "drained",
            NodeVerdict::Deleted => "deleted",
            NodeVerdict::Absent => "absent",
            NodeVerdict::Unchanged => "unchanged",
        }
    }
}

impl Serialize for NodeVerdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a verb did to one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeChange {
    /// The node.
    pub node: String,
    /// What was done, in kubectl's words.
    pub verdict: NodeVerdict,
    /// Whether a mutating request was made (or would have been, in a dry run).
    pub changed: bool,
    /// Whether it was only looked at.
    pub dry_run: DryRun,
}

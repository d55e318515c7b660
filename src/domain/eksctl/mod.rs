//! `eksctl.io/v1alpha5` ClusterConfig documents: reading, and writing what can be read back.
//!
//! The truth is eksctl's strict Go parser, not its published schema. Self-managed `nodeGroups` are
//! acted on; all other sections are kept as they are written.

mod read;
mod write;

pub use write::write;

use super::error::{Location, Result};
use super::nodegroup::NodegroupSpec;

const API_VERSION: &str = "eksctl.io/v1alpha5";
const KIND: &str = "ClusterConfig";
/// Prefix of the annotation that holds what eksctl has no key for: the CIDRs that may reach SSH.
const SSH_SOURCES_ANNOTATION: &str = "spotscript/ssh-sources.";

/// Something about a document that is worth knowing and no fault.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Note {
    /// What.
    pub message: String,
    /// Where.
    pub location: Location,
}

/// A top-level section that is kept and not acted on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Section {
    /// Its key, `vpc` for example.
    pub name: String,
    /// Where it begins.
    pub location: Location,
}

/// A ClusterConfig that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    text: String,
    file: String,
    nodegroups: Vec<NodegroupSpec>,
    sections: Vec<Section>,
    notes: Vec<Note>,
}

impl Document {
    /// The self-managed groups, in the document's order. What needs a look at a group as a whole, such
    /// as one shape for all its types, is left to [`NodegroupSpec::validate`].
    pub fn nodegroups(&self) -> Vec<NodegroupSpec> {
        self.nodegroups.clone()
    }

    /// Sections that are kept and not acted on, managed groups among them.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// What is worth knowing: old spellings, surprising defaults, differences from eksctl.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The document as it was read, byte for byte.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file's name as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }
}

/// Reads a document. A shell variable in it is a fault.
///
/// # Errors
/// `SPOT-0201` to `SPOT-0206`, or the code of a value's own rule, with line and column.
pub fn read(text: &str, file: &str) -> Result<Document> {
    read_with(text, file, &|_| None)
}

/// Reads a document and fills shell variables in with `resolve`, as an unquoted heredoc would.
///
/// # Errors
/// As [`read`]; a variable that `resolve` does not know is `SPOT-0205`.
pub fn read_with(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Result<Document> {
    read::read(text, file, resolve)
}

#[cfg(test)]
mod tests;

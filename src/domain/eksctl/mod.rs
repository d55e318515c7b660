//! `eksctl.io/v1alpha5` ClusterConfig documents: reading, and writing what can be read back.
//!
//! The truth is eksctl's strict Go parser, not its published schema. `nodeGroups` and `managedNodeGroups` are read
//! into specifications; all other sections are looked at as eksctl's parser does, and kept as they are written.

mod edit;
mod lint;
mod read;
mod schema;
mod write;

pub use edit::{Change, edit};
pub use lint::{Finding, Severity, fix, lint, lint_with_advice};
pub use write::{check, write};

use super::error::{Error, Location, Result};
use super::nodegroup::{NodegroupSpec, PublicKey};

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
    managed: Vec<NodegroupSpec>,
    sections: Vec<Section>,
    notes: Vec<Note>,
    faults: Vec<Error>,
    key_files: Vec<KeyFile>,
}

/// A file with a public key that a group names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KeyFile {
    /// Name of the group.
    group: String,
    path: String,
    /// Where the document says so.
    location: Location,
}

impl Document {
    /// The self-managed groups, in the document's order. What needs a look at a group as a whole, such
    /// as one shape for all its types, is left to [`NodegroupSpec::validate`].
    pub fn nodegroups(&self) -> Vec<NodegroupSpec> {
        self.nodegroups.clone()
    }

    /// The groups that EKS manages, in the document's order.
    pub fn managed(&self) -> &[NodegroupSpec] {
        &self.managed
    }

    /// The document with the keys that its groups name by files: `read` gives the text of a file. What is in one stands beside
    /// its path then, and the groups can be made.
    ///
    /// # Errors
    /// What `read` fails with, and `SPOT-0133` for a file that holds no public key: all of them, each at its place in the
    /// document. No text of a file is repeated.
    pub fn with_keys(mut self, read: &dyn Fn(&str) -> Result<String>) -> Result<Self> {
        let mut faults = Vec::new();
        for KeyFile { group, path, location } in &self.key_files {
            let key = read(path).and_then(|text| {
                PublicKey::parse(&text)
                    .map_err(|error| error.because(format!("so it is in `{path}`, which group `{group}` names")))
            });
            match key {
                Ok(key) => {
                    let groups = self.nodegroups.iter_mut().chain(&mut self.managed).filter(|spec| spec.name == *group);
                    groups.filter_map(|spec| spec.ssh.as_mut()).for_each(|ssh| ssh.public_key = Some(key.openssh()));
                }
                Err(error) => {
                    let help = error.help.clone().unwrap_or_else(|| {
                        "name another file with `publicKeyPath`, give the key with `publicKey` or a key pair with \
                         `publicKeyName`; or leave `ssh` out: Session Manager needs no key"
                            .to_owned()
                    });
                    faults.push(error.help(help).at(location.clone()));
                }
            }
        }
        match read::joined(&faults) {
            None => Ok(self),
            Some(error) => Err(error),
        }
    }

    /// What eksctl's rules, AWS or Kubernetes would refuse, by place. A document with faults can be looked at and
    /// repaired, not acted on.
    pub fn faults(&self) -> &[Error] {
        &self.faults
    }

    /// Sections that are kept and not acted on.
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
    let document = read::read(text, file, resolve)?.document;
    match read::joined(&document.faults) {
        None => Ok(document),
        Some(error) => Err(error),
    }
}

/// Reads a document that breaks rules too: what it breaks is in [`Document::faults`].
///
/// # Errors
/// What eksctl's parser refuses: no YAML, unknown keys, values of a wrong type, another kind of document.
pub fn open(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Result<Document> {
    let reading = read::read(text, file, resolve)?;
    match read::joined(&reading.malformed) {
        None => Ok(reading.document),
        Some(error) => Err(error),
    }
}

/// Every fault of a text, by place: of its syntax one, of its parser and rules all. And what is worth knowing.
pub fn examine(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<String>) -> (Vec<Error>, Vec<Note>) {
    match read::read(text, file, resolve) {
        Ok(reading) => (reading.document.faults, reading.document.notes),
        Err(error) => (vec![error], Vec::new()),
    }
}

#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod tests;

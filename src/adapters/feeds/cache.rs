//! A feed's last copy on disk, with what is needed to ask whether it is still the newest.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// What a publisher recognises its content by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    /// When the publisher last changed the content.
    pub(super) fn published(&self) -> Option<Timestamp> {
        let text = self.last_modified.as_deref()?;
        jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp())
    }
}

/// A copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    pub bytes: Vec<u8>,
    pub facts: Facts,
}

/// What is kept beside a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    /// Where it was fetched.
    pub url: String,
    /// When it was fetched or last confirmed.
    pub fetched: Timestamp,
    /// The publisher's validators.
    pub validators: Validators,
    /// Of the content: a copy that was cut short is no copy.
    pub sha256: String,
}

/// The place of one feed's copy.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    content: PathBuf,
    facts: PathBuf,
}

impl Cache {
    /// The copy called `name` in `folder`.
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Cache { content: folder.join(format!("{name}.json")), facts: folder.join(format!("{name}.facts.json")) }
    }

    /// The copy of `url`, if there is a whole one.
    pub(super) fn read(&self, url: &str) -> Option<Copy> {
        let facts: Facts = serde_json::from_slice(&std::fs::read(&self.facts).ok()?).ok()?;
        let bytes = std::fs::read(&self.content).ok()?;
        (facts.url == url && facts.sha256 == digest(&bytes)).then_some(Copy { bytes, facts })
    }

    /// Replaces the copy.
    ///
    /// # Errors
    /// `SPOT-0801` when it cannot be written.
    pub(super) fn write(&self, copy: &Copy) -> Result<()> {
        let facts = serde_json::to_vec_pretty(&copy.facts).map_err(std::io::Error::from);
        let written = facts.and_then(|facts| {
            replace(&self.content, &copy.bytes)?;
            replace(&self.facts, &facts)
        });
        written.map_err(|error| {
            Error::new(Code::File, format!("cannot keep a copy in `{}`", self.content.display()))
                .because(error.to_string())
        })
    }
}

impl Copy {
    /// A copy fetched `now`.
    pub(super) fn new(url: &str, bytes: Vec<u8>, validators: Validators, now: Timestamp) -> Self {
        let sha256 = digest(&bytes);
        Copy { bytes, facts: Facts { url: url.to_owned(), fetched: now, validators, sha256 } }
    }
}

/// The user's cache folder for spotscript (`$XDG_CACHE_HOME/spotscript`), if there is a home.
pub(super) fn folder() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|strategy| strategy.cache_dir().join("spotscript"))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whole or not at all: readers never see half a file.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}

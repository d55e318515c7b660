//! A launch template and its versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::cloud::TagMap;
use crate::sandbox::world::clock::Millis;

/// One version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaunchTemplateVersion {
    /// From 1.
    pub number: i64,
    /// Description.
    pub description: Option<String>,
    /// Made.
    pub created: Millis,
    /// The request's `LaunchTemplateData`, in the request's spelling.
    pub data: Arc<Value>,
}

/// A launch template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// `lt-…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Made.
    pub created: Millis,
    /// ARN of the maker.
    pub created_by: String,
    /// `$Default`.
    pub default_version: i64,
    /// Versions by number.
    pub versions: BTreeMap<i64, LaunchTemplateVersion>,
    /// Tags of the template itself.
    pub tags: TagMap,
    /// The request's idempotency token.
    pub client_token: Option<String>,
}

impl LaunchTemplate {
    /// `$Latest`.
    pub fn latest_version(&self) -> i64 {
        self.versions.keys().next_back().copied().unwrap_or(0)
    }

    /// A version by number, `$Latest`, `$Default` or nothing (the default one).
    pub fn version(&self, wanted: &str) -> Option<&LaunchTemplateVersion> {
        let number = match wanted {
            "$Latest" => self.latest_version(),
            "$Default" | "" => self.default_version,
            number => number.parse().ok()?,
        };
        self.versions.get(&number)
    }
}

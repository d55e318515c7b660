//! What SSM knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sandbox::world::clock::Millis;

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Value.
    pub value: String,
    /// `String`, …
    pub kind: String,
    /// Version.
    pub version: i64,
    /// Last changed.
    pub modified: Millis,
}

/// The service's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsmState {
    /// Parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
}

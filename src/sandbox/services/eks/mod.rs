//! Elastic Kubernetes Service.

pub mod state;

use super::Handler;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[];

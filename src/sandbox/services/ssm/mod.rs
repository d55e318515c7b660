//! Systems Manager: public parameters that name machine images.

pub mod state;

use super::Handler;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[];

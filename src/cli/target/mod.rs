//! Wires a target's adapters to a host.

use std::path::PathBuf;
use std::sync::Arc;

use super::Global;
use super::console::Terminal;
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::{FilePolicy, Host, Options};

/// A host for the target that the flags name. Nothing is opened until it is needed.
///
/// # Errors
/// `SPOT-0801` when there is no working directory.
pub fn host(global: &Global, allow_write: &[PathBuf]) -> Result<Host> {
    let working = std::env::current_dir()
        .map_err(|error| Error::new(Code::File, "the working directory is gone").because(error.to_string()))?;
    Ok(Host::new(Options {
        console: Arc::new(Terminal::new(global)),
        files: FilePolicy::new(working, allow_write),
        timeout: global.timeout,
    }))
}

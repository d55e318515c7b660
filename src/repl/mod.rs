//! The interactive face.

use crate::domain::error::Result;
use crate::host::Host;

/// Reads, runs and prints until the input ends.
///
/// # Errors
/// When the engine cannot be built.
pub fn run(_host: &Host) -> Result<()> {
    Ok(())
}

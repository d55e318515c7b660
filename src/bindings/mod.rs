//! What scripts can call: one file per namespace, each a plugin module of the engine.
//!
//! A binding parses its arguments into domain values, hands them to the host and gives back a domain value. It holds
//! no policy, prints nothing and never asks in which mode the run is. Each carries an example that a test runs.

mod call;
mod checks;
mod failure;
mod print;
mod step;

use rhai::{Engine, ParseError, exported_module};

pub use call::{Failure, raise};

/// Teaches an engine everything scripts can call.
///
/// # Errors
/// Only if the custom syntax clashes with the engine's own.
pub fn register(engine: &mut Engine) -> Result<(), ParseError> {
    step::register(engine)?;
    engine.register_global_module(exported_module!(checks::module).into());
    engine.register_global_module(exported_module!(failure::module).into());
    engine.register_global_module(exported_module!(print::module).into());
    Ok(())
}

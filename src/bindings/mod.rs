//! What scripts can call: one file per namespace, each a plugin module of the engine.
//!
//! A binding parses its arguments into domain values, hands them to the host and gives back a domain value. It holds
//! no policy, prints nothing and never asks in which mode the run is. Each carries an example that a test runs.

mod arrays;
mod attempts;
mod call;
mod checks;
mod config;
mod documents;
mod eks;
mod failure;
mod groups;
mod imported;
mod kube;
mod managed;
mod managed_options;
mod node_changes;
mod node_texts;
mod nodegroup;
mod nodegroup_copies;
mod nodegroup_options;
mod nodegroup_parts;
mod nodes;
mod options;
mod parallel;
mod pause;
mod print;
mod roll;
mod samples;
mod sandbox;
pub mod schema;
mod spot;
mod step;
mod tags;
pub mod testing;
mod types;
pub mod values;
mod wait;

use crate::domain::Code;
use crate::domain::error::Error;
use rhai::{Engine, ParseError, exported_module};

pub use call::{Failure, Stopped, ended, raise};
pub(crate) use checks::exit_code;
pub(crate) use eks::timeout as time_limit;
pub use parallel::item_of;
pub(crate) use parallel::{at_once, wrong_closure};
pub(crate) use pause::span;
pub(crate) use samples::samples;
pub use sandbox::SandboxValue;
pub(crate) use spot::not_a_text;

/// Teaches an engine the syntax of ours, and nothing that can be called: enough to compile.
///
/// # Errors
/// Only if the custom syntax clashes with the engine's own.
pub fn register_syntax(engine: &mut Engine) -> Result<(), ParseError> {
    step::register(engine)
}

/// Teaches an engine everything scripts can call.
///
/// # Errors
/// Only if the custom syntax clashes with the engine's own.
pub fn register(engine: &mut Engine) -> Result<(), ParseError> {
    register_syntax(engine)?;
    values::name_types(engine);
    engine.register_global_module(exported_module!(arrays::module).into());
    engine.register_global_module(exported_module!(attempts::module).into());
    engine.register_global_module(exported_module!(checks::module).into());
    engine.register_global_module(exported_module!(failure::module).into());
    engine.register_global_module(exported_module!(parallel::module).into());
    engine.register_global_module(exported_module!(pause::module).into());
    engine.register_global_module(exported_module!(print::module).into());
    engine.register_global_module(exported_module!(sandbox::module).into());
    engine.register_global_module(exported_module!(wait::module).into());
    engine.register_global_module(exported_module!(types::sets).into());
    engine.register_global_module(exported_module!(types::facts).into());
    engine.register_global_module(documents::module().into());
    engine.register_global_module(exported_module!(nodegroup::module).into());
    engine.register_global_module(exported_module!(config::module).into());
    engine.register_global_module(exported_module!(nodegroup_copies::module).into());
    engine.register_global_module(exported_module!(groups::module).into());
    engine.register_global_module(exported_module!(tags::methods).into());
    engine.register_global_module(exported_module!(nodes::lists).into());
    engine.register_global_module(exported_module!(nodes::node).into());
    engine.register_global_module(exported_module!(node_changes::module).into());
    engine.register_global_module(exported_module!(node_texts::module).into());
    let mut eks = exported_module!(eks::module);
    eks.combine(exported_module!(roll::module));
    eks.combine(exported_module!(managed::module));
    eks.combine(exported_module!(imported::module));
    engine.register_static_module("eks", eks.into());
    engine.register_static_module("kube", exported_module!(kube::module).into());
    engine.register_static_module("tags", exported_module!(tags::tags).into());
    engine.register_static_module("taint", exported_module!(tags::taint).into());
    engine.register_static_module("spot", exported_module!(spot::module).into());
    Ok(())
}

/// The place that a script means by `index` in a list of `len`: from the end if negative.
fn index(index: rhai::INT, len: usize) -> Option<usize> {
    let place = if index < 0 { rhai::INT::try_from(len).ok()?.checked_add(index)? } else { index };
    usize::try_from(place).ok().filter(|place| *place < len)
}

/// There is no element at that place.
fn out_of_range(what: &str, index: rhai::INT, len: usize) -> Error {
    let error = Error::new(Code::InvalidValue, format!("there is no {what} at {index}: there are {len}"));
    error.help("places are counted from 0; check `len` first")
}

//! The engine of scripts: which language features are on, which limits hold, what is registered.

use rhai::packages::Package;
use rhai::{Dynamic, Engine};

use super::resolver::Resolver;
use super::source::SourceMap;
use crate::bindings;
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::Host;

/// Calls in calls: more than people write, and shallow enough for the stacks of the threads that run scripts. An
/// unoptimised build takes some 40 KiB for each.
pub(super) const MAX_CALLS: usize = 128;
/// Nesting of expressions, at top level and in functions.
const MAX_DEPTH: (usize, usize) = (128, 64);
/// Bytes of one string.
const MAX_STRING: usize = 16 << 20;
/// Elements of one list or map.
const MAX_ELEMENTS: usize = 1_000_000;

/// An engine that can only compile, by the same rules: it costs next to nothing to make.
///
/// # Errors
/// `SPOT-0901` if the custom syntax clashes with the engine's own.
pub fn syntax() -> Result<Engine> {
    let mut engine = Engine::new_raw();
    bindings::register_syntax(&mut engine)
        .map_err(|error| Error::new(Code::Internal, "the syntax cannot be registered").because(error.to_string()))?;
    rules(&mut engine);
    Ok(engine)
}

/// What holds for every text that is compiled.
fn rules(engine: &mut Engine) {
    engine.set_max_expr_depths(MAX_DEPTH.0, MAX_DEPTH.1);
    engine.disable_symbol("eval");
    // The optimiser puts a constant's value in the place of a loop's variable that hides it, and what it has folded the
    // checker can no longer judge.
    engine.set_optimization_level(rhai::OptimizationLevel::None);
}

/// An engine whose scripts run on `host`.
///
/// # Errors
/// `SPOT-0901` if a registration clashes, which a test would have shown.
pub fn build(host: &Host, sources: &SourceMap) -> Result<Engine> {
    let mut engine = Engine::new_raw();
    rhai::packages::StandardPackage::new().register_into_engine(&mut engine);
    bindings::register(&mut engine)
        .map_err(|error| Error::new(Code::Internal, "the bindings cannot be registered").because(error.to_string()))?;
    engine.set_max_call_levels(MAX_CALLS);
    rules(&mut engine);
    engine.set_max_string_size(MAX_STRING);
    engine.set_max_array_size(MAX_ELEMENTS);
    engine.set_max_map_size(MAX_ELEMENTS);
    engine.set_fail_on_invalid_map_property(true);
    engine.set_module_resolver(Resolver::new(sources.clone(), host.files().clone()));
    engine.set_default_tag(Dynamic::from(host.clone()));
    let progress = host.clone();
    engine.on_progress(move |_| {
        let reason = (progress.cancel().is_cancelled() || progress.has_deadline()).then(|| progress.stop_reason());
        reason
            .flatten()
            .or_else(|| progress.memory_reason())
            .map(|error| Dynamic::from(bindings::Failure(error.into())))
    });
    let (print, debug) = (host.clone(), host.clone());
    engine.on_print(move |text| print.here().console().data(text));
    engine.on_debug(move |text, source, position| {
        debug.here().console().talk(&format!("{}:{position:?}: {text}", source.unwrap_or("script")));
    });
    Ok(engine)
}

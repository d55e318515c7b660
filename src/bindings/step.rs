//! The custom syntax `step "name" { … }`: a named, timed part of a run. It gives the value of its block and nests.

use rhai::{Engine, EvalAltResult, EvalContext, Expression, ImmutableString, ParseError};

use super::call::{Outcome, raise};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::host::Host;

/// Teaches the engine the syntax.
///
/// # Errors
/// Only if `step` were a keyword of the engine.
pub(super) fn register(engine: &mut Engine) -> Result<(), ParseError> {
    engine.register_custom_syntax(["step", "$expr$", "$block$"], false, run)?;
    Ok(())
}

fn run(ctx: &mut EvalContext, inputs: &[Expression]) -> Outcome<rhai::Dynamic> {
    let [title, block] = inputs else {
        return Err(raise(Error::new(Code::Internal, "a step has a name and a block"), rhai::Position::NONE));
    };
    let name = ctx.eval_expression_tree(title)?.try_cast_result::<ImmutableString>().map_err(|value| {
        let error =
            Error::new(Code::ScriptFailed, format!("the name of a step is a string, not `{}`", value.type_name()))
                .help("write `step \"name\" { … }`");
        raise(error, title.position())
    })?;
    let host = ctx
        .tag_mut()
        .read_lock::<Host>()
        .map(|host| host.here())
        .ok_or_else(|| raise(Error::new(Code::Internal, "a step ran outside of a run"), title.position()))?;
    let ticket = host.enter_step(&name);
    let result = ctx.eval_expression_tree(block);
    host.leave_step(ticket, result.is_ok() || result.as_ref().is_err_and(|error| leaves_orderly(error)));
    result
}

/// Whether an "error" is `return`, `break`, `continue` or `exit`.
fn leaves_orderly(error: &EvalAltResult) -> bool {
    matches!(error, EvalAltResult::Return(..) | EvalAltResult::LoopBreak(..) | EvalAltResult::Exit(..))
}

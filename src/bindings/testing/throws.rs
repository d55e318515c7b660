//! `assert_throws`: a closure that has to fail, and for the reason expected.

use rhai::plugin::*;
use rhai::{Dynamic, EvalAltResult, FnPtr, Map};

use crate::bindings::call::{Failure, Outcome, raise};
use crate::domain::Code;
use crate::domain::error::Error;

/// Assertions about failures.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Outcome, throws};
    use rhai::{Dynamic, FnPtr};

    /// Fails the test unless a closure fails, with the code given (`SPOT-0111`) or with a message that contains the
    /// text given. Gives the error, for more to be said about it.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let error = assert_throws("SPOT-0111", || spot::types(["m5.xlrage"]));
    /// assert_contains(error.help, "m5.xlarge");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_throws(ctx: NativeCallContext, expected: &str, action: FnPtr) -> Outcome<Dynamic> {
        throws(&ctx, expected, &action)
    }
}

fn throws(ctx: &NativeCallContext, expected: &str, action: &FnPtr) -> Outcome<Dynamic> {
    let failed = |message: String| Error::new(Code::AssertionFailed, message);
    let failure = match action.call_within_context::<Dynamic>(ctx, ()) {
        Ok(_) => {
            let error = failed(format!("nothing failed, but `{expected}` was expected"));
            return Err(raise(error, ctx.call_position()));
        }
        Err(failure) => failure,
    };
    let innermost = failure.unwrap_inner();
    if matches!(innermost, EvalAltResult::ErrorTerminated(..) | EvalAltResult::Exit(..)) {
        return Err(failure);
    }
    let (code, message, value) = told(innermost);
    let as_expected =
        if expected.starts_with("SPOT-") { code.to_string() == expected } else { message.contains(expected) };
    if as_expected {
        return Ok(value);
    }
    let error = failed(format!("another failure than `{expected}`"));
    Err(raise(error.because(format!("{code}: {message}")), ctx.call_position()))
}

/// Code, message, and what `catch` would get.
fn told(failure: &EvalAltResult) -> (Code, String, Dynamic) {
    match failure {
        EvalAltResult::ErrorRuntime(value, _) => {
            if let Some(failure) = value.read_lock::<Failure>() {
                return (failure.0.code, failure.0.message.clone(), value.clone());
            }
            let said = value.read_lock::<Map>().and_then(|map| map.get("message").map(ToString::to_string));
            (Code::ScriptThrew, said.unwrap_or_else(|| value.to_string()), value.clone())
        }
        other => {
            let code = match other {
                EvalAltResult::ErrorFunctionNotFound(..) => Code::UnknownFunction,
                EvalAltResult::ErrorDataTooLarge(..) | EvalAltResult::ErrorStackOverflow(..) => Code::ScriptLimit,
                _ => Code::ScriptFailed,
            };
            // Where it happened is the engine's own affair: the assertion has its place.
            let said = other.to_string();
            let said = said.rsplit_once(" (line ").map_or(said.as_str(), |(said, _)| said);
            (code, said.to_owned(), Dynamic::from(said.to_owned()))
        }
    }
}

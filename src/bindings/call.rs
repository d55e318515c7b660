//! The one way from a script into the host: finds it, and gives every failure the position of the call.

use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};

use crate::domain::error::{Error, Result};
use crate::domain::{Code, Kind};
use crate::host::Host;

/// What a binding answers.
pub(crate) type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// A failure of the host as scripts catch it: `e.code`, `e.message`, `e.help`, `e.causes`, `e.kind`.
#[derive(Debug, Clone)]
pub struct Failure(pub Arc<Error>);

/// What ended the run, and the call that it ended in: on its way out the engine forgets where a call was.
#[derive(Debug, Clone)]
pub struct Stopped {
    /// Why.
    pub error: Arc<Error>,
    /// What the text is called that the call stands in; `None` is the script's.
    pub source: Option<String>,
    /// Where it stands there.
    pub at: Position,
}

/// Runs a binding that needs the host.
pub(crate) fn call<T>(ctx: &NativeCallContext, binding: impl FnOnce(&Host) -> Result<T>) -> Outcome<T> {
    let host = ctx.tag().and_then(|tag| tag.read_lock::<Host>().map(|host| host.here()));
    let result = match host {
        Some(host) => binding(&host),
        None => Err(Error::new(Code::Internal, format!("`{}` was called outside of a run", ctx.fn_name()))),
    };
    result.map_err(|error| raise_in(ctx, error))
}

/// Runs a binding that needs nothing but its arguments.
pub(crate) fn pure<T>(ctx: &NativeCallContext, binding: impl FnOnce() -> Result<T>) -> Outcome<T> {
    binding().map_err(|error| raise(error, ctx.call_position()))
}

fn raise_in(ctx: &NativeCallContext, error: Error) -> Box<EvalAltResult> {
    let at = ctx.call_position();
    if !ends_the_run(&error) {
        return raise(error, at);
    }
    let source = ctx.call_source().map(str::to_owned);
    EvalAltResult::ErrorTerminated(Dynamic::from(Stopped { error: Arc::new(error), source, at }), at).into()
}

/// A failure that came out of a closure: what ended the run ended the call that waits, wherever in the closure that was.
pub(crate) fn stopped_here(ctx: &NativeCallContext, failure: Box<EvalAltResult>) -> Box<EvalAltResult> {
    let why = match failure.unwrap_inner() {
        EvalAltResult::ErrorTerminated(value, _) => ended(value),
        _ => None,
    };
    match why {
        Some(error) => raise_in(ctx, error),
        None => failure,
    }
}

/// Why a run ended, out of what the engine carries: it ended in a call, or between two.
pub fn ended(value: &Dynamic) -> Option<Error> {
    let stopped = value.read_lock::<Stopped>().map(|stopped| (*stopped.error).clone());
    stopped.or_else(|| value.read_lock::<Failure>().map(|failure| (*failure.0).clone()))
}

fn ends_the_run(error: &Error) -> bool {
    error.kind() == Kind::Interrupted || error.code == Code::TimeLimit
}

/// The engine's form of a failure at `position`. What ends the run cannot be caught by scripts.
pub fn raise(error: Error, position: Position) -> Box<EvalAltResult> {
    let ends_the_run = ends_the_run(&error);
    let value = Dynamic::from(Failure(Arc::new(error)));
    if ends_the_run {
        EvalAltResult::ErrorTerminated(value, position).into()
    } else {
        EvalAltResult::ErrorRuntime(value, position).into()
    }
}

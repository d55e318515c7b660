//! `check` and `require`: claims a runbook makes about what it found.

use rhai::INT;
use rhai::plugin::*;

use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// Claims.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use crate::bindings::call::{Outcome, call};
    use crate::domain::Code;
    use crate::domain::error::Error;
    use crate::host::Check;
    use rhai::{EvalAltResult, INT};

    /// Notes whether a claim holds and goes on; a run with a claim that does not hold exits with 1.
    ///
    /// ```rhai
    /// check("two and two", 2 + 2 == 4);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn check(ctx: NativeCallContext, name: &str, holds: bool) -> Outcome<bool> {
        let position = ctx.call_position();
        let place = format!(
            "{}:{}:{}",
            ctx.call_source().unwrap_or("script"),
            position.line().unwrap_or_default(),
            position.position().unwrap_or_default()
        );
        call(&ctx, |host| {
            host.console().talk(&format!("  {} {name}", if holds { "✔" } else { "✘" }));
            host.note_check(Check { name: name.to_owned(), ok: holds, place: place.clone() });
            Ok(holds)
        })
    }

    /// Stops the run with `message` unless a condition holds.
    ///
    /// ```rhai
    /// require(2 + 2 == 4, "arithmetic is broken");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn require(ctx: NativeCallContext, holds: bool, message: &str) -> Outcome<()> {
        call(&ctx, |_| if holds { Ok(()) } else { Err(Error::new(Code::CheckFailed, message)) })
    }

    /// Ends the run with an exit code from 0 to 255.
    ///
    /// ```rhai
    /// if kube::nodes().len == 0 { exit(3); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn exit(ctx: NativeCallContext, code: INT) -> Outcome<()> {
        call(&ctx, |host| {
            host.set_exit_code(super::exit_code(code)?);
            Ok(())
        })?;
        Err(EvalAltResult::Exit(code.into(), ctx.call_position()).into())
    }

    /// Ends the run at once; nothing failed.
    ///
    /// ```rhai
    /// if kube::nodes().len > 0 { exit(); }
    /// ```
    #[rhai_fn(return_raw, name = "exit")]
    pub fn exit_well(ctx: NativeCallContext) -> Outcome<()> {
        exit(ctx, 0)
    }
}

/// A number as an exit code.
///
/// # Errors
/// `SPOT-0101` for one that a process cannot exit with.
pub(crate) fn exit_code(number: INT) -> Result<u8> {
    u8::try_from(number)
        .map_err(|_| Error::new(Code::InvalidValue, format!("the exit code is {number}")).help("it is from 0 to 255"))
}

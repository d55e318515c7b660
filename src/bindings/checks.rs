//! `check` and `require`: claims a runbook makes about what it found.

use rhai::plugin::*;

/// Claims.
#[export_module]
#[allow(missing_docs, reason = "the functions are documented; the macro adds items of its own")]
pub(super) mod module {
    use crate::bindings::call::{Outcome, call};
    use crate::domain::Code;
    use crate::domain::error::Error;
    use crate::host::Check;

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
            host.record().checks.push(Check { name: name.to_owned(), ok: holds, place: place.clone() });
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
}

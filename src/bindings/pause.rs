//! `sleep` on the target's clock. The engine's own blocks its thread, so that neither Ctrl-C nor a time limit ends it,
//! and knows nothing of the sandbox's time.

use std::time::Duration;

use rhai::plugin::*;

use super::call::{Outcome, call};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::ports::{Event, Wait};

/// Pauses.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::Outcome;
    use rhai::NativeCallContext;
    /// Waits for a number of seconds; in the sandbox its time passes at once.
    ///
    /// ```rhai
    /// sleep(30);
    /// ```
    #[rhai_fn(return_raw, volatile)]
    pub fn sleep(ctx: NativeCallContext, seconds: i64) -> Outcome<()> {
        super::wait(&ctx, seconds as f64)
    }

    /// Waits for a number of seconds; in the sandbox its time passes at once.
    ///
    /// ```rhai
    /// sleep(0.5);
    /// ```
    #[rhai_fn(return_raw, volatile, name = "sleep")]
    pub fn sleep_float(ctx: NativeCallContext, seconds: f64) -> Outcome<()> {
        super::wait(&ctx, seconds)
    }
}

/// The shortest pause that is told of: a shorter one is over before it is read.
const TOLD: Duration = Duration::from_secs(5);

fn wait(ctx: &NativeCallContext, seconds: f64) -> Outcome<()> {
    call(ctx, |host| {
        let duration = span(seconds)?;
        host.ask(async |session| {
            let _wait = (duration >= TOLD).then(|| {
                let what = format!("`sleep`, {seconds} s");
                session.operator.tell(&Event::Waiting { what, since: session.clock.now() });
                Wait::told_to(&*session.operator)
            });
            session.clock.sleep(duration).await;
            Ok(())
        })
    })
}

/// A number of seconds as a span.
///
/// # Errors
/// `SPOT-0101` for one that cannot be waited.
pub(crate) fn span(seconds: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        Error::new(Code::InvalidValue, format!("`{seconds}` seconds cannot be waited"))
            .help("give a number of seconds that is not negative")
    })
}

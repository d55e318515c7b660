//! `wait_until`: waiting for what a closure says, on the target's clock.

use rhai::plugin::*;

/// Waiting.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use crate::bindings::call::{Outcome, call, stopped_here as of_wait};
    use crate::bindings::eks::timeout;
    use crate::ports::{Event, Wait};
    use rhai::FnPtr;
    use std::time::Duration;

    /// The first and the longest pause between two looks.
    const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

    /// Waits until a closure says yes, for at most the time given; `false` if it never did. Time is the target's: in the
    /// sandbox nobody really waits. In a plan every wait ends well.
    ///
    /// ```rhai
    /// check("nodes are there", wait_until("2m", || kube::nodes().ready().len == 2));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn wait_until(ctx: NativeCallContext, longest: &str, claim: FnPtr) -> Outcome<bool> {
        let (given, longest) = (longest, call(&ctx, |_| timeout(Some(longest), Duration::ZERO))?);
        let place = (ctx.call_source().unwrap_or("the script"), ctx.call_position().line().unwrap_or(0));
        let what = format!("what {}:{} asks for, at most {given}", place.0, place.1);
        if claim.call_within_context::<bool>(&ctx, ()).map_err(|failure| of_wait(&ctx, failure))? {
            return Ok(true);
        }
        // What is waited for is not always foreseen, a deployment's pods on nodes to come; a plan is of what goes well.
        if call(&ctx, |host| Ok(host.only_foresees()))? {
            return Ok(true);
        }
        let session = call(&ctx, |host| host.session())?;
        let (_wait, since) = (Wait::told_to(&*session.operator), session.clock.now());
        let (mut pause, most) = PAUSES;
        let mut waited = Duration::ZERO;
        loop {
            if waited >= longest {
                return Ok(false);
            }
            session.operator.tell(&Event::Waiting { what: what.clone(), since });
            let next = pause.min(longest - waited);
            call(&ctx, |host| {
                host.ask(async |session| {
                    session.clock.sleep(next).await;
                    Ok(())
                })
            })?;
            waited += next;
            pause = (pause * 2).min(most);
            if claim.call_within_context::<bool>(&ctx, ()).map_err(|failure| of_wait(&ctx, failure))? {
                return Ok(true);
            }
        }
    }
}

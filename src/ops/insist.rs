//! Repeats a request while AWS refuses it for a reason that passes.

use std::time::Duration;

use super::backoff::Backoff;
use super::ledger::Ledger;
use crate::domain::error::{Error, Result};
use crate::domain::mutation::AwsMutation;
use crate::ports::{Event, polling};

/// How long IAM may take to show something new to other services.
const PROPAGATION: Duration = Duration::from_secs(120);

/// Pauses for what IAM has to spread first.
pub(super) fn propagation(ledger: &Ledger<'_>) -> Backoff {
    Backoff::new(&*ledger.session().clock, Duration::from_secs(5), PROPAGATION)
}

/// What to tell while `service` does not know `what`, which IAM has just made.
pub(super) fn unknown_yet(refusal: &Error, service: &str, what: &str) -> Error {
    Error::new(refusal.code, format!("{service} does not know {what} yet"))
        .because("IAM takes up to a minute to spread it")
}

/// Makes a request, again and again as long as `passing` has something to tell about its refusal. That is told once.
///
/// # Errors
/// The last refusal: one that does not pass, or the one that stood when `pauses` ran out.
pub(super) async fn insist(
    ledger: &Ledger<'_>,
    request: AwsMutation,
    pauses: &mut Backoff,
    passing: impl Fn(&Error) -> Option<Error>,
) -> Result<()> {
    let session = ledger.session();
    pauses.hurry();
    let mut told = false;
    let mut outcome = ledger.aws(request.clone()).await;
    loop {
        let Err(refusal) = outcome else { return Ok(()) };
        let Some(why) = passing(&refusal) else { return Err(refusal) };
        if !std::mem::replace(&mut told, true) {
            session.operator.tell(&Event::Retry { error: why });
        }
        if !pauses.pause(&*session.clock).await {
            return Err(refusal);
        }
        outcome = polling(ledger.aws(request.clone())).await;
    }
}

//! The lens of an orderly stop: no change begins after it was asked for, and those in flight are finished.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::Notify;

use super::{Lens, Sending};
use crate::domain::error::Result;
use crate::domain::mutation::{Mutation, Outcome};
use crate::host::{Cancel, interrupted};

/// Changes that were sent and have no answer yet. Clones count together.
#[derive(Debug, Clone, Default)]
pub(in crate::host) struct InFlight(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    number: AtomicUsize,
    landed: Notify,
}

impl InFlight {
    fn take_off(&self) -> Flight {
        self.0.number.fetch_add(1, Ordering::SeqCst);
        Flight(Arc::clone(&self.0))
    }

    /// Resolves once nothing is in flight.
    pub(in crate::host) async fn none(&self) {
        loop {
            let landed = self.0.landed.notified();
            tokio::pin!(landed);
            // Registered before the number is read, so that no landing falls between the two.
            landed.as_mut().enable();
            if self.0.number.load(Ordering::SeqCst) == 0 {
                return;
            }
            landed.await;
        }
    }
}

/// One of them, until it is dropped.
struct Flight(Arc<Count>);

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.number.fetch_sub(1, Ordering::SeqCst);
        self.0.landed.notify_waiters();
    }
}

/// Lets changes pass until the run is asked to stop.
pub(in crate::host) struct Gate {
    pub(in crate::host) cancel: Cancel,
    pub(in crate::host) in_flight: InFlight,
}

#[async_trait]
impl Lens for Gate {
    async fn send(&self, _: Mutation, _: Option<&str>, sending: Sending<'_>) -> Result<Outcome> {
        // Counted before the flag is read: whoever stops the run sees this one or is seen by it.
        let _flight = self.in_flight.take_off();
        if self.cancel.is_cancelled() {
            return Err(interrupted());
        }
        sending.await
    }
}

//! Stopping a run: a flag that script loops read and a signal that waits listen to.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// A request to stop, shared by everything that may have to. Cheap to clone; once made it stands.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    flag: AtomicBool,
    /// Not even answers are waited for.
    at_once: AtomicBool,
    notify: Notify,
}

impl Cancel {
    /// Asks everyone to stop.
    pub fn cancel(&self) {
        self.0.flag.store(true, Ordering::SeqCst);
        self.0.notify.notify_waiters();
    }

    /// Cuts everyone off, also who waits for the answer to a change: as if the process were killed there. For tests.
    pub fn cancel_at_once(&self) {
        self.0.at_once.store(true, Ordering::SeqCst);
        self.cancel();
    }

    /// Takes the request back: the next line of an interactive session starts afresh.
    pub fn reset(&self) {
        self.0.flag.store(false, Ordering::SeqCst);
        self.0.at_once.store(false, Ordering::SeqCst);
    }

    /// Whether a stop was asked for. One relaxed load: script loops call it for every operation.
    pub fn is_cancelled(&self) -> bool {
        self.0.flag.load(Ordering::Relaxed)
    }

    /// Resolves once a stop was asked for.
    pub fn cancelled(&self) -> impl Future<Output = ()> + Send + use<> {
        Shared::until(Arc::clone(&self.0), |shared| &shared.flag)
    }

    /// Resolves once not even answers are waited for.
    pub(super) fn cut_off(&self) -> impl Future<Output = ()> + Send + use<> {
        Shared::until(Arc::clone(&self.0), |shared| &shared.at_once)
    }
}

impl Shared {
    async fn until(shared: Arc<Self>, flag: fn(&Self) -> &AtomicBool) {
        loop {
            let notified = shared.notify.notified();
            tokio::pin!(notified);
            // Registered before the flag is read, so that no request falls between the two.
            notified.as_mut().enable();
            if flag(&shared).load(Ordering::SeqCst) {
                return;
            }
            notified.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_waiter_wakes_whether_it_came_before_or_after() {
        let cancel = Cancel::default();
        let waiting = tokio::spawn(cancel.cancelled());
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(!waiting.is_finished() && !cancel.is_cancelled());
        cancel.cancel();
        assert!(tokio::time::timeout(Duration::from_secs(1), waiting).await.is_ok());
        assert!(tokio::time::timeout(Duration::from_secs(1), cancel.cancelled()).await.is_ok());
    }
}

//! Time, so that the sandbox can jump over a wait.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::error::Result;

/// A clock that can be waited on.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Returns when `duration` has passed on this clock.
    async fn sleep(&self, duration: Duration);
    /// Returns when `duration` has passed for people. Where the time here jumps, nothing happens meanwhile; a world of which
    /// others may want something is theirs for that long, or until they are done.
    ///
    /// # Errors
    /// What keeps the world from being given or taken back.
    async fn aside(&self, duration: Duration) -> Result<()> {
        tokio::time::sleep(duration).await;
        Ok(())
    }
    /// How threads that work side by side take turns on this clock; `None` if each may go on as it likes. A clock that
    /// jumps has to know who waits and who works: it may not jump over somebody's work.
    fn turns(&self, _lanes: usize) -> Option<Arc<dyn Turns>> {
        None
    }
}

/// Turns of a number of threads, called lanes: one of them works at a time, until it waits on the clock or leaves.
pub trait Turns: Send + Sync {
    /// Makes this thread the lane, and returns when it is its turn.
    fn enter(self: Arc<Self>, lane: usize);
    /// Ends the lane, from whichever thread: others go on.
    fn leave(&self, lane: usize);
}

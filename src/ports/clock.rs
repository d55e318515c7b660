//! Time, so that the sandbox can jump over a wait.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// A clock that can be waited on.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Returns when `duration` has passed on this clock.
    async fn sleep(&self, duration: Duration);
}

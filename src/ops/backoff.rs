//! Polls and retries: 250 ms at first, growing to a few seconds, on the session's clock.

use std::time::Duration;

use jiff::Timestamp;

use crate::ports::Clock;

/// First pause of every wait.
const FIRST: Duration = Duration::from_millis(250);

/// Pauses that grow by half each time, up to a limit and a deadline.
pub(super) struct Backoff {
    next: Duration,
    longest: Duration,
    deadline: Timestamp,
}

impl Backoff {
    /// Pauses up to `longest`, until `timeout` from now on `clock`.
    pub(super) fn new(clock: &dyn Clock, longest: Duration, timeout: Duration) -> Self {
        let deadline = clock.now().checked_add(timeout).unwrap_or(Timestamp::MAX);
        Backoff { next: FIRST, longest, deadline }
    }

    /// Sleeps; `false` when the deadline has passed and no further try should be made.
    pub(super) async fn pause(&mut self, clock: &dyn Clock) -> bool {
        let left = Duration::try_from(self.deadline.duration_since(clock.now())).unwrap_or_default();
        if left.is_zero() {
            return false;
        }
        clock.sleep(self.next.min(left)).await;
        self.next = (self.next * 3 / 2).min(self.longest);
        true
    }

    /// Starts with short pauses again: something has just happened.
    pub(super) fn hurry(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;

    struct Jumping(Mutex<Timestamp>);

    #[async_trait]
    impl Clock for Jumping {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
        }
        async fn sleep(&self, duration: Duration) {
            *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += duration;
        }
    }

    #[tokio::test]
    async fn pauses_grow_to_the_limit_and_end_exactly_at_the_deadline() {
        let clock = Jumping(Mutex::new(Timestamp::UNIX_EPOCH));
        let mut backoff = Backoff::new(&clock, Duration::from_secs(1), Duration::from_secs(4));
        let mut at = vec![];
        while backoff.pause(&clock).await {
            at.push(clock.now().as_millisecond());
        }
        assert_eq!(at, [250, 625, 1187, 2031, 3031, 4000]);
    }
}

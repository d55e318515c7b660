//! The world's time: milliseconds since an epoch, which is added only on output.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Milliseconds since the world's epoch. May be negative for things older than the world.
pub type Millis = i64;

/// One second.
pub const SECOND: Millis = 1_000;
/// One minute.
pub const MINUTE: Millis = 60 * SECOND;
/// One hour.
pub const HOUR: Millis = 60 * MINUTE;
/// One day.
pub const DAY: Millis = 24 * HOUR;

/// Epoch and present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// What zero means.
    pub epoch: Timestamp,
    /// The present, since the epoch.
    pub now: Millis,
}

impl Default for Clock {
    /// 2026-01-01T00:00:00Z: two fresh worlds with one seed behave alike.
    fn default() -> Self {
        Clock { epoch: Timestamp::constant(1_767_225_600, 0), now: 0 }
    }
}

impl Clock {
    /// A world moment as an absolute time.
    pub fn at(&self, millis: Millis) -> Timestamp {
        self.epoch.checked_add(SignedDuration::from_millis(millis)).unwrap_or(self.epoch)
    }

    /// The present as an absolute time.
    pub fn timestamp(&self) -> Timestamp {
        self.at(self.now)
    }

    /// `2026-01-01T00:00:00Z`, as Kubernetes and Auto Scaling activities' causes write it.
    pub fn seconds(&self, millis: Millis) -> String {
        self.at(millis).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// `2026-01-01T00:00:00.000Z`, as EC2 and Auto Scaling write it.
    pub fn precise(&self, millis: Millis) -> String {
        self.at(millis).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    /// `2026-01-01T00:00:00.000000Z`, Kubernetes' MicroTime.
    pub fn micro(&self, millis: Millis) -> String {
        self.at(millis).strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
    }

    /// An absolute time as a world moment.
    pub fn millis(&self, time: Timestamp) -> Millis {
        i64::try_from(time.duration_since(self.epoch).as_millis()).unwrap_or(i64::MAX)
    }

    /// Moves the epoch so that the present is `time`. Costs nothing: every stored moment is relative.
    pub fn rebase(&mut self, time: Timestamp) {
        if let Ok(epoch) = time.checked_sub(SignedDuration::from_millis(self.now)) {
            self.epoch = epoch;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn writes_the_three_forms() {
        let clock = Clock::default();
        assert_eq!(clock.seconds(0), "2026-01-01T00:00:00Z");
        assert_eq!(clock.precise(1_234), "2026-01-01T00:00:01.234Z");
        assert_eq!(clock.micro(-DAY), "2025-12-31T00:00:00.000000Z");
    }

    #[test]
    fn rebasing_keeps_distances() {
        let mut clock = Clock { now: HOUR, ..Clock::default() };
        let then: Timestamp = "2030-05-01T12:00:00Z".parse().unwrap();
        clock.rebase(then);
        assert_eq!(clock.timestamp(), then);
        assert_eq!(clock.seconds(0), "2030-05-01T11:00:00Z");
        assert_eq!(clock.millis(then), HOUR);
    }
}

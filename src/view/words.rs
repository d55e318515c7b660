//! Values in the words of the AWS console and of people.

use jiff::{Timestamp, tz::TimeZone};

use crate::domain::cloud::{ActivityStatus, Lifecycle};
use crate::domain::nodegroup::SpotAllocationStrategy;
pub use crate::domain::words::count;

/// The console's name of an allocation strategy.
pub const fn strategy(strategy: SpotAllocationStrategy) -> &'static str {
    match strategy {
        SpotAllocationStrategy::LowestPrice => "Lowest price",
        SpotAllocationStrategy::CapacityOptimized => "Capacity optimized",
        SpotAllocationStrategy::CapacityOptimizedPrioritized => "Capacity optimized prioritized",
        SpotAllocationStrategy::PriceCapacityOptimized => "Price capacity optimized",
    }
}

/// The console's name of an activity's status.
pub const fn activity_status(status: ActivityStatus) -> &'static str {
    match status {
        ActivityStatus::InProgress => "In progress",
        ActivityStatus::Successful => "Successful",
        ActivityStatus::Failed => "Failed",
        ActivityStatus::Cancelled => "Cancelled",
    }
}

/// How an instance is bought, as a word for tables.
pub const fn lifecycle(lifecycle: Lifecycle) -> &'static str {
    lifecycle.as_str()
}

/// A time to the second in UTC: `2026-01-01 00:03:12 UTC`.
pub fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A time that may be missing.
pub fn time_or_dash(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), time)
}

/// `text`, or a dash for nothing.
pub fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}

/// Milliseconds as people say them: `840ms`, `12s`, `3m12s`, `1h4m`.
pub fn duration_ms(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds}ms"),
        1..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{}s", seconds / 60, seconds % 60),
        _ => format!("{}h{}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_use_the_two_largest_units() {
        let said: Vec<String> = [840, 12_000, 192_500, 3_840_000].map(duration_ms).to_vec();
        assert_eq!(said, ["840ms", "12s", "3m12s", "1h4m"]);
    }
}

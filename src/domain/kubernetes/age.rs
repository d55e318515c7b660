//! Durations as kubectl prints them: `98s`, `6m43s`, `179m`, `7h59m`, `47h`, `12d`, `2y11d`.

use jiff::Timestamp;

/// A duration in whole seconds. The longer it is, the coarser its unit; a clock that is up to two
/// seconds behind is forgiven.
pub fn human_duration(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const YEAR: i64 = 365 * DAY;
    let both = |unit: i64, name: &str, minor: i64, minor_name: &str| {
        let (major, rest) = (seconds / unit, seconds % unit / minor);
        if rest == 0 { format!("{major}{name}") } else { format!("{major}{name}{rest}{minor_name}") }
    };
    match seconds {
        i64::MIN..=-2 => "<invalid>".to_string(),
        -1 => "0s".to_string(),
        _ if seconds < 2 * MINUTE => format!("{seconds}s"),
        _ if seconds < 10 * MINUTE => both(MINUTE, "m", 1, "s"),
        _ if seconds < 3 * HOUR => format!("{}m", seconds / MINUTE),
        _ if seconds < 8 * HOUR => both(HOUR, "h", MINUTE, "m"),
        _ if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 8 * DAY => both(DAY, "d", HOUR, "h"),
        _ if seconds < 2 * YEAR => format!("{}d", seconds / DAY),
        _ if seconds < 8 * YEAR => both(YEAR, "y", DAY, "d"),
        _ => format!("{}y", seconds / YEAR),
    }
}

/// How long ago `then` was; `<unknown>` when it is not known.
pub fn since(then: Option<Timestamp>, now: Timestamp) -> String {
    match then {
        // Whole seconds toward zero, as a cast to an integer takes them.
        Some(then) => human_duration(now.duration_since(then).as_secs()),
        None => "<unknown>".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_grow_coarser() {
        for (seconds, text) in [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (403, "6m43s"),
            (600, "10m"),
            (179 * 60 + 59, "179m"),
            (180 * 60, "3h"),
            (7 * 3600 + 59 * 60, "7h59m"),
            (8 * 3600 + 59 * 60, "8h"),
            (47 * 3600, "47h"),
            (48 * 3600, "2d"),
            (49 * 3600, "2d1h"),
            (8 * 86400 + 3600, "8d"),
            (2 * 365 * 86400 + 11 * 86400, "2y11d"),
            (9 * 365 * 86400 + 11 * 86400, "9y"),
        ] {
            assert_eq!(human_duration(seconds), text, "{seconds}");
        }
    }
}

//! Durations as Go prints and reads them: `8s`, `1m30s`, `1h0m0s`.

use std::time::Duration;

/// A duration in Go's form.
pub fn print(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return "0s".to_owned();
    }
    // Below a second: the largest unit that leaves a whole part.
    for (unit, name) in [(1_u128, "ns"), (1_000, "µs"), (1_000_000, "ms")] {
        if nanos < unit * 1000 {
            return format!("{}{name}", decimal(nanos, unit));
        }
    }
    let minutes = duration.as_secs() / 60;
    let seconds = decimal(nanos - u128::from(minutes) * 60_000_000_000, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

fn decimal(amount: u128, unit: u128) -> String {
    let (whole, rest) = (amount / unit, amount % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    format!("{whole}.{rest:0width$}").trim_end_matches('0').to_owned()
}

/// Reads a duration: numbers with units, such as `1h30m`; `0` needs none. `None` for anything else and for what is
/// negative.
pub fn parse(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut nanos = 0_f64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|character: char| !matches!(character, '0'..='9' | '.'))?;
        let number: f64 = rest[..end].parse().ok()?;
        rest = &rest[end..];
        let units = [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12)];
        let end = rest.find(|character: char| matches!(character, '0'..='9' | '.')).unwrap_or(rest.len());
        let (_, unit) = units.into_iter().find(|(name, _)| *name == &rest[..end])?;
        nanos += number * unit;
        rest = &rest[end..];
    }
    (nanos < 9.2e18).then(|| Duration::from_secs_f64(nanos / 1e9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_as_go_does_and_read_back() {
        for (millis, text) in [
            (0, "0s"),
            (8_000, "8s"),
            (90_000, "1m30s"),
            (3_600_000, "1h0m0s"),
            (1_500, "1.5s"),
            (250, "250ms"),
            (5_430_000, "1h30m30s"),
        ] {
            let duration = Duration::from_millis(millis);
            assert_eq!(print(duration), text);
            assert_eq!(parse(text), Some(duration), "{text}");
        }
        assert_eq!(print(Duration::from_nanos(1_500)), "1.5µs");
        assert_eq!(parse("0"), Some(Duration::ZERO));
        for wrong in ["", "5", "s", "-1s", "1x", "1s2", ".s"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}

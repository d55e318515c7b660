//! The orders in which Kubernetes' tools sort texts that hold numbers.

use std::cmp::Ordering;

/// Numbers in texts by their value, digits before everything else: `a2`, `a10`.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (left, right) = (one.as_bytes(), other.as_bytes());
    let (mut at, mut there) = (0, 0);
    while at < left.len() && there < right.len() {
        let (a, b) = (left[at], right[there]);
        match (a.is_ascii_digit(), b.is_ascii_digit()) {
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) if a != b => return a.cmp(&b),
            (false, false) => (at, there) = (at + 1, there + 1),
            (true, true) => {
                let (from, to) = number(left, at);
                let (their_from, their_to) = number(right, there);
                let values = (to - from).cmp(&(their_to - their_from));
                let values = values.then_with(|| left[from..to].cmp(&right[their_from..their_to]));
                // The one with fewer zeros in front is less.
                let order = values.then(from.cmp(&their_from));
                if order.is_ne() {
                    return order;
                }
                (at, there) = (to, their_to);
            }
        }
    }
    left.len().cmp(&right.len())
}

/// Where the digits without leading zeros begin and end.
fn number(text: &[u8], at: usize) -> (usize, usize) {
    let digits =
        |from: usize, wanted: fn(&u8) -> bool| from + text[from..].iter().take_while(|byte| wanted(byte)).count();
    let from = digits(at, |byte| *byte == b'0');
    (from, digits(from, u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_by_value() {
        let mut texts = ["a10", "a2", "a", "1", "b", "a02", "-"];
        texts.sort_by(|one, other| compare(one, other));
        assert_eq!(texts, ["1", "-", "a", "a2", "a02", "a10", "b"]);
    }
}

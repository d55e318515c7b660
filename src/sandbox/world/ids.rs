//! Identifiers that look like AWS's and come out alike for one seed and one order of requests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::hash;

/// Hands out identifiers; one counter per purpose, so that unrelated requests do not shift each other's ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    seed: u64,
    counters: BTreeMap<String, u64>,
}

impl Ids {
    /// Fresh counters.
    pub fn new(seed: u64) -> Self {
        Ids { seed, counters: BTreeMap::new() }
    }

    /// Counters of a world whose things have ids already, told by `like`: none of those is handed out again.
    pub fn beside(seed: u64, like: &str) -> Self {
        Ids::new(hash::hash(seed, &["beside", like]))
    }

    /// The next hash for this purpose. Two words, 128 bits.
    pub fn next(&mut self, purpose: &str) -> (u64, u64) {
        let counter = match self.counters.get_mut(purpose) {
            Some(counter) => counter,
            None => self.counters.entry(purpose.to_owned()).or_insert(0),
        };
        *counter += 1;
        let first = hash::hash(self.seed, &["id", purpose, &counter.to_string()]);
        (first, hash::mix(first))
    }

    /// An EC2 resource id such as `i-0` and sixteen hex digits.
    pub fn ec2(&mut self, prefix: &str) -> String {
        let (first, _) = self.next(prefix);
        format!("{prefix}-0{first:016x}")
    }

    /// A version-4-shaped UUID.
    pub fn uuid(&mut self, purpose: &str) -> String {
        let (a, b) = self.next(purpose);
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | ((b >> 48) & 0x3fff),
            b & 0xffff_ffff_ffff
        )
    }

    /// An IAM unique id such as `AROA` and seventeen capitals and digits.
    pub fn iam(&mut self, prefix: &str) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (mut a, b) = self.next(prefix);
        let mut id = String::from(prefix);
        for i in 0..17 {
            id.push(char::from(LETTERS[(a & 31) as usize]));
            a = if i == 11 { b } else { a >> 5 };
        }
        id
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Ids;

    #[test]
    fn one_seed_one_sequence() {
        let (mut a, mut b, mut c) = (Ids::new(7), Ids::new(7), Ids::new(8));
        b.uuid("unrelated");
        let first = a.ec2("i");
        assert_eq!(first, b.ec2("i"));
        assert_ne!(first, c.ec2("i"));
        assert_ne!(first, a.ec2("i"));
        assert_eq!(first.len(), "i-0123456789abcdef0".len());
        assert_eq!(a.iam("AROA").len(), 21);
        assert_eq!(a.uuid("x").len(), 36);
    }
}

//! Stable hashing: all of the world's "chance" is a function of seed, purpose and counter.
//!
//! Not the standard hasher: its results may change between Rust releases.

/// FNV-1a over the parts with separators, finished by SplitMix64 so that near inputs differ in all bits.
pub fn hash(seed: u64, parts: &[&str]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    mix(h)
}

/// SplitMix64's finaliser.
pub fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in `low..=high`.
pub fn between(h: u64, low: i64, high: i64) -> i64 {
    let span = high.saturating_sub(low).max(0).unsigned_abs().saturating_add(1);
    low.saturating_add_unsigned(h % span)
}

/// A number in `[0, 1)`.
pub fn unit(h: u64) -> f64 {
    (h >> 11) as f64 / (1_u64 << 53) as f64
}

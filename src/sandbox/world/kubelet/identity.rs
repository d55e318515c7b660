//! What makes one machine different from the next, told by its id.

use crate::sandbox::world::hash::{hash, mix};

/// machineID, systemUUID and bootID.
pub(super) struct Identity {
    pub machine: String,
    pub system: String,
    pub boot: String,
}

pub(super) fn identity(seed: u64, instance: &str) -> Identity {
    let word = |purpose: &str| {
        let first = hash(seed, &[purpose, instance]);
        (first, mix(first))
    };
    // EC2's machine ids begin with its name.
    let (a, b) = word("machine");
    let system = format!("ec2{:05x}{:08x}{b:016x}", (a >> 32) & 0xf_ffff, a & 0xffff_ffff);
    let (a, b) = word("boot");
    Identity { system: dashed(&system), machine: system, boot: dashed(&format!("{a:016x}{b:016x}")) }
}

/// The same on Windows, where the machine's id is its name, and the boot's a count.
pub(super) fn of_windows(seed: u64, instance: &str) -> Identity {
    let own = identity(seed, instance);
    Identity { machine: computer(seed, instance), system: own.system.to_uppercase(), boot: "3".to_owned() }
}

/// The name that Windows gives itself on EC2.
pub(super) fn computer(seed: u64, instance: &str) -> String {
    const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut rest = hash(seed, &["computer", instance]);
    let letters = (0..7).map(|_| {
        let letter = LETTERS[(rest % 36) as usize];
        rest /= 36;
        char::from(letter)
    });
    format!("EC2AMAZ-{}", letters.collect::<String>())
}

fn dashed(hex: &str) -> String {
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default()).join("-")
}

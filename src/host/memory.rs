//! How much memory a script takes. Values nested deep are dropped by recursion, and a list of long texts has no end: at
//! some point either would take the host with it.

use std::fs::File;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::domain::Code;
use crate::domain::error::Error;

/// Bytes that a script may take. Values of that size, nested as deep as they can be, are dropped within the gigabyte
/// of stack that scripts run on, also by a build that is not optimised.
const LIMIT: u64 = 256 << 20;
/// Operations between two looks: one costs about as much as twenty of them.
const EVERY: u32 = 256;
/// What marks the size of a page among the values that the kernel hands to a process.
const PAGE_SIZE: usize = 6;

/// What a script takes, measured where the system tells it: on Linux. Elsewhere there is no limit.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Resident bytes when the script began.
    before: AtomicU64,
    /// How many scripts beside this one run in the process: what is taken may be theirs.
    others: AtomicU64,
    operations: AtomicU32,
}

impl Memory {
    /// A script begins: what is there already is not its.
    pub(super) fn begin(&self) {
        self.before.store(resident().unwrap_or_default(), Ordering::Relaxed);
    }

    /// Says how many other scripts run at the same time.
    pub(super) fn share(&self, others: u64) {
        self.others.store(others, Ordering::Relaxed);
    }

    /// Why the script has to stop, if it takes too much. Called for every operation, looks at some of them.
    pub(super) fn exceeded(&self) -> Option<Error> {
        if !self.operations.fetch_add(1, Ordering::Relaxed).is_multiple_of(EVERY) {
            return None;
        }
        let before = self.before.load(Ordering::Relaxed);
        let taken = resident()?.saturating_sub(before);
        let limit = LIMIT * (1 + self.others.load(Ordering::Relaxed));
        (before > 0 && taken > limit).then(|| {
            Error::new(Code::ScriptLimit, format!("the script took more than {} MiB of memory", LIMIT >> 20))
                .help("work on parts, and keep no more of them than is needed")
        })
    }
}

/// Bytes of the process that are in memory, if the system tells.
fn resident() -> Option<u64> {
    static STATISTICS: OnceLock<Option<(File, u64)>> = OnceLock::new();
    let open = || Some((File::open("/proc/self/statm").ok()?, page_size()?));
    let (file, page) = STATISTICS.get_or_init(open).as_ref()?;
    let mut text = [0; 128];
    let read = read_again(file, &mut text)?;
    let pages: u64 = std::str::from_utf8(&text[..read]).ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * page)
}

#[cfg(unix)]
fn read_again(file: &File, into: &mut [u8]) -> Option<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, 0).ok()
}

#[cfg(not(unix))]
fn read_again(_: &File, _: &mut [u8]) -> Option<usize> {
    None
}

fn page_size() -> Option<u64> {
    const WORD: usize = size_of::<usize>();
    let words: Vec<usize> = std::fs::read("/proc/self/auxv")
        .ok()?
        .chunks_exact(WORD)
        .filter_map(|bytes| bytes.try_into().ok().map(usize::from_ne_bytes))
        .collect();
    words.chunks_exact(2).find(|pair| pair[0] == PAGE_SIZE).and_then(|pair| u64::try_from(pair[1]).ok())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_in_memory_is_told_as_the_system_does() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        let ratio = resident().unwrap() as f64 / (kilobytes * 1024) as f64;
        assert!((0.5..2.0).contains(&ratio), "{ratio}");
    }
}

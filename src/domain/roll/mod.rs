//! Replacing the nodes of a group: which ones, how many at a time, and what has to be restored in the end.

mod note;
mod pace;
mod reasons;

pub use note::{Note, lasting_size, unfinished};
pub use pace::{Old, Pace};
pub use reasons::reasons;

/// Marks a node that is about to be replaced: pods that are evicted elsewhere do not come here if they can help it.
pub const OUTDATED_TAINT: &str = "spotscript/outdated";

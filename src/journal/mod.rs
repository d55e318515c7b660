//! What a run meant to change and what came of it, on disk before and after each request.
//!
//! One file a run: a line of JSON each for its beginning, every mutating intent, every outcome and its end. An intent
//! is on disk (fsync) before its request is sent, so that a killed run leaves behind what it may have done. Lines carry
//! the version of their form; a last line that was cut off by a crash is told, not fatal. Knows no clock and no port.

mod blobs;
mod entry;
mod fleet;
#[cfg(test)]
mod fleet_tests;
mod fleets;
mod lock;
mod read;
mod redact;
mod store;
#[cfg(test)]
mod tests;

pub use entry::{Entry, Line, Origin, Result as Answer, VERSION};
pub use fleet::{Counts, FleetEnd, FleetEntry, FleetLine, FleetRun, FleetWriter, Part};
pub use fleets::Found;
pub use read::{Intent, Run, State};
pub use store::{Store, Writer};

//! Those who run us: a person or a log at standard error, and a list for tests and JSON.
//!
//! Not here: errors that end a command (the command line draws them) and data on standard output.

mod line;
pub mod live;
mod operator;
mod recording;

pub use line::{Level, line};
pub use operator::{Consent, Manner, Terminal};
pub use recording::RecordingOperator;

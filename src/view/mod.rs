//! What people see: tables, text, diagrams, all pure functions from domain types to text.
//!
//! Nothing here reads a clock, a terminal or the environment: width and colour come in through a
//! [`Style`]. Colour only repeats what the words already say. Node text in kubectl's form has its own
//! folder; events told while something happens are the terminal adapter's.

pub mod advisor;
pub mod asg;
pub mod diagram;
pub mod drift;
pub mod fleet;
pub mod group_table;
pub mod json;
pub mod kubectl;
pub mod node_table;
pub mod plan;
pub mod report;
pub mod runs;
pub mod style;
pub mod sweep;
pub mod tabbed;
pub mod table;
pub mod value;
mod width;
pub mod window;
pub mod words;
pub mod world;

#[cfg(test)]
mod samples;

pub use style::{Style, Tone};

//! What kubectl prints: tables, documents, templates, and its words about changes.
//!
//! From objects and a given `now`, or from what the server printed; where it comes from is the caller's business.

mod change;
mod get;
mod output;
mod server_table;
mod text_table;
mod yaml;

pub use change::{Stream, changed, drain};
pub use get::{GetOptions, nodes, none_found, pods};
pub use output::{Objects, Output, output};
pub use server_table::server_table;
pub use text_table::lay_out as columns;
pub use yaml::yaml;

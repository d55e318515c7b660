//! Nodes and pods as `kubectl get` prints them.
//!
//! From objects and a given `now`; what is listed and where from is the caller's business.

mod get;
mod text_table;

pub use get::{GetOptions, nodes, none_found, pods};

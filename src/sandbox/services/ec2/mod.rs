//! Elastic Compute Cloud.

pub mod state;

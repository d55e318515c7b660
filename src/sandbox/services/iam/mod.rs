//! Identity and Access Management.

pub mod state;

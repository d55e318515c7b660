//! Auto Scaling.

pub mod state;

//! Waiting for what was asked for: the desired number of Ready nodes with the intended labels and taints.

mod activities;
mod failure;
mod slow_joins;
mod until_ready;
mod verify;

pub(super) use until_ready::{Goal, names, until_ready};
pub(super) use verify::verify;

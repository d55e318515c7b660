//! What Auto Scaling does by itself: keep actual at desired, in balance over zones.

pub mod activity;
mod launch;
mod life;
mod scale_in;

pub(super) use life::{gone, in_service, reconcile};
pub use life::{member_gone, rebalance, resize, schedule, terminate_member};

//! Instances.

pub(super) mod console;
pub(super) mod describe;
pub(super) mod spot_requests;
pub(super) mod terminate;

//! Security groups.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod describe;
pub(super) mod rules;

//! Launch templates and their versions.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod describe;
mod find;
mod shown;

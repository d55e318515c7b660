//! Use-cases: what a user asks for, done with the ports. No AWS or Kubernetes client here, and no output.
//!
//! Every verb reads first, changes only what differs, tells the [`Operator`](crate::ports::Operator) what
//! happens, and answers with plain data from [`domain::inventory`](crate::domain::inventory).

mod access;
mod backoff;
mod clusters;
mod costs;
mod delete;
mod diagnose;
mod doubt;
mod drain;
mod drift;
mod ensure;
mod forgotten;
mod images;
mod import;
mod insist;
mod inventory;
mod ledger;
mod managed;
mod nodes;
pub mod objects;
mod options;
mod patient;
mod resource;
mod roll;
mod scale;
mod session;
mod snapshot;
mod sweep;
mod undo;
mod wait;
pub mod watching;

pub use clusters::cluster;
pub use costs::costs;
pub use delete::delete;
pub use drain::{Tell, drain};
pub use drift::drift;
pub use ensure::{ensure, foresee};
pub use import::{import, import_all};
pub use inventory::{get, list, topology};
pub use nodes::{cordon, delete_node, joined, label, taint};
pub use options::{DeleteOptions, EnsureOptions, RollOptions, ScaleOptions};
pub use resource::{current, current_in};
pub use roll::roll;
pub use scale::scale;
pub use session::Session;
pub use snapshot::snapshot;
pub use sweep::{groups_without_members, sweep};
pub use undo::{UndoOptions, Undone, undo};

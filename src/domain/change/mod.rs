//! What a change does: to which resource, from which state to which, and what takes it back.
//!
//! One set of rules for three readers: a plan shows what would be there, `undo` knows what to restore and whether
//! anyone has touched it since, and an apply compares what it is about to send with what was planned.

mod cost;
mod effect;
mod fields;
mod ids;
mod inverse;
mod masked;
mod nodegroup;
mod plan;
mod resource;
mod standing;

pub use cost::{Cost, Hourly, Regrouped};
pub use effect::{ALL_METRICS, effect};
pub use fields::{Fields, digest, fields, is_digest};
pub use ids::with_ids;
pub use inverse::inverse;
pub use masked::{could_be, learnt, unrestorable};
pub use plan::{Action, Change, Field, Plan, Request, Step, comparable};
pub use resource::{AccessEntryState, ConfigMapState, NodeState, Resource, State};
pub use standing::{Standing, standing};

/// Stands for an id that only the real request gives.
pub const UNKNOWN: &str = "(known after apply)";

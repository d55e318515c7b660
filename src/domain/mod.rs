//! Pure types and rules: no clock, no I/O, no script engine.

pub mod advisor;
pub mod autoscaler_tags;
pub mod boot_syntax;
pub mod catalogue;
pub mod change;
pub mod cloud;
pub mod code;
pub mod desired;
pub mod drain;
pub mod eksctl;
pub mod error;
pub mod feed_source;
pub mod fleet;
pub mod import;
pub mod instance_type;
pub mod instance_types;
pub mod inventory;
pub mod kubernetes;
pub mod label;
pub mod mutation;
pub mod node_change;
pub mod node_row;
pub mod nodegroup;
pub mod offerings;
pub mod policies;
pub mod roll;
pub mod secret;
pub mod shape;
pub mod snapshot;
pub mod tag;
pub mod taint;
#[cfg(test)]
pub(crate) mod testing;
pub mod user_data;
pub mod words;
pub mod world_status;
pub(crate) mod yaml;

pub use code::{Code, Kind};
pub use error::{Error, Location, Result};

//! Pure types and rules: no clock, no I/O, no script engine.

pub mod cloud;
pub mod code;
pub mod error;
pub mod feed_source;
pub mod instance_type;
pub mod instance_types;
pub mod inventory;
pub mod kubernetes;
pub mod mutation;
pub mod nodegroup;
pub mod shape;
pub mod taint;
pub mod world_status;

pub use code::{Code, Kind};
pub use error::{Error, Location, Result};

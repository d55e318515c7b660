//! AWS's services over the world: one folder per service, one operation or tight family per file.
//!
//! A handler gets a tree of parameters and gives a tree of members; protocols are `sandbox::wire`'s business.

pub mod autoscaling;
pub mod ec2;
pub mod eks;
pub mod iam;
pub mod read;
pub mod servicequotas;
pub mod ssm;
pub mod sts;
#[cfg(test)]
pub mod trial;

use super::wire::api::{Params, Reply};
use super::world::World;

/// What performs one operation.
pub type Handler = fn(&mut World, &Params) -> Reply;

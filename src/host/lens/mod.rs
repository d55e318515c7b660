//! What stands between operations and the ports: reads may be seen otherwise, and every change goes through one place.
//!
//! One set of wrapped ports ([`ports`]) and five lenses: [`journal`] writes each change down around its sending,
//! [`plan`] records it instead and shows the world as it would be, [`guard`] lets only planned changes pass, [`known`]
//! none that needs what a step which was left out would have made, and [`gate`] none after the run was asked to stop.

mod gate;
mod guard;
mod imagined;
mod journal;
mod known;
mod managed;
mod plan;
mod ports;
mod seen;

use std::pin::Pin;

use async_trait::async_trait;
use k8s_openapi::api::core::v1::{Node, Pod};

use crate::domain::change::{Resource, State};
use crate::domain::cloud::{AutoScalingGroup, Instance, KeyPair, Subnet};
use crate::domain::error::Result;
use crate::domain::mutation::{Mutation, Outcome};

pub(super) use gate::{Gate, InFlight};
pub(super) use guard::Guard;
pub(super) use journal::Journal;
pub(super) use known::Known;
pub use plan::ReadBootData;
pub(super) use plan::{Planning, planned};
pub(super) use ports::seen_through;

/// A request that is sent when it is awaited.
pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>>;

/// What stands between operations and the ports. A lens that only cares about changes leaves reads as they are.
#[async_trait]
pub(super) trait Lens: Send + Sync {
    /// Whether the state of `resource` before its next change is known: else it is read first.
    fn knows(&self, _: &Resource) -> bool {
        true
    }
    /// A resource as it was read; gives it as operations see it.
    fn see(&self, _: &Resource, real: Option<State>) -> Option<State> {
        real
    }
    /// Subnets that were read.
    fn see_subnets(&self, _: &[Subnet]) {}
    /// Whether a resource is there only in the plan.
    fn imagines(&self, _: &Resource) -> bool {
        false
    }
    /// Whether a resource that is there would be gone.
    fn removes(&self, _: &Resource) -> bool {
        false
    }
    /// Groups that are there only in the plan.
    fn imagined_groups(&self) -> Vec<AutoScalingGroup> {
        vec![]
    }
    /// Key pairs that are there only in the plan.
    fn imagined_key_pairs(&self) -> Vec<KeyPair> {
        vec![]
    }
    /// The instances among `ids` that are there only in the plan, and the other ids.
    fn split_instances(&self, ids: &[String]) -> (Vec<Instance>, Vec<String>) {
        (vec![], ids.to_vec())
    }
    /// Nodes that were read by a label selector, as operations see them.
    fn nodes(&self, real: Vec<Node>, _: &str) -> Result<Vec<Node>> {
        Ok(real)
    }
    /// Pods that were read, as operations see them.
    fn pods(&self, real: Vec<Pod>) -> Vec<Pod> {
        real
    }
    /// A change that is about to be sent, to AWS or to the API server of `cluster`.
    async fn send(&self, mutation: Mutation, cluster: Option<&str>, sending: Sending<'_>) -> Result<Outcome>;
}

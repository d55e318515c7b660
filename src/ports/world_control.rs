//! What tests and drills do to a world that can be controlled: the sandbox.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::error::Result;

/// How many requests came to a world, AWS's and Kubernetes', seen from its side.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct WorldRequests {
    /// All.
    pub total: u64,
    /// Those that can change something.
    pub mutating: u64,
    /// By operation.
    pub by_operation: BTreeMap<String, u64>,
}

/// Control of a world. Names that the world does not know are errors: a fault that hits nothing proves nothing.
pub trait WorldControl: Send + Sync {
    /// The world's time.
    fn now(&self) -> Timestamp;
    /// Lets time pass: everything that is due happens.
    fn advance(&self, span: Duration);
    /// Takes all Spot capacity from the pools of a type in a zone; `*` stands for all. Running instances stay.
    ///
    /// # Errors
    /// `SPOT-0111`, `SPOT-0101` for an unknown type or zone.
    fn exhaust(&self, instance_type: &str, zone: &str) -> Result<()>;
    /// Takes [`WorldControl::exhaust`] back.
    ///
    /// # Errors
    /// As there.
    fn restore(&self, instance_type: &str, zone: &str) -> Result<()>;
    /// Begins the interruption of a Spot instance, named by its id or its node: rebalance recommendation, two-minute
    /// notice, termination.
    ///
    /// # Errors
    /// `SPOT-0403` when there is none, `SPOT-0101` when it is no Spot instance or is interrupted already.
    fn reclaim(&self, node_or_instance: &str) -> Result<()>;
    /// Throttles the next `times` requests for an AWS operation; `*` stands for all.
    ///
    /// # Errors
    /// `SPOT-0101` for an operation that the world does not have.
    fn throttle(&self, operation: &str, times: u32) -> Result<()>;
    /// Refuses the next `times` requests for an AWS operation with AWS's code; `*` stands for all operations.
    ///
    /// # Errors
    /// `SPOT-0101` for an operation that the world does not have.
    fn fail(&self, operation: &str, code: &str, times: u32) -> Result<()>;
    /// Loses the next `times` requests for an operation of AWS or Kubernetes on the way: they are not done, and their sender
    /// hears nothing.
    ///
    /// # Errors
    /// `SPOT-0101` for an operation that the world does not have.
    fn lose_requests(&self, operation: &str, times: u32) -> Result<()>;
    /// Loses the answers to the next `times` requests: they are done, and their sender hears nothing.
    ///
    /// # Errors
    /// As there.
    fn lose_answers(&self, operation: &str, times: u32) -> Result<()>;
    /// Kubelets of instances launched from now on register so much later.
    fn delay_join(&self, span: Duration);
    /// Takes back every fault.
    fn heal(&self);
    /// What came so far.
    fn requests(&self) -> WorldRequests;
}

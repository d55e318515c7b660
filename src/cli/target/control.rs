//! The sandbox's levers as the port that scripts reach.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::error::Result;
use crate::ports::{WorldControl, WorldRequests};
use crate::sandbox::Sandbox;
use crate::sandbox::wire::traffic::Loss;

/// Control of a sandbox.
pub(super) struct Levers(pub(super) Sandbox);

impl WorldControl for Levers {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn advance(&self, span: Duration) {
        self.0.advance(span);
    }

    fn exhaust(&self, instance_type: &str, zone: &str) -> Result<()> {
        self.0.exhaust(instance_type, zone)
    }

    fn restore(&self, instance_type: &str, zone: &str) -> Result<()> {
        self.0.restore(instance_type, zone)
    }

    fn reclaim(&self, node_or_instance: &str) -> Result<()> {
        self.0.reclaim(node_or_instance)
    }

    fn throttle(&self, operation: &str, times: u32) -> Result<()> {
        self.0.throttle(operation, times)
    }

    fn fail(&self, operation: &str, code: &str, times: u32) -> Result<()> {
        self.0.fail(operation, code, times)
    }

    fn lose_requests(&self, operation: &str, times: u32) -> Result<()> {
        self.0.lose(operation, Loss::Request, times)
    }

    fn lose_answers(&self, operation: &str, times: u32) -> Result<()> {
        self.0.lose(operation, Loss::Answer, times)
    }

    fn delay_join(&self, span: Duration) {
        self.0.delay_join(span);
    }

    fn heal(&self) {
        self.0.heal();
    }

    fn requests(&self) -> WorldRequests {
        self.0.read(|world| {
            let requests = world.traffic.requests();
            WorldRequests {
                total: requests.total,
                mutating: requests.mutating,
                by_operation: requests.by_operation.clone(),
            }
        })
    }
}

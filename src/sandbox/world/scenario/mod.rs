//! How a world begins. One file per area, so that each service's owner can fill in its part.

use super::World;
use super::account::Account;
use super::clock::Clock;
use super::faults::Faults;
use super::ids::Ids;
use super::queue::Queue;
use crate::sandbox::kube::store::ObjectStore;

/// What can be chosen about a beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Region name.
    pub region: String,
    /// Cluster name.
    pub cluster: String,
    /// Kubernetes minor version.
    pub kubernetes: String,
}

impl Default for Scenario {
    /// The tutorial's.
    fn default() -> Self {
        Scenario { region: "ap-northeast-1".into(), cluster: "eks-spot-eksct".into(), kubernetes: "1.33".into() }
    }
}

impl Scenario {
    /// Builds the world.
    pub fn build(&self, seed: u64) -> World {
        let mut ids = Ids::new(seed);
        let id = format!("{:012}", 100_000_000_000 + ids.next("account").0 % 900_000_000_000);
        let account = Account {
            caller_arn: format!("arn:aws:iam::{id}:user/workshop"),
            caller_id: ids.iam("AIDA"),
            id,
            partition: "aws".into(),
            region: self.region.clone(),
        };
        World {
            seed,
            clock: Clock::default(),
            queue: Queue::default(),
            ids,
            account,
            faults: Faults::default(),
            ec2: Default::default(),
            autoscaling: Default::default(),
            iam: Default::default(),
            eks: Default::default(),
            ssm: Default::default(),
            objects: ObjectStore::new(seed),
            traffic: Default::default(),
        }
    }
}

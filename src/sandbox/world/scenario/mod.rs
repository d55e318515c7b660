//! How a world begins. One file per area, so that each service's owner can fill in its part.

mod cluster;
mod identities;
mod images;
mod network;
mod nodegroup;

use super::account::Account;
use super::clock::{Clock, DAY, HOUR};
use super::faults::Faults;
use super::ids::Ids;
use super::queue::Queue;
use super::{World, system};
use crate::domain::cloud::AuthenticationMode;
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
    /// Whom the cluster asks about a principal.
    pub authentication_mode: AuthenticationMode,
    /// Key pairs that exist.
    pub key_pairs: Vec<String>,
    /// Spot vCPU quota of the standard families.
    pub spot_quota: u64,
    /// Nodes of the managed On-Demand group.
    pub control_nodes: i64,
}

impl Default for Scenario {
    /// The tutorial's.
    fn default() -> Self {
        Scenario {
            region: "ap-northeast-1".into(),
            cluster: "eks-spot-eksct".into(),
            kubernetes: "1.33".into(),
            authentication_mode: AuthenticationMode::ApiAndConfigMap,
            key_pairs: vec!["eks-spot-key".into()],
            spot_quota: 640,
            control_nodes: 2,
        }
    }
}

impl Scenario {
    /// Builds the world. Its past is lived through like its future: the cluster was made a day before the epoch and
    /// its first nodes joined ten hours before, by the same rules as all later ones.
    pub fn build(&self, seed: u64) -> World {
        let mut ids = Ids::new(seed);
        let id = format!("{:012}", 100_000_000_000 + ids.next("account").0 % 900_000_000_000);
        let account = Account {
            caller_arn: format!("arn:aws:iam::{id}:user/workshop"),
            caller_id: ids.iam("AIDA"),
            id,
            partition: "aws".into(),
            region: self.region.clone(),
            quotas: [("standard/spot".to_owned(), self.spot_quota)].into(),
        };
        let mut world = World {
            seed,
            clock: Clock { now: -DAY, ..Clock::default() },
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
        };
        images::build(self, &mut world);
        identities::build(self, &mut world);
        let network = network::build(self, &mut world);
        cluster::build(self, &mut world, &network);
        system::install(&mut world);
        world.advance_to(-10 * HOUR);
        nodegroup::build(self, &mut world, &network);
        world.advance_to(0);
        world
    }
}

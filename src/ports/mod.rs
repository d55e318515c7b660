//! What operations need from the outside, as traits named by need.
//!
//! Reads are methods; writes go through [`Mutate`] as [`Mutation`](crate::domain::mutation::Mutation) values.
//! One adapter implements the cloud ports over the AWS SDK and one implements [`Cluster`] over kube-rs.

mod belongings;
mod clock;
mod cloud;
mod cluster;
mod operator;
mod polling;
mod rehearsal;
mod speaker;
mod world_control;

pub use belongings::Belongings;
pub use clock::{Clock, Turns};
pub use cloud::{
    AutoScaling, Cloud, Clusters, Identities, Images, Instances, LaunchTemplates, Mutate, Network, Nodegroups, Quotas,
    RequestCounts,
};
pub use cluster::{Cluster, ClusterAccess};
pub use operator::{Answer, Event, Operator, ResourceKind, Verdict, Wait};
pub use polling::{is_polling, polling};
pub use rehearsal::{is_rehearsing, rehearsing};
pub use speaker::{as_spoken, speaker, speaking_for};
pub use world_control::{WorldControl, WorldRequests};

//! The Kubernetes adapter: [`Cluster`](crate::ports::Cluster) over kube-rs, and the ways to reach a cluster.

mod access;
mod change;
mod cluster;
mod describe;
mod eks_access;
mod eks_token;
mod failure;
mod proxy;

pub use access::{ClientAccess, KubeconfigAccess};
pub use cluster::KubeCluster;
pub use eks_access::EksAccess;

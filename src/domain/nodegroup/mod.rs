//! What a Spot worker group should be: validated values, free of how AWS is told.

mod distribution;
mod findings;
mod size;
mod spec;

pub use distribution::{Distribution, SpotAllocationStrategy};
pub use size::Size;
pub use spec::{
    AddonPolicies, AmiFamily, CLUSTER_LABEL, NODEGROUP_LABEL, NodegroupSpec, SshAccess, Volume, VolumeType,
};

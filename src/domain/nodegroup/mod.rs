//! What a Spot worker group should be: validated values, free of how AWS is told.

mod distribution;
mod findings;
mod names;
mod size;
mod spec;
mod volume;

pub use distribution::{Distribution, SpotAllocationStrategy};
pub use names::{validate_ami, validate_cidr, validate_cluster_name, validate_name};
pub use size::Size;
pub use spec::{
    AddonPolicies, AmiFamily, CLUSTER_LABEL, NODEGROUP_LABEL, NodegroupSpec, SshAccess, Volume, VolumeType,
};

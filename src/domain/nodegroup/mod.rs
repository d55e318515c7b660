//! What a Spot worker group should be: validated values, free of how AWS is told.

mod boot;
mod distribution;
mod family;
mod findings;
mod group_settings;
mod machine;
mod managed;
mod names;
mod public_key;
mod role;
mod selector;
mod size;
mod spec;
mod ssh;
mod unsupported;
mod volume;

pub use boot::{Boot, Bottlerocket, Document};
pub use distribution::{Distribution, SpotAllocationStrategy};
pub use family::{AmiFamily, Bootstrap};
pub use group_settings::{GroupSettings, MetricsCollection, PROCESSES, SHORTEST_LIFETIME};
pub use machine::{CapacityReservation, CpuCredits, Machine, Placement};
pub use managed::{GivenTemplate, Managed, NodeRepair, RepairOverride, UpdateConfig};
pub use names::{validate_ami, validate_cidr, validate_cluster_name, validate_name, validate_security_group};
pub use public_key::{PublicKey, before_key_id};
pub use role::{NodeRole, SecurityGroups};
pub use selector::{InstanceSelector, MAX_SELECTED};
pub use size::Size;
pub use spec::{AddonPolicies, CLUSTER_LABEL, NODEGROUP_LABEL, NodegroupSpec, node_selector};
pub use ssh::{DEFAULT_KEY_FILE, SshAccess};
pub use volume::{DataVolume, Volume, VolumeType};

//! Auto Scaling: groups with mixed-instances policies, and their activities.

mod mutate;
mod policy;
mod read;

pub(super) use mutate::GroupUpdate;
pub(super) use read::group as group_from_sdk;

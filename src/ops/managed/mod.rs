//! Node groups that EKS manages: the verbs, asked of EKS. The Auto Scaling group behind one is EKS's and only read.

mod explain;
mod remove;
mod roll;
mod scale;
mod update;
mod wait;

pub(super) use explain::failed;
pub(super) use remove::remove;
pub(super) use roll::{outdated, replace, roll};
pub(super) use scale::scale;
pub(super) use update::{send, settled};
pub(super) use wait::{Waiting, at_rest, until_ready};

use super::Session;
use super::ensure::not_ours;
use crate::domain::cloud::{AutoScalingGroup, ManagedNodegroup};
use crate::domain::desired::{CLUSTER_TAG, NODEGROUP_TAG, OWNER_TAG};
use crate::domain::error::Result;

/// Whether spotscript made a managed group: EKS does not hand its tags on to the Auto Scaling group.
pub(super) fn is_ours(group: &ManagedNodegroup) -> bool {
    group.tags.contains_key(OWNER_TAG)
        && group.tags.get(CLUSTER_TAG) == Some(&group.cluster)
        && group.tags.get(NODEGROUP_TAG) == Some(&group.name)
}

/// The managed group behind an Auto Scaling group, when it is ours.
///
/// # Errors
/// `SPOT-0318` when it is not.
pub(super) async fn ours(
    session: &Session,
    cluster: &str,
    name: &str,
    group: &AutoScalingGroup,
) -> Result<ManagedNodegroup> {
    let managed = session.cloud.nodegroup(cluster, name).await?;
    managed.filter(is_ours).ok_or_else(|| not_ours(cluster, name, group))
}

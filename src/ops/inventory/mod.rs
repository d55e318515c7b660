//! Reading what is there: groups, their members, and the whole cluster.

mod get;
mod list;
mod member;
mod owner;
mod topology;

pub use get::get;
pub use list::list;
pub use topology::topology;

pub(super) use get::find;
pub(super) use owner::{group_name, owner_of};

use crate::domain::cloud::AutoScalingGroup;
use crate::domain::error::Result;
use crate::ops::Session;

/// Every Auto Scaling group of a cluster, whoever made it: one paged request, not one per group.
pub(super) async fn groups_of(session: &Session, cluster: &str) -> Result<Vec<AutoScalingGroup>> {
    let mut groups = session.cloud.groups_by_tag(&[&format!("kubernetes.io/cluster/{cluster}")], "owned").await?;
    groups.sort_by_cached_key(|group| (group_name(group).to_owned(), group.name.clone()));
    Ok(groups)
}

//! Tags that say whose a resource is, beside those that follow from the specification.

use crate::domain::cloud::TagMap;
use crate::domain::error::Result;
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::tag;

/// Says that spotscript made a resource.
pub const OWNER_TAG: &str = "spotscript/owner";
/// The cluster that a resource was made for.
pub const CLUSTER_TAG: &str = "spotscript/cluster";
/// The group that a resource was made for.
pub const NODEGROUP_TAG: &str = "spotscript/nodegroup";
/// What a roll that is under way has to restore in the end; instances do not get it.
pub const ROLL_TAG: &str = "spotscript/roll";
/// The Cluster Autoscaler's tags that describe a node of a group with no nodes.
pub const TEMPLATE_TAG_PREFIX: &str = "k8s.io/cluster-autoscaler/node-template/";

/// Tags of a role, profile, template or security group.
pub fn resource_tags(spec: &NodegroupSpec) -> TagMap {
    // What the user says to the Cluster Autoscaler means something on the group only.
    let users = spec.tags.iter().filter(|(key, _)| !key.starts_with("k8s.io/cluster-autoscaler/"));
    let mut tags: TagMap = users.map(|(key, value)| (key.clone(), value.clone())).collect();
    tags.extend(ownership(spec));
    tags
}

/// Tags of instances, volumes and network interfaces.
pub fn launch_tags(spec: &NodegroupSpec) -> TagMap {
    let mut tags = TagMap::from([("Name".to_owned(), spec.instance_name())]);
    tags.extend(resource_tags(spec));
    tags
}

/// Tags of the Auto Scaling group, propagated to its instances.
///
/// # Errors
/// `SPOT-0122` for a tag that AWS would refuse, or more than 50 with the count.
pub fn group_tags(spec: &NodegroupSpec) -> Result<TagMap> {
    let mut tags = spec.group_tags();
    tags.extend(ownership(spec));
    for (key, value) in &tags {
        tag::validate(key, value)?;
    }
    tag::validate_count(&tags)?;
    Ok(tags)
}

pub(super) fn ownership(spec: &NodegroupSpec) -> TagMap {
    TagMap::from([
        (OWNER_TAG.to_owned(), "spotscript".to_owned()),
        (CLUSTER_TAG.to_owned(), spec.cluster.clone()),
        (NODEGROUP_TAG.to_owned(), spec.name.clone()),
    ])
}

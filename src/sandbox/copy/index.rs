//! What is looked up for each instance, by its id: a cluster has thousands.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::cloud::{AutoScalingGroup, GroupInstance, Instance};
use crate::domain::kubernetes::node::provided;
use crate::domain::snapshot::Snapshot;

/// Parts of a snapshot by instance id.
pub(super) struct Index<'s> {
    /// Instances.
    pub(super) instances: HashMap<&'s str, &'s Instance>,
    /// Nodes that run on them.
    pub(super) nodes: HashMap<&'s str, &'s Value>,
    /// Groups that they belong to, and as what.
    pub(super) members: HashMap<&'s str, (&'s AutoScalingGroup, &'s GroupInstance)>,
}

impl<'s> Index<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let nodes = snapshot.objects.iter().filter(|object| object["kind"] == "Node");
        let groups = snapshot.groups.iter().map(|one| &one.group);
        Index {
            instances: snapshot.instances.iter().map(|one| (one.id.as_str(), one)).collect(),
            nodes: nodes.filter_map(|node| Some((provided(node["spec"]["providerID"].as_str()?)?, node))).collect(),
            members: groups
                .flat_map(|group| group.instances.iter().map(move |one| (one.id.as_str(), (group, one))))
                .collect(),
        }
    }
}

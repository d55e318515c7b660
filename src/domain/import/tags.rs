//! The user's tags: those that are there and follow from nothing else.

use crate::domain::autoscaler_tags::{LABEL_PREFIX, TAINT_PREFIX};
use crate::domain::cloud::TagMap;
use crate::domain::desired::{CLUSTER_TAG, NODEGROUP_TAG, OWNER_TAG, ROLL_TAG};
use crate::domain::nodegroup::NodegroupSpec;

/// What EKS, eksctl, CloudFormation and spotscript write themselves.
const NOT_USERS: [&str; 10] = [
    OWNER_TAG,
    CLUSTER_TAG,
    NODEGROUP_TAG,
    ROLL_TAG,
    "alpha.eksctl.io/cluster-name",
    "alpha.eksctl.io/nodegroup-name",
    "alpha.eksctl.io/nodegroup-type",
    "alpha.eksctl.io/eksctl-version",
    "eksctl.cluster.k8s.io/v1alpha1/cluster-name",
    "eksctl.io/v1alpha2/nodegroup-name",
];

/// Reads them off an Auto Scaling group.
pub(super) fn read(there: &TagMap, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let own = [format!("kubernetes.io/cluster/{}", spec.cluster), format!("k8s.io/cluster/{}", spec.cluster)];
    let mut left = there.clone();
    left.retain(|key, _| !key.starts_with("aws:") && !NOT_USERS.contains(&key.as_str()) && !own.contains(key));
    left.retain(|key, _| !key.starts_with("eks:"));
    name(left.shift_remove("Name"), spec);
    // What the group has anyway, once its own tags are known: the autoscaler's discovery, and what it is told of nodes.
    let plain = spec.group_tags();
    left.retain(|key, value| plain.get(key) != Some(value));
    spec.tags = left;
    if spec.addons.auto_scaler {
        let derived = spec.template_tags();
        for key in derived.keys().filter(|key| !there.contains_key(*key)) {
            notes.push(format!("tag `{key}` is not there; this file gives it"));
        }
        let foretold = |key: &str| key.starts_with(LABEL_PREFIX) || key.starts_with(TAINT_PREFIX);
        for key in spec.tags.keys().filter(|key| foretold(key)) {
            notes.push(format!("tag `{key}` foretells what its nodes do not get"));
        }
    }
}

/// The `Name` tag, where it is not the usual.
fn name(there: Option<String>, spec: &mut NodegroupSpec) {
    let usual = spec.instance_name();
    let Some(there) = there.filter(|there| *there != usual) else { return };
    match there.strip_suffix(&usual).and_then(|prefix| prefix.strip_suffix('-')) {
        Some(prefix) => spec.machine.name_prefix = Some(prefix.to_owned()),
        None => spec.machine.name = Some(there),
    }
}

//! How what is there differs from what should be.

use std::collections::{BTreeMap, BTreeSet};

use super::tags::TEMPLATE_TAG_PREFIX;
use crate::domain::cloud::{AutoScalingGroup, LaunchTemplateData, TagMap};
use crate::domain::mutation::GroupRequest;

/// Names of the members of a launch template that differ; empty when a new version is not needed.
pub fn template_difference(there: &LaunchTemplateData, wanted: &LaunchTemplateData) -> Vec<&'static str> {
    let tags = |data: &LaunchTemplateData| -> BTreeMap<String, BTreeMap<String, String>> {
        let sorted = |tags: &TagMap| tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        // moto lists the template's own tags among those for what it launches; AWS takes none of that kind here.
        let launched = data.tag_specifications.iter().filter(|one| one.resource_type != "launch-template");
        launched.map(|one| (one.resource_type.clone(), sorted(&one.tags))).collect()
    };
    let groups = |data: &LaunchTemplateData| data.security_group_ids.iter().cloned().collect::<BTreeSet<_>>();
    [
        ("image", there.image_id != wanted.image_id),
        ("instance type", there.instance_type != wanted.instance_type),
        ("key pair", there.key_name != wanted.key_name),
        ("instance profile", there.instance_profile_arn != wanted.instance_profile_arn),
        ("security groups", groups(there) != groups(wanted)),
        ("user data", there.user_data != wanted.user_data),
        ("metadata options", there.metadata_options != wanted.metadata_options),
        ("volumes", there.block_devices != wanted.block_devices),
        ("instance settings", there.settings != wanted.settings),
        ("tags", tags(there) != tags(wanted)),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// How an Auto Scaling group differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupDifference {
    /// Members that an update can change, as `desired 1 → 2`.
    pub changes: Vec<String>,
    /// Whether sizes differ.
    pub size: bool,
    /// Whether types, distribution or template differ: they are sent together.
    pub policy: bool,
    /// Whether subnets differ.
    pub subnets: bool,
    /// Whether the instances' longest life differs.
    pub lifetime: bool,
    /// Tags to set.
    pub set_tags: TagMap,
    /// Keys of tags to remove: node-template tags that no longer hold would mislead the Cluster Autoscaler.
    pub remove_tags: Vec<String>,
    /// What cannot be changed in place.
    pub fixed: Vec<String>,
}

impl GroupDifference {
    /// Whether the group is as wanted.
    pub fn is_empty(&self) -> bool {
        *self == GroupDifference::default()
    }
}

/// Compares a group with what it should be.
pub fn group_difference(there: &AutoScalingGroup, wanted: &GroupRequest) -> GroupDifference {
    let mut difference = GroupDifference::default();
    let mut change = |what: &str, from: String, to: String| {
        let differs = from != to;
        if differs {
            difference.changes.push(format!("{what} {from} → {to}"));
        }
        differs
    };
    difference.size = [
        change("min", there.size.min.to_string(), wanted.size.min.to_string()),
        change("max", there.size.max.to_string(), wanted.size.max.to_string()),
        change("desired", there.size.desired.to_string(), wanted.size.desired.to_string()),
    ]
    .contains(&true);
    let template = |name: &str, version: &str| format!("{name}:{version}");
    let there_template = template(
        there.launch_template.as_deref().unwrap_or("none"),
        there.launch_template_version.as_deref().unwrap_or("none"),
    );
    let mut policy = [
        change("types", there.types.join(","), wanted.types.join(",")),
        change(
            "launch template",
            there_template,
            template(&wanted.launch_template.name, &wanted.launch_template.version),
        ),
    ]
    .contains(&true);
    let sorted =
        |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(",");
    difference.subnets = change("subnets", sorted(&there.subnet_ids), sorted(&wanted.subnet_ids));
    let days = |seconds: Option<u32>| seconds.map_or("none".to_owned(), |seconds| format!("{seconds} s"));
    difference.lifetime =
        change("longest life of instances", days(there.max_instance_lifetime), days(wanted.max_instance_lifetime));
    for (what, there, wanted) in [
        ("target groups", &there.target_group_arns, &wanted.target_group_arns),
        ("load balancers", &there.load_balancers, &wanted.load_balancers),
    ] {
        if sorted(there) != sorted(wanted) {
            difference.fixed.push(format!("its {what} are [{}], not [{}]", sorted(there), sorted(wanted)));
        }
    }
    match &there.distribution {
        None => difference.fixed.push("it has no mixed-instances policy, so it cannot buy Spot".to_owned()),
        Some(distribution) if distribution.in_force() != wanted.distribution.in_force() => {
            policy = true;
            difference.changes.push("distribution".to_owned());
        }
        Some(_) => {}
    }
    difference.policy = policy;
    let differs = |(key, value): &(&String, &String)| there.tags.get(*key) != Some(*value);
    difference.set_tags = wanted.tags.iter().filter(differs).map(|(key, value)| (key.clone(), value.clone())).collect();
    difference.remove_tags = there
        .tags
        .keys()
        .filter(|key| key.starts_with(TEMPLATE_TAG_PREFIX) && !wanted.tags.contains_key(*key))
        .cloned()
        .collect();
    difference
}

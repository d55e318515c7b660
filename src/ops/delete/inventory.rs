//! Everything that belongs to a group, by its names and tags.

use crate::domain::cloud::{
    AutoScalingGroup, Cluster, InstanceProfile, KeyPair, LaunchTemplate, ManagedNodegroup, Role, SecurityGroup, TagMap,
};
use crate::domain::desired::{CLUSTER_TAG, NODEGROUP_TAG, ResourceNames, role_arn};
use crate::domain::error::Result;
use crate::domain::inventory::GroupRef;
use crate::ops::Session;
use crate::ops::access::{self, Way};
use crate::ops::clusters::account_of;
use crate::ops::managed::is_ours;
use crate::ports::{self, ResourceKind};

/// What is there of a group.
pub(in crate::ops) struct Inventory {
    pub(in crate::ops) names: ResourceNames,
    pub(in crate::ops) role_arn: String,
    pub(in crate::ops) group: Option<AutoScalingGroup>,
    /// The group, when EKS manages it: its Auto Scaling group is EKS's.
    pub(in crate::ops) nodegroup: Option<ManagedNodegroup>,
    pub(in crate::ops) template: Option<LaunchTemplate>,
    pub(in crate::ops) access_entry: bool,
    pub(in crate::ops) aws_auth_row: bool,
    pub(in crate::ops) security_group: Option<SecurityGroup>,
    pub(in crate::ops) profile: Option<InstanceProfile>,
    pub(in crate::ops) role: Option<Role>,
    /// Those of all keys that the group has had.
    pub(in crate::ops) key_pairs: Vec<KeyPair>,
}

impl Inventory {
    /// Whether there is nothing.
    pub(in crate::ops) fn is_empty(&self) -> bool {
        self.describe().is_empty()
    }

    /// One line per thing that is there.
    pub(in crate::ops) fn describe(&self) -> Vec<String> {
        let names = &self.names;
        let nodegroup = self.nodegroup.as_ref().map(|group| group.name.clone()).unwrap_or_default();
        let rows = [
            (self.nodegroup.is_some(), ResourceKind::ManagedNodegroup, &nodegroup),
            (self.group.is_some(), ResourceKind::AutoScalingGroup, &names.auto_scaling_group),
            (self.template.is_some(), ResourceKind::LaunchTemplate, &names.launch_template),
            (self.access_entry, ResourceKind::AccessEntry, &self.role_arn),
            (self.aws_auth_row, ResourceKind::AwsAuthMapping, &self.role_arn),
            (self.security_group.is_some(), ResourceKind::SecurityGroup, &names.security_group),
            (self.profile.is_some(), ResourceKind::InstanceProfile, &names.instance_profile),
            (self.role.is_some(), ResourceKind::IamRole, &names.role),
        ];
        let rows = rows.into_iter().filter(|(there, ..)| *there).map(|(_, kind, name)| (kind, name));
        let pairs = self.key_pairs.iter().map(|pair| (ResourceKind::KeyPair, &pair.name));
        rows.chain(pairs).map(|(kind, name)| format!("{} `{name}`", kind.as_str())).collect()
    }
}

/// Reads it; EKS is asked for a group that it manages only when there may be one. What carries another group's tags, or none of ours, is not counted: it is not ours to remove.
pub(in crate::ops) async fn take(
    session: &Session,
    api: &dyn ports::Cluster,
    cluster: &Cluster,
    name: &str,
    maybe_managed: bool,
) -> Result<Inventory> {
    let mut names = ResourceNames::of(&cluster.name, name);
    let cloud = &*session.cloud;
    let ours = |tags: &TagMap| {
        tags.get(CLUSTER_TAG) == Some(&cluster.name) && tags.get(NODEGROUP_TAG).is_some_and(|n| n == name)
    };
    let profile = cloud.instance_profile(&names.instance_profile).await?.filter(|profile| ours(&profile.tags));
    // The role may have a name of its own: the profile knows it.
    if let Some(role) = profile.as_ref().and_then(|profile| profile.roles.first()) {
        names.role.clone_from(role);
    }
    let role_arn = role_arn(&account_of(cluster), &names.role);
    let way = access::way(cluster.authentication_mode);
    let security_group = async {
        let vpc = match &cluster.vpc_id {
            Some(vpc) => Some(vpc.clone()),
            None => cloud.subnets(&cluster.subnet_ids).await?.into_iter().next().map(|subnet| subnet.vpc_id),
        };
        match vpc {
            Some(vpc) => cloud.security_group(&vpc, &names.security_group).await,
            None => Ok(None),
        }
    };
    let nodegroup = async { if maybe_managed { cloud.nodegroup(&cluster.name, name).await } else { Ok(None) } };
    let entry = async {
        match way {
            Way::AccessEntry => cloud.access_entry(&cluster.name, &role_arn).await.map(|entry| entry.is_some()),
            Way::AwsAuth => Ok(false),
        }
    };
    let row = async {
        match way {
            Way::AccessEntry => Ok(false),
            Way::AwsAuth => access::has_row(api, &role_arn).await,
        }
    };
    let (nodegroup, group, template, access_entry, aws_auth_row, security_group, role, key_pairs) = tokio::try_join!(
        nodegroup,
        cloud.group(&names.auto_scaling_group),
        cloud.launch_template(&names.launch_template),
        entry,
        row,
        security_group,
        cloud.role(&names.role),
        cloud.key_pairs_beginning(&names.key_pairs),
    )?;
    let instance_tags = |template: &LaunchTemplate| {
        template.data.tag_specifications.iter().any(|specification| ours(&specification.tags))
    };
    // Whoever made a role decides who it may be: its access stays with it.
    let given = role.as_ref().is_some_and(|role| !ours(&role.tags));
    let role = role.filter(|role| ours(&role.tags));
    Ok(Inventory {
        nodegroup: nodegroup.filter(is_ours),
        group: group.filter(|group| ours(&group.tags)),
        template: template.filter(instance_tags),
        security_group: security_group.filter(|group| ours(&group.tags)),
        profile,
        access_entry: access_entry && !given,
        aws_auth_row: aws_auth_row && !given,
        role,
        key_pairs: key_pairs.into_iter().filter(|pair| ours(&pair.tags)).collect(),
        names,
        role_arn,
    })
}

/// The same, of a group whose cluster is gone: its access went with that. `security_group` is the one with its tags.
pub(in crate::ops) async fn take_without_cluster(
    session: &Session,
    group: &GroupRef,
    security_group: Option<SecurityGroup>,
) -> Result<Inventory> {
    let mut names = ResourceNames::of(&group.cluster, &group.name);
    let cloud = &*session.cloud;
    let ours =
        |tags: &TagMap| tags.get(CLUSTER_TAG) == Some(&group.cluster) && tags.get(NODEGROUP_TAG) == Some(&group.name);
    let profile = cloud.instance_profile(&names.instance_profile).await?.filter(|profile| ours(&profile.tags));
    if let Some(role) = profile.as_ref().and_then(|profile| profile.roles.first()) {
        names.role.clone_from(role);
    }
    let (there, template, role, key_pairs) = tokio::try_join!(
        cloud.group(&names.auto_scaling_group),
        cloud.launch_template(&names.launch_template),
        cloud.role(&names.role),
        cloud.key_pairs_beginning(&names.key_pairs),
    )?;
    let instance_tags = |template: &LaunchTemplate| {
        template.data.tag_specifications.iter().any(|specification| ours(&specification.tags))
    };
    Ok(Inventory {
        // EKS deletes no cluster that has managed groups.
        nodegroup: None,
        group: there.filter(|group| ours(&group.tags)),
        template: template.filter(instance_tags),
        security_group,
        profile,
        access_entry: false,
        aws_auth_row: false,
        role_arn: role.as_ref().map(|role| role.arn.clone()).unwrap_or_default(),
        role: role.filter(|role| ours(&role.tags)),
        key_pairs: key_pairs.into_iter().filter(|pair| ours(&pair.tags)).collect(),
        names,
    })
}

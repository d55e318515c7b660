//! The newest images of the kinds that groups start from: what a new node of them would run.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use crate::domain::boot_syntax::{bootstrap_of, text_of};
use crate::domain::cloud::{AutoScalingGroup, Cluster, ManagedNodegroup, TemplateHistory};
use crate::domain::desired::{image_parameter, newest_release_parameter};
use crate::domain::error::Result;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{AmiFamily, Bootstrap, NodegroupSpec};
use crate::ops::Session;

/// Public parameters by their names; those that there are.
pub(super) async fn read(
    session: &Session,
    cluster: &Cluster,
    groups: &[AutoScalingGroup],
    nodegroups: &[ManagedNodegroup],
    templates: &[TemplateHistory],
) -> Result<BTreeMap<String, String>> {
    let own = groups.iter().filter_map(|group| of_group(group, cluster, templates));
    let managed = nodegroups.iter().filter_map(|group| newest_release_parameter(&group.ami_type, &cluster.version));
    let folders: BTreeSet<String> =
        own.chain(managed).filter_map(|name| Some(name.rsplit_once('/')?.0.to_owned())).collect();
    let of_folder = |folder: &String| {
        let release =
            if folder.starts_with("/aws/service/bottlerocket/") { "image_version" } else { "release_version" };
        [format!("{folder}/image_id"), format!("{folder}/{release}")]
    };
    let names: Vec<String> = folders.iter().flat_map(of_folder).collect();
    let values = try_join_all(names.iter().map(|name| session.cloud.image_parameter(name))).await?;
    Ok(names.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect())
}

/// The parameter for a group's image, as its boot data tells the family.
fn of_group(group: &AutoScalingGroup, cluster: &Cluster, templates: &[TemplateHistory]) -> Option<String> {
    let template = templates.iter().find(|template| Some(&template.name) == group.launch_template.as_ref())?;
    let version = template.version(group.launch_template_version.as_deref().unwrap_or_default())?;
    let family = match bootstrap_of(&text_of(&version.data.user_data)?)? {
        Bootstrap::Nodeadm => AmiFamily::AmazonLinux2023,
        Bootstrap::Script => AmiFamily::AmazonLinux2,
        Bootstrap::Bottlerocket => AmiFamily::Bottlerocket,
        Bootstrap::Windows => return None,
    };
    let types = group.types.iter().chain(&version.data.instance_type).map(String::as_str);
    let types = InstanceTypes::parse(types).unwrap_or_default();
    let spec = NodegroupSpec { ami_family: family, ..NodegroupSpec::new(&group.name, &cluster.name, types) };
    Some(image_parameter(&spec, &cluster.version))
}

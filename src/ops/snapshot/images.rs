//! The newest images of the kinds that groups start from: what a new node of them would run.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::cloud::{AutoScalingGroup, Cluster, ManagedNodegroup, TemplateHistory};
use crate::domain::desired::newest_release_parameter;
use crate::domain::error::Result;
use crate::ops::{Session, images};

/// Public parameters by their names; those that there are.
pub(super) async fn read(
    session: &Session,
    cluster: &Cluster,
    groups: &[AutoScalingGroup],
    nodegroups: &[ManagedNodegroup],
    templates: &[TemplateHistory],
) -> Result<BTreeMap<String, String>> {
    let own = groups.iter().flat_map(|group| of_group(group, cluster, templates));
    let managed = nodegroups.iter().filter_map(|group| newest_release_parameter(&group.ami_type, &cluster.version));
    let folders: BTreeSet<String> =
        own.chain(managed).filter_map(|name| Some(name.rsplit_once('/')?.0.to_owned())).collect();
    let of_folder = |folder: &String| {
        let release =
            if folder.starts_with("/aws/service/bottlerocket/") { "image_version" } else { "release_version" };
        [format!("{folder}/image_id"), format!("{folder}/{release}")]
    };
    images::values(session, folders.iter().flat_map(of_folder).collect()).await
}

/// The parameters for a group's image, as its boot data tells the family.
fn of_group(group: &AutoScalingGroup, cluster: &Cluster, templates: &[TemplateHistory]) -> Vec<String> {
    let template = templates.iter().find(|template| Some(&template.name) == group.launch_template.as_ref());
    let wanted = group.launch_template_version.as_deref().unwrap_or_default();
    let Some(version) = template.and_then(|template| template.version(wanted)) else { return vec![] };
    let types = group.types.iter().chain(&version.data.instance_type).map(String::as_str);
    images::parameters(cluster, version, types)
}

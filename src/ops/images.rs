//! The newest images that AWS names in public parameters: what a new node would run.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::Session;
use crate::domain::boot_syntax::{bootstrap_of, text_of};
use crate::domain::catalogue;
use crate::domain::cloud::{Cluster, TemplateVersion};
use crate::domain::desired::image_parameter;
use crate::domain::error::Result;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{AmiFamily, NodegroupSpec};

/// The parameters for the images of every family that boots as a launch template does, on the machines of `types`. None
/// where the boot data is of no known kind.
pub(super) fn parameters<'t>(
    cluster: &Cluster,
    version: &TemplateVersion,
    types: impl IntoIterator<Item = &'t str>,
) -> Vec<String> {
    let Some(kind) = text_of(&version.data.user_data).and_then(|text| bootstrap_of(&text)) else { return vec![] };
    let known = types.into_iter().filter(|name| catalogue::get(name).is_some());
    let like = NodegroupSpec::new("", &cluster.name, InstanceTypes::parse(known).unwrap_or_default());
    let families = AmiFamily::ALL.iter().filter(|family| family.bootstrap() == kind);
    families
        .map(|family| image_parameter(&NodegroupSpec { ami_family: *family, ..like.clone() }, &cluster.version))
        .collect()
}

/// The values of parameters by their names; those that there are.
pub(super) async fn values(session: &Session, names: Vec<String>) -> Result<BTreeMap<String, String>> {
    let values = try_join_all(names.iter().map(|name| session.cloud.image_parameter(name))).await?;
    Ok(names.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect())
}

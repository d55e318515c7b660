//! Everything about one group.

use super::groups_of;
use super::list::{ready_instances, summary};
use super::member::members;
use super::owner::group_name;
use crate::domain::Code;
use crate::domain::cloud::AutoScalingGroup;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::inventory::GroupDetail;
use crate::ops::clusters::quoted;
use crate::ops::{Session, cluster};

/// How many activities a group's detail carries.
const ACTIVITIES: usize = 20;

/// One group of a cluster with its members, template and newest activities.
///
/// # Errors
/// `SPOT-0310` and `SPOT-0312` with the nearest name, and what AWS or the API server refuses.
pub async fn get(session: &Session, cluster_name: &str, name: &str) -> Result<GroupDetail> {
    let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
    let group = find(groups, cluster_name, name)?;
    let api = session.connect(&cluster).await?;
    let ids: Vec<String> = group.instances.iter().map(|member| member.id.clone()).collect();
    let template = async {
        match &group.launch_template {
            Some(template) => session.cloud.launch_template(template).await,
            None => Ok(None),
        }
    };
    let (nodes, instances, launch_template, activities) = tokio::try_join!(
        api.nodes(""),
        session.cloud.instances(&ids),
        template,
        session.cloud.activities(&group.name, ACTIVITIES),
    )?;
    let image = launch_template.as_ref().map(|template| template.data.image_id.clone()).filter(|id| !id.is_empty());
    let image = image.or_else(|| instances.first().and_then(|instance| instance.image_id.clone()));
    let mut detail = GroupDetail {
        summary: summary(cluster_name, &group, &ready_instances(&nodes), image),
        members: members(&group, &instances, &nodes),
        launch_template,
        instances,
        activities,
        group,
    };
    detail.instances.sort_by(|a, b| (&a.zone, &a.id).cmp(&(&b.zone, &b.id)));
    Ok(detail)
}

/// Picks a group by its name.
pub(in crate::ops) fn find(groups: Vec<AutoScalingGroup>, cluster: &str, name: &str) -> Result<AutoScalingGroup> {
    let names: Vec<String> = groups.iter().map(|group| group_name(group).to_owned()).collect();
    if let Some(group) = groups.into_iter().find(|group| group_name(group) == name) {
        return Ok(group);
    }
    let error = Error::new(Code::NodegroupNotFound, format!("cluster `{cluster}` has no node group `{name}`"));
    Err(match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => error.help("the cluster has no node group at all"),
        None => error.help(format!("groups here: {}", quoted(&names))),
    })
}

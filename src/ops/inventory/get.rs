//! Everything about one group.

use super::groups_of;
use super::list::{ready_instances, summary};
use super::member::members;
use super::owner::{group_name, owner_of};
use crate::domain::Code;
use crate::domain::cloud::{AutoScalingGroup, ManagedNodegroup};
use crate::domain::error::{Error, Result, nearest};
use crate::domain::inventory::{GroupDetail, Owner};
use crate::ops::clusters::quoted;
use crate::ops::{Session, cluster, managed};

/// How many activities a group's detail carries.
const ACTIVITIES: usize = 20;

/// One group of a cluster with its members, template and newest activities.
///
/// # Errors
/// `SPOT-0310` and `SPOT-0312` with the nearest name, and what AWS or the API server refuses.
pub async fn get(session: &Session, cluster_name: &str, name: &str) -> Result<GroupDetail> {
    let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
    let found = find(groups, cluster_name, name);
    let managed = match &found {
        Ok(group) if owner_of(group) != Owner::Managed => None,
        _ => session.cloud.nodegroup(cluster_name, name).await?,
    };
    let group = match (found, &managed) {
        (Ok(group), _) => group,
        // EKS has not made it an Auto Scaling group, or someone has deleted that.
        (Err(_), Some(managed)) => return Err(without_members(managed)),
        (Err(absent), None) => return Err(absent),
    };
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
    let mut summary = summary(cluster_name, &group, &ready_instances(&nodes), image);
    if summary.types.is_empty() {
        summary.types.extend(launch_template.as_ref().and_then(|template| template.data.instance_type.clone()));
    }
    if let Some(managed) = &managed {
        summary.status.clone_from(&managed.status);
    }
    let mut detail = GroupDetail {
        summary,
        managed,
        members: members(&group, &instances, &nodes),
        launch_template,
        instances,
        activities,
        group,
    };
    detail.instances.sort_by(|a, b| (&a.zone, &a.id).cmp(&(&b.zone, &b.id)));
    Ok(detail)
}

/// A managed group that has no Auto Scaling group: there is nothing to show but EKS's word.
fn without_members(group: &ManagedNodegroup) -> Error {
    if group.has_failed() {
        return managed::failed(group);
    }
    let message = format!("managed node group `{}` is {} and has no Auto Scaling group", group.name, group.status);
    let error = Error::new(Code::NodegroupNotFound, message);
    let issues = group.issues.iter().map(|issue| format!("{}: {}", issue.code, issue.message));
    issues.fold(error, Error::because).help("wait until EKS has made it, or delete the group and make it anew")
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

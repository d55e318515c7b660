//! Reads a resource as changes know it.

use std::sync::Arc;

use super::Session;
use crate::domain::change::{ConfigMapState, NodeState, Resource, State};
use crate::domain::error::Result;
use crate::domain::mutation::Outcome;
use crate::ports::{Cloud, Cluster};

/// How `resource` is now; `None` when it is not there. `api` is asked for what is the cluster's.
///
/// # Errors
/// What reading it fails with.
pub async fn current(cloud: &dyn Cloud, api: Option<&dyn Cluster>, resource: &Resource) -> Result<Option<State>> {
    Ok(match resource {
        Resource::Role { name } => cloud.role(name).await?.map(State::Role),
        Resource::InstanceProfile { name } => cloud.instance_profile(name).await?.map(State::InstanceProfile),
        Resource::AccessEntry { cluster, principal_arn } => {
            cloud.access_entry(cluster, principal_arn).await?.map(State::from)
        }
        Resource::SecurityGroup { id } => cloud.security_group_by_id(id).await?.map(State::SecurityGroup),
        Resource::NewSecurityGroup { vpc_id, name } => {
            cloud.security_group(vpc_id, name).await?.map(State::SecurityGroup)
        }
        Resource::KeyPair { name } => cloud.key_pair(name).await?.map(State::KeyPair),
        Resource::LaunchTemplate { name } => {
            cloud.launch_template(name).await?.map(Box::new).map(State::LaunchTemplate)
        }
        Resource::AutoScalingGroup { name } => cloud.group(name).await?.map(Box::new).map(State::AutoScalingGroup),
        Resource::Nodegroup { cluster, name } => {
            cloud.nodegroup(cluster, name).await?.map(Box::new).map(State::Nodegroup)
        }
        Resource::Node { .. } | Resource::Pod { .. } | Resource::ConfigMap { .. } => match api {
            Some(api) => current_in(api, resource).await?,
            None => None,
        },
    })
}

/// The same, of what is a cluster's own.
///
/// # Errors
/// As [`current`].
pub async fn current_in(api: &dyn Cluster, resource: &Resource) -> Result<Option<State>> {
    Ok(match resource {
        Resource::Node { name } => api.node(name).await?.map(|node| State::Node(NodeState::of(&node))),
        Resource::Pod { namespace, name } => api.pod(namespace, name).await?.map(|_| State::Pod {}),
        Resource::ConfigMap { namespace, name } => {
            api.config_map(namespace, name).await?.map(|map| State::ConfigMap(ConfigMapState::of(&map)))
        }
        _ => None,
    })
}

/// What a request that made the resource gave back.
pub(super) fn identity(state: Option<&State>) -> Outcome {
    let (id, arn) = match state {
        Some(State::SecurityGroup(group)) => (Some(group.id.clone()), None),
        Some(State::LaunchTemplate(template)) => (Some(template.id.clone()), None),
        Some(State::Role(role)) => (None, Some(role.arn.clone())),
        Some(State::InstanceProfile(profile)) => (None, Some(profile.arn.clone())),
        Some(State::AutoScalingGroup(group)) => (Some(group.name.clone()), Some(group.arn.clone())),
        Some(State::Nodegroup(group)) => (None, Some(group.arn.clone())),
        _ => (None, None),
    };
    Outcome { id, arn }
}

/// The API server of a cluster by its name; `None` when there is no such cluster any more.
///
/// # Errors
/// What reading or reaching it fails with.
pub(super) async fn api_of(session: &Session, cluster: &str) -> Result<Option<Arc<dyn Cluster>>> {
    match session.cloud.cluster(cluster).await? {
        Some(cluster) => session.connect(&cluster).await.map(Some),
        None => Ok(None),
    }
}

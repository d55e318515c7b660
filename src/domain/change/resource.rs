//! The things that requests change, and their states.

use indexmap::IndexMap;
use k8s_openapi::api::core::v1::{ConfigMap, Node};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::cloud::{
    AccessEntry, AutoScalingGroup, InstanceProfile, KeyPair, LaunchTemplate, ManagedNodegroup, Role, SecurityGroup,
};
use crate::domain::mutation::{AwsMutation as A, KubeMutation as K, Mutation};

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields carry the API's own names")]
pub enum Resource {
    Role {
        name: String,
    },
    InstanceProfile {
        name: String,
    },
    AccessEntry {
        cluster: String,
        principal_arn: String,
    },
    SecurityGroup {
        id: String,
    },
    /// One that has no id yet: names are unique in a VPC.
    NewSecurityGroup {
        vpc_id: String,
        name: String,
    },
    KeyPair {
        name: String,
    },
    LaunchTemplate {
        name: String,
    },
    AutoScalingGroup {
        name: String,
    },
    Nodegroup {
        cluster: String,
        name: String,
    },
    Node {
        name: String,
    },
    Pod {
        namespace: String,
        name: String,
    },
    ConfigMap {
        namespace: String,
        name: String,
    },
}

impl Resource {
    /// What a request is about.
    pub fn of(mutation: &Mutation) -> Self {
        match mutation {
            Mutation::Aws(mutation) => Resource::of_aws(mutation),
            Mutation::Kube(mutation) => Resource::of_kube(mutation),
        }
    }

    fn of_aws(mutation: &A) -> Self {
        match mutation {
            A::CreateRole { name, .. }
            | A::DeleteRole { name }
            | A::AttachRolePolicy { role: name, .. }
            | A::PutRolePolicy { role: name, .. }
            | A::PutRolePermissionsBoundary { role: name, .. }
            | A::DeleteRolePermissionsBoundary { role: name }
            | A::DetachRolePolicy { role: name, .. }
            | A::DeleteRolePolicy { role: name, .. } => Resource::Role { name: name.clone() },
            A::CreateInstanceProfile { name, .. }
            | A::DeleteInstanceProfile { name }
            | A::AddRoleToInstanceProfile { profile: name, .. }
            | A::RemoveRoleFromInstanceProfile { profile: name, .. } => {
                Resource::InstanceProfile { name: name.clone() }
            }
            A::CreateAccessEntry { cluster, principal_arn, .. } | A::DeleteAccessEntry { cluster, principal_arn } => {
                Resource::AccessEntry { cluster: cluster.clone(), principal_arn: principal_arn.clone() }
            }
            A::CreateSecurityGroup { name, vpc_id, .. } => {
                Resource::NewSecurityGroup { vpc_id: vpc_id.clone(), name: name.clone() }
            }
            A::AuthorizeSecurityGroupIngress { group_id, .. }
            | A::RevokeSecurityGroupIngress { group_id, .. }
            | A::DeleteSecurityGroup { group_id } => Resource::SecurityGroup { id: group_id.clone() },
            A::ImportKeyPair { name, .. } | A::DeleteKeyPair { name } => Resource::KeyPair { name: name.clone() },
            A::CreateLaunchTemplate { name, .. }
            | A::CreateLaunchTemplateVersion { name, .. }
            | A::DeleteLaunchTemplateVersions { name, .. }
            | A::DeleteLaunchTemplate { name } => Resource::LaunchTemplate { name: name.clone() },
            A::CreateNodegroup(request) => {
                Resource::Nodegroup { cluster: request.cluster.clone(), name: request.name.clone() }
            }
            A::UpdateNodegroupConfig { cluster, name, .. }
            | A::UpdateNodegroupVersion { cluster, name, .. }
            | A::DeleteNodegroup { cluster, name } => {
                Resource::Nodegroup { cluster: cluster.clone(), name: name.clone() }
            }
            A::CreateAutoScalingGroup(request) => Resource::AutoScalingGroup { name: request.name.clone() },
            A::UpdateAutoScalingGroup { name, .. }
            | A::CreateOrUpdateTags { group: name, .. }
            | A::DeleteTags { group: name, .. }
            | A::SuspendProcesses { group: name, .. }
            | A::ResumeProcesses { group: name, .. }
            | A::EnableMetricsCollection { group: name, .. }
            | A::DisableMetricsCollection { group: name, .. }
            | A::TerminateInstanceInAutoScalingGroup { group: name, .. }
            | A::DeleteAutoScalingGroup { name, .. } => Resource::AutoScalingGroup { name: name.clone() },
        }
    }

    fn of_kube(mutation: &K) -> Self {
        match mutation {
            K::Cordon { node, .. } | K::SetTaints { node, .. } | K::SetLabels { node, .. } | K::DeleteNode { node } => {
                Resource::Node { name: node.clone() }
            }
            K::Evict { namespace, pod, .. } => Resource::Pod { namespace: namespace.clone(), name: pod.clone() },
            K::PutConfigMap { namespace, name, .. } | K::DeleteConfigMap { namespace, name } => {
                Resource::ConfigMap { namespace: namespace.clone(), name: name.clone() }
            }
        }
    }

    /// What people call this kind of thing.
    pub const fn kind(&self) -> &'static str {
        match self {
            Resource::Role { .. } => "IAM role",
            Resource::InstanceProfile { .. } => "instance profile",
            Resource::AccessEntry { .. } => "access entry",
            Resource::SecurityGroup { .. } | Resource::NewSecurityGroup { .. } => "security group",
            Resource::KeyPair { .. } => "key pair",
            Resource::LaunchTemplate { .. } => "launch template",
            Resource::AutoScalingGroup { .. } => "Auto Scaling group",
            Resource::Nodegroup { .. } => "managed node group",
            Resource::Node { .. } => "node",
            Resource::Pod { .. } => "pod",
            Resource::ConfigMap { .. } => "ConfigMap",
        }
    }

    /// Its name, with the namespace where it has one.
    pub fn name(&self) -> String {
        match self {
            Resource::AccessEntry { principal_arn, .. } => {
                principal_arn.rsplit('/').next().unwrap_or(principal_arn).to_owned()
            }
            Resource::SecurityGroup { id } => id.clone(),
            Resource::Role { name }
            | Resource::InstanceProfile { name }
            | Resource::NewSecurityGroup { name, .. }
            | Resource::KeyPair { name }
            | Resource::LaunchTemplate { name }
            | Resource::AutoScalingGroup { name }
            | Resource::Nodegroup { name, .. }
            | Resource::Node { name } => name.clone(),
            Resource::Pod { namespace, name } | Resource::ConfigMap { namespace, name } => {
                format!("{namespace}/{name}")
            }
        }
    }
}

/// What of a node changes by request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeState {
    /// Whether it is cordoned.
    pub unschedulable: bool,
    /// Its taints, as the API writes them.
    #[serde(default)]
    pub taints: Vec<Value>,
    /// Its labels.
    #[serde(default)]
    pub labels: IndexMap<String, String>,
}

impl NodeState {
    /// Of a node.
    pub fn of(node: &Node) -> Self {
        let spec = node.spec.as_ref();
        let taints = spec.and_then(|spec| spec.taints.as_ref()).into_iter().flatten();
        let labels = node.metadata.labels.as_ref().into_iter().flatten();
        NodeState {
            unschedulable: spec.is_some_and(|spec| spec.unschedulable == Some(true)),
            taints: taints.filter_map(|taint| serde_json::to_value(taint).ok()).collect(),
            labels: labels.map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }
}

/// A ConfigMap's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigMapState {
    /// Its entries.
    pub data: IndexMap<String, String>,
    /// The version that was read.
    pub resource_version: Option<String>,
}

impl ConfigMapState {
    /// Of a ConfigMap.
    pub fn of(map: &ConfigMap) -> Self {
        ConfigMapState {
            data: map.data.clone().unwrap_or_default().into_iter().collect(),
            resource_version: map.metadata.resource_version.clone(),
        }
    }
}

/// How a resource is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is the state of the resource of that name")]
pub enum State {
    Role(Role),
    InstanceProfile(InstanceProfile),
    AccessEntry(AccessEntryState),
    SecurityGroup(SecurityGroup),
    KeyPair(KeyPair),
    LaunchTemplate(Box<LaunchTemplate>),
    AutoScalingGroup(Box<AutoScalingGroup>),
    Nodegroup(Box<ManagedNodegroup>),
    Node(NodeState),
    Pod {},
    ConfigMap(ConfigMapState),
}

/// An access entry under another name: `kind` is the tag of [`State`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntryState {
    /// The entry.
    pub entry: AccessEntry,
}

impl From<AccessEntry> for State {
    fn from(entry: AccessEntry) -> Self {
        State::AccessEntry(AccessEntryState { entry })
    }
}

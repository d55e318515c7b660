//! Mutating AWS requests, one variant per API operation, named as AWS names it.

use serde::{Deserialize, Serialize};

use super::nodegroup::{NodegroupConfig, NodegroupRequest};
use crate::domain::cloud::{IngressRule, LaunchTemplateData, NodegroupTemplate, TagMap};
use crate::domain::nodegroup::{Distribution, Size};

/// Which launch template version a group uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplateRef {
    /// Template name.
    pub name: String,
    /// Version number as text, `$Latest` or `$Default`.
    pub version: String,
}

/// What CreateAutoScalingGroup is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRequest {
    /// Group name.
    pub name: String,
    /// Sizes.
    pub size: Size,
    /// Instance type overrides in order.
    pub types: Vec<String>,
    /// On-Demand and Spot.
    pub distribution: Distribution,
    /// Launch template.
    pub launch_template: LaunchTemplateRef,
    /// Subnets.
    pub subnet_ids: Vec<String>,
    /// Tags, all propagated to instances at launch.
    pub tags: TagMap,
    /// Seconds after which an instance is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_instance_lifetime: Option<u32>,
    /// Target groups that the instances join.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target_group_arns: Vec<String>,
    /// Classic load balancers that the instances join.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load_balancers: Vec<String>,
}

/// A mutating AWS request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation")]
#[allow(missing_docs, reason = "fields carry the names of AWS's own request members")]
pub enum AwsMutation {
    CreateRole {
        name: String,
        trust_policy: serde_json::Value,
        description: String,
        tags: TagMap,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        permissions_boundary: Option<String>,
    },
    AttachRolePolicy {
        role: String,
        policy_arn: String,
    },
    PutRolePolicy {
        role: String,
        policy: String,
        document: serde_json::Value,
    },
    PutRolePermissionsBoundary {
        role: String,
        permissions_boundary: String,
    },
    DeleteRolePermissionsBoundary {
        role: String,
    },
    CreateInstanceProfile {
        name: String,
        tags: TagMap,
    },
    AddRoleToInstanceProfile {
        profile: String,
        role: String,
    },
    CreateAccessEntry {
        cluster: String,
        principal_arn: String,
        entry_type: String,
        client_token: String,
        tags: TagMap,
    },
    CreateSecurityGroup {
        name: String,
        description: String,
        vpc_id: String,
        tags: TagMap,
    },
    AuthorizeSecurityGroupIngress {
        group_id: String,
        rules: Vec<IngressRule>,
    },
    RevokeSecurityGroupIngress {
        group_id: String,
        rules: Vec<IngressRule>,
    },
    ImportKeyPair {
        name: String,
        /// As OpenSSH writes it.
        public_key: String,
        tags: TagMap,
    },
    CreateLaunchTemplate {
        name: String,
        data: Box<LaunchTemplateData>,
        client_token: String,
        tags: TagMap,
    },
    CreateLaunchTemplateVersion {
        name: String,
        data: Box<LaunchTemplateData>,
        client_token: String,
    },
    CreateAutoScalingGroup(Box<GroupRequest>),
    UpdateAutoScalingGroup {
        name: String,
        size: Option<Size>,
        types: Option<Vec<String>>,
        distribution: Option<Distribution>,
        launch_template: Option<LaunchTemplateRef>,
        subnet_ids: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_instance_lifetime: Option<u32>,
    },
    CreateNodegroup(Box<NodegroupRequest>),
    UpdateNodegroupConfig {
        cluster: String,
        name: String,
        config: Box<NodegroupConfig>,
        client_token: String,
    },
    UpdateNodegroupVersion {
        cluster: String,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release_version: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        launch_template: Option<NodegroupTemplate>,
        /// Pods that cannot be evicted are deleted.
        force: bool,
        client_token: String,
    },
    DeleteNodegroup {
        cluster: String,
        name: String,
    },
    SuspendProcesses {
        group: String,
        processes: Vec<String>,
    },
    ResumeProcesses {
        group: String,
        processes: Vec<String>,
    },
    EnableMetricsCollection {
        group: String,
        granularity: String,
        metrics: Vec<String>,
    },
    DisableMetricsCollection {
        group: String,
        metrics: Vec<String>,
    },
    CreateOrUpdateTags {
        group: String,
        tags: TagMap,
    },
    DeleteTags {
        group: String,
        keys: Vec<String>,
    },
    TerminateInstanceInAutoScalingGroup {
        group: String,
        instance_id: String,
        /// Whether the group wants one fewer then, or starts another in its place.
        decrement: bool,
    },
    DeleteAutoScalingGroup {
        name: String,
        force: bool,
    },
    DeleteLaunchTemplate {
        name: String,
    },
    DeleteLaunchTemplateVersions {
        name: String,
        versions: Vec<i64>,
    },
    DeleteAccessEntry {
        cluster: String,
        principal_arn: String,
    },
    DeleteSecurityGroup {
        group_id: String,
    },
    DeleteKeyPair {
        name: String,
    },
    RemoveRoleFromInstanceProfile {
        profile: String,
        role: String,
    },
    DeleteInstanceProfile {
        name: String,
    },
    DetachRolePolicy {
        role: String,
        policy_arn: String,
    },
    DeleteRolePolicy {
        role: String,
        policy: String,
    },
    DeleteRole {
        name: String,
    },
}

impl AwsMutation {
    /// The update that changes the sizes of a group and nothing else.
    pub fn resize(group: &str, size: Size) -> Self {
        AwsMutation::UpdateAutoScalingGroup {
            name: group.to_owned(),
            size: Some(size),
            types: None,
            distribution: None,
            launch_template: None,
            subnet_ids: None,
            max_instance_lifetime: None,
        }
    }
}

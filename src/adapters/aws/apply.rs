//! One mutation to its request.

use async_trait::async_trait;

use super::AwsCloud;
use super::autoscaling::GroupUpdate;
use super::nodegroup::VersionUpdate;
use crate::domain::error::Result;
use crate::domain::mutation::{AwsMutation as M, Outcome};
use crate::ports::{Mutate, rehearsing};

#[async_trait]
impl Mutate for AwsCloud {
    async fn allows(&self, mutation: &M) -> Result<()> {
        rehearsing(self.dry_run(mutation)).await
    }

    async fn apply(&self, mutation: &M) -> Result<Outcome> {
        match mutation {
            M::CreateRole { name, trust_policy, description, tags, permissions_boundary } => {
                self.create_role(name, trust_policy, description, tags, permissions_boundary.as_deref()).await
            }
            M::AttachRolePolicy { role, policy_arn } => self.attach_role_policy(role, policy_arn).await,
            M::PutRolePolicy { role, policy, document } => self.put_role_policy(role, policy, document).await,
            M::CreateInstanceProfile { name, tags } => self.create_instance_profile(name, tags).await,
            M::AddRoleToInstanceProfile { profile, role } => self.add_role_to_profile(profile, role).await,
            M::CreateAccessEntry { cluster, principal_arn, entry_type, client_token, tags } => {
                self.create_access_entry(cluster, principal_arn, entry_type, client_token, tags).await
            }
            M::CreateSecurityGroup { name, description, vpc_id, tags } => {
                self.create_security_group(name, description, vpc_id, tags).await
            }
            M::AuthorizeSecurityGroupIngress { group_id, rules } => self.authorize_ingress(group_id, rules).await,
            M::RevokeSecurityGroupIngress { group_id, rules } => self.revoke_ingress(group_id, rules).await,
            M::ImportKeyPair { name, public_key, tags } => self.import_key_pair(name, public_key, tags).await,
            M::CreateLaunchTemplate { name, data, client_token, tags } => {
                self.create_launch_template(name, data, client_token, tags).await
            }
            M::CreateLaunchTemplateVersion { name, data, client_token } => {
                self.create_launch_template_version(name, data, client_token).await
            }
            M::CreateAutoScalingGroup(group) => self.create_group(group).await,
            M::UpdateAutoScalingGroup {
                name,
                size,
                types,
                distribution,
                launch_template,
                subnet_ids,
                max_instance_lifetime,
            } => {
                let update = GroupUpdate {
                    size: *size,
                    types: types.as_deref(),
                    distribution: distribution.as_ref(),
                    launch_template: launch_template.as_ref(),
                    subnet_ids: subnet_ids.as_deref(),
                    max_instance_lifetime: *max_instance_lifetime,
                };
                self.update_group(name, update).await
            }
            M::CreateNodegroup(group) => self.create_nodegroup(group).await,
            M::UpdateNodegroupConfig { cluster, name, config, client_token } => {
                self.update_nodegroup_config(cluster, name, config, client_token).await
            }
            M::UpdateNodegroupVersion {
                cluster,
                name,
                version,
                release_version,
                launch_template,
                force,
                client_token,
            } => {
                let update = VersionUpdate {
                    version: version.as_deref(),
                    release_version: release_version.as_deref(),
                    launch_template: launch_template.as_ref(),
                    force: *force,
                };
                self.update_nodegroup_version(cluster, name, update, client_token).await
            }
            M::DeleteNodegroup { cluster, name } => self.delete_nodegroup(cluster, name).await,
            M::SuspendProcesses { group, processes } => self.suspend(group, processes).await,
            M::ResumeProcesses { group, processes } => self.resume(group, processes).await,
            M::EnableMetricsCollection { group, granularity, metrics } => {
                self.enable_metrics(group, granularity, metrics).await
            }
            M::DisableMetricsCollection { group, metrics } => self.disable_metrics(group, metrics).await,
            M::CreateOrUpdateTags { group, tags } => self.put_tags(group, tags).await,
            M::DeleteTags { group, keys } => self.delete_tags(group, keys).await,
            M::TerminateInstanceInAutoScalingGroup { group, instance_id, decrement } => {
                self.terminate_member(group, instance_id, *decrement).await
            }
            M::DeleteAutoScalingGroup { name, force } => self.delete_group(name, *force).await,
            M::DeleteLaunchTemplate { name } => self.delete_launch_template(name).await,
            M::DeleteLaunchTemplateVersions { name, versions } => {
                self.delete_launch_template_versions(name, versions).await
            }
            M::DeleteAccessEntry { cluster, principal_arn } => self.delete_access_entry(cluster, principal_arn).await,
            M::DeleteSecurityGroup { group_id } => self.delete_security_group(group_id).await,
            M::DeleteKeyPair { name } => self.delete_key_pair(name).await,
            M::RemoveRoleFromInstanceProfile { profile, role } => self.remove_role_from_profile(profile, role).await,
            M::DeleteInstanceProfile { name } => self.delete_instance_profile(name).await,
            M::PutRolePermissionsBoundary { role, permissions_boundary } => {
                self.put_role_boundary(role, permissions_boundary).await
            }
            M::DeleteRolePermissionsBoundary { role } => self.delete_role_boundary(role).await,
            M::DetachRolePolicy { role, policy_arn } => self.detach_role_policy(role, policy_arn).await,
            M::DeleteRolePolicy { role, policy } => self.delete_role_policy(role, policy).await,
            M::DeleteRole { name } => self.delete_role(name).await,
        }
    }
}

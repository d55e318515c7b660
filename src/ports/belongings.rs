//! Listings of a whole account and region, for who looks for what was left behind. Not for everyday work.

use async_trait::async_trait;

use crate::domain::cloud::{AutoScalingGroup, SecurityGroup};
use crate::domain::error::Result;
use crate::domain::inventory::Tagged;

/// What is there, with its tags.
#[async_trait]
pub trait Belongings: Send + Sync {
    /// ListRoles and ListRoleTags: the roles whose name begins so.
    async fn tagged_roles(&self, prefix: &str) -> Result<Vec<Tagged>>;
    /// ListInstanceProfiles and GetInstanceProfile: the instance profiles whose name begins so.
    async fn tagged_profiles(&self, prefix: &str) -> Result<Vec<Tagged>>;
    /// DescribeLaunchTemplates: those that have a tag with this key.
    async fn tagged_templates(&self, key: &str) -> Result<Vec<Tagged>>;
    /// DescribeSecurityGroups: those that have a tag with this key.
    async fn tagged_security_groups(&self, key: &str) -> Result<Vec<SecurityGroup>>;
    /// DescribeKeyPairs: those that have a tag with this key.
    async fn tagged_key_pairs(&self, key: &str) -> Result<Vec<Tagged>>;
    /// ListAccessEntries and DescribeAccessEntry: those of roles whose name begins so, by their ARN.
    async fn tagged_access_entries(&self, cluster: &str, prefix: &str) -> Result<Vec<Tagged>>;
    /// DescribeAutoScalingGroups, all pages.
    async fn all_groups(&self) -> Result<Vec<AutoScalingGroup>>;
    /// DescribeInstances by `iam-instance-profile.arn`: ids of those that have not ended.
    async fn instances_of_profile(&self, arn: &str) -> Result<Vec<String>>;
}

//! What operations read from AWS, and the one way they change it.
//!
//! "Not there" is `None` or an empty list, never an error; every other refusal is an [`Error`](crate::domain::error::Error).

use async_trait::async_trait;

use crate::domain::advisor::OperatingSystem;
use crate::domain::cloud::{
    AccessEntry, AutoScalingGroup, CallerIdentity, Cluster, Firewall, Instance, InstanceProfile, KeyPair,
    LaunchTemplate, LaunchTemplateData, ManagedNodegroup, NodegroupUpdate, Offering, Reclaim, Role, ScalingActivity,
    SecurityGroup, SpotPrice, Subnet, TemplateHistory,
};
use crate::domain::error::Result;
use crate::domain::mutation::{AwsMutation, Outcome};
use crate::ports::Belongings;

/// EKS clusters and whom they know.
#[async_trait]
pub trait Clusters: Send + Sync {
    /// DescribeCluster.
    async fn cluster(&self, name: &str) -> Result<Option<Cluster>>;
    /// ListClusters, all pages.
    async fn cluster_names(&self) -> Result<Vec<String>>;
    /// DescribeAccessEntry.
    async fn access_entry(&self, cluster: &str, principal_arn: &str) -> Result<Option<AccessEntry>>;
}

/// Node groups that EKS manages.
#[async_trait]
pub trait Nodegroups: Send + Sync {
    /// DescribeNodegroup.
    async fn nodegroup(&self, cluster: &str, name: &str) -> Result<Option<ManagedNodegroup>>;
    /// ListNodegroups, all pages.
    async fn nodegroup_names(&self, cluster: &str) -> Result<Vec<String>>;
    /// DescribeUpdate of a node group.
    async fn nodegroup_update(&self, cluster: &str, name: &str, id: &str) -> Result<Option<NodegroupUpdate>>;
}

/// Images.
#[async_trait]
pub trait Images: Send + Sync {
    /// GetParameter of a public SSM parameter that names an image.
    async fn image_parameter(&self, parameter: &str) -> Result<Option<String>>;
    /// DescribeImages by id: whether there is one that this account may start machines from.
    async fn image_exists(&self, id: &str) -> Result<bool>;
}

/// The network, key pairs, and what is offered where.
#[async_trait]
pub trait Network: Send + Sync {
    /// DescribeSubnets by id.
    async fn subnets(&self, ids: &[String]) -> Result<Vec<Subnet>>;
    /// DescribeVpcs: all IPv4 CIDRs of the VPC.
    async fn vpc_cidrs(&self, vpc_id: &str) -> Result<Vec<String>>;
    /// DescribeKeyPairs, all of the region: one request tells both whether a key is there and what else is.
    async fn key_pairs(&self) -> Result<Vec<KeyPair>>;
    /// DescribeKeyPairs by name, with the public key.
    async fn key_pair(&self, name: &str) -> Result<Option<KeyPair>>;
    /// DescribeKeyPairs filtered by name, with the public keys: those whose name begins so.
    async fn key_pairs_beginning(&self, prefix: &str) -> Result<Vec<KeyPair>>;
    /// DescribeInstanceTypeOfferings by zone for these types.
    async fn offerings(&self, types: &[String]) -> Result<Vec<Offering>>;
    /// DescribeSecurityGroups by name in a VPC.
    async fn security_group(&self, vpc_id: &str, name: &str) -> Result<Option<SecurityGroup>>;
    /// DescribeSecurityGroups by id.
    async fn security_group_by_id(&self, id: &str) -> Result<Option<SecurityGroup>>;
    /// DescribeSecurityGroups by ids, all pages, with all rules; those that are not there are left out.
    async fn firewalls(&self, ids: &[String]) -> Result<Vec<Firewall>>;
}

/// IAM, and who is asking.
#[async_trait]
pub trait Identities: Send + Sync {
    /// GetCallerIdentity.
    async fn caller(&self) -> Result<CallerIdentity>;
    /// GetRole, and for a role that exists its policies.
    async fn role(&self, name: &str) -> Result<Option<Role>>;
    /// Whether a role exists: GetRole alone.
    async fn role_exists(&self, name: &str) -> Result<bool>;
    /// GetInstanceProfile.
    async fn instance_profile(&self, name: &str) -> Result<Option<InstanceProfile>>;
}

/// Launch templates.
#[async_trait]
pub trait LaunchTemplates: Send + Sync {
    /// DescribeLaunchTemplateVersions `$Latest` by name.
    async fn launch_template(&self, name: &str) -> Result<Option<LaunchTemplate>>;
    /// The newest versions of many templates, in as few requests as AWS allows; those that are not there are left out.
    async fn launch_templates(&self, names: &[String]) -> Result<Vec<LaunchTemplate>>;
    /// DescribeLaunchTemplateVersions of one version: what it starts instances with.
    async fn launch_template_version(&self, name: &str, version: &str) -> Result<Option<LaunchTemplateData>>;
    /// DescribeLaunchTemplates and DescribeLaunchTemplateVersions, all pages: templates by name with all of their versions;
    /// those that are not there are left out.
    async fn template_histories(&self, names: &[String]) -> Result<Vec<TemplateHistory>>;
}

/// Auto Scaling groups.
#[async_trait]
pub trait AutoScaling: Send + Sync {
    /// DescribeAutoScalingGroups by name.
    async fn group(&self, name: &str) -> Result<Option<AutoScalingGroup>>;
    /// DescribeAutoScalingGroups by names, a hundred in a request; those that are not there are left out.
    async fn groups(&self, names: &[String]) -> Result<Vec<AutoScalingGroup>>;
    /// DescribeAutoScalingGroups filtered by tags, all pages: the groups of which one of the tags `keys` has `value`.
    async fn groups_by_tag(&self, keys: &[&str], value: &str) -> Result<Vec<AutoScalingGroup>>;
    /// DescribeScalingActivities, newest first, at most `limit`.
    async fn activities(&self, group: &str, limit: usize) -> Result<Vec<ScalingActivity>>;
}

/// Instances and their prices.
#[async_trait]
pub trait Instances: Send + Sync {
    /// DescribeInstances by id.
    async fn instances(&self, ids: &[String]) -> Result<Vec<Instance>>;
    /// DescribeSpotInstanceRequests: the instances that have got their two-minute notice.
    async fn reclaims(&self) -> Result<Vec<Reclaim>>;
    /// GetConsoleOutput: what the instance printed while it booted.
    async fn console_output(&self, id: &str) -> Result<Option<String>>;
    /// DescribeSpotPriceHistory, the prices in force now of machines that run that system.
    async fn spot_prices(&self, types: &[String], os: OperatingSystem) -> Result<Vec<SpotPrice>>;
}

/// How much an account may have.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// GetServiceQuota of EC2: the number in force in the region; `None` when there is no such quota.
    async fn ec2_quota(&self, code: &str) -> Result<Option<f64>>;
}

/// The one way to change AWS.
#[async_trait]
pub trait Mutate: Send + Sync {
    /// Makes one mutating request.
    async fn apply(&self, mutation: &AwsMutation) -> Result<Outcome>;
    /// Asks AWS whether a request would be allowed, without making it: the dry run that EC2 has. Fails only when it says
    /// no; what AWS has no dry run for is not asked.
    async fn allows(&self, mutation: &AwsMutation) -> Result<()>;
}

/// Everything operations need from AWS.
pub trait Cloud:
    Clusters
    + Nodegroups
    + Images
    + Network
    + Identities
    + LaunchTemplates
    + AutoScaling
    + Instances
    + Belongings
    + Quotas
    + Mutate
{
    /// The session's region.
    fn region(&self) -> &str;
    /// Requests sent so far, reads and writes, retries included.
    fn requests(&self) -> RequestCounts;
}

/// How many requests an adapter has sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct RequestCounts {
    /// All requests, retries included.
    pub total: u64,
    /// Those that can change something; a request that a wait repeats until it is taken counts once.
    pub mutating: u64,
    /// Those made by polling waits.
    pub polls: u64,
}

//! A launch template: what every instance of the group starts from.

use serde::{Deserialize, Serialize};

use super::TagMap;

/// Instance metadata service options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataOptions {
    /// `required` (IMDSv2 only) or `optional`.
    pub http_tokens: String,
    /// How many network hops an answer may take; 2 lets pods reach it.
    pub hop_limit: i32,
}

/// An EBS volume made at launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockDevice {
    /// `/dev/xvda`.
    pub device_name: String,
    /// GiB.
    pub size_gib: i32,
    /// `gp3`, …
    pub volume_type: String,
    /// IOPS, where the type takes them.
    pub iops: Option<i32>,
    /// MiB/s, where the type takes it.
    pub throughput: Option<i32>,
    /// Encrypted or not; `None` leaves it to the account's default.
    pub encrypted: Option<bool>,
}

/// Tags for things made at launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSpecification {
    /// `instance`, `volume`, `network-interface`.
    pub resource_type: String,
    /// Tags.
    pub tags: TagMap,
}

/// The content of one launch template version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplateData {
    /// `ami-…`.
    pub image_id: String,
    /// First type of the list; the Auto Scaling group's overrides decide.
    pub instance_type: Option<String>,
    /// Key pair name.
    pub key_name: Option<String>,
    /// Instance profile ARN.
    pub instance_profile_arn: Option<String>,
    /// Security groups of the first network interface.
    pub security_group_ids: Vec<String>,
    /// Base64 of the boot data.
    pub user_data: String,
    /// Metadata service.
    pub metadata_options: MetadataOptions,
    /// Volumes.
    pub block_devices: Vec<BlockDevice>,
    /// Tags for instances, volumes and network interfaces.
    pub tag_specifications: Vec<TagSpecification>,
}

/// A launch template with its newest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// `lt-…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Number of the newest version.
    pub latest_version: i64,
    /// Content of the newest version.
    pub data: LaunchTemplateData,
    /// Tags of the template itself.
    pub tags: TagMap,
}

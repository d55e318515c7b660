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
    /// KMS key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// Snapshot that it begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
}

/// What instances have beside type, image and network. `None` is EC2's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstanceSettings {
    /// Dedicated throughput to EBS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs_optimized: Option<bool>,
    /// CloudWatch metrics each minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<bool>,
    /// Nitro Enclaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enclaves: Option<bool>,
    /// `standard` or `unlimited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_credits: Option<String>,
    /// Placement group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement_group: Option<String>,
    /// `open` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_preference: Option<String>,
    /// `cr-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_id: Option<String>,
    /// Resource group of reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_group_arn: Option<String>,
    /// `capacity-block`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_type: Option<String>,
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
    /// Other settings of the instances.
    #[serde(default)]
    pub settings: InstanceSettings,
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

/// One version of a launch template, with what no template of ours has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVersion {
    /// From 1.
    pub number: i64,
    /// Its content.
    pub data: LaunchTemplateData,
    /// Name of the instance profile, where it is given by name instead of by ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_profile_name: Option<String>,
    /// Whether the first network interface asks for a public address; `None` leaves it to the subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<bool>,
    /// EC2's names of settings that are there and were not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

/// A launch template with all of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateHistory {
    /// `lt-…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// What `$Default` stands for.
    pub default_version: i64,
    /// Tags of the template itself.
    pub tags: TagMap,
    /// Versions, the oldest first.
    pub versions: Vec<TemplateVersion>,
}

impl TemplateHistory {
    /// A version by its number, `$Latest` or `$Default`.
    pub fn version(&self, wanted: &str) -> Option<&TemplateVersion> {
        match wanted {
            "$Latest" => self.versions.last(),
            "$Default" | "" => self.versions.iter().find(|version| version.number == self.default_version),
            number => self.versions.iter().find(|version| version.number.to_string() == number),
        }
    }
}

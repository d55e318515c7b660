//! EC2 facts: subnets, security groups, key pairs, offerings, instances, prices.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TagMap;
use crate::domain::nodegroup::PublicKey;

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: String,
    /// VPC id.
    pub vpc_id: String,
    /// Availability Zone name such as `ap-northeast-1a`.
    pub zone: String,
    /// CIDR.
    pub cidr: String,
    /// Free addresses.
    pub free_addresses: u32,
    /// Whether instances get a public address: what eksctl calls a public subnet.
    pub public: bool,
    /// Tags.
    pub tags: TagMap,
}

/// One rule that lets traffic in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IngressRule {
    /// `tcp`, `udp`, `icmp` or `-1` for all.
    pub protocol: String,
    /// First port.
    pub from_port: u16,
    /// Last port.
    pub to_port: u16,
    /// Source CIDR, IPv4; empty where the source is a security group.
    pub cidr: String,
    /// Security group whose members may connect, in place of a CIDR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_group: Option<String>,
    /// Why the rule exists.
    pub description: String,
}

impl IngressRule {
    /// Where the traffic comes from: a CIDR or the id of a security group.
    pub fn source(&self) -> &str {
        self.source_group.as_deref().unwrap_or(&self.cidr)
    }

    /// Whether both let the same in; their descriptions do not count.
    pub fn lets_the_same_in(&self, other: &IngressRule) -> bool {
        (&self.protocol, self.from_port, self.to_port, &self.cidr, &self.source_group)
            == (&other.protocol, other.from_port, other.to_port, &other.cidr, &other.source_group)
    }
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Name, unique in its VPC.
    pub name: String,
    /// VPC id.
    pub vpc_id: String,
    /// Rules by IPv4 CIDR and by security group; those by IPv6 and by prefix list are left out.
    pub ingress: Vec<IngressRule>,
    /// Tags.
    pub tags: TagMap,
}

/// An EC2 key pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPair {
    /// Name.
    pub name: String,
    /// As AWS computes it: MD5 of the DER form for imported RSA keys, SHA-256 for Ed25519; `None` where it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The public key as OpenSSH writes it; `None` where it was not asked for or AWS does not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "TagMap::is_empty")]
    pub tags: TagMap,
}

impl KeyPair {
    /// One of which the name alone is known.
    pub fn bare(name: impl Into<String>) -> Self {
        KeyPair { name: name.into(), fingerprint: None, public_key: None, tags: TagMap::default() }
    }

    /// Whether it is of this key; `None` when that cannot be told: AWS does not tell the key, and its fingerprint of RSA keys is
    /// not one that is computed here.
    pub fn is_of(&self, key: &PublicKey) -> Option<bool> {
        if let Some(text) = &self.public_key {
            return Some(PublicKey::parse(text).is_ok_and(|there| there == *key));
        }
        let fingerprint = self.fingerprint.as_ref().filter(|_| key.kind() == "ssh-ed25519")?;
        let bare = fingerprint.trim_start_matches("SHA256:").trim_end_matches('=');
        Some(bare == key.fingerprint())
    }
}

/// One instance type in one zone: a Spot capacity pool that exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Offering {
    /// Instance type name.
    pub instance_type: String,
    /// Availability Zone name.
    pub zone: String,
}

/// How an instance is bought. The authority on `spot`, whatever labels say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    /// InstanceLifecycle `spot`.
    Spot,
    /// No InstanceLifecycle.
    OnDemand,
}

impl Lifecycle {
    /// `spot` or `on-demand`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Lifecycle::Spot => "spot",
            Lifecycle::OnDemand => "on-demand",
        }
    }
}

/// An EC2 instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// `i-…`.
    pub id: String,
    /// Instance type name.
    pub instance_type: String,
    /// Availability Zone name.
    pub zone: String,
    /// How it is bought.
    pub lifecycle: Lifecycle,
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`.
    pub state: String,
    /// Private DNS name: the node's name.
    pub private_dns_name: String,
    /// Private address.
    pub private_ip: Option<String>,
    /// Public address.
    pub public_ip: Option<String>,
    /// Instance profile ARN.
    pub instance_profile_arn: Option<String>,
    /// `ami-…`; `None` when AWS does not say.
    pub image_id: Option<String>,
    /// When it was launched.
    pub launched: Option<Timestamp>,
    /// Why it is going or gone, in EC2's words.
    pub state_reason: Option<String>,
    /// Tags.
    pub tags: TagMap,
}

/// A change of a Spot price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpotPrice {
    /// Instance type name.
    pub instance_type: String,
    /// Availability Zone name.
    pub zone: String,
    /// US dollars per hour, as AWS writes it.
    pub price: String,
    /// From when on.
    pub since: Timestamp,
}

/// A Spot instance that EC2 takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reclaim {
    /// `i-…`.
    pub instance: String,
    /// When it ends: two minutes after its notice.
    pub ends: Timestamp,
}

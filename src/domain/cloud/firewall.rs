//! A security group with all of its rules.

use serde::{Deserialize, Serialize};

use super::TagMap;

/// With whom a rule lets an instance talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// IPv4 CIDR.
    Ipv4(String),
    /// IPv6 CIDR.
    Ipv6(String),
    /// Security group id.
    Group(String),
    /// Prefix list id.
    PrefixList(String),
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirewallRule {
    /// `tcp`, `udp`, `icmp` or `-1` for all.
    pub protocol: String,
    /// First port; `None` where the protocol has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// Last port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// Peer.
    pub peer: Peer,
    /// Why the rule exists.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A security group, rules by group and rules for what goes out included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firewall {
    /// `sg-…`.
    pub id: String,
    /// Name, unique in its VPC.
    pub name: String,
    /// Description.
    pub description: String,
    /// VPC id.
    pub vpc_id: String,
    /// Rules for what may come in.
    pub ingress: Vec<FirewallRule>,
    /// Rules for what may go out.
    pub egress: Vec<FirewallRule>,
    /// Tags.
    pub tags: TagMap,
}

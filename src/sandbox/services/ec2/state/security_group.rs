//! Security groups and their rules.

use serde::{Deserialize, Serialize};

use crate::domain::cloud::TagMap;

/// Where traffic comes from or goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// IPv4 CIDR.
    Ipv4(String),
    /// IPv6 CIDR.
    Ipv6(String),
    /// Another security group's id.
    Group(String),
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// `sgr-…`.
    pub id: String,
    /// `tcp`, `udp`, `icmp` or `-1`.
    pub protocol: String,
    /// First port; `None` for all protocols.
    pub from_port: Option<i64>,
    /// Last port.
    pub to_port: Option<i64>,
    /// Peer.
    pub peer: Source,
    /// Description.
    pub description: Option<String>,
}

impl Rule {
    /// Whether it lets the same traffic through, whatever its id and description.
    pub fn same_as(&self, other: &Rule) -> bool {
        (&self.protocol, self.from_port, self.to_port, &self.peer)
            == (&other.protocol, other.from_port, other.to_port, &other.peer)
    }

    /// Whether it covers a TCP port.
    pub fn covers_tcp(&self, port: i64) -> bool {
        match self.protocol.as_str() {
            "-1" => true,
            "tcp" | "6" => self.from_port.unwrap_or(0) <= port && port <= self.to_port.unwrap_or(65_535),
            _ => false,
        }
    }
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Name, unique in its VPC.
    pub name: String,
    /// Description.
    pub description: String,
    /// VPC id.
    pub vpc_id: String,
    /// Rules for what may come in.
    pub ingress: Vec<Rule>,
    /// Rules for what may go out.
    pub egress: Vec<Rule>,
    /// Tags.
    pub tags: TagMap,
}

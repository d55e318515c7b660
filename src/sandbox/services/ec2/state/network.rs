//! VPCs and subnets.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::domain::cloud::TagMap;

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// `vpc-…`.
    pub id: String,
    /// IPv4 CIDR.
    pub cidr: String,
    /// Tags.
    pub tags: TagMap,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: String,
    /// VPC id.
    pub vpc_id: String,
    /// Zone name.
    pub zone: String,
    /// First address.
    pub base: Ipv4Addr,
    /// Prefix length.
    pub prefix: u32,
    /// MapPublicIpOnLaunch.
    pub public: bool,
    /// Tags.
    pub tags: TagMap,
    /// Offsets of addresses in use.
    pub used: BTreeSet<u32>,
}

impl Subnet {
    /// `192.168.0.0/19`.
    pub fn cidr(&self) -> String {
        format!("{}/{}", self.base, self.prefix)
    }

    /// How many addresses there are; AWS keeps five.
    pub fn size(&self) -> u32 {
        1_u32.checked_shl(32 - self.prefix.min(32)).unwrap_or(u32::MAX)
    }

    /// Addresses that can still be given.
    pub fn free(&self) -> u32 {
        self.size().saturating_sub(5).saturating_sub(u32::try_from(self.used.len()).unwrap_or(u32::MAX))
    }

    /// Takes an address near `hint`; `None` when the subnet is full.
    pub fn take(&mut self, hint: u64) -> Option<Ipv4Addr> {
        if self.free() == 0 {
            return None;
        }
        // The first four addresses and the last one are AWS's.
        let usable = self.size() - 5;
        let mut offset = u32::try_from(hint % u64::from(usable)).unwrap_or(0);
        while !self.used.insert(offset + 4) {
            offset = (offset + 1) % usable;
        }
        Some(Ipv4Addr::from(u32::from(self.base) + offset + 4))
    }

    /// Gives an address back.
    pub fn release(&mut self, address: Ipv4Addr) {
        self.used.remove(&u32::from(address).wrapping_sub(u32::from(self.base)));
    }
}

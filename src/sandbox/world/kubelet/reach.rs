//! Whether a machine reaches a cluster's API server over the VPC.
//!
//! Name resolution, route, then security groups: those of the machine for what goes out, those of the cluster's
//! network interfaces for what comes in.

use std::net::Ipv4Addr;

use crate::sandbox::services::ec2::state::{Instance, Rule, Source};
use crate::sandbox::services::eks::state::Cluster;
use crate::sandbox::world::World;
use crate::sandbox::world::hash;

const HTTPS: i64 = 443;

/// `Ok` or the network's error.
pub(super) fn reach(world: &World, instance: &Instance, cluster: &Cluster) -> Result<(), String> {
    let address = address(world, cluster);
    let timeout = Err(format!("dial tcp {address}:{HTTPS}: i/o timeout"));
    if instance.vpc_id != cluster.vpc_id {
        return timeout;
    }
    let theirs: Vec<&String> = cluster.security_group_ids.iter().chain([&cluster.cluster_security_group]).collect();
    let out = instance.security_group_ids.iter().any(|id| {
        let rules = world.ec2.security_groups.get(id).map(|group| group.egress.as_slice()).unwrap_or_default();
        open(rules, address, |peer| theirs.iter().any(|id| *id == peer))
    });
    let into = theirs.iter().any(|id| {
        let rules = world.ec2.security_groups.get(*id).map(|group| group.ingress.as_slice()).unwrap_or_default();
        open(rules, instance.private_ip, |peer| instance.security_group_ids.iter().any(|id| id == peer))
    });
    if out && into { Ok(()) } else { timeout }
}

/// The address of one of the cluster's network interfaces.
pub(super) fn address(world: &World, cluster: &Cluster) -> Ipv4Addr {
    let subnet = cluster.subnet_ids.first().and_then(|id| world.ec2.subnets.get(id));
    let base = subnet.map_or(Ipv4Addr::new(10, 0, 0, 0), |subnet| subnet.base);
    let size = subnet.map_or(256, |subnet| i64::from(subnet.size()));
    let offset = hash::between(hash::hash(world.seed, &["cluster-interface", &cluster.name]), 4, size - 2);
    Ipv4Addr::from(u32::from(base).wrapping_add(u32::try_from(offset).unwrap_or(4)))
}

fn open(rules: &[Rule], address: Ipv4Addr, is_peer: impl Fn(&str) -> bool) -> bool {
    rules.iter().filter(|rule| rule.covers_tcp(HTTPS)).any(|rule| match &rule.peer {
        Source::Ipv4(cidr) => holds(cidr, address),
        Source::Ipv6(_) => false,
        Source::Group(id) => is_peer(id),
    })
}

fn holds(cidr: &str, address: Ipv4Addr) -> bool {
    let (base, prefix) = cidr.split_once('/').unwrap_or((cidr, "32"));
    let (Ok(base), Ok(prefix)) = (base.parse::<Ipv4Addr>(), prefix.parse::<u32>()) else { return false };
    let shift = 32_u32.saturating_sub(prefix);
    let net = |address: Ipv4Addr| u32::from(address).checked_shr(shift).unwrap_or(0);
    net(base) == net(address)
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_cidr_holds_its_addresses() {
        let address = "192.168.25.236".parse().unwrap();
        for cidr in ["0.0.0.0/0", "192.168.0.0/16", "192.168.25.236", "192.168.25.236/32", "192.168.0.0/19"] {
            assert!(holds(cidr, address), "{cidr}");
        }
        for cidr in ["10.0.0.0/8", "192.168.32.0/19", "x/16", "192.168.25.236/x"] {
            assert!(!holds(cidr, address), "{cidr}");
        }
    }
}

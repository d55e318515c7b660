//! VPC, subnets and security groups.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::domain::cloud::{self, Firewall, FirewallRule, Peer};
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::ec2::state::{Rule, SecurityGroup, Source, Subnet, Vpc};
use crate::sandbox::world::World;

/// Addresses of each subnet that are AWS's own.
const RESERVED: u32 = 5;

pub(super) fn put(world: &mut World, snapshot: &Snapshot) {
    let of_subnets = snapshot.subnets.iter().map(|subnet| subnet.vpc_id.clone());
    let ids: BTreeSet<String> = of_subnets.chain(snapshot.cluster.vpc_id.clone()).collect();
    for id in ids {
        let cidr = snapshot.vpc_cidrs.first().cloned().unwrap_or_else(|| "10.0.0.0/16".to_owned());
        world.ec2.vpcs.insert(id.clone(), Vpc { id, cidr, tags: Default::default() });
    }
    for subnet in &snapshot.subnets {
        world.ec2.tag_index.add_all(&subnet.id, &subnet.tags);
        world.ec2.subnets.insert(subnet.id.clone(), self::subnet(subnet));
    }
    for firewall in &snapshot.security_groups {
        security_group(world, firewall);
    }
}

fn subnet(there: &cloud::Subnet) -> Subnet {
    let (base, prefix) = there.cidr.split_once('/').unwrap_or((&there.cidr, "32"));
    Subnet {
        id: there.id.clone(),
        vpc_id: there.vpc_id.clone(),
        zone: there.zone.clone(),
        base: base.parse().unwrap_or(Ipv4Addr::UNSPECIFIED),
        prefix: prefix.parse().unwrap_or(32),
        public: there.public,
        tags: there.tags.clone(),
        used: BTreeSet::new(),
    }
}

/// Takes addresses that others have, instances that are not in the snapshot and pods, until as many are free as there were.
pub(super) fn fill(world: &mut World, snapshot: &Snapshot) {
    for there in &snapshot.subnets {
        let Some(subnet) = world.ec2.subnets.get_mut(&there.id) else { continue };
        let mut offset = subnet.size().saturating_sub(RESERVED);
        while subnet.free() > there.free_addresses && offset > 0 {
            // From the end: the instances' own are taken already.
            subnet.used.insert(offset + 3);
            offset -= 1;
        }
    }
}

fn security_group(world: &mut World, there: &Firewall) {
    let mut rules = |rules: &[FirewallRule]| -> Vec<Rule> { rules.iter().filter_map(|it| rule(world, it)).collect() };
    let (ingress, egress) = (rules(&there.ingress), rules(&there.egress));
    for one in ingress.iter().chain(&egress) {
        if let Source::Group(peer) = &one.peer
            && *peer != there.id
        {
            *world.ec2.security_group_references.entry(peer.clone()).or_insert(0) += 1;
        }
    }
    world.ec2.tag_index.add_all(&there.id, &there.tags);
    world.ec2.security_group_names.insert(format!("{}/{}", there.vpc_id, there.name), there.id.clone());
    let group = SecurityGroup {
        id: there.id.clone(),
        name: there.name.clone(),
        description: there.description.clone(),
        vpc_id: there.vpc_id.clone(),
        ingress,
        egress,
        tags: there.tags.clone(),
    };
    world.ec2.security_groups.insert(there.id.clone(), group);
}

/// A rule by prefix list is left out: the sandbox does not know what is in it.
fn rule(world: &mut World, there: &FirewallRule) -> Option<Rule> {
    let peer = match &there.peer {
        Peer::Ipv4(cidr) => Source::Ipv4(cidr.clone()),
        Peer::Ipv6(cidr) => Source::Ipv6(cidr.clone()),
        Peer::Group(id) => Source::Group(id.clone()),
        Peer::PrefixList(_) => return None,
    };
    Some(Rule {
        id: world.ids.ec2("sgr"),
        protocol: there.protocol.clone(),
        from_port: there.from_port.map(i64::from),
        to_port: there.to_port.map(i64::from),
        peer,
        description: Some(there.description.clone()).filter(|text| !text.is_empty()),
    })
}

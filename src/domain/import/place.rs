//! Where a group's instances may start, in the fewest words that choose the same subnets.

use std::collections::BTreeSet;

use super::Facts;
use crate::domain::desired::place;
use crate::domain::nodegroup::NodegroupSpec;

pub(super) fn read(facts: &Facts, subnet_ids: &[String], spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let wanted: BTreeSet<&String> = subnet_ids.iter().collect();
    let of_cluster: Vec<_> =
        facts.subnets.iter().filter(|subnet| facts.cluster.subnet_ids.contains(&subnet.id)).cloned().collect();
    let chooses = |spec: &NodegroupSpec| {
        place(spec, &of_cluster, &facts.offerings)
            .is_ok_and(|placement| placement.subnets.iter().map(|subnet| &subnet.id).collect::<BTreeSet<_>>() == wanted)
    };
    let used = facts.subnets.iter().filter(|subnet| wanted.contains(&subnet.id));
    let zones: BTreeSet<String> = used.clone().map(|subnet| subnet.zone.clone()).collect();
    let zones: Vec<String> = zones.into_iter().collect();
    let private = used.clone().count() > 0 && used.clone().all(|subnet| !subnet.public);
    for availability_zones in [vec![], zones] {
        let tried = NodegroupSpec { private_networking: private, availability_zones, ..spec.clone() };
        if chooses(&tried) {
            *spec = tried;
            return;
        }
    }
    spec.private_networking = private;
    spec.subnets = subnet_ids.to_vec();
    notes.push(format!("subnets {} are named by their ids", subnet_ids.join(", ")));
}

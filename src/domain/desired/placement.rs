//! In which subnets a group's instances may start.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Code;
use crate::domain::cloud::{Offering, Subnet};
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::NodegroupSpec;

/// Where a group goes, and what is missing there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Chosen subnets, sorted by zone and id.
    pub subnets: Vec<Subnet>,
    /// Zone → types of the list that are not offered there, in the list's order. Zones where all are offered are left out.
    pub missing: BTreeMap<String, Vec<String>>,
    /// Types that none of the chosen zones offers.
    pub nowhere: Vec<String>,
    /// Zones left out because they offer none of the types.
    pub skipped_zones: Vec<String>,
}

impl Placement {
    /// Ids of the subnets.
    pub fn subnet_ids(&self) -> Vec<String> {
        self.subnets.iter().map(|subnet| subnet.id.clone()).collect()
    }

    /// The VPC of the subnets.
    pub fn vpc_id(&self) -> Option<&str> {
        self.subnets.first().map(|subnet| subnet.vpc_id.as_str())
    }
}

/// Chooses subnets: public or private ones as asked, and of those every zone that offers at least one of the types.
///
/// eksctl drops a zone that lacks a single type of the list. An Auto Scaling group simply skips that pool,
/// and every zone kept is one pool more for each type it does offer.
///
/// # Errors
/// `SPOT-0317` when no subnet fits, `SPOT-0314` when none of the types is offered where subnets are.
pub fn place(spec: &NodegroupSpec, subnets: &[Subnet], offerings: &[Offering]) -> Result<Placement> {
    let mut candidates = candidates(spec, subnets)?;
    candidates.sort_by(|a, b| (&a.zone, &a.id).cmp(&(&b.zone, &b.id)));
    let names: Vec<&str> = spec.types.names();
    let zones: BTreeSet<&str> = candidates.iter().map(|subnet| subnet.zone.as_str()).collect();
    let offered: BTreeSet<(&str, &str)> =
        offerings.iter().map(|offering| (offering.zone.as_str(), offering.instance_type.as_str())).collect();
    let absent = |zone: &str| -> Vec<String> {
        names.iter().filter(|name| !offered.contains(&(zone, **name))).map(|name| (*name).to_owned()).collect()
    };
    let absent: BTreeMap<String, Vec<String>> = zones.iter().map(|zone| ((*zone).to_owned(), absent(zone))).collect();
    // With no types, a launch template of the user's own names one.
    let is_useful = |zone: &str| names.is_empty() || absent.get(zone).is_some_and(|types| types.len() < names.len());
    let skipped_zones: Vec<String> = zones.iter().filter(|zone| !is_useful(zone)).map(|z| (*z).to_owned()).collect();
    if skipped_zones.len() == zones.len() {
        return Err(nowhere(&names, &zones));
    }
    let is_nowhere = |name: &str| absent.values().all(|types| types.iter().any(|absent| absent == name));
    Ok(Placement {
        nowhere: names.iter().filter(|name| is_nowhere(name)).map(|name| (*name).to_owned()).collect(),
        missing: absent.iter().filter(|(zone, types)| is_useful(zone) && !types.is_empty()).map(clone_pair).collect(),
        subnets: candidates.into_iter().filter(|subnet| is_useful(&subnet.zone)).cloned().collect(),
        skipped_zones,
    })
}

fn clone_pair((zone, types): (&String, &Vec<String>)) -> (String, Vec<String>) {
    (zone.clone(), types.clone())
}

/// Subnets that the specification permits, whatever is offered there.
fn candidates<'a>(spec: &NodegroupSpec, subnets: &'a [Subnet]) -> Result<Vec<&'a Subnet>> {
    if let Some(unknown) = spec.subnets.iter().find(|id| !subnets.iter().any(|subnet| subnet.id == **id)) {
        return Err(Error::new(Code::SubnetNotFound, format!("subnet `{unknown}` does not exist"))
            .help("name subnets of the cluster's VPC, or leave `subnets` out to take all of them"));
    }
    let zones: BTreeSet<&str> = subnets.iter().map(|subnet| subnet.zone.as_str()).collect();
    let zone_list = zones.iter().map(|zone| format!("`{zone}`")).collect::<Vec<_>>().join(", ");
    let wanted_zones = if spec.local_zones.is_empty() { &spec.availability_zones } else { &spec.local_zones };
    if let Some(unknown) = wanted_zones.iter().find(|zone| !zones.contains(zone.as_str())) {
        return Err(Error::new(
            Code::SubnetNotFound,
            format!("cluster `{}` has no subnet in zone `{unknown}`", spec.cluster),
        )
        .help(format!("it has subnets in {zone_list}")));
    }
    // Subnets named one by one are taken as they are: the user has looked at them.
    let named = |subnet: &Subnet| spec.subnets.contains(&subnet.id);
    let in_zone = |subnet: &Subnet| wanted_zones.is_empty() || wanted_zones.contains(&subnet.zone);
    let chosen: Vec<&Subnet> = if spec.subnets.is_empty() {
        subnets.iter().filter(|subnet| subnet.public != spec.private_networking && in_zone(subnet)).collect()
    } else {
        subnets.iter().filter(|subnet| named(subnet)).collect()
    };
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let (wanted, other, hint) = match spec.private_networking {
        true => ("private", "public", "leave `private_networking` out"),
        false => ("public", "private", "ask for `private_networking`"),
    };
    let error = Error::new(
        Code::SubnetNotFound,
        format!("cluster `{}` has no {wanted} subnet to start nodes in", spec.cluster),
    );
    Err(match subnets.len() {
        0 => error.because("the cluster names no subnets at all"),
        n => error
            .because(format!("all {n} subnets in {zone_list} are {other} (by their setting `MapPublicIpOnLaunch`)"))
            .help(format!("{hint}, or name subnets with `subnets`")),
    })
}

fn nowhere(names: &[&str], zones: &BTreeSet<&str>) -> Error {
    let list =
        |items: &mut dyn Iterator<Item = &str>| items.map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ");
    let zones = list(&mut zones.iter().copied());
    let names = list(&mut names.iter().copied());
    Error::new(Code::NotOffered, format!("none of the instance types is offered in the zones of the cluster: {names}"))
        .because(format!("EC2 offers none of them in {zones}"))
        .help("choose types that the region has: `aws ec2 describe-instance-type-offerings --location-type availability-zone`")
}

//! DescribeAvailabilityZones.

use std::collections::BTreeSet;

use serde_json::json;

use super::filter::{Field, Filters};
use crate::domain::offerings;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let names = read::strings(&params.0, "ZoneName");
    let region = &world.account.region;
    let mut zones = offerings::region_zones(region);
    zones.extend(local_zones(world));
    if let Some(unknown) = names.iter().find(|name| !zones.contains(name)) {
        return Err(ApiError::client("InvalidParameterValue", format!("Invalid availability zone: [{unknown}]")));
    }
    let mut found = Vec::new();
    for zone in zones.iter().filter(|zone| names.is_empty() || names.contains(zone)) {
        if filters.pass(|name| match name {
            "zone-name" => Field::one(zone),
            "zone-id" => Field::one(zone_id(world, zone)),
            "zone-type" => Field::one(kind(region, zone).0),
            "region-name" => Field::one(region),
            "state" => Field::one("available"),
            "opt-in-status" => Field::one(kind(region, zone).1),
            _ => Field::Unknown,
        })? {
            let (zone_type, opt_in) = kind(region, zone);
            let group = if zone_type == "local-zone" { city_of(zone) } else { region };
            found.push(json!({
                "zoneName": zone, "zoneId": zone_id(world, zone), "zoneState": "available", "regionName": region,
                "groupName": group, "networkBorderGroup": group, "zoneType": zone_type, "optInStatus": opt_in,
                "messageSet": [],
            }));
        }
    }
    Ok(json!({"availabilityZoneInfo": found}))
}

/// Type of a zone, and whether the account had to ask for it.
fn kind(region: &str, zone: &str) -> (&'static str, &'static str) {
    if offerings::is_local_zone(region, zone) {
        ("local-zone", "opted-in")
    } else {
        ("availability-zone", "opt-in-not-required")
    }
}

/// A Local Zone without its letter: the group of zones that an account opts in to.
fn city_of(zone: &str) -> &str {
    zone.trim_end_matches(|letter: char| letter.is_ascii_lowercase())
}

/// The Local Zones that the account has opted in to: those with a subnet.
pub(super) fn local_zones(world: &World) -> Vec<String> {
    let region = &world.account.region;
    let zones = world.ec2.subnets.values().map(|subnet| &subnet.zone);
    let local: BTreeSet<&String> = zones.filter(|zone| offerings::is_local_zone(region, zone)).collect();
    local.into_iter().cloned().collect()
}

/// A zone's id such as `apne1-az1`. Which letter has which number differs between accounts.
pub(in crate::sandbox) fn zone_id(world: &World, zone: &str) -> String {
    let region = &world.account.region;
    let mut parts = region.split('-');
    let area: String = parts.next().unwrap_or_default().into();
    let direction = match parts.next().unwrap_or_default() {
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        other => &other[..other.len().min(1)],
    };
    if let Some(city) = zone.strip_prefix(region.as_str()).filter(|_| offerings::is_local_zone(region, zone)) {
        // `us-west-2-lax-1a` is `usw2-lax1-az1`.
        let letter = city.bytes().last().unwrap_or(b'a');
        let city = city_of(city).trim_start_matches('-').replace('-', "");
        let number = u32::from(letter.saturating_sub(b'a')) + 1;
        return format!("{area}{direction}{}-{city}-az{number}", parts.next().unwrap_or("1"));
    }
    let zones = offerings::region_zones(region);
    let index = zones.iter().position(|known| known == zone).unwrap_or(0);
    let turn = usize::try_from(world.seed % zones.len().max(1) as u64).unwrap_or(0);
    let number = (index + turn) % zones.len().max(1) + 1;
    format!("{area}{direction}{}-az{number}", parts.next().unwrap_or("1"))
}

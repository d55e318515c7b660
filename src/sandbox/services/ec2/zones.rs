//! DescribeAvailabilityZones.

use serde_json::json;

use super::filter::{Field, Filters};
use crate::domain::offerings;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let names = read::strings(&params.0, "ZoneName");
    let zones = offerings::region_zones(&world.account.region);
    if let Some(unknown) = names.iter().find(|name| !zones.contains(name)) {
        return Err(ApiError::client("InvalidParameterValue", format!("Invalid availability zone: [{unknown}]")));
    }
    let mut found = Vec::new();
    for zone in zones.iter().filter(|zone| names.is_empty() || names.contains(zone)) {
        if filters.pass(|name| match name {
            "zone-name" => Field::one(zone),
            "zone-id" => Field::one(zone_id(world, zone)),
            "zone-type" => Field::one("availability-zone"),
            "region-name" => Field::one(&world.account.region),
            "state" => Field::one("available"),
            "opt-in-status" => Field::one("opt-in-not-required"),
            _ => Field::Unknown,
        })? {
            found.push(json!({
                "zoneName": zone, "zoneId": zone_id(world, zone), "zoneState": "available",
                "regionName": world.account.region, "groupName": world.account.region,
                "networkBorderGroup": world.account.region, "zoneType": "availability-zone",
                "optInStatus": "opt-in-not-required", "messageSet": [],
            }));
        }
    }
    Ok(json!({"availabilityZoneInfo": found}))
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
    let zones = offerings::region_zones(region);
    let index = zones.iter().position(|known| known == zone).unwrap_or(0);
    let turn = usize::try_from(world.seed % zones.len().max(1) as u64).unwrap_or(0);
    let number = (index + turn) % zones.len().max(1) + 1;
    format!("{area}{direction}{}-az{number}", parts.next().unwrap_or("1"))
}

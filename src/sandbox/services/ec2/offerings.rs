//! DescribeInstanceTypeOfferings, from the captured table.

use serde_json::json;

use super::filter::{Field, Filters};
use super::page::Page;
use super::zones::{local_zones, zone_id};
use crate::domain::{catalogue, offerings};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let location_type = read::text(&params.0, "LocationType").unwrap_or("region");
    if !["region", "availability-zone", "availability-zone-id"].contains(&location_type) {
        let message = format!("Value ({location_type}) for parameter locationType is invalid.");
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    let field = |instance_type: &str, location: &str, name: &str| match name {
        "instance-type" => Field::one(instance_type),
        "location" => Field::one(location),
        _ => Field::Unknown,
    };
    filters.check(|name| field("", "", name))?;
    let region = world.account.region.clone();
    let local = local_zones(world);
    let mut page = Page::read(&params.0, 1000)?;
    // Without wildcards the filter itself is the list of types to look at.
    let names: Vec<&str> = match filters.exact("instance-type") {
        Some(names) => {
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            names.sort_unstable();
            names.dedup();
            names
        }
        None => catalogue::all().iter().map(|instance_type| instance_type.name.as_str()).collect(),
    };
    'all: for name in names {
        let mut zones = offerings::zones(&region, name);
        zones.extend(local.iter().filter(|zone| offerings::in_zone(&region, zone, name)).cloned());
        let locations: Vec<String> = match location_type {
            "region" if zones.is_empty() => Vec::new(),
            "region" => vec![region.clone()],
            "availability-zone-id" => zones.iter().map(|zone| zone_id(world, zone)).collect(),
            _ => zones,
        };
        for location in locations {
            let key = format!("{name} {location}");
            if page.seen(&key) || !filters.pass(|filter| field(name, &location, filter))? {
                continue;
            }
            let item = json!({"instanceType": name, "locationType": location_type, "location": location});
            if !page.push(&key, item) {
                break 'all;
            }
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"instanceTypeOfferingSet": items, "nextToken": token}))
}

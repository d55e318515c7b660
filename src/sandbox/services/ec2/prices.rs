//! DescribeSpotPriceHistory: the changes in the span, and the price in force when it begins.

use serde_json::json;

use super::filter::{Field, Filters};
use super::zones::zone_id;
use crate::domain::{catalogue, offerings};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;
use crate::sandbox::world::capacity::price;
use crate::sandbox::world::clock::{DAY, Millis};

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let moment = |name: &str| -> Result<Option<Millis>, ApiError> {
        read::text(&params.0, name)
            .map(|text| {
                let time = text.parse::<jiff::Timestamp>();
                time.map(|time| world.clock.millis(time)).map_err(|_| {
                    ApiError::client("InvalidParameterValue", format!("Invalid value '{text}' for {name}"))
                })
            })
            .transpose()
    };
    let end = moment("EndTime")?.unwrap_or(world.now()).min(world.now());
    let start = moment("StartTime")?.unwrap_or(end - 90 * DAY).max(world.now() - 90 * DAY);
    // A span that begins later than it ends still has the price in force when it begins.
    let start = start.min(end);
    let products = read::strings(&params.0, "ProductDescription");
    let asked = |known: &&str| {
        products.is_empty() || products.iter().any(|name| name.trim_end_matches(" (Amazon VPC)") == *known)
    };
    let products: Vec<&str> = ["Linux/UNIX", "Windows"].into_iter().filter(asked).collect();
    let mut types = read::strings(&params.0, "InstanceType");
    if types.is_empty() {
        types = match filters.exact("instance-type") {
            Some(names) => names.to_vec(),
            None => catalogue::all().iter().filter(|t| t.spot).map(|t| t.name.clone()).collect(),
        };
    }
    let zone = read::text(&params.0, "AvailabilityZone");
    let limit = read::int(&params.0, "MaxResults").and_then(|n| usize::try_from(n).ok()).unwrap_or(1000).clamp(1, 1000);
    let skip: usize = match read::text(&params.0, "NextToken") {
        None => 0,
        Some(token) => {
            token.parse().map_err(|_| ApiError::client("InvalidNextToken", "The specified NextToken is not valid"))?
        }
    };
    let (mut items, mut index, mut more) = (Vec::new(), 0, false);
    'all: for name in &types {
        let Some(instance_type) = catalogue::get(name).filter(|t| t.spot) else { continue };
        for known in offerings::zones(&world.account.region, name) {
            if zone.is_some_and(|zone| zone != known) {
                continue;
            }
            for product in &products {
                let licence = if *product == "Windows" { price::windows(instance_type) } else { 0.0 };
                for (since, value) in price::changes(world.seed, instance_type, &known, start, end) {
                    let value = price::text(value + licence);
                    let pass = filters.pass(|filter| match filter {
                        "instance-type" => Field::one(name),
                        "availability-zone" => Field::one(&known),
                        "product-description" => Field::one(*product),
                        "spot-price" => Field::one(&value),
                        "timestamp" => Field::one(world.clock.precise(since)),
                        _ => Field::Unknown,
                    })?;
                    if !pass {
                        continue;
                    }
                    index += 1;
                    if index <= skip {
                        continue;
                    }
                    if items.len() == limit {
                        more = true;
                        break 'all;
                    }
                    items.push(json!({
                        "instanceType": name, "productDescription": product, "spotPrice": value,
                        "timestamp": world.clock.precise(since), "availabilityZone": known,
                        "availabilityZoneId": zone_id(world, &known),
                    }));
                }
            }
        }
    }
    let token = if more { (skip + limit).to_string() } else { String::new() };
    Ok(json!({"spotPriceHistorySet": items, "nextToken": token}))
}

//! Which Availability Zones offer which instance type, as captured with the catalogue.
//!
//! The sandbox answers from this table. Against AWS, the API is asked.

use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("data/offerings.tsv");

struct Offerings {
    /// Region and the letters of its zones, in the order of the columns.
    regions: Vec<(&'static str, &'static str)>,
    /// Type name → the cells of its line.
    types: HashMap<&'static str, &'static str>,
}

fn table() -> &'static Offerings {
    static OFFERINGS: OnceLock<Offerings> = OnceLock::new();
    OFFERINGS.get_or_init(|| {
        let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let header = lines.next().unwrap_or_default();
        Offerings {
            regions: header.split('\t').filter_map(|column| column.split_once(':')).collect(),
            types: lines.filter_map(|line| line.split_once('\t')).collect(),
        }
    })
}

/// Where the facts come from: package, version, date and SHA-256.
pub fn provenance() -> &'static str {
    super::catalogue::source_of(TABLE)
}

/// The regions of the capture, sorted.
pub fn regions() -> Vec<&'static str> {
    table().regions.iter().map(|(region, _)| *region).collect()
}

/// All zones of a region, sorted; none for a region the capture lacks.
pub fn region_zones(region: &str) -> Vec<String> {
    let letters = table().regions.iter().find(|(name, _)| *name == region).map_or("", |(_, letters)| letters);
    letters.chars().map(|letter| format!("{region}{letter}")).collect()
}

/// The zones of a region that offer a type, sorted; none when the region or the type is unknown.
pub fn zones(region: &str, instance_type: &str) -> Vec<String> {
    let table = table();
    let Some(column) = table.regions.iter().position(|(name, _)| *name == region) else { return Vec::new() };
    let (_, letters) = table.regions[column];
    let cells = table.types.get(instance_type).copied().unwrap_or_default();
    let bits = cells.split('\t').nth(column).unwrap_or("-");
    letters
        .chars()
        .zip(bits.chars())
        .filter(|(_, bit)| *bit == '1')
        .map(|(letter, _)| format!("{region}{letter}"))
        .collect()
}

/// Whether a zone is a Local Zone of a region: named after it and a city, such as `us-west-2-lax-1a`.
pub fn is_local_zone(region: &str, zone: &str) -> bool {
    zone.strip_prefix(region).is_some_and(|rest| rest.starts_with('-'))
}

/// The families that most Local Zones have. The capture tells of Availability Zones only, and each Local Zone has a choice
/// of its own.
const LOCAL_FAMILIES: [&str; 9] = ["c5", "c5d", "g4dn", "i3en", "m5", "m5d", "r5", "r5d", "t3"];

/// Whether a zone offers a type: as captured, in a Local Zone what most of them have and the region has too.
pub fn in_zone(region: &str, zone: &str, instance_type: &str) -> bool {
    let zones = zones(region, instance_type);
    if is_local_zone(region, zone) {
        let family = instance_type.split('.').next().unwrap_or_default();
        return !zones.is_empty() && LOCAL_FAMILIES.contains(&family);
    }
    zones.iter().any(|offered| offered == zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue;

    #[test]
    fn tokyo_lacks_t3a_in_one_zone() {
        assert_eq!(region_zones("ap-northeast-1"), ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]);
        assert_eq!(zones("ap-northeast-1", "t3a.xlarge"), ["ap-northeast-1a", "ap-northeast-1d"]);
        assert_eq!(zones("ap-northeast-1", "m5.xlarge").len(), 3);
    }

    #[test]
    fn a_local_zone_offers_few_families() {
        let lax = "us-west-2-lax-1a";
        assert!(is_local_zone("us-west-2", lax) && !is_local_zone("us-west-2", "us-west-2a"));
        assert!(in_zone("us-west-2", lax, "m5.large") && in_zone("us-west-2", "us-west-2a", "m5.large"));
        assert!(!in_zone("us-west-2", lax, "m6i.large") && in_zone("us-west-2", "us-west-2a", "m6i.large"));
        assert!(!in_zone("us-west-2", lax, "m5.huge"));
    }

    #[test]
    fn what_is_unknown_is_offered_nowhere() {
        assert!(zones("mars-north-1", "m5.xlarge").is_empty());
        assert!(zones("ap-northeast-1", "m5.xlargee").is_empty());
        assert!(region_zones("mars-north-1").is_empty());
    }

    #[test]
    fn every_offered_type_is_in_the_catalogue_and_every_cell_fits_its_region() {
        for (name, cells) in &table().types {
            assert!(catalogue::get(name).is_some(), "{name}");
            let cells: Vec<_> = cells.split('\t').collect();
            assert_eq!(cells.len(), table().regions.len(), "{name}");
            for (cell, (region, letters)) in cells.iter().zip(&table().regions) {
                assert!(*cell == "-" || cell.len() == letters.len(), "{name} {region}");
            }
        }
        assert_eq!(regions().len(), 30);
    }
}

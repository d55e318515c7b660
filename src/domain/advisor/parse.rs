//! Reads the feed's JSON: nearly a megabyte, in one pass, without a tree.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use sha2::{Digest, Sha256};

use super::{Advice, Feed, Interruption, Lines, OperatingSystem, TypeFacts};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    instance_types: Pairs<'a, Facts>,
    ranges: Vec<Interruption>,
    #[serde(borrow)]
    spot_advisor: Pairs<'a, Pairs<'a, Pairs<'a, Numbers>>>,
}

#[derive(Deserialize)]
struct Facts {
    cores: Option<u32>,
    ram_gb: Option<f64>,
}

#[derive(Deserialize)]
struct Numbers {
    s: Option<i32>,
    r: Option<u32>,
}

/// A JSON object as a list: most keys are seen once, so a map would be built for nothing.
struct Pairs<'a, T>(Vec<(Cow<'a, str>, T)>);

/// A key that borrows from the feed unless it has escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Pairs<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor<'a, T>(PhantomData<(&'a (), T)>);
        impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for PairsVisitor<'a, T> {
            type Value = Pairs<'a, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    pairs.push((key, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Feed> {
    let document: Document<'_> = serde_json::from_slice(bytes).map_err(|error| {
        Error::new(Code::Feed, "the Spot Instance Advisor feed cannot be read")
            .because(error.to_string())
            .help("fetch it again, or name another file")
    })?;
    let mut types: Vec<TypeFacts> = document
        .instance_types
        .0
        .into_iter()
        .map(|(name, facts)| TypeFacts { name: name.into_owned(), vcpu: facts.cores, memory_gib: facts.ram_gb })
        .collect();
    let mut indices: HashMap<String, usize> =
        types.iter().enumerate().map(|(index, facts)| (facts.name.clone(), index)).collect();
    let mut regions: BTreeMap<String, Lines> = BTreeMap::new();
    for (region, systems) in document.spot_advisor.0 {
        let lines: &mut Lines = regions.entry(region.into_owned()).or_default();
        for (system, rows) in systems.0 {
            let Some(system) = operating_system(&system) else { continue };
            let advice = lines.entry(system).or_default();
            for (name, numbers) in rows.0 {
                let type_index = match indices.get(name.as_ref()) {
                    Some(index) => *index,
                    None => {
                        types.push(TypeFacts { name: name.as_ref().to_owned(), vcpu: None, memory_gib: None });
                        indices.insert(name.into_owned(), types.len() - 1);
                        types.len() - 1
                    }
                };
                advice.push(Advice { type_index, savings: numbers.s, range: numbers.r });
            }
        }
    }
    let mut ranges = document.ranges;
    ranges.sort();
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Feed { types, ranges, regions, sha256, source: None })
}

/// The feed may come to know more systems: what we do not ask for is passed over.
fn operating_system(name: &str) -> Option<OperatingSystem> {
    match name {
        "Linux" => Some(OperatingSystem::Linux),
        "Windows" => Some(OperatingSystem::Windows),
        _ => None,
    }
}

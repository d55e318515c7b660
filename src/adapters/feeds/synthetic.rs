//! Advisor data for the sandbox: every type of the catalogue, numbers by hash, in the public feed's own format.
//!
//! It says nothing about AWS and is labelled so wherever it is shown.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Loaded;
use crate::domain::catalogue;
use crate::domain::feed_source::{FeedOrigin, FeedSource};

/// The public feed's buckets: label and upper limit.
const RANGES: [(&str, u8); 5] = [("<5%", 5), ("5-10%", 11), ("10-15%", 16), ("15-20%", 22), (">20%", 100)];

/// A feed of one region. The same type and region always give the same numbers.
pub fn advisor(region: &str) -> Loaded {
    let (mut facts, mut linux) = (Map::new(), Map::new());
    for instance_type in catalogue::all().iter().filter(|known| known.spot) {
        let gib = instance_type.shape().memory_gib();
        facts.insert(instance_type.name.clone(), json!({"cores": instance_type.vcpu, "ram_gb": gib, "emr": false}));
        linux.insert(instance_type.name.clone(), numbers(&instance_type.name, region));
    }
    let ranges: Vec<Value> = RANGES
        .iter()
        .enumerate()
        .map(|(index, (label, max))| json!({"index": index, "label": label, "dots": index, "max": max}))
        .collect();
    let feed = json!({
        "global_rate": "<10%",
        "ranges": ranges,
        "instance_types": facts,
        "spot_advisor": { region: { "Linux": linux } },
    });
    let source = FeedSource {
        origin: FeedOrigin::Synthetic,
        place: "made from instance type and region names".to_owned(),
        published: None,
        fetched: None,
    };
    Loaded { bytes: feed.to_string().into_bytes(), source, warning: None }
}

/// Savings of 45 to 79 percent and a bucket; the calmer buckets come up more often.
fn numbers(name: &str, region: &str) -> Value {
    let hash = Sha256::digest(format!("advisor\0{region}\0{name}"));
    let bucket = hash[1].min(hash[2]) / 52;
    json!({"s": 45 + hash[0] % 35, "r": bucket.min(4)})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::advisor::{Feed, Filter};

    #[test]
    fn the_feed_reads_as_the_public_one_and_has_every_spot_type() {
        let feed = advisor("ap-northeast-1").feed().unwrap();
        let rows = feed.rows("ap-northeast-1", &Filter::default()).unwrap();
        assert_eq!(rows.len(), catalogue::all().iter().filter(|known| known.spot).count());
        assert!(rows.iter().all(|row| row.savings.is_some() && row.interruption.is_some() && row.vcpu.is_some()));
        let buckets: std::collections::BTreeSet<u32> =
            rows.iter().filter_map(|row| row.interruption.as_ref()).map(|bucket| bucket.index).collect();
        assert_eq!(buckets.len(), RANGES.len(), "every bucket comes up");
    }

    #[test]
    fn numbers_are_stable_and_differ_between_regions() {
        assert_eq!(advisor("ap-northeast-1").bytes, advisor("ap-northeast-1").bytes);
        assert_ne!(numbers("m5.xlarge", "ap-northeast-1"), numbers("m5.xlarge", "us-west-2"));
        assert!(Feed::parse(&advisor("x").bytes).unwrap().rows("us-west-2", &Filter::default()).is_err());
    }
}

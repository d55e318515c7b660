//! Advisor data for the sandbox: every type of the catalogue, numbers by hash, in the public feed's own format.
//!
//! It says nothing about AWS and is labelled so wherever it is shown.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Loaded;
use crate::domain::feed_source::{FeedOrigin, FeedSource};
use crate::domain::instance_type::InstanceType;

/// The public feed's buckets: label and upper limit.
const RANGES: [(&str, u8); 5] = [("<5%", 5), ("5-10%", 11), ("10-15%", 16), ("15-20%", 22), (">20%", 100)];

/// A feed of `types` in `region`. The same type and region always give the same numbers.
pub fn advisor<'a>(types: impl IntoIterator<Item = &'a InstanceType>, region: &str) -> Loaded {
    let (mut facts, mut linux) = (Map::new(), Map::new());
    for instance_type in types.into_iter().filter(|instance_type| instance_type.spot) {
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
    use super::*;
    use crate::domain::shape::Architecture;

    fn instance_type(name: &str, spot: bool) -> InstanceType {
        InstanceType {
            name: name.into(),
            vcpu: 4,
            memory_mib: 16384,
            architecture: Architecture::Amd64,
            gpus: 0,
            accelerators: 0,
            device: None,
            current_generation: true,
            bare_metal: false,
            burstable: false,
            hypervisor: "nitro".into(),
            spot,
            max_pods: 58,
            network: String::new(),
        }
    }

    #[test]
    fn numbers_are_stable_and_differ_between_regions() {
        let types = [instance_type("m5.xlarge", true), instance_type("mac1.metal", false)];
        let feed = |region: &str| advisor(&types, region).bytes;
        assert_eq!(feed("ap-northeast-1"), feed("ap-northeast-1"));
        assert_ne!(numbers("m5.xlarge", "ap-northeast-1"), numbers("m5.xlarge", "us-west-2"));
        let parsed: Value = serde_json::from_slice(&feed("ap-northeast-1")).unwrap_or_default();
        let linux = &parsed["spot_advisor"]["ap-northeast-1"]["Linux"];
        assert_eq!(linux.as_object().map(Map::len), Some(1), "a type that is never Spot has no row: {linux}");
        assert!(linux["m5.xlarge"]["r"].as_u64().is_some_and(|bucket| bucket <= 4));
    }
}

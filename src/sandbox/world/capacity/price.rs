//! Made-up prices with real habits: a function of seed, pool and time, so that nothing has to be stored.
//!
//! They are synthetic. Their level follows vCPUs and memory, their ratio to On-Demand what Spot usually costs.

use crate::domain::instance_type::InstanceType;
use crate::domain::shape::Architecture;
use crate::sandbox::world::clock::{HOUR, Millis};
use crate::sandbox::world::hash::{hash, unit};

/// A pool's price changes about this often.
const STEP: Millis = 6 * HOUR;

/// US dollars per hour, On-Demand.
pub fn on_demand(instance_type: &InstanceType) -> f64 {
    let memory = instance_type.memory_mib as f64 / 1024.0;
    let base = 0.037 * f64::from(instance_type.vcpu) + 0.00275 * memory + 0.7 * f64::from(instance_type.gpus);
    let family = 0.95 + 0.1 * unit(hash(0, &["family", instance_type.family()]));
    let arm = if instance_type.architecture == Architecture::Arm64 { 0.8 } else { 1.0 };
    // What burstable types cost follows their memory alone: a t3.small has as many vCPUs as a t3.large.
    let base = if instance_type.burstable { 0.0136 * memory } else { base };
    base * family * arm
}

/// What the licence of Windows adds: 4.6 cents for each vCPU and hour, on Spot too.
pub fn windows(instance_type: &InstanceType) -> f64 {
    0.046 * f64::from(instance_type.vcpu)
}

/// US dollars per hour, Spot, at a moment.
pub fn spot(seed: u64, instance_type: &InstanceType, zone: &str, at: Millis) -> f64 {
    value(seed, instance_type, zone, index(seed, instance_type, zone, at))
}

/// The changes in `start..=end`, newest first, and the one before: the price in force at `start`.
pub fn changes(
    seed: u64,
    instance_type: &InstanceType,
    zone: &str,
    start: Millis,
    end: Millis,
) -> impl Iterator<Item = (Millis, f64)> {
    let (first, last) = (index(seed, instance_type, zone, start), index(seed, instance_type, zone, end));
    let name = (instance_type, zone.to_owned());
    (first..=last).rev().map(move |k| (moment(seed, name.0, &name.1, k), value(seed, name.0, &name.1, k)))
}

/// As AWS writes it: six decimals.
pub fn text(price: f64) -> String {
    format!("{price:.6}")
}

/// When change `k` happened.
fn moment(seed: u64, instance_type: &InstanceType, zone: &str, k: i64) -> Millis {
    let jitter = hash(seed, &["price-moment", &instance_type.name, zone, &k.to_string()]) % STEP.unsigned_abs();
    // Whole seconds, as AWS shows them.
    (k * STEP + jitter.cast_signed()) / 1000 * 1000
}

/// The last change at or before a moment.
fn index(seed: u64, instance_type: &InstanceType, zone: &str, at: Millis) -> i64 {
    let k = at.div_euclid(STEP);
    if moment(seed, instance_type, zone, k) <= at { k } else { k - 1 }
}

fn value(seed: u64, instance_type: &InstanceType, zone: &str, k: i64) -> f64 {
    let noise =
        |purpose: &str, k: i64| 2.0 * unit(hash(seed, &[purpose, &instance_type.name, zone, &k.to_string()])) - 1.0;
    let ratio = 0.28 + 0.2 * unit(hash(seed, &["price-level", &instance_type.name, zone]));
    // A slow wave of a week, interpolated, and a small step each time.
    let (week, part) = (k.div_euclid(28), k.rem_euclid(28) as f64 / 28.0);
    let slow = noise("price-slow", week) * (1.0 - part) + noise("price-slow", week + 1) * part;
    on_demand(instance_type) * ratio * (1.0 + 0.15 * slow + 0.03 * noise("price-fast", k))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::catalogue;
    use crate::sandbox::world::clock::DAY;

    #[test]
    fn history_agrees_with_the_present_and_begins_before_the_span() {
        let m5 = catalogue::get("m5.xlarge").unwrap();
        let all: Vec<_> = changes(3, m5, "ap-northeast-1a", -DAY, 0).collect();
        assert!(all.windows(2).all(|pair| pair[0].0 > pair[1].0));
        assert!(all.last().unwrap().0 <= -DAY && all[all.len() - 2].0 > -DAY);
        assert_eq!(all[0].1, spot(3, m5, "ap-northeast-1a", 0));
        assert!(all.iter().all(|(_, price)| *price > 0.0 && *price < on_demand(m5)));
        assert_ne!(spot(3, m5, "ap-northeast-1a", 0), spot(3, m5, "ap-northeast-1c", 0));
    }
}

//! A world at a glance, for `sandbox status`.

use serde_json::Value;

use super::world::World;
use super::world::faults::Faults;
use crate::domain::cloud::Lifecycle;
use crate::domain::world_status::WorldStatus;

impl World {
    /// What there is, counted.
    pub fn status(&self) -> WorldStatus {
        let alive =
            |lifecycle| self.ec2.instances.values().filter(|it| it.state.alive() && it.lifecycle == lifecycle).count();
        WorldStatus {
            seed: self.seed,
            time: self.clock.timestamp(),
            age_ms: u64::try_from(self.clock.now).unwrap_or(0),
            pending_events: self.queue.len(),
            region: self.account.region.clone(),
            account: self.account.id.clone(),
            clusters: self.eks.clusters.keys().cloned().collect(),
            groups: self.autoscaling.groups.len(),
            spot_instances: alive(Lifecycle::Spot),
            on_demand_instances: alive(Lifecycle::OnDemand),
            nodes: self.objects.count("nodes"),
            ready_nodes: self.objects.list("nodes", None).filter(|node| is_ready(node)).count(),
            faults: faults(&self.faults).into_iter().chain(self.traffic.faults()).collect(),
        }
    }
}

fn is_ready(node: &Value) -> bool {
    let conditions = node["status"]["conditions"].as_array();
    conditions.is_some_and(|all| all.iter().any(|one| one["type"] == "Ready" && one["status"] == "True"))
}

fn faults(faults: &Faults) -> Vec<String> {
    let all = |pattern: &str, what: &str| if pattern == "*" { format!("every {what}") } else { pattern.to_owned() };
    let exhausted = faults
        .exhausted
        .iter()
        .map(|(name, zone)| format!("no Spot capacity: {} in {}", all(name, "type"), all(zone, "zone")));
    let zones = faults.broken_zones.iter().map(|zone| format!("nothing can be launched in {zone}"));
    let delay = (faults.join_delay > 0).then(|| format!("kubelets register {} s late", faults.join_delay / 1000));
    let quotas = faults.quotas.iter().map(|(class, vcpus)| format!("quota {class}: {vcpus} vCPUs"));
    exhausted.chain(zones).chain(delay).chain(quotas).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_in_words() {
        let mut world = World::fresh(7);
        assert_eq!(world.status().faults, Vec::<String>::new());
        world.faults.exhausted.push(("*".into(), "ap-northeast-1a".into()));
        world.faults.join_delay = 90_000;
        world.traffic.throttle("*", 2);
        world.traffic.fail_after("CreateRole", "LimitExceeded", 1, 1);
        insta::assert_snapshot!(world.status().faults.join("\n"), @r"
        no Spot capacity: every type in ap-northeast-1a
        kubelets register 90 s late
        any operation is refused with throttling, 2 times
        CreateRole is refused with LimitExceeded, 1 times after 1 more
        ");
    }
}

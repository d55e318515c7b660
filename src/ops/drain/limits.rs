//! How many nodes may be disturbed at a time.

use k8s_openapi::api::core::v1::Node;

use crate::domain::drain::DrainOptions;
use crate::domain::kubernetes::node as facts;

/// What is known about each node.
struct Place {
    ready: bool,
    zone: Option<String>,
}

/// The limits of a drain.
pub(super) struct Limits {
    places: Vec<Place>,
    at_once: usize,
    per_zone: usize,
}

impl Limits {
    /// The limits that options set for these nodes.
    pub(super) fn new(nodes: &[Node], options: &DrainOptions) -> Self {
        let at_once = match (options.max_unavailable, options.per_zone) {
            (Some(share), _) => share.of(nodes.len()),
            // A limit for zones alone: as many as there are zones.
            (None, Some(_)) => usize::MAX,
            (None, None) => 1,
        };
        let place = |node| Place { ready: facts::is_ready(node), zone: facts::zone(node).map(str::to_owned) };
        Limits {
            places: nodes.iter().map(place).collect(),
            at_once,
            per_zone: options.per_zone.unwrap_or(usize::MAX).max(1),
        }
    }

    /// The order to begin in: as given; side by side, those first whose drain disturbs nobody.
    pub(super) fn order(nodes: &[Node], options: &DrainOptions) -> Vec<usize> {
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        if options.max_unavailable.is_some() || options.per_zone.is_some() {
            order.sort_by_key(|index| facts::is_ready(&nodes[*index]));
        }
        order
    }

    /// Whether a node may begin while others are at work and others wait. Nodes that wait and are not Ready count: their
    /// pods are without a place too.
    pub(super) fn allow(&self, index: usize, at_work: &[usize], waiting: &[usize]) -> bool {
        let place = &self.places[index];
        let idle = waiting.iter().filter(|other| **other != index && !self.places[**other].ready);
        let idle = if place.ready && self.at_once > 1 { idle.count() } else { 0 };
        let in_zone = at_work.iter().filter(|other| place.zone.is_some() && self.places[**other].zone == place.zone);
        at_work.len() + idle < self.at_once && in_zone.count() < self.per_zone
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::drain::Share;

    fn node(zone: &str, ready: &str) -> Node {
        serde_json::from_value(json!({
            "metadata": {"name": "n", "labels": {"topology.kubernetes.io/zone": zone}},
            "status": {"conditions": [{"type": "Ready", "status": ready}]},
        }))
        .unwrap()
    }

    #[test]
    fn one_after_another_unless_said() {
        let nodes = [node("a", "True"), node("b", "False")];
        let options = DrainOptions::default();
        let limits = Limits::new(&nodes, &options);
        assert_eq!(Limits::order(&nodes, &options), [0, 1]);
        assert!(limits.allow(0, &[], &[0, 1]));
        assert!(!limits.allow(1, &[0], &[1]));
    }

    #[test]
    fn zones_and_nodes_that_are_not_ready_count() {
        let nodes = [node("a", "True"), node("a", "True"), node("b", "True"), node("b", "Unknown")];
        let options =
            DrainOptions { max_unavailable: Some(Share::Number(2)), per_zone: Some(1), ..DrainOptions::default() };
        let limits = Limits::new(&nodes, &options);
        assert_eq!(Limits::order(&nodes, &options), [3, 0, 1, 2]);
        assert!(limits.allow(3, &[], &[3, 0, 1, 2]));
        // One waits that is not Ready: with it, two would be unavailable.
        assert!(limits.allow(0, &[], &[3, 0, 1, 2]) && !limits.allow(0, &[2], &[3, 0, 1]));
        assert!(limits.allow(0, &[3], &[0, 1, 2]) && !limits.allow(0, &[3, 2], &[0, 1]));
        assert!(!limits.allow(1, &[0], &[1, 2]) && !limits.allow(2, &[3], &[1, 2]));
    }
}

//! Tags by which the Cluster Autoscaler knows a group, and what nodes of it would be like.

use indexmap::IndexMap;

use super::cloud::TagMap;
use super::taint::Taint;

/// Prefix of a tag that foretells a node label.
pub const LABEL_PREFIX: &str = "k8s.io/cluster-autoscaler/node-template/label/";
/// Prefix of a tag that foretells a node taint.
pub const TAINT_PREFIX: &str = "k8s.io/cluster-autoscaler/node-template/taint/";
/// Tag that foretells the operating system: without it the autoscaler thinks of Linux.
pub const OS: &str = "k8s.io/cluster-autoscaler/node-template/label/kubernetes.io/os";
/// Tag that lets the autoscaler find a group.
pub const ENABLED: &str = "k8s.io/cluster-autoscaler/enabled";

/// Tags that foretell the labels and taints of a group without nodes.
///
/// A taint's tag value is `value:Effect`: the autoscaler ignores one without the effect, and would
/// add nodes for pods that cannot run on them. A key with two effects has one tag only, of its
/// stronger effect: tags are a map.
pub fn derive(labels: &IndexMap<String, String>, taints: &[Taint]) -> TagMap {
    let mut tags: TagMap = labels.iter().map(|(key, value)| (format!("{LABEL_PREFIX}{key}"), value.clone())).collect();
    for taint in taints {
        let stronger = taints.iter().filter(|other| other.key == taint.key).max_by_key(|other| strength(other));
        let taint = stronger.unwrap_or(taint);
        tags.insert(format!("{TAINT_PREFIX}{}", taint.key), taint.value_and_effect());
    }
    tags
}

/// Tags by which the autoscaler of a cluster discovers a group.
pub fn discovery(cluster: &str) -> TagMap {
    TagMap::from([
        (ENABLED.to_owned(), "true".to_owned()),
        (format!("k8s.io/cluster-autoscaler/{cluster}"), "owned".to_owned()),
    ])
}

fn strength(taint: &Taint) -> u8 {
    use super::taint::TaintEffect::{NoExecute, NoSchedule, PreferNoSchedule};
    match taint.effect {
        PreferNoSchedule => 0,
        NoSchedule => 1,
        NoExecute => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> IndexMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_tutorials_four_tags_are_derived() {
        let labels = labels(&[("lifecycle", "Ec2Spot"), ("intent", "apps"), ("aws.amazon.com/spot", "true")]);
        let taints = [Taint::parse("spotInstance=true:PreferNoSchedule").unwrap()];
        let tags: Vec<String> = derive(&labels, &taints).iter().map(|(key, value)| format!("{key}={value}")).collect();
        insta::assert_snapshot!(tags.join("\n"), @r"
        k8s.io/cluster-autoscaler/node-template/label/lifecycle=Ec2Spot
        k8s.io/cluster-autoscaler/node-template/label/intent=apps
        k8s.io/cluster-autoscaler/node-template/label/aws.amazon.com/spot=true
        k8s.io/cluster-autoscaler/node-template/taint/spotInstance=true:PreferNoSchedule
        ");
    }

    #[test]
    fn a_taint_without_value_keeps_its_colon_and_the_stronger_effect_wins() {
        let taints = ["gpu:NoExecute", "gpu=x:PreferNoSchedule"].map(|text| Taint::parse(text).unwrap());
        let tags = derive(&IndexMap::new(), &taints);
        assert_eq!(tags.len(), 1);
        assert_eq!(tags[&format!("{TAINT_PREFIX}gpu")], ":NoExecute");
    }

    #[test]
    fn discovery_names_the_cluster() {
        assert_eq!(discovery("c")["k8s.io/cluster-autoscaler/c"], "owned");
        assert_eq!(discovery("c")[ENABLED], "true");
    }
}

//! Questions to ask of a node.

use k8s_openapi::api::core::v1::{Node, NodeCondition};

use crate::domain::taint::{Taint, TaintEffect};

/// The node's name.
pub fn name(node: &Node) -> &str {
    node.metadata.name.as_deref().unwrap_or_default()
}

/// The value of a label.
pub fn label<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.metadata.labels.as_ref()?.get(key).map(String::as_str)
}

/// A condition by its type.
pub fn condition<'a>(node: &'a Node, kind: &str) -> Option<&'a NodeCondition> {
    node.status.as_ref()?.conditions.as_ref()?.iter().find(|condition| condition.type_ == kind)
}

/// Whether the kubelet says that it is ready and the control plane believes it.
pub fn is_ready(node: &Node) -> bool {
    condition(node, "Ready").is_some_and(|ready| ready.status == "True")
}

/// Whether new pods may be placed here as far as cordoning goes.
pub fn is_schedulable(node: &Node) -> bool {
    node.spec.as_ref().and_then(|spec| spec.unschedulable) != Some(true)
}

/// The node's taints in its own order. A taint whose effect Kubernetes does not define is left out.
pub fn taints(node: &Node) -> Vec<Taint> {
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    let effect = |text: &str| {
        [TaintEffect::NoSchedule, TaintEffect::PreferNoSchedule, TaintEffect::NoExecute]
            .into_iter()
            .find(|effect| effect.as_str() == text)
    };
    taints
        .iter()
        .filter_map(|taint| {
            Some(Taint {
                key: taint.key.clone(),
                value: taint.value.clone().unwrap_or_default(),
                effect: effect(&taint.effect)?,
            })
        })
        .collect()
}

/// The EC2 instance behind the node.
pub fn instance_id(node: &Node) -> Option<&str> {
    provided(node.spec.as_ref()?.provider_id.as_deref()?)
}

/// The EC2 instance that a provider id names: the last part of `aws:///ZONE/i-…`.
pub fn provided(provider: &str) -> Option<&str> {
    let id = provider.strip_prefix("aws://")?.rsplit('/').next()?;
    id.starts_with("i-").then_some(id)
}

/// An address of the node by its type (`InternalIP`, `ExternalIP`, …).
pub fn address<'a>(node: &'a Node, kind: &str) -> Option<&'a str> {
    let addresses = node.status.as_ref()?.addresses.as_ref()?;
    addresses.iter().find(|address| address.type_ == kind).map(|address| address.address.as_str())
}

/// The instance type, from its stable label or the one that came before it.
pub fn instance_type(node: &Node) -> Option<&str> {
    label(node, "node.kubernetes.io/instance-type").or_else(|| label(node, "beta.kubernetes.io/instance-type"))
}

/// The Availability Zone, from its stable label or the one that came before it.
pub fn zone(node: &Node) -> Option<&str> {
    label(node, "topology.kubernetes.io/zone").or_else(|| label(node, "failure-domain.beta.kubernetes.io/zone"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_come_from_the_object() {
        let node: Node = serde_json::from_value(json!({
            "metadata": {"name": "a", "labels": {"beta.kubernetes.io/instance-type": "m5.large"}},
            "spec": {
                "providerID": "aws:///ap-northeast-1a/i-0f685fa4d1d1496eb",
                "taints": [{"key": "spotInstance", "value": "true", "effect": "PreferNoSchedule"}, {"key": "x", "effect": "Odd"}],
            },
            "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]},
        }))
        .unwrap();
        assert_eq!(instance_id(&node), Some("i-0f685fa4d1d1496eb"));
        assert_eq!(
            taints(&node).iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["spotInstance=true:PreferNoSchedule"]
        );
        assert_eq!(instance_type(&node), Some("m5.large"));
        assert!(!is_ready(&node) && is_schedulable(&node));
        assert_eq!(instance_id(&Node::default()), None);
    }
}

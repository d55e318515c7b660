//! `aws-node`, the VPC network plugin, and `kube-proxy`: one pod of each on every node.

use serde_json::{Value, json};

use crate::sandbox::kube::store::ObjectStore;
use crate::sandbox::world::clock::Millis;

/// Adds both with their service accounts.
pub(super) fn create(objects: &mut ObjectStore, registry: &str, now: Millis) {
    for name in super::DAEMONSETS {
        let _ = objects.create("serviceaccounts", json!({"metadata": {"name": name, "namespace": "kube-system"}}), now);
    }
    let _ = objects.create("daemonsets", aws_node(registry), now);
    let _ = objects.create("daemonsets", kube_proxy(registry), now);
}

fn aws_node(registry: &str) -> Value {
    let quarter_core = |name: &str, image: &str| {
        json!({
            "name": name,
            "image": format!("{registry}/{image}"),
            "imagePullPolicy": "IfNotPresent",
            "resources": {"requests": {"cpu": "25m"}},
        })
    };
    let plugin = "amazon-k8s-cni:v1.20.4-eksbuild.2";
    let pod = json!({
        "containers": [
            quarter_core("aws-node", plugin),
            quarter_core("aws-eks-nodeagent", "amazon/aws-network-policy-agent:v1.2.7-eksbuild.1"),
        ],
        "initContainers": [quarter_core("aws-vpc-cni-init", "amazon-k8s-cni-init:v1.20.4-eksbuild.2")],
        "terminationGracePeriodSeconds": 10,
    });
    daemonset("aws-node", json!({"app.kubernetes.io/name": "aws-node", "k8s-app": "aws-node"}), pod, "10%")
}

fn kube_proxy(registry: &str) -> Value {
    let pod = json!({
        "containers": [{
            "name": "kube-proxy",
            "image": format!("{registry}/eks/kube-proxy:v1.33.5-minimal-eksbuild.2"),
            "imagePullPolicy": "IfNotPresent",
            "resources": {"requests": {"cpu": "100m"}},
        }],
        "terminationGracePeriodSeconds": 30,
    });
    daemonset("kube-proxy", json!({"k8s-app": "kube-proxy"}), pod, "10%")
}

fn daemonset(name: &str, labels: Value, mut pod: Value, max_unavailable: &str) -> Value {
    pod["affinity"] = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{
        "matchExpressions": [
            {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
            {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]},
            {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate", "hybrid", "auto"]},
        ],
    }]}}});
    pod["hostNetwork"] = true.into();
    pod["priorityClassName"] = "system-node-critical".into();
    pod["serviceAccountName"] = name.into();
    pod["tolerations"] = json!([{"operator": "Exists"}]);
    json!({
        "metadata": {"name": name, "namespace": "kube-system", "labels": labels},
        "spec": {
            "selector": {"matchLabels": {"k8s-app": name}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": max_unavailable, "maxSurge": 0}},
            "revisionHistoryLimit": 10,
        },
        "status": {
            "currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0, "numberReady": 0,
            "observedGeneration": 1,
        },
    })
}

//! CoreDNS: a deployment of two with a disruption budget, and its service.

use serde_json::json;

use crate::sandbox::kube::controllers;
use crate::sandbox::kube::store::ObjectStore;
use crate::sandbox::world::clock::Millis;

pub(super) fn create(objects: &mut ObjectStore, registry: &str, now: Millis) {
    let labels = json!({"eks.amazonaws.com/component": "coredns", "k8s-app": "kube-dns"});
    let selector = json!({"matchLabels": labels});
    let named = |name: &str| json!({"name": name, "namespace": "kube-system", "labels": labels});
    let _ = objects.create("serviceaccounts", json!({"metadata": named("coredns")}), now);
    let deployment = json!({
        "metadata": named("coredns"),
        "spec": {
            "replicas": 2,
            "selector": selector,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": "25%"}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [{"matchExpressions": [
                            {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
                            {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]},
                        ]}],
                    }}},
                    "containers": [{
                        "name": "coredns",
                        "image": format!("{registry}/eks/coredns:v1.12.4-eksbuild.1"),
                        "imagePullPolicy": "IfNotPresent",
                        "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
                    }],
                    "dnsPolicy": "Default",
                    "priorityClassName": "system-cluster-critical",
                    "serviceAccountName": "coredns",
                    "terminationGracePeriodSeconds": 30,
                    "tolerations": [
                        {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
                        {"key": "CriticalAddonsOnly", "operator": "Exists"},
                    ],
                },
            },
            "progressDeadlineSeconds": 600,
            "revisionHistoryLimit": 10,
        },
        "status": {},
    });
    let _ = objects.create("deployments", deployment, now);
    let budget = json!({
        "metadata": named("coredns"),
        "spec": {"maxUnavailable": 1, "selector": selector},
        "status": {},
    });
    let _ = objects.create("poddisruptionbudgets", budget, now);
    let service = json!({
        "metadata": {"name": "kube-dns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
        "spec": {
            "clusterIP": "10.100.0.10",
            "selector": {"k8s-app": "kube-dns"},
            "ports": [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
            ],
            "type": "ClusterIP",
        },
        "status": {"loadBalancer": {}},
    });
    let _ = objects.create("services", service, now);
    controllers::workload_changed(objects, "deployments", "kube-system", "coredns", now);
}

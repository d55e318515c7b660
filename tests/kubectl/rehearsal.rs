//! Copies of recorded clusters: objects come back as they were, and a drain on the copy is the drain on the cluster.

use std::time::Duration;

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use spotscript::adapters::kube::KubeCluster;
use spotscript::domain::drain::DrainOptions;
use spotscript::domain::kubernetes::kinds::Kind;
use spotscript::domain::kubernetes::{go_value, node};
use spotscript::ops::{self, objects};
use spotscript::ports::Cluster;
use spotscript::sandbox::{Sandbox, load};
use spotscript::view::kubectl::{Objects, Output, output, yaml};

use super::cases::{Recording, recordings};
use super::drain::session;

const KINDS: [(&str, &str); 8] = [
    ("nodes", "nodes"),
    ("pods", "pods"),
    ("events", "events"),
    ("leases", "leases"),
    ("daemonsets", "daemonsets"),
    ("replicasets", "replicasets"),
    ("pdbs", "poddisruptionbudgets"),
    ("runtimeclasses", "runtimeclasses"),
];

/// What `kubectl get nodes,pods,… -A -o json` printed.
fn printed(recording: &Recording) -> Value {
    let mut items = vec![];
    for (file, plural) in KINDS {
        let Ok(text) = std::fs::read_to_string(recording.golden.join(format!("raw/{file}.list.json"))) else {
            continue;
        };
        let list: Value = serde_json::from_str(&text).unwrap();
        let kind = Kind::find(plural).unwrap();
        for item in list["items"].as_array().unwrap() {
            let mut item = item.clone();
            item["kind"] = kind.kind.into();
            item["apiVersion"] = kind.api_version().into();
            items.push(item);
        }
    }
    json!({"apiVersion": "v1", "kind": "List", "items": items, "metadata": {"resourceVersion": ""}})
}

#[tokio::test]
async fn objects_come_back_as_they_were() {
    for recording in recordings() {
        let list = printed(&recording);
        let json = go_value::json_indented(&list);
        for text in [json.clone(), yaml(&list)] {
            let given = load::objects(&[("cluster".to_owned(), text.clone())]).unwrap();
            let (world, loaded) = load::world(given, &load::Options::default()).unwrap();
            assert!(loaded.left_out.is_empty(), "{loaded:?}");
            let cluster = KubeCluster::new(Sandbox::of(world).kube_client());
            let mut back = vec![];
            for (_, plural) in KINDS {
                let kind = Kind::find(plural).unwrap();
                let scope = objects::Scope { kind, namespace: None, labels: "", fields: "" };
                back.extend(objects::objects(&cluster, scope).await.unwrap());
            }
            let back = output(Objects::List(back), &Output::Json, false, true).unwrap();
            let expected = format!("{json}\n");
            if back != expected {
                let diff = similar::TextDiff::from_lines(&expected, &back).unified_diff().context_radius(2).to_string();
                panic!("{}: {diff}", recording.name);
            }
        }
    }
}

#[tokio::test]
async fn a_budget_lets_the_next_pod_go_when_the_first_is_back() {
    let pod = |name: &str, node: &str| {
        json!({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": name, "namespace": "default", "uid": name, "labels": {"app": "web"}, "ownerReferences": [{"apiVersion": "apps/v1", "uid": "w", "kind": "ReplicaSet", "name": "web", "controller": true}]},
            "spec": {"nodeName": node, "terminationGracePeriodSeconds": 1, "containers": [{"name": "c"}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
        })
    };
    let node = |name: &str| json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": name}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "29"}, "conditions": [{"type": "Ready", "status": "True"}]}});
    let objects = vec![
        node("a"),
        node("b"),
        pod("one", "a"),
        pod("two", "a"),
        json!({"kind": "ReplicaSet", "apiVersion": "apps/v1", "metadata": {"name": "web", "namespace": "default"}, "spec": {"replicas": 2, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c"}]}}}}),
        // As it was recorded: one may go.
        json!({"kind": "PodDisruptionBudget", "apiVersion": "policy/v1", "metadata": {"name": "web", "namespace": "default"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}, "status": {"disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1, "expectedPods": 2}}),
    ];
    let (world, _) = load::world(objects, &load::Options::default()).unwrap();
    let sandbox = Sandbox::of(world);
    let cluster = KubeCluster::new(sandbox.kube_client());
    let nodes = cluster.nodes("").await.unwrap();
    let options = DrainOptions { timeout: Some(Duration::from_secs(60)), ..DrainOptions::default() };
    let report = ops::drain(&session(&sandbox), &cluster, &nodes[..1], &options, &|_| {}).await.unwrap();
    assert!(report.complete(), "{report:?}");
    assert_eq!(cluster.pods(None, "", "spec.nodeName=b").await.unwrap().len(), 2);
}

/// The name of its ReplicaSet is not one that we would give.
#[tokio::test]
async fn a_deployment_of_a_copy_is_scaled_in_its_own_replica_set() {
    let template = |hash: Value| {
        let mut labels = json!({"app": "web"});
        if !hash.is_null() {
            labels["pod-template-hash"] = hash;
        }
        json!({"metadata": {"labels": labels, "creationTimestamp": null}, "spec": {"containers": [{"name": "c", "image": "i"}]}})
    };
    let owned = |kind: &str, name: &str| json!([{"apiVersion": "apps/v1", "uid": "u", "kind": kind, "name": name, "controller": true}]);
    let objects = vec![
        json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "a"}, "status": {"allocatable": {"pods": "29"}, "conditions": [{"type": "Ready", "status": "True"}]}}),
        json!({"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web", "namespace": "default"}, "spec": {"replicas": 1, "selector": {}, "template": template(Value::Null)}}),
        json!({"kind": "ReplicaSet", "apiVersion": "apps/v1", "metadata": {"name": "web-5d", "namespace": "default", "ownerReferences": owned("Deployment", "web")}, "spec": {"replicas": 1, "selector": {}, "template": template("5d".into())}}),
        json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web-5d-x", "namespace": "default", "labels": {"app": "web"}, "ownerReferences": owned("ReplicaSet", "web-5d")}, "spec": {"nodeName": "a", "containers": []}, "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}),
    ];
    let (world, _) = load::world(objects, &load::Options::default()).unwrap();
    let client = Sandbox::of(world).kube_client();
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let three = Patch::Merge(json!({"spec": {"replicas": 3}}));
    deployments.patch("web", &PatchParams::default(), &three).await.unwrap();
    let sets: Api<ReplicaSet> = Api::default_namespaced(client.clone());
    let sets = sets.list(&ListParams::default()).await.unwrap().items;
    let sizes: Vec<_> =
        sets.iter().map(|set| (set.metadata.name.as_deref(), set.spec.as_ref().unwrap().replicas)).collect();
    assert_eq!(sizes, [(Some("web-5d"), Some(3))]);
    let status = deployments.get("web").await.unwrap().status.unwrap();
    assert_eq!((status.replicas, status.ready_replicas, status.updated_replicas), (Some(3), Some(3), Some(3)));
}

#[tokio::test]
async fn a_drain_on_a_copy_moves_what_it_would_move() {
    for recording in recordings() {
        let given = load::objects(&[("cluster".to_owned(), printed(&recording).to_string())]).unwrap();
        let (world, _) = load::world(given, &load::Options::default()).unwrap();
        let sandbox = Sandbox::of(world);
        let groups = sandbox.read(|world| {
            let managed: usize = world.eks.clusters.values().map(|cluster| cluster.nodegroups.len()).sum();
            world.autoscaling.groups.len() + managed
        });
        assert_eq!(groups, 0, "who launched the nodes is not in what kubectl printed");
        let cluster = KubeCluster::new(sandbox.kube_client());
        let nodes = cluster.nodes("").await.unwrap();
        let options = DrainOptions {
            force: true,
            ignore_daemon_sets: true,
            delete_empty_dir_data: true,
            timeout: Some(Duration::from_secs(120)),
            ..DrainOptions::default()
        };
        let report = ops::drain(&session(&sandbox), &cluster, &nodes[..1], &options, &|_| {}).await.unwrap();
        let drained = &report.nodes[0];
        // Either it is empty but for what stays, or a budget holds what is left.
        let fields = format!("spec.nodeName={}", node::name(&nodes[0]));
        let left = cluster.pods(None, "", &fields).await.unwrap();
        assert_eq!(left.len(), drained.staying.len() + drained.blocked.len(), "{report:?}");
        assert_eq!(drained.drained, drained.blocked.is_empty());
    }
}

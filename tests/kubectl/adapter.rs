//! The adapter's reads, writes and errors against the Kubernetes face, in process.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use indexmap::IndexMap;
use k8s_openapi::api::core::v1::{ConfigMap, Node};
use kube::api::{Api, ListParams, PostParams, WatchEvent, WatchParams};
use serde_json::json;
use spotscript::adapters::kube::KubeCluster;
use spotscript::domain::Code;
use spotscript::domain::kubernetes::node;
use spotscript::domain::mutation::KubeMutation;
use spotscript::ports::Cluster;
use spotscript::sandbox::Sandbox;

use super::real::small_world;

fn cluster(sandbox: &Sandbox) -> KubeCluster {
    KubeCluster::new(sandbox.kube_client())
}

fn pod_names(pods: &[k8s_openapi::api::core::v1::Pod]) -> Vec<String> {
    pods.iter().filter_map(|pod| pod.metadata.name.clone()).collect()
}

#[tokio::test]
async fn nodes_come_in_pages_and_by_selector() {
    let sandbox = small_world();
    sandbox.world(|world| {
        for index in 0..1_203 {
            let node = json!({"metadata": {"name": format!("many-{index:04}"), "labels": {"fleet": "many"}}});
            world.objects.create("nodes", node, 0).unwrap();
        }
    });
    let all = cluster(&sandbox).nodes("").await.unwrap();
    assert_eq!(all.len(), 1_205);
    assert!(all.windows(2).all(|pair| pair[0].metadata.name < pair[1].metadata.name));
    assert_eq!(cluster(&sandbox).nodes("fleet=many,!lifecycle").await.unwrap().len(), 1_203);
    // Three pages of at most 500 each time; a selector that does not parse is not sent.
    let wrong = cluster(&sandbox).nodes("fleet in many").await.unwrap_err();
    assert_eq!(wrong.code, Code::InvalidSelector);
    assert_eq!(sandbox.read(|world| world.traffic.log().count()), 6);
}

#[tokio::test]
async fn an_eviction_moves_a_pod_and_the_budget_stops_the_next() {
    let sandbox = small_world();
    let cluster = cluster(&sandbox);
    let cordon = |unschedulable| KubeMutation::Cordon { node: "node-b".into(), unschedulable };
    cluster.apply(&cordon(true)).await.unwrap();
    assert!(!node::is_schedulable(&cluster.node("node-b").await.unwrap().unwrap()));
    let victims = cluster.pods(Some("default"), "app=web", "spec.nodeName=node-b").await.unwrap();
    let evict = |pod: &str| KubeMutation::Evict { namespace: "default".into(), pod: pod.into(), grace_seconds: None };
    cluster.apply(&evict(&pod_names(&victims)[0])).await.unwrap();
    // It leaves when its grace period is over, and its successor has no place.
    assert_eq!(cluster.pods(Some("default"), "", "").await.unwrap().len(), 3);
    sandbox.advance(Duration::from_millis(900));
    assert_eq!(cluster.pods(Some("default"), "", "").await.unwrap().len(), 3);
    sandbox.advance(Duration::from_millis(200));
    assert_eq!(cluster.pods(Some("default"), "", "").await.unwrap().len(), 2);
    let pending = cluster.pods(Some("default"), "", "status.phase=Pending").await.unwrap();
    let why = pending[0].status.as_ref().unwrap().conditions.as_ref().unwrap()[0].message.clone().unwrap();
    assert_eq!(why, "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.");
    let running = cluster.pods(Some("default"), "", "status.phase=Running").await.unwrap();
    let refused = cluster.apply(&evict(&pod_names(&running)[0])).await.unwrap_err();
    assert_eq!(refused.code, Code::DrainBlocked);
    assert_eq!(refused.causes[1], "The disruption budget web needs 1 healthy pods and has 1 currently");
    cluster.apply(&cordon(false)).await.unwrap();
    assert_eq!(cluster.pods(Some("default"), "", "status.phase=Running").await.unwrap().len(), 2);
    cluster.apply(&evict("never-was")).await.unwrap();
}

#[tokio::test]
async fn a_node_that_goes_takes_its_pods_and_going_twice_is_no_error() {
    let sandbox = small_world();
    let cluster = cluster(&sandbox);
    for _ in 0..2 {
        cluster.apply(&KubeMutation::DeleteNode { node: "node-a".into() }).await.unwrap();
    }
    assert!(cluster.node("node-a").await.unwrap().is_none());
    assert!(cluster.describe_node("node-a", sandbox.now()).await.unwrap().is_none());
    assert!(cluster.pods(None, "", "spec.nodeName=node-a").await.unwrap().is_empty());
    let cordon = KubeMutation::Cordon { node: "node-a".into(), unschedulable: true };
    let missing = cluster.apply(&cordon).await.unwrap_err();
    assert_eq!((missing.code, missing.causes[0].as_str()), (Code::NodeNotFound, "nodes \"node-a\" not found"));
}

#[tokio::test]
async fn a_config_map_is_written_only_over_what_was_read() {
    let sandbox = small_world();
    let cluster = cluster(&sandbox);
    let put = |value: &str, resource_version: Option<String>| KubeMutation::PutConfigMap {
        namespace: "kube-system".into(),
        name: "aws-auth".into(),
        data: IndexMap::from([("mapRoles".to_string(), value.to_string())]),
        resource_version,
    };
    cluster.apply(&put("one", None)).await.unwrap();
    let twice = cluster.apply(&put("two", None)).await.unwrap_err();
    assert_eq!(twice.causes[0], "configmaps \"aws-auth\" already exists");
    let read: ConfigMap = cluster.config_map("kube-system", "aws-auth").await.unwrap().unwrap();
    cluster.apply(&put("two", read.metadata.resource_version.clone())).await.unwrap();
    let stale = cluster.apply(&put("three", read.metadata.resource_version)).await.unwrap_err();
    assert!(stale.causes[0].contains("the object has been modified"), "{stale:?}");
    let now: ConfigMap = cluster.config_map("kube-system", "aws-auth").await.unwrap().unwrap();
    assert_eq!(now.data.unwrap()["mapRoles"], "two");
}

#[tokio::test]
async fn an_api_server_that_is_not_there_is_said_to_be_unreachable() {
    let config = kube::Config::new("http://127.0.0.1:9/".parse().unwrap());
    let cluster = KubeCluster::new(kube::Client::try_from(config).unwrap());
    let error = cluster.nodes("").await.unwrap_err();
    assert_eq!(error.code, Code::KubeUnreachable);
    assert!(error.causes.iter().any(|cause| cause.contains("refused")), "{error:?}");
}

#[tokio::test]
async fn a_kubelet_registers_by_post_and_bad_names_are_refused() {
    let sandbox = small_world();
    let nodes: Api<Node> = Api::all(sandbox.kube_client());
    let named = |name: &str| -> Node { serde_json::from_value(json!({"metadata": {"name": name}})).unwrap() };
    let made = nodes.create(&PostParams::default(), &named("node-c")).await.unwrap();
    assert!(made.metadata.uid.is_some() && made.metadata.creation_timestamp.is_some());
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    nodes.create(&dry, &named("node-d")).await.unwrap();
    assert!(nodes.get_opt("node-d").await.unwrap().is_none());
    let kube::Error::Api(status) = nodes.create(&PostParams::default(), &named("Node_C")).await.unwrap_err() else {
        panic!("not a status");
    };
    assert_eq!((status.code, status.reason.as_str()), (422, "Invalid"));
    // Its DaemonSet pod is there as soon as it is.
    assert_eq!(cluster(&sandbox).pods(None, "app=agent", "spec.nodeName=node-c").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_watch_tells_what_a_selector_gains_and_loses() {
    let sandbox = small_world();
    let nodes: Api<Node> = Api::all(sandbox.kube_client());
    let version = nodes.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    let params = WatchParams::default().labels("lifecycle=Ec2Spot");
    let told = nodes.watch(&params, &version).await.unwrap().boxed();
    sandbox.world(|world| {
        let mut set = |name: &str, value: &str| {
            world
                .objects
                .modify("nodes", "", name, |node| node["metadata"]["labels"]["lifecycle"] = value.into())
                .unwrap();
        };
        set("node-a", "OnDemand");
        set("node-a", "Ec2Spot");
        world.objects.delete("nodes", "", "node-b").unwrap();
    });
    let told: Vec<String> = told
        .take(3)
        .map_ok(|event| match event {
            WatchEvent::Added(node) => format!("added {}", node::name(&node)),
            WatchEvent::Modified(node) => format!("modified {}", node::name(&node)),
            WatchEvent::Deleted(node) => format!("deleted {}", node::name(&node)),
            other => format!("{other:?}"),
        })
        .try_collect()
        .await
        .unwrap();
    assert_eq!(told, ["deleted node-a", "added node-a", "deleted node-b"]);
}

#[tokio::test]
async fn a_pod_is_described() {
    let sandbox = small_world();
    let cluster = cluster(&sandbox);
    let pods = cluster.pods(Some("default"), "", "").await.unwrap();
    let text = cluster.describe_pod("default", &pod_names(&pods)[0], sandbox.now()).await.unwrap().unwrap();
    assert!(text.contains("Controlled By:  ReplicaSet/web-"), "{text}");
    assert!(cluster.describe_pod("default", "none", sandbox.now()).await.unwrap().is_none());
}

//! Drains on worlds with controllers: what moves, what is refused, what is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Node;
use serde_json::json;
use spotscript::adapters::aws::AwsCloud;
use spotscript::adapters::kube::{ClientAccess, KubeCluster};
use spotscript::adapters::terminal::RecordingOperator;
use spotscript::domain::Code;
use spotscript::domain::drain::{DrainEvent, DrainOptions, DrainReport, Share};
use spotscript::domain::node_change::DryRun;
use spotscript::ops::{self, Session};
use spotscript::ports::{Clock, Cluster};
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::kube::controllers;

use super::real::small_world;

pub struct WorldClock(pub Sandbox);

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}

pub fn session(sandbox: &Sandbox) -> Session {
    Session {
        cloud: Arc::new(AwsCloud::new(sandbox.sdk_config())),
        clusters: Arc::new(ClientAccess(sandbox.kube_client())),
        clock: Arc::new(WorldClock(sandbox.clone())),
        operator: Arc::new(RecordingOperator::default()),
    }
}

struct Drained {
    report: DrainReport,
    events: Vec<DrainEvent>,
}

async fn drain(sandbox: &Sandbox, names: &[&str], options: &DrainOptions) -> Drained {
    let cluster = KubeCluster::new(sandbox.kube_client());
    let mut nodes: Vec<Node> = vec![];
    for name in names {
        nodes.push(cluster.node(name).await.unwrap().unwrap());
    }
    let events = Mutex::new(vec![]);
    let tell = |event| events.lock().unwrap().push(event);
    let report = ops::drain(&session(sandbox), &cluster, &nodes, options, &tell).await.unwrap();
    Drained { report, events: events.into_inner().unwrap() }
}

fn ignoring_daemons() -> DrainOptions {
    DrainOptions { ignore_daemon_sets: true, timeout: Some(Duration::from_secs(8)), ..DrainOptions::default() }
}

fn evictions_posted(sandbox: &Sandbox) -> usize {
    sandbox.read(|world| world.traffic.log().filter(|entry| entry.operation.ends_with("/eviction")).count())
}

#[tokio::test]
async fn pods_leave_and_the_daemons_stay() {
    let sandbox = small_world();
    let began = sandbox.now();
    let drained = drain(&sandbox, &["node-b"], &ignoring_daemons()).await;
    assert!(drained.report.complete(), "{:?}", drained.report);
    let node = &drained.report.nodes[0];
    assert_eq!((node.evicted.len(), node.staying.len(), node.was_cordoned), (1, 1, false));
    // Cordoned, evicted; a second of grace.
    assert_eq!(drained.report.mutating_requests, 2);
    assert_eq!(sandbox.now().duration_since(began).as_secs(), 1);
    let left = KubeCluster::new(sandbox.kube_client()).pods(None, "", "spec.nodeName=node-b").await.unwrap();
    assert!(left.iter().all(|pod| pod.metadata.namespace.as_deref() == Some("kube-system")));
    // Once more: nothing is to do, and nothing is asked for.
    let again = drain(&sandbox, &["node-b"], &ignoring_daemons()).await;
    assert_eq!((again.report.complete(), again.report.mutating_requests), (true, 0));
}

#[tokio::test]
async fn a_budget_is_waited_for_until_the_time_is_up() {
    let sandbox = small_world();
    // Of two pods one must be healthy: the first leaves and finds no room, the second may not go.
    let drained = drain(&sandbox, &["node-a", "node-b"], &ignoring_daemons()).await;
    let failure = drained.report.failure().unwrap();
    assert_eq!(failure.code, Code::DrainBlocked);
    assert!(
        failure.causes[0].contains("The disruption budget web needs 1 healthy pods and has 1 currently"),
        "{failure:?}"
    );
    let refused = drained.events.iter().filter(|event| matches!(event, DrainEvent::Refused { .. })).count();
    assert_eq!(refused, 2, "tried at 0 s and 5 s; given up at 10 s");
    assert!(drained.report.nodes[1].failures[0].ends_with("global timeout reached: 8s"));
    assert!(matches!(drained.events.last(), Some(DrainEvent::Remaining { nodes }) if nodes == &["node-b"]));
}

#[tokio::test]
async fn a_budget_that_frees_up_lets_the_drain_go_on() {
    let sandbox = small_world();
    sandbox.world(|world| {
        let now = world.clock.now;
        world.objects.create("nodes", json!({"metadata": {"name": "node-c"}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "29"}, "conditions": [{"type": "Ready", "status": "True"}]}}), now).unwrap();
        controllers::node_changed(&mut world.objects, "node-c", now);
    });
    let options = DrainOptions {
        max_unavailable: Some(Share::Number(2)),
        timeout: Some(Duration::from_secs(60)),
        ..ignoring_daemons()
    };
    let drained = drain(&sandbox, &["node-a", "node-b"], &options).await;
    assert!(drained.report.complete(), "{:?}", drained.report);
    assert_eq!(drained.report.evicted(), 2);
    let pods = KubeCluster::new(sandbox.kube_client()).pods(Some("default"), "", "status.phase=Running").await.unwrap();
    assert!(pods.iter().all(|pod| pod.spec.as_ref().unwrap().node_name.as_deref() == Some("node-c")), "{pods:?}");
}

#[tokio::test]
async fn a_grace_period_reaches_the_server() {
    let sandbox = small_world();
    let began = sandbox.now();
    let options = DrainOptions { grace_seconds: Some(0), ..ignoring_daemons() };
    assert!(drain(&sandbox, &["node-b"], &options).await.report.complete());
    assert_eq!(sandbox.now(), began, "gone at once, not after the pod's own second");
}

#[tokio::test]
async fn looking_changes_nothing() {
    for dry_run in [DryRun::Client, DryRun::Server] {
        let sandbox = small_world();
        let before = sandbox.read(|world| world.objects.version());
        let drained = drain(&sandbox, &["node-a"], &DrainOptions { dry_run, ..ignoring_daemons() }).await;
        assert!(drained.report.complete());
        assert_eq!(drained.report.mutating_requests, 0);
        assert_eq!(sandbox.read(|world| world.objects.version()), before);
        assert_eq!(evictions_posted(&sandbox), usize::from(dry_run == DryRun::Server));
    }
}

#[tokio::test]
async fn what_forbids_a_drain_is_said_and_nothing_leaves() {
    let sandbox = small_world();
    sandbox.world(|world| {
        let pod = json!({
            "metadata": {"name": "alone", "namespace": "default"},
            "spec": {"nodeName": "node-a", "volumes": [{"name": "v", "emptyDir": {}}]},
            "status": {"phase": "Running"},
        });
        world.objects.create("pods", pod, 0).unwrap();
    });
    let drained = drain(&sandbox, &["node-a"], &DrainOptions::default()).await;
    assert_eq!(
        drained.report.nodes[0].failures,
        [
            "cannot delete Pods with local storage (use --delete-emptydir-data to override): default/alone",
            "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): kube-system/agent-h9h78",
        ]
    );
    assert_eq!(evictions_posted(&sandbox), 0);
    let options = DrainOptions { delete_empty_dir_data: true, ..ignoring_daemons() };
    let drained = drain(&sandbox, &["node-a"], &options).await;
    assert_eq!(
        drained.report.nodes[0].failures,
        ["cannot delete cannot delete Pods that declare no controller (use --force to override): default/alone"]
    );
    let drained = drain(&sandbox, &["node-a"], &DrainOptions { force: true, grace_seconds: Some(0), ..options }).await;
    assert!(drained.report.complete(), "{:?}", drained.report);
    assert!(drained.report.nodes[0].evicted.contains(&"default/alone".to_owned()));
}

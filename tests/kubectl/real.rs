//! Real kubectl against the served Kubernetes face. Says so when there is no kubectl.

use std::net::SocketAddr;
use std::process::{Command, Output};

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use serde_json::{Value, json};
use spotscript::sandbox::kube::store::ObjectStore;
use spotscript::sandbox::kube::{controllers, time};
use spotscript::sandbox::world::World;
use spotscript::sandbox::{Sandbox, kube_face};

use super::cases::{Recording, Tally, recordings};

pub struct Served {
    address: SocketAddr,
    home: tempfile::TempDir,
    pub sandbox: Sandbox,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub async fn serve(sandbox: Sandbox) -> Served {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let handle = sandbox.clone();
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let sandbox = handle.clone();
        async move {
            let (head, body) = request.into_parts();
            let body: Bytes = axum::body::to_bytes(body, 1 << 24).await.unwrap();
            kube_face::answer(&sandbox, &Request::from_parts(head, body))
        }
    });
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Served { address, home: tempfile::tempdir().unwrap(), sandbox, server }
}

impl Served {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("kubectl");
        let discovered = format!("--cache-dir={}", self.home.path().join("cache").display());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("TZ", "UTC")
            .args([&format!("--server=http://{}", self.address), &discovered])
            .args(arguments);
        command
    }

    pub async fn kubectl(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// What kubectl printed on both streams.
    async fn said(&self, arguments: &[&str]) -> String {
        let output = self.kubectl(arguments).await;
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
    }
}

pub fn no_kubectl() -> bool {
    let missing = Command::new("kubectl").arg("--help").output().is_err();
    if missing {
        eprintln!("SKIPPED: no kubectl on this machine; nobody judged the Kubernetes face");
    }
    missing
}

/// Recorded cases whose text does not depend on kubectl's own clock.
fn served_alike(recording: &Recording) -> impl Iterator<Item = &super::cases::Case> {
    recording.cases.iter().filter(|case| {
        let id = case.case.as_str();
        let clocked = id.starts_with("describe") || id.ends_with("-json") || id.ends_with("-yaml");
        let random = id.starts_with("drain");
        !clocked && !random && !id.starts_with("mut-") && id != "get-events"
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_prints_from_our_face_what_it_printed_from_the_real_server() {
    if no_kubectl() {
        return;
    }
    let mut tally = Tally::default();
    for recording in recordings() {
        let served = serve(recording.sandbox(recording.cases[0].now)).await;
        for case in served_alike(&recording) {
            let start = recording.cases[0].now;
            served.sandbox.world(|world| world.clock.now = case.now.duration_since(start).as_millis() as i64);
            let arguments: Vec<&str> = case.argv[1..].iter().map(String::as_str).collect();
            let said = served.said(&arguments).await;
            let expected = ["out", "err"].map(|stream| recording.expected(case, stream)).concat();
            tally.compare(&recording, case, &expected, &said);
        }
    }
    tally.close("served cases");
}

fn node(name: &str) -> Value {
    json!({
        "metadata": {"name": name, "labels": {"lifecycle": "Ec2Spot"}},
        "status": {
            "allocatable": {"cpu": "1930m", "memory": "7244736Ki", "pods": "29"},
            "conditions": [{
                "type": "Ready",
                "status": "True",
                "reason": "KubeletReady",
                "message": "kubelet is posting ready status",
                "lastHeartbeatTime": time::heartbeat(0, 300_000),
                "lastTransitionTime": time::at(0),
            }],
        },
    })
}

/// Two nodes, a Deployment of two pods under a budget of one, and a DaemonSet.
pub fn small_world() -> Sandbox {
    let mut world = World::fresh(1);
    world.objects = ObjectStore::new(1);
    world.clock.rebase(Timestamp::now());
    for namespace in ["default", "kube-system", "kube-node-lease"] {
        world.objects.create("namespaces", json!({"metadata": {"name": namespace}}), 0).unwrap();
    }
    let pods = |app: &str, container: Value| {
        json!({
            "selector": {"matchLabels": {"app": app}},
            "template": {"metadata": {"labels": {"app": app}}, "spec": {"containers": [container]}},
        })
    };
    let mut web = pods("web", json!({"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "1"}}}));
    web["replicas"] = 2.into();
    web["template"]["spec"]["terminationGracePeriodSeconds"] = 1.into();
    let budget = json!({"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1});
    let named = |name: &str, namespace: &str, spec: Value| json!({"metadata": {"name": name, "namespace": namespace}, "spec": spec});
    let agent = pods("agent", json!({"name": "agent", "image": "agent:1"}));
    world.objects.create("daemonsets", named("agent", "kube-system", agent), 0).unwrap();
    world.objects.create("poddisruptionbudgets", named("web", "default", budget), 0).unwrap();
    for name in ["node-a", "node-b"] {
        world.objects.create("nodes", node(name), 0).unwrap();
        controllers::node_changed(&mut world.objects, name, 0);
    }
    world.objects.create("deployments", named("web", "default", web), 0).unwrap();
    controllers::workload_changed(&mut world.objects, "deployments", "default", "web", 0);
    Sandbox::of(world)
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_cordons_taints_labels_and_drains() {
    if no_kubectl() {
        return;
    }
    let served = serve(small_world()).await;
    // The world's clock goes with the wall clock, as under `sandbox serve`.
    let ticking = served.sandbox.clone();
    let clock = tokio::spawn(async move {
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            ticking.advance(std::time::Duration::from_millis(50));
        }
    });
    assert!(served.said(&["get", "pods", "-o", "wide"]).await.contains("Running"));
    assert_eq!(served.said(&["label", "node", "node-a", "intent=apps"]).await, "node/node-a labeled\n");
    assert_eq!(served.said(&["get", "nodes", "-l", "intent=apps", "-o", "name"]).await, "node/node-a\n");
    assert_eq!(served.said(&["taint", "node", "node-b", "a=b:PreferNoSchedule"]).await, "node/node-b tainted\n");
    assert_eq!(served.said(&["taint", "node", "node-b", "a-"]).await, "node/node-b untainted\n");
    assert_eq!(served.said(&["cordon", "node-b", "--dry-run=server"]).await, "node/node-b cordoned (server dry run)\n");
    assert_eq!(served.said(&["cordon", "node-b"]).await, "node/node-b cordoned\n");
    assert!(served.said(&["get", "node", "node-b"]).await.contains("Ready,SchedulingDisabled"));
    // Both pods ask for one CPU of 1930m: one waits for a place when its node is drained.
    let drained = served.said(&["drain", "node-b", "--ignore-daemonsets", "--timeout=20s"]).await;
    assert!(drained.contains("node/node-b drained"), "{drained}");
    assert!(drained.contains("evicting pod default/web-"), "{drained}");
    let pods = served.said(&["get", "pods"]).await;
    assert!(pods.contains("Pending"), "{pods}");
    // The budget wants one pod and has one.
    let refused = served.said(&["drain", "node-a", "--ignore-daemonsets", "--timeout=3s"]).await;
    assert!(refused.contains("would violate the pod's disruption budget"), "{refused}");
    assert_eq!(served.said(&["uncordon", "node-b"]).await, "node/node-b uncordoned\n");
    let pods = served.said(&["get", "pods"]).await;
    assert!(!pods.contains("Pending"), "{pods}");
    assert_eq!(served.said(&["delete", "node", "node-b", "--timeout=5s"]).await, "node \"node-b\" deleted\n");
    assert!(served.said(&["get", "pods"]).await.contains("Pending"));
    let described = served.said(&["describe", "pod", "-l", "app=web"]).await;
    assert!(described.contains("FailedScheduling"), "{described}");
    clock.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_watches_nodes() {
    if no_kubectl() {
        return;
    }
    let served = serve(small_world()).await;
    let mut watching = served.command(&["get", "nodes", "-w", "--no-headers", "--request-timeout=4s"]);
    let watched = tokio::task::spawn_blocking(move || watching.output().unwrap());
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    served.said(&["cordon", "node-a"]).await;
    served.sandbox.world(|world| world.objects.create("nodes", node("node-c"), 0).unwrap());
    let told = String::from_utf8_lossy(&watched.await.unwrap().stdout).into_owned();
    let words: Vec<(&str, &str)> = told
        .lines()
        .map(|line| line.split_whitespace())
        .map(|mut line| (line.next().unwrap(), line.next().unwrap()))
        .collect();
    let expected =
        [("node-a", "Ready"), ("node-b", "Ready"), ("node-a", "Ready,SchedulingDisabled"), ("node-c", "Ready")];
    assert_eq!(words, expected, "{told}");
}

/// Evictions come in no order, and so do the reasons that kubectl groups: lines are compared as a set, words within a
/// grouped reason too.
pub fn unordered(text: &str) -> String {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| {
            let mut words: Vec<&str> = line.split([' ', ',', ';', '[', ']']).filter(|word| !word.is_empty()).collect();
            words.sort_unstable();
            words.join(" ")
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines.join("\n") + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_changes_our_face_as_it_changed_the_real_server() {
    if no_kubectl() {
        return;
    }
    let mut tally = Tally::default();
    for recording in recordings() {
        let served = serve(recording.sandbox(recording.cases[0].now)).await;
        // Not the real drains: the recorded cluster had no controllers, ours makes evicted pods anew. Not the dry runs
        // that try until they time out: nothing but time.
        let changing = |case: &super::cases::Case| {
            let id = case.case.as_str();
            let plain =
                id.starts_with("mut-") && !["mut-3", "mut-4", "mut-5", "mut-9"].iter().any(|it| id.starts_with(it));
            plain || (id.contains("dry") && !(id.contains("server") && case.rc != 0))
        };
        for case in recording.cases.iter().filter(|case| changing(case)) {
            let arguments: Vec<&str> = case.argv[1..].iter().map(String::as_str).collect();
            let said = served.said(&arguments).await;
            let expected = ["out", "err"].map(|stream| recording.expected(case, stream)).concat();
            tally.compare(&recording, case, &unordered(&expected), &unordered(&said));
        }
    }
    tally.close("changing cases");
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_applies_a_deployment() {
    if no_kubectl() {
        return;
    }
    let served = serve(small_world()).await;
    let file = served.home.path().join("api.yaml");
    let manifest = |replicas: u32| {
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api}}\nspec:\n  replicas: {replicas}\n  \
             selector: {{matchLabels: {{app: api}}}}\n  template:\n    metadata: {{labels: {{app: api}}}}\n    \
             spec: {{containers: [{{name: api, image: 'api:1'}}]}}\n"
        );
        std::fs::write(&file, text).unwrap();
    };
    manifest(1);
    let apply = ["apply", "-f", file.to_str().unwrap()];
    assert_eq!(served.said(&apply).await, "deployment.apps/api created\n");
    assert_eq!(served.said(&apply).await, "deployment.apps/api unchanged\n");
    manifest(3);
    assert_eq!(served.said(&apply).await, "deployment.apps/api configured\n");
    assert_eq!(served.said(&["get", "pods", "-l", "app=api", "-o", "name"]).await.lines().count(), 3);
    assert!(served.said(&["get", "all"]).await.contains("deployment.apps/api"));
}

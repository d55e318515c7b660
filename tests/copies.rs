//! Copies of clusters at the command line: what is refused, what is told, and what comes back after a drain.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "copies/files.rs"]
mod files;
#[path = "copies/status.rs"]
mod status;

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A folder with its own state.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Desk(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    fn write_bytes(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    /// Exit code, stdout and stderr.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command.args(arguments).current_dir(self.0.path()).env("NO_COLOR", "1");
        command.env("SPOTSCRIPT_STATE_DIR", self.0.path().join("state"));
        command.env_remove("SPOTSCRIPT_TARGET").env_remove("SPOTSCRIPT_CLUSTER").env_remove("COLUMNS");
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    fn must(&self, arguments: &[&str]) -> (String, String) {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}\n{out}{err}");
        (out, err)
    }

    /// Loads objects into the world `w`; what was said.
    fn load(&self, objects: &[Value]) -> String {
        self.write("c.json", &list(objects).to_string());
        self.must(&["sandbox", "load", "c.json", "--world", "w"]).1
    }

    /// The pods of `default`, by name.
    fn pods(&self) -> Vec<Value> {
        let (out, _) = self.must(&["get", "pods", "-o", "json", "--world", "w"]);
        let list: Value = serde_json::from_str(&out).unwrap();
        list["items"].as_array().unwrap().clone()
    }

    /// Names of pods with their nodes.
    fn places(&self) -> Vec<String> {
        let place = |pod: &Value| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            format!("{}@{}", text(&pod["metadata"]["name"]), text(&pod["spec"]["nodeName"]))
        };
        self.pods().iter().map(place).collect()
    }

    fn drain(&self, node: &str) {
        self.must(&["drain", node, "--ignore-daemonsets", "--world", "w"]);
    }
}

fn list(objects: &[Value]) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "items": objects})
}

fn node(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"alpha.eksctl.io/cluster-name": "c"}},
        "status": {"allocatable": {"cpu": "8", "memory": "16Gi", "pods": "29"}, "conditions": [{"type": "Ready", "status": "True"}]},
    })
}

/// A pod that runs on a node and belongs to somebody.
fn pod(name: &str, node: &str, owner: (&str, &str, &str)) -> Value {
    let (version, kind, of) = owner;
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": "default", "uid": format!("uid-{name}"), "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app": of},
            "ownerReferences": [{"apiVersion": version, "kind": kind, "name": of, "uid": format!("uid-{of}"), "controller": true}],
        },
        "spec": {"nodeName": node, "terminationGracePeriodSeconds": 10, "containers": [{"name": "c", "image": "i"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    })
}

fn with(mut object: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut object);
    object
}

const STATEFUL: (&str, &str, &str) = ("apps/v1", "StatefulSet", "db");
const JOB: (&str, &str, &str) = ("batch/v1", "Job", "sum");

fn stateful_set(policy: &str, replicas: i64) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "default", "uid": "uid-db"},
        "spec": {
            "replicas": replicas, "podManagementPolicy": policy, "serviceName": "db-headless",
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"terminationGracePeriodSeconds": 10, "containers": [{"name": "c", "image": "i"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
        },
        "status": {"replicas": replicas, "updateRevision": "db-7f"},
    })
}

fn member(number: i64, node: &str) -> Value {
    with(pod(&format!("db-{number}"), node, STATEFUL), |pod| {
        let claim = format!("data-db-{number}");
        pod["spec"]["volumes"] = json!([{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]);
        pod["spec"]["hostname"] = format!("db-{number}").into();
        pod["spec"]["subdomain"] = "db-headless".into();
    })
}

fn claims(pods: &[Value]) -> Vec<&str> {
    pods.iter().map(|pod| pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"].as_str().unwrap()).collect()
}

fn seconds_between(one: &Value, other: &Value) -> i64 {
    let time =
        |pod: &Value| -> jiff::Timestamp { pod["metadata"]["creationTimestamp"].as_str().unwrap().parse().unwrap() };
    time(other).duration_since(time(one)).as_secs()
}

#[test]
fn pods_of_a_stateful_set_come_back_as_themselves() {
    let desk = Desk::new();
    let said = desk.load(&[
        node("a"),
        node("b"),
        stateful_set("OrderedReady", 3),
        member(0, "a"),
        member(1, "b"),
        member(2, "a"),
    ]);
    assert!(!said.contains("made anew"), "{said}");
    desk.drain("a");
    assert_eq!(desk.places(), ["db-0@b", "db-1@b", "db-2@b"]);
    let pods = desk.pods();
    assert_eq!(claims(&pods), ["data-db-0", "data-db-1", "data-db-2"]);
    let (old, new) = (&pods[1], &pods[0]);
    assert_eq!(old["metadata"]["uid"], "uid-db-1");
    assert_ne!(new["metadata"]["uid"], "uid-db-0");
    assert_eq!((&new["spec"]["hostname"], &new["spec"]["subdomain"]), (&json!("db-0"), &json!("db-headless")));
    let labels = &new["metadata"]["labels"];
    assert_eq!(labels["apps.kubernetes.io/pod-index"], "0");
    assert_eq!(labels["statefulset.kubernetes.io/pod-name"], "db-0");
    assert_eq!(labels["controller-revision-hash"], "db-7f");
    assert_eq!(new["metadata"]["ownerReferences"][0]["kind"], "StatefulSet");
}

#[test]
fn in_order_one_waits_for_those_before_it_and_in_parallel_for_none() {
    for (policy, waits) in [("OrderedReady", true), ("Parallel", false)] {
        let desk = Desk::new();
        let slow = with(member(0, "a"), |pod| pod["spec"]["terminationGracePeriodSeconds"] = 60.into());
        let quick = with(member(1, "a"), |pod| pod["spec"]["terminationGracePeriodSeconds"] = 5.into());
        desk.load(&[node("a"), node("b"), stateful_set(policy, 2), slow, quick]);
        desk.drain("a");
        let pods = desk.pods();
        assert_eq!(desk.places(), ["db-0@b", "db-1@b"], "{policy}");
        let after = seconds_between(&pods[0], &pods[1]);
        assert_eq!(after >= 0, waits, "{policy}: db-1 came {after} s after db-0");
    }
}

#[test]
fn without_room_the_next_in_order_waits_for_a_node() {
    let desk = Desk::new();
    let full = with(node("b"), |node| node["status"]["allocatable"]["pods"] = "0".into());
    desk.load(&[node("a"), full, stateful_set("OrderedReady", 2), member(0, "a"), member(1, "a")]);
    desk.drain("a");
    assert_eq!(desk.places(), ["db-0@-"]);
    desk.must(&["uncordon", "a", "--world", "w"]);
    assert_eq!(desk.places(), ["db-0@a", "db-1@a"]);
}

fn job(completions: i64, more: Value) -> Value {
    with(
        json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": "sum", "namespace": "default", "uid": "uid-sum"},
            "spec": {"parallelism": 2, "completions": completions, "backoffLimit": 0, "template": {"metadata": {"labels": {"app": "sum"}}, "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}},
            "status": {"active": 2, "succeeded": 1},
        }),
        |job| {
            for (field, value) in more.as_object().unwrap() {
                job["spec"][field.as_str()] = value.clone();
            }
        },
    )
}

fn ended(name: &str, node: &str, phase: &str) -> Value {
    with(pod(name, node, JOB), |pod| pod["status"] = json!({"phase": phase}))
}

#[test]
fn a_job_goes_on_while_completions_are_missing() {
    let desk = Desk::new();
    desk.load(&[
        node("a"),
        node("b"),
        job(3, json!({})),
        pod("sum-1", "a", JOB),
        pod("sum-2", "b", JOB),
        ended("sum-0", "a", "Succeeded"),
    ]);
    desk.drain("a");
    let pods = desk.pods();
    let at_work: Vec<&Value> = pods.iter().filter(|pod| pod["status"]["phase"] == "Running").collect();
    assert_eq!(at_work.len(), 2, "{:?}", desk.places());
    let made = at_work.iter().find(|pod| pod["metadata"]["name"] != "sum-2").unwrap();
    let name = made["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("sum-") && name != "sum-1" && made["spec"]["nodeName"] == "b", "{name}");
    assert_eq!(made["metadata"]["ownerReferences"][0]["kind"], "Job");

    // All that is still missing is at work elsewhere.
    let desk = Desk::new();
    desk.load(&[node("a"), node("b"), job(2, json!({})), pod("sum-1", "a", JOB), pod("sum-2", "b", JOB)]);
    desk.drain("a");
    assert_eq!(desk.places(), ["sum-2@b"]);
}

#[test]
fn a_job_that_is_over_or_held_makes_none() {
    let complete =
        with(job(3, json!({})), |job| job["status"]["conditions"] = json!([{"type": "Complete", "status": "True"}]));
    for (what, job) in [("complete", complete), ("suspended", job(3, json!({"suspend": true})))] {
        let desk = Desk::new();
        desk.load(&[node("a"), node("b"), job, pod("sum-1", "a", JOB), ended("sum-0", "a", "Succeeded")]);
        desk.drain("a");
        assert!(desk.places().iter().all(|place| !place.ends_with("@b")), "{what}: {:?}", desk.places());
    }
}

#[test]
fn an_indexed_job_gives_the_index_again() {
    let desk = Desk::new();
    let indexed = |name: &str, node: &str, index: &str| {
        with(pod(name, node, JOB), |pod| {
            pod["metadata"]["annotations"] = json!({"batch.kubernetes.io/job-completion-index": index});
        })
    };
    let job = with(job(3, json!({"completionMode": "Indexed"})), |job| job["status"]["completedIndexes"] = "0".into());
    desk.load(&[node("a"), node("b"), job, indexed("sum-1-x", "a", "1"), indexed("sum-2-x", "b", "2")]);
    desk.drain("a");
    let places = desk.places();
    assert!(places.len() == 2 && places[0].starts_with("sum-1-") && places[0].ends_with("@b"), "{places:?}");
}

fn replica_set(replicas: i64) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web", "namespace": "default", "uid": "uid-web"},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}},
    })
}

const REPLICAS: (&str, &str, &str) = ("apps/v1", "ReplicaSet", "web");

/// Those with a node, and those that wait for one.
fn placed_and_waiting(desk: &Desk) -> (usize, usize) {
    let places = desk.places();
    let waiting = places.iter().filter(|place| place.ends_with("@-")).count();
    (places.len() - waiting, waiting)
}

#[test]
fn an_owner_that_wants_pods_without_end_stops_when_many_wait() {
    let many = 1_000_000_000;
    let indexed = json!({"parallelism": many, "completionMode": "Indexed"});
    let cases = [
        ("ReplicaSet", vec![replica_set(many), pod("web-1", "a", REPLICAS), pod("web-2", "b", REPLICAS)]),
        ("StatefulSet", vec![stateful_set("Parallel", many), member(0, "a"), member(1, "b")]),
        ("Job", vec![job(many, json!({"parallelism": many})), pod("sum-1", "a", JOB), pod("sum-2", "b", JOB)]),
        ("indexed Job", vec![job(many, indexed), pod("sum-1", "a", JOB), pod("sum-2", "b", JOB)]),
    ];
    for (what, objects) in cases {
        let desk = Desk::new();
        desk.load(&[&[node("a"), node("b")], &objects[..]].concat());
        desk.drain("a");
        // The node that is left takes 29.
        assert_eq!(placed_and_waiting(&desk), (29, 500), "{what}");
        desk.must(&["uncordon", "a", "--world", "w"]);
        assert_eq!(placed_and_waiting(&desk), (58, 500), "{what}: it goes on when there is room");
    }
}

#[test]
fn a_bare_replication_controller_makes_its_pods_anew() {
    let desk = Desk::new();
    let controller = json!({
        "apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "old", "namespace": "default"},
        "spec": {"replicas": 1, "selector": {"app": "old"}, "template": {"metadata": {"labels": {"app": "old"}}, "spec": {"containers": [{"name": "c"}]}}},
    });
    desk.load(&[node("a"), node("b"), controller, pod("old-1", "a", ("v1", "ReplicationController", "old"))]);
    desk.drain("a");
    let places = desk.places();
    assert!(places.len() == 1 && places[0].ends_with("@b"), "{places:?}");
    let (out, _) = desk.must(&["get", "rc", "--world", "w"]);
    assert!(out.contains("DESIRED") && out.contains("old"), "{out}");
}

/// `kubectl get nodes,pods` alone.
#[test]
fn without_their_owners_pods_are_made_anew_after_their_own_example() {
    let desk = Desk::new();
    let said = desk.load(&[
        node("a"),
        node("b"),
        member(0, "a"),
        member(1, "b"),
        pod("web-1", "a", ("apps/v1", "ReplicaSet", "web")),
        pod("web-2", "b", ("apps/v1", "ReplicaSet", "web")),
        pod("sum-1", "a", JOB),
        ended("sum-0", "a", "Succeeded"),
        pod("ds-1", "a", ("apps/v1", "DaemonSet", "ds")),
        pod("kafka-0", "b", ("core.strimzi.io/v1beta2", "StrimziPodSet", "kafka")),
        pod("train-0", "b", ("batch.volcano.sh/v1alpha1", "Job", "train")),
        with(pod("kube-proxy-a", "a", ("v1", "Node", "a")), |pod| {
            pod["metadata"]["annotations"] = json!({"kubernetes.io/config.mirror": "x"});
        }),
    ]);
    insta::assert_snapshot!(said, @r"
    loaded: 2 nodes, 10 pods
    made anew by their own example: 1 pod of kind Job, whose owners were not given
    made anew by their own example: 2 pods of kind ReplicaSet, whose owners were not given
    made anew by their own example: 2 pods of kind StatefulSet, whose owners were not given
    not made anew once gone: 1 pod of kind Job (batch.volcano.sh/v1alpha1), whose controller the sandbox does not have
    not made anew once gone: 1 pod of kind StrimziPodSet (core.strimzi.io/v1beta2), whose controller the sandbox does not have
    not made on new nodes: 1 pod of kind DaemonSet, whose owners were not given
    ");
    let (_, err) = desk.must(&["drain", "a", "--ignore-daemonsets", "--force", "--world", "w"]);
    let places = desk.places();
    let on_b = |prefix: &str| places.iter().filter(|place| place.starts_with(prefix) && place.ends_with("@b")).count();
    assert_eq!((on_b("db-"), on_b("web-"), on_b("sum-")), (2, 2, 1), "{places:?}\n{err}");
    assert_eq!(
        claims(&desk.pods().into_iter().filter(|pod| pod["metadata"]["labels"]["app"] == "db").collect::<Vec<_>>()),
        ["data-db-0", "data-db-1"]
    );
    // What was made up is nobody's object.
    let (_, err) = desk.must(&["get", "rs,sts,jobs", "--world", "w"]);
    assert!(err.contains("No resources found"), "{err}");
}

/// A drain asks for the DaemonSets of pods: those that were not given are there for it, those that are gone are not.
#[test]
fn pods_of_daemon_sets_that_were_not_given_stay_as_on_the_cluster() {
    let daemon = pod("ds-1", "a", ("apps/v1", "DaemonSet", "ds"));
    let nodes_and_pods = list(&[node("a"), node("b"), daemon.clone()]).to_string();
    for still in [false, true] {
        let desk = Desk::new();
        desk.write("c.json", &nodes_and_pods);
        let load = ["sandbox", "load", "c.json", "--world", "w", "--still"];
        desk.must(if still { &load[..] } else { &load[..5] });
        let (code, _, err) = desk.run(&["drain", "a", "--world", "w"]);
        let why = "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/ds-1";
        assert!(code == 1 && err.contains(why), "{code} {err}");
        let (_, err) = desk.must(&["drain", "a", "--ignore-daemonsets", "--world", "w"]);
        assert!(err.contains("Warning: ignoring DaemonSet-managed Pods: default/ds-1"), "{err}");
        assert_eq!(desk.places(), ["ds-1@a"]);
        // It is there for whoever asks for it, and in no list.
        assert!(desk.must(&["get", "ds", "--world", "w"]).1.contains("No resources found"));
    }
    let desk = Desk::new();
    let other = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "proxy", "namespace": "kube-system"}, "spec": {"selector": {}, "template": {}}});
    desk.load(&[node("a"), node("b"), other, daemon]);
    let (code, _, err) = desk.run(&["drain", "a", "--ignore-daemonsets", "--world", "w"]);
    assert!(code == 1 && err.contains("daemonsets.apps \"ds\" not found"), "{code} {err}");
}

/// One list of what to give, wherever it is told.
#[test]
fn the_same_list_is_told_everywhere() {
    let desk = Desk::new();
    desk.write("a.yaml", "just a text\n");
    let command = spotscript::domain::kubernetes::given::COMMAND;
    let told = [
        refused(&desk, &["a.yaml"]),
        desk.must(&["explain", "SPOT-0705"]).0,
        desk.must(&["explain", "SPOT-0707"]).0,
        desk.must(&["sandbox", "load", "--help"]).0,
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap(),
    ];
    for text in told {
        let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(command), "{text}");
    }
}

/// A reclaimed machine takes its node along: nobody is evicted, everybody is made anew.
#[test]
fn what_ran_on_a_reclaimed_node_comes_back_too() {
    let desk = Desk::new();
    let spot = with(node("a"), |node| {
        node["metadata"]["labels"]["eks.amazonaws.com/capacityType"] = "SPOT".into();
        node["spec"] = json!({"providerID": "aws:///ap-northeast-1a/i-0123456789abcdef0"});
    });
    let objects = [spot, node("b"), stateful_set("OrderedReady", 2), member(0, "a"), member(1, "a"), job(3, json!({}))];
    desk.load(&[&objects[..], &[pod("sum-1", "a", JOB), pod("sum-2", "b", JOB)]].concat());
    desk.write("reclaim.rhai", "sandbox.reclaim(\"a\"); sleep(600);");
    desk.must(&["run", "reclaim.rhai", "--world", "w"]);
    let places = desk.places();
    assert!(places.len() == 4 && places.iter().all(|place| place.ends_with("@b")), "{places:?}");
    assert!(places[0].starts_with("db-0@") && places[1].starts_with("db-1@"), "{places:?}");
}

#[test]
fn a_still_copy_makes_nothing_anew_and_says_nothing_of_it() {
    let desk = Desk::new();
    desk.write("c.json", &list(&[node("a"), node("b"), member(0, "a")]).to_string());
    let (_, said) = desk.must(&["sandbox", "load", "c.json", "--world", "w", "--still"]);
    assert_eq!(said, "loaded: 2 nodes, 1 pod\n");
}

#[test]
fn pods_on_their_way_out_go_and_come_back() {
    let desk = Desk::new();
    let leaving = with(member(0, "a"), |pod| pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:30Z".into());
    desk.load(&[node("a"), stateful_set("OrderedReady", 1), leaving]);
    assert_eq!(desk.pods()[0]["metadata"]["uid"], "uid-db-0");
    desk.write("wait.rhai", "sleep(60);");
    desk.must(&["run", "wait.rhai", "--world", "w"]);
    assert_ne!(desk.pods()[0]["metadata"]["uid"], "uid-db-0");
}

/// What a failed load said, in one line.
/// Requests of a drain go out together, and reach the world in the order in which they were sent.
#[test]
fn who_finds_the_last_places_is_the_same_each_time_and_pods_need_no_uid() {
    let small = with(node("b"), |node| node["status"]["allocatable"]["pods"] = "3".into());
    let anonymous = |number: i64| {
        let (name, set) = (format!("p{number:02}"), format!("rs{number:02}"));
        with(pod(&name, "a", ("apps/v1", "ReplicaSet", &set)), |pod| {
            pod["metadata"].as_object_mut().unwrap().remove("uid");
        })
    };
    let objects: Vec<Value> = [node("a"), small].into_iter().chain((0..12).map(anonymous)).collect();
    for _ in 0..4 {
        let desk = Desk::new();
        desk.load(&objects);
        desk.drain("a");
        let mut placed: Vec<String> =
            desk.places().into_iter().filter_map(|place| Some(place.strip_suffix("@b")?[..4].to_owned())).collect();
        placed.sort();
        assert_eq!(placed, ["rs00", "rs01", "rs02"]);
    }
}

fn refused(desk: &Desk, files: &[&str]) -> String {
    let arguments: Vec<&str> = ["sandbox", "load", "--world", "w"].iter().chain(files).copied().collect();
    let (code, out, err) = desk.run(&arguments);
    assert!(code == 2 && out.is_empty(), "{code} {out}{err}");
    err
}

#[test]
fn what_no_cluster_could_hold_is_refused_as_a_whole_with_its_place() {
    let desk = Desk::new();
    desk.write("a.json", &serde_json::to_string_pretty(&list(&[node("a"), node("b"), node("a")])).unwrap());
    desk.write(
        "b.yaml",
        "apiVersion: v1\nkind: Node\nmetadata: {name: b}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: c}\n",
    );
    desk.write("c.yaml", "apiVersion: v1\nkind: NodeList\nitems:\n- metadata: {name: c}\n- metadata: {name: b}\n");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: apps}\n";
    let cases = [
        (
            "no-name.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Node\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Pod\n  metadata: {namespace: x}\n",
        ),
        ("no-version.yaml", "kind: Node\nmetadata: {name: a}\n"),
        ("no-kind.json", "{\"apiVersion\": \"v1\", \"metadata\": {\"name\": \"a\"}}"),
        ("list-without-version.json", "{\"kind\": \"List\", \"items\": []}"),
        ("items.json", "{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"items\": 7}"),
        ("labels.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {version: 1.30}}\n"),
        ("type.yaml", &format!("{pod}spec: {{nodeName: 5}}\n")),
        ("time.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: a, creationTimestamp: soon}\n"),
        ("no-namespace.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"),
        ("text.yaml", "just a text\n"),
        ("array.json", "[1]"),
        ("status.json", "{\"apiVersion\": \"v1\", \"kind\": \"Status\", \"status\": \"Failure\", \"metadata\": {}}"),
    ];
    let mut told = vec![];
    for (file, text) in cases {
        desk.write(file, text);
        told.push(format!("{file}\n{}", refused(&desk, &[file])));
    }
    told.push(format!("twice in one file\n{}", refused(&desk, &["a.json"])));
    told.push(format!("twice in two files\n{}", refused(&desk, &["b.yaml", "c.yaml"])));
    insta::assert_snapshot!("refused", told.join("\n"));
    // Nothing came of it.
    let (code, _, err) = desk.run(&["nodes", "--world", "w"]);
    assert!(code == 2 && err.contains("SPOT-0708"), "{code} {err}");
}

#[test]
fn a_load_that_fails_leaves_the_world_as_it_was() {
    let desk = Desk::new();
    desk.load(&[node("a")]);
    let file = desk.0.path().join("state/worlds/w.world");
    let before = std::fs::read(&file).unwrap();
    desk.write("twice.json", &list(&[node("b"), node("b")]).to_string());
    refused(&desk, &["twice.json"]);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn kinds_that_the_sandbox_does_not_have_are_told_by_group_and_count() {
    let desk = Desk::new();
    let odd = |version: &str, kind: &str, name: &str| json!({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "x"}});
    let said = desk.load(&[
        node("a"),
        odd("serving.knative.dev/v1", "Service", "one"),
        odd("serving.knative.dev/v1", "Service", "two"),
        odd("v1", "Secret", "three"),
        odd("policy/v1beta1", "PodDisruptionBudget", "four"),
    ]);
    insta::assert_snapshot!(said, @r"
    left out: 1 of kind PodDisruptionBudget (policy/v1beta1), which the sandbox does not have
    left out: 1 of kind Secret, which the sandbox does not have
    left out: 2 of kind Service (serving.knative.dev/v1), which the sandbox does not have
    loaded: 1 node
    ");
}

#[test]
fn what_nests_too_deeply_is_refused_quickly() {
    let desk = Desk::new();
    let deep = 200_000;
    let cases = [
        ("list.json", format!("{}{}", "[".repeat(deep), "]".repeat(deep))),
        ("map.json", format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep))),
        ("flow.yaml", format!("a: {}{}", "[".repeat(deep), "]".repeat(deep))),
        ("maps.yaml", format!("a: {}1{}", "{a: ".repeat(deep), "}".repeat(deep))),
        ("block.yaml", "- ".repeat(deep)),
        ("item.json", format!("{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{}", "[".repeat(deep))),
    ];
    for (file, text) in cases {
        desk.write(file, &text);
        let began = Instant::now();
        let said = refused(&desk, &[file]);
        assert!(began.elapsed() < Duration::from_secs(10), "{file} took {:?}", began.elapsed());
        assert!(said.contains("SPOT-0201") && said.contains("nests deeper than 128 levels"), "{file}: {said}");
        assert!(said.contains(&format!("{file}:1:")), "{file}: {said}");
    }
}

#[test]
fn a_world_that_nobody_has_begun_is_refused_by_what_looks() {
    let desk = Desk::new();
    desk.load(&[node("a")]);
    desk.must(&["sandbox", "load", "c.json", "--world", "prod"]);
    for command in [
        &["nodes"][..],
        &["get", "nodes"],
        &["get", "pdb"],
        &["get", "nodegroup"],
        &["describe", "node", "a"],
        &["drain", "a"],
        &["diagram"],
        &["asg", "x"],
        &["scale", "nodegroup", "x", "--nodes", "1"],
        &["snapshot"],
        &["sandbox", "status"],
        &["sandbox", "serve"],
    ] {
        let words: Vec<&str> = command.iter().copied().chain(["--world", "prdo"]).collect();
        let (code, out, err) = desk.run(&words);
        assert!(code == 2 && out.is_empty(), "{command:?}: {code} {out}{err}");
        assert!(err.contains("SPOT-0708") && err.contains("there is no sandbox world `prdo`"), "{command:?}: {err}");
        assert!(err.contains("worlds here: `prod`, `w`") && err.contains("did you mean `prod`?"), "{command:?}: {err}");
    }
    let (code, _, err) = desk.run(&["nodes", "--world", "elsewhere"]);
    assert!(code == 2 && !err.contains("did you mean"), "{err}");
    let kept = std::fs::read_dir(desk.0.path().join("state/worlds")).unwrap();
    let mut kept: Vec<String> = kept.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
    kept.retain(|name| name.ends_with(".world"));
    kept.sort();
    assert_eq!(kept, ["prod.world", "w.world"]);
}

#[test]
fn what_makes_things_begins_a_world_and_the_default_one_is_there() {
    let desk = Desk::new();
    let (out, _) = desk.must(&["nodes", "-o", "name"]);
    assert_eq!(out.lines().count(), 2);
    desk.must(&["nodes", "--world", "default"]);
    desk.write("a.rhai", "print(1);");
    desk.must(&["run", "a.rhai", "--world", "one"]);
    desk.write("b.rhai", "print(kube::nodes().len());");
    assert_eq!(desk.must(&["run", "b.rhai", "--world", "two"]).0, "2\n");
    desk.must(&["nodes", "--world", "two"]);
    desk.must(&["sandbox", "reset", "--world", "three"]);
    desk.must(&["sandbox", "status", "--world", "three"]);
}

#[test]
fn help_tells_all_forms_of_output() {
    let desk = Desk::new();
    for command in [&["nodes", "-h"][..], &["get", "nodes", "-h"]] {
        let (help, _) = desk.must(command);
        let help: String = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("`yaml`, `name`, `jsonpath=…` and `custom-columns=…`"), "{help}");
    }
}

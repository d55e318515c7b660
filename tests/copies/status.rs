//! What controllers report in a copy: as it was loaded until something changes, and then as the pods are.

use serde_json::{Value, json};

use super::{Desk, JOB, STATEFUL, ended, job, node, pod, replica_set, stateful_set, with};

const KINDS: &str = "deploy,rs,rc,sts,jobs,ds";

/// The status of every owner, by kind.
fn reports(desk: &Desk) -> Vec<(String, Value)> {
    let (out, _) = desk.must(&["get", KINDS, "-o", "json", "--world", "w"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| (item["kind"].as_str().unwrap().to_owned(), item["status"].clone())).collect()
}

/// The same, a line each; of conditions whether they hold and since when.
fn told(desk: &Desk) -> String {
    let line = |(kind, mut status): (String, Value)| {
        let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
        let holds =
            conditions.iter().map(|one| format!(" {}={} {}", one["type"], one["status"], one["lastTransitionTime"]));
        let holds: String = holds.collect::<String>().replace('"', "");
        status.as_object_mut().unwrap().retain(|_, value| value.is_number());
        format!("{kind} {}{holds}\n", status.to_string().replace('"', ""))
    };
    reports(desk).into_iter().map(line).collect()
}

fn with_status(object: Value, status: Value) -> Value {
    with(object, |object| {
        object["metadata"]["generation"] = 3.into();
        object["status"] = status;
    })
}

/// A ReplicaSet's pod as the API has it: with the hash of its template.
fn web(name: &str, node: &str) -> Value {
    with(pod(name, node, ("apps/v1", "ReplicaSet", "web")), |pod| {
        pod["metadata"]["labels"]["pod-template-hash"] = "5d".into()
    })
}

/// One of each kind with two pods: one on node `a`, one on node `b`, which takes no more.
fn one_of_each() -> Vec<Value> {
    let set = with(replica_set(2), |set| {
        set["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": "front", "uid": "uid-front", "controller": true}]);
        set["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] = "5d".into();
    });
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "front", "namespace": "default", "uid": "uid-front"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": replica_set(2)["spec"]["template"]},
    });
    let condition = |kind: &str, reason: &str| json!({"type": kind, "status": "True", "reason": reason, "message": "m", "lastUpdateTime": "2025-12-01T00:00:00Z", "lastTransitionTime": "2025-12-01T00:00:00Z"});
    let conditions =
        [condition("Available", "MinimumReplicasAvailable"), condition("Progressing", "NewReplicaSetAvailable")];
    let controller = json!({
        "apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "old", "namespace": "default", "uid": "uid-old"},
        "spec": {"replicas": 2, "selector": {"app": "old"}, "template": {"metadata": {"labels": {"app": "old"}}, "spec": {"containers": [{"name": "c"}]}}},
    });
    let daemons = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "ds", "namespace": "default", "uid": "uid-ds"},
        "spec": {"selector": {"matchLabels": {"app": "ds"}}, "template": {"metadata": {"labels": {"app": "ds"}}, "spec": {"containers": [{"name": "c"}]}}},
    });
    let of_set = |name: &str, node: &str| {
        with(pod(name, node, STATEFUL), |pod| pod["metadata"]["labels"]["controller-revision-hash"] = "db-7f".into())
    };
    let replicas = json!({"observedGeneration": 3, "replicas": 2, "fullyLabeledReplicas": 2, "readyReplicas": 2, "availableReplicas": 2});
    let full = with(node("b"), |node| node["status"]["allocatable"]["pods"] = "5".into());
    let mut objects = vec![
        node("a"),
        full,
        with_status(
            deployment,
            json!({"observedGeneration": 3, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2, "conditions": conditions}),
        ),
        with_status(set, replicas.clone()),
        with_status(controller, replicas),
        with_status(
            stateful_set("OrderedReady", 2),
            json!({"observedGeneration": 3, "replicas": 2, "readyReplicas": 2, "availableReplicas": 2, "currentReplicas": 2, "updatedReplicas": 2, "currentRevision": "db-7f", "updateRevision": "db-7f", "collisionCount": 0}),
        ),
        with_status(
            job(5, json!({})),
            json!({"active": 2, "ready": 2, "terminating": 0, "succeeded": 1, "startTime": "2025-12-31T23:00:00Z", "uncountedTerminatedPods": {}}),
        ),
        with_status(
            daemons,
            json!({"observedGeneration": 3, "currentNumberScheduled": 2, "desiredNumberScheduled": 2, "numberMisscheduled": 0, "numberReady": 2, "numberAvailable": 2, "updatedNumberScheduled": 2}),
        ),
    ];
    for (number, node) in [(0, "a"), (1, "b")] {
        objects.extend([
            web(&format!("web-{number}"), node),
            pod(&format!("old-{number}"), node, ("v1", "ReplicationController", "old")),
            of_set(&format!("db-{number}"), node),
            pod(&format!("sum-{number}"), node, JOB),
            pod(&format!("ds-{number}"), node, ("apps/v1", "DaemonSet", "ds")),
        ]);
    }
    objects.push(ended("sum-2", "b", "Succeeded"));
    objects
}

#[test]
fn reports_stand_until_something_changes_and_follow_the_pods_then() {
    let desk = Desk::new();
    let objects = one_of_each();
    desk.load(&objects);
    for (kind, status) in reports(&desk) {
        let given = objects.iter().find(|object| object["kind"] == kind.as_str()).unwrap();
        assert_eq!(status, given["status"], "{kind}");
    }
    desk.drain("a");
    let without_room = told(&desk);
    desk.must(&["uncordon", "a", "--world", "w"]);
    let back = told(&desk);
    desk.must(&["delete", "node", "b", "--world", "w"]);
    let on_one_node = told(&desk);
    insta::assert_snapshot!(
        "reports",
        format!(
            "node a is drained, node b takes no more\n{without_room}\nnode a takes pods again\n{back}\nnode b is gone\n{on_one_node}"
        )
    );
}

#[test]
fn tables_tell_what_is_reported() {
    let desk = Desk::new();
    desk.load(&one_of_each());
    desk.drain("a");
    let mut tables = vec![];
    for kind in KINDS.split(',') {
        tables.push(desk.must(&["get", kind, "--world", "w"]).0);
    }
    insta::assert_snapshot!("tables", tables.join("\n"));
}

#[test]
fn jobs_are_told_with_state_completions_and_duration() {
    let desk = Desk::new();
    let of = |name: &str, spec: Value, status: Value| {
        with(job(1, json!({})), |job| {
            job["metadata"]["name"] = name.into();
            job["metadata"]["creationTimestamp"] = "2025-12-31T12:00:00Z".into();
            job["spec"].as_object_mut().unwrap().shift_remove("completions");
            job["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
            job["status"] = status;
        })
    };
    let start = "2025-12-31T12:00:02Z";
    let holds =
        |kind: &str| json!({"conditions": [{"type": kind, "status": "True"}], "startTime": start, "succeeded": 1});
    let leaves = with(of("leaves", json!({"completions": 2}), json!({"startTime": start})), |job| {
        job["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    });
    desk.load(&[
        node("a"),
        of(
            "complete",
            json!({"completions": 1}),
            with(holds("Complete"), |it| it["completionTime"] = "2025-12-31T12:03:02Z".into()),
        ),
        of("failed", json!({"completions": 4}), holds("Failed")),
        leaves,
        of(
            "suspended",
            json!({"completions": 3, "suspend": true}),
            json!({"conditions": [{"type": "Suspended", "status": "True"}]}),
        ),
        of("failing", json!({"completions": 3}), holds("FailureTarget")),
        of("done", json!({"completions": 3}), holds("SuccessCriteriaMet")),
        of(
            "queue",
            json!({"parallelism": 3}),
            json!({"startTime": start, "conditions": [{"type": "Suspended", "status": "False"}]}),
        ),
        of("one", json!({"parallelism": 1}), json!({"startTime": start})),
    ]);
    insta::assert_snapshot!(desk.must(&["get", "jobs", "--world", "w"]).0, @r"
    NAME        STATUS               COMPLETIONS   DURATION   AGE
    complete    Complete             1/1           3m         12h
    done        SuccessCriteriaMet   1/3           11h        12h
    failed      Failed               1/4           11h        12h
    failing     FailureTarget        1/3           11h        12h
    leaves      Terminating          0/2           11h        12h
    one         Running              0/1           11h        12h
    queue       Running              0/1 of 3      11h        12h
    suspended   Suspended            0/3                      12h
    ");
}

#[test]
fn ordinals_that_are_missing_are_counted() {
    let ready = |desk: &Desk| {
        desk.places().into_iter().map(|place| place.split('@').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Between them, and before the first: it may be on its way.
    for (there, expected) in
        [([0, 2], vec!["db-0", "db-1", "db-2"]), ([1, 2], vec!["db-0", "db-1", "db-2"]), ([7, 8], vec!["db-7", "db-8"])]
    {
        let desk = Desk::new();
        let [one, other] = there;
        desk.load(&[node("a"), node("b"), super::member(one, "a"), super::member(other, "b")]);
        desk.drain("a");
        assert_eq!(ready(&desk), expected, "{there:?}");
    }
}

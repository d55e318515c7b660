#![allow(clippy::unwrap_used)]

use super::*;

fn pod(namespace: &str, name: &str, node: &str) -> Value {
    json!({"metadata": {"namespace": namespace, "name": name}, "spec": {"nodeName": node}})
}

fn names<'a>(objects: impl Iterator<Item = &'a Arc<Value>>) -> Vec<String> {
    objects.map(|object| key_of(object)).collect()
}

#[test]
fn creation_fills_in_what_the_server_owns() {
    let mut store = ObjectStore::new(7);
    let node = store.create("nodes", json!({"metadata": {"name": "a", "uid": "mine"}}), 5_000).unwrap();
    assert_eq!(node["metadata"]["uid"].as_str().unwrap().len(), 36);
    assert_eq!(node["metadata"]["resourceVersion"], "1");
    assert_eq!(time::millis(&node["metadata"]["creationTimestamp"]), Some(5_000));
    assert_eq!(store.create("nodes", json!({"metadata": {"name": "a"}}), 0), Err(StoreError::AlreadyExists));
    assert_eq!(store.create("nodes", json!({}), 0), Err(StoreError::NoName));
    let again = ObjectStore::new(7).create("nodes", json!({"metadata": {"name": "a"}}), 0).unwrap();
    assert_eq!(again["metadata"]["uid"], node["metadata"]["uid"], "uids follow from the seed");
    let generated = store.create("pods", json!({"metadata": {"namespace": "x", "generateName": "web-"}}), 0).unwrap();
    assert_eq!(generated["metadata"]["name"].as_str().unwrap().len(), "web-12345".len());
}

#[test]
fn lists_are_in_etcd_order_and_by_namespace_and_node() {
    let mut store = ObjectStore::new(1);
    for (namespace, name, node) in [("b", "x", "n1"), ("a-b", "x", "n2"), ("a", "x", "n1"), ("a", "w", "n2")] {
        store.create("pods", pod(namespace, name, node), 0).unwrap();
    }
    assert_eq!(names(store.list("pods", None)), ["a-b/x", "a/w", "a/x", "b/x"]);
    assert_eq!(names(store.list("pods", Some("a"))), ["a/w", "a/x"]);
    assert_eq!(names(store.pods_on("n1")), ["a/x", "b/x"]);
    store.modify("pods", "a", "x", |pod| pod["spec"]["nodeName"] = "n3".into()).unwrap();
    store.delete("pods", "b", "x").unwrap();
    assert_eq!(names(store.pods_on("n1")), Vec::<String>::new());
    assert_eq!(names(store.pods_on("n3")), ["a/x"]);
}

#[test]
fn a_stale_writer_is_refused_and_a_writer_of_nothing_new_is_not_noticed() {
    let mut store = ObjectStore::new(1);
    let first = store.create("nodes", json!({"metadata": {"name": "a"}}), 0).unwrap();
    let second = store.modify("nodes", "", "a", |node| node["spec"] = json!({"unschedulable": true})).unwrap();
    assert_eq!(store.update("nodes", Value::clone(&first)), Err(StoreError::Conflict));
    assert_eq!(store.update("nodes", Value::clone(&second)).unwrap(), second);
    assert_eq!(store.version(), 2);
    let kinds = store.changes_since("nodes", 0).unwrap().iter().map(|change| change.kind).collect::<Vec<_>>();
    assert_eq!(kinds, [ChangeKind::Added, ChangeKind::Modified]);
}

#[test]
fn generation_counts_changes_of_the_specification_only() {
    let mut store = ObjectStore::new(1);
    let object = json!({"metadata": {"namespace": "a", "name": "d"}, "spec": {"replicas": 1}});
    store.create("deployments", object, 0).unwrap();
    let labelled = store.modify("deployments", "a", "d", |d| d["metadata"]["labels"] = json!({"x": "y"})).unwrap();
    assert_eq!(labelled["metadata"]["generation"], 1);
    let scaled = store.modify("deployments", "a", "d", |d| d["spec"]["replicas"] = 2.into()).unwrap();
    assert_eq!(scaled["metadata"]["generation"], 2);
}

#[test]
fn a_store_read_back_is_the_same_but_forgets_old_changes() {
    let mut store = ObjectStore::new(1);
    store.create("pods", pod("a", "x", "n1"), 0).unwrap();
    let text = serde_json::to_string(&store).unwrap();
    let mut back: ObjectStore = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
    assert_eq!(names(back.pods_on("n1")), ["a/x"]);
    assert!(back.changes_since("pods", 0).is_none());
    back.delete("pods", "a", "x").unwrap();
    assert_eq!(back.changes_since("pods", 1).unwrap().len(), 1);
}

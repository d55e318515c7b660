//! What only the node knows of its pods: addresses, and whether the network plugin lives.

use serde_json::{Value, json};

use crate::sandbox::kube::store::ObjectStore;
use crate::sandbox::kube::workload::owner;

fn names_on(objects: &ObjectStore, node: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    objects.pods_on(node).map(|pod| (text(&pod["metadata"]["namespace"]), text(&pod["metadata"]["name"]))).collect()
}

/// Gives the pods of a node their host's address, and its own pods of a working plugin their health back.
pub(super) fn settle(objects: &mut ObjectStore, node: &str) {
    let Some(object) = objects.get("nodes", "", node) else { return };
    let host = object["status"]["addresses"][0]["address"].clone();
    let ready = is_ready(object);
    for (namespace, name) in names_on(objects, node) {
        let _ = objects.modify("pods", &namespace, &name, |pod| {
            let on_host = pod["spec"]["hostNetwork"] == true;
            let mut set = |field: &str, value: Value| pod["status"][field] = value;
            set("hostIP", host.clone());
            set("hostIPs", json!([{"ip": host}]));
            if on_host {
                set("podIP", host.clone());
                set("podIPs", json!([{"ip": host}]));
            }
            if ready && is_plugin(pod) {
                health(pod, true);
            }
        });
    }
}

/// The plugin's pod crashes for want of permissions.
pub(super) fn fail_plugin(objects: &mut ObjectStore, node: &str) {
    for (namespace, name) in names_on(objects, node) {
        if objects.get("pods", &namespace, &name).is_some_and(|pod| is_plugin(pod)) {
            let _ = objects.modify("pods", &namespace, &name, |pod| health(pod, false));
        }
    }
}

fn is_plugin(pod: &Value) -> bool {
    owner(pod) == Some(("DaemonSet", "aws-node"))
}

/// Whether a node's Ready condition holds.
pub(super) fn is_ready(object: &Value) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.is_some_and(|all| all.iter().any(|one| one["type"] == "Ready" && one["status"] == "True"))
}

fn health(pod: &mut Value, well: bool) {
    let said = if well { "True" } else { "False" };
    let since = pod["status"]["startTime"].clone();
    for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
        if condition["type"] == "Ready" || condition["type"] == "ContainersReady" {
            condition["status"] = said.into();
        }
    }
    for status in pod["status"]["containerStatuses"].as_array_mut().into_iter().flatten() {
        if status["name"] != "aws-node" {
            continue;
        }
        status["ready"] = well.into();
        status["started"] = well.into();
        if well {
            if !status["state"]["running"].is_object() {
                status["state"] = json!({"running": {"startedAt": since}});
            }
        } else {
            status["restartCount"] = (status["restartCount"].as_i64().unwrap_or(0) + 1).into();
            status["state"] = json!({"waiting": {
                "reason": "CrashLoopBackOff",
                "message": "back-off restarting failed container=aws-node",
            }});
        }
    }
}

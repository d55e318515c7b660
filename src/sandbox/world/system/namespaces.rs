//! The namespaces that a cluster begins with.

use serde_json::json;

use crate::sandbox::kube::store::ObjectStore;
use crate::sandbox::world::clock::Millis;

pub(super) fn create(objects: &mut ObjectStore, now: Millis) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        let namespace = json!({
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        });
        let _ = objects.create("namespaces", namespace, now);
        let account = json!({"metadata": {"name": "default", "namespace": name}});
        let _ = objects.create("serviceaccounts", account, now);
    }
}

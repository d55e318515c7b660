//! Events as components of the cluster record them.

use serde_json::{Value, json};

use super::resource::Resource;
use super::store::ObjectStore;
use super::time;

/// What is recorded about an object.
#[derive(Debug, Clone, Copy)]
pub struct Occurrence<'a> {
    /// Resource plural of the object.
    pub resource: &'a str,
    /// The stored object.
    pub object: &'a Value,
    /// Whether it is a `Warning`.
    pub warning: bool,
    /// Machine-readable reason.
    pub reason: &'a str,
    /// Sentence for people.
    pub message: &'a str,
    /// Who says it (`kubelet`, `node-controller`).
    pub component: &'a str,
}

/// Records an occurrence; one like it that is on record already is counted up.
pub fn record(objects: &mut ObjectStore, now: i64, what: Occurrence<'_>) {
    let Some(resource) = Resource::by_plural(what.resource) else { return };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let metadata = &what.object["metadata"];
    let (name, own_namespace) = (text(&metadata["name"]), text(&metadata["namespace"]));
    // Events of nodes name the node as uid too, as the kubelet does.
    let uid =
        if resource.plural == "nodes" && what.component == "kubelet" { name.clone() } else { text(&metadata["uid"]) };
    let alike = objects.events_about(&name).find(|event| {
        event["reason"] == what.reason
            && event["message"] == what.message
            && event["involvedObject"]["uid"] == uid.as_str()
            && event["source"]["component"] == what.component
    });
    if let Some(event) = alike {
        let (namespace, event_name) = (text(&event["metadata"]["namespace"]), text(&event["metadata"]["name"]));
        let _ = objects.modify("events", &namespace, &event_name, |event| {
            event["count"] = (event["count"].as_i64().unwrap_or(1) + 1).into();
            event["lastTimestamp"] = time::at(now);
        });
        return;
    }
    let namespace = if own_namespace.is_empty() { "default".to_string() } else { own_namespace.clone() };
    let serial = objects.version().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut involved = json!({"kind": resource.kind});
    if !own_namespace.is_empty() {
        involved["namespace"] = own_namespace.into();
    }
    involved["name"] = name.as_str().into();
    involved["uid"] = uid.into();
    if resource.plural != "nodes" {
        involved["apiVersion"] = resource.api_version().into();
    }
    let mut source = json!({"component": what.component});
    if what.component == "kubelet" {
        source["host"] = name.as_str().into();
    }
    let event = json!({
        "metadata": {"name": format!("{name}.{serial:016x}"), "namespace": namespace},
        "involvedObject": involved,
        "reason": what.reason,
        "message": what.message,
        "source": source,
        "firstTimestamp": time::at(now),
        "lastTimestamp": time::at(now),
        "count": 1,
        "type": if what.warning { "Warning" } else { "Normal" },
        "eventTime": Value::Null,
        "reportingComponent": what.component,
        "reportingInstance": if what.component == "kubelet" { name.as_str() } else { "" },
    });
    let _ = objects.create("events", event, now);
}

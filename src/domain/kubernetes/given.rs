//! Objects that somebody gives, in files: whether an API server could hold each of them, and all of them together.

use std::collections::HashMap;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{
    ConfigMap, Event, Namespace, Node, Pod, ReplicationController, Service, ServiceAccount,
};
use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::kinds::Kind;
use super::quantity::is_quantity;
use crate::domain::code::Code;
use crate::domain::error::{Error, Location};

/// What prints a cluster as it is best given: with the owners of pods and their budgets.
pub const COMMAND: &str = "kubectl get nodes,pods,ds,rs,deploy,sts,jobs,pdb,leases -A -o json";

/// An object, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The object.
    pub object: &'a Value,
    /// The file, as the user named it.
    pub file: &'a str,
    /// Where in it, in words: `item 3`, `document 2`, `data.objects[7]`.
    pub place: &'a str,
}

impl Given<'_> {
    /// `` Pod `apps/web` (item 3 of `f`) ``, as far as the object says.
    fn spelled(&self) -> String {
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let metadata = &self.object["metadata"];
        let name = text(&metadata["name"]).map(|name| match text(&metadata["namespace"]) {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name,
        });
        let Given { file, place, .. } = self;
        match (text(&self.object["kind"]), name) {
            (Some(kind), Some(name)) => format!("{kind} `{name}` ({place} of `{file}`)"),
            (Some(kind), None) => format!("{place} of `{file}`, a {kind},"),
            (None, Some(name)) => format!("`{name}` ({place} of `{file}`)"),
            (None, None) => format!("{place} of `{file}`"),
        }
    }
}

/// Everything that is wrong with them. `at` finds the line of one, by its number: it is asked about faulty ones only.
pub fn faults(all: &[Given<'_>], at: impl Fn(usize) -> Option<Location>) -> Vec<Error> {
    let mut faults = vec![];
    let mut seen: HashMap<(&str, &str, &str, &str), usize> = HashMap::new();
    for (number, given) in all.iter().enumerate() {
        let mut found = |message: String, cause: Option<String>, help: &str| {
            let error = Error::new(Code::ObjectsUnusable, message).help(help);
            let error = cause.into_iter().fold(error, Error::because);
            faults.push(at(number).into_iter().fold(error, Error::at));
        };
        if let Err(why) = whole(given.object) {
            let help = format!("give what `{COMMAND}` printed, unchanged");
            found(format!("{} is no object that a cluster could hold", given.spelled()), Some(why), &help);
            continue;
        }
        let Given { object, .. } = *given;
        let [namespace, name] =
            ["namespace", "name"].map(|field| object["metadata"][field].as_str().unwrap_or_default());
        let [version, kind] = ["apiVersion", "kind"].map(|field| object[field].as_str().unwrap_or_default());
        let key = (version, kind, namespace, name);
        match seen.get(&key) {
            Some(first) => {
                let first = &all[*first];
                let message = format!("{} is there twice", given.spelled());
                let cause = format!("it stands in {} of `{}` too", first.place, first.file);
                found(message, Some(cause), "leave one of them out: a cluster holds one object of a kind and name");
            }
            None => {
                seen.insert(key, number);
            }
        }
    }
    faults
}

/// Why a document is no whole object.
fn whole(object: &Value) -> Result<(), String> {
    if !object.is_object() {
        return Err(format!("it is {}, not a map", described(object)));
    }
    let needed = |value: &Value, what: &str| match value {
        Value::String(text) if !text.is_empty() => Ok(()),
        Value::Null => Err(format!("it has no `{what}`")),
        Value::String(_) => Err(format!("its `{what}` is empty")),
        other => Err(format!("its `{what}` is {}, not text", described(other))),
    };
    needed(&object["kind"], "kind")?;
    needed(&object["apiVersion"], "apiVersion")?;
    let metadata = &object["metadata"];
    if !metadata.is_object() && !metadata.is_null() {
        return Err(format!("its `metadata` is {}, not a map", described(metadata)));
    }
    needed(&metadata["name"], "metadata.name")?;
    read::<ObjectMeta>(metadata).map_err(|why| format!("`metadata.{}", why.trim_start_matches('`')))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let Some(kind) = Kind::of(&text(&object["apiVersion"]), &text(&object["kind"])) else { return Ok(()) };
    if text(&metadata["name"]).contains('/') || text(&metadata["namespace"]).contains('/') {
        return Err("names have no `/`".to_owned());
    }
    match (kind.namespaced, text(&metadata["namespace"]).is_empty()) {
        (true, true) => return Err(format!("it has no `metadata.namespace`: each {} is in one", kind.kind)),
        (false, false) => return Err(format!("it has a `metadata.namespace`: no {} is in one", kind.kind)),
        _ => {}
    }
    match kind.plural {
        "configmaps" => read::<ConfigMap>(object),
        "daemonsets" => read::<DaemonSet>(object),
        "deployments" => read::<Deployment>(object),
        "events" => read::<Event>(object),
        "jobs" => read::<Job>(object),
        "leases" => read::<Lease>(object),
        "namespaces" => read::<Namespace>(object),
        "nodes" => read::<Node>(object),
        "poddisruptionbudgets" => read::<PodDisruptionBudget>(object),
        "pods" => read::<Pod>(object),
        "replicasets" => read::<ReplicaSet>(object),
        "replicationcontrollers" => read::<ReplicationController>(object),
        "runtimeclasses" => read::<RuntimeClass>(object),
        "serviceaccounts" => read::<ServiceAccount>(object),
        "services" => read::<Service>(object),
        "statefulsets" => read::<StatefulSet>(object),
        _ => Ok(()),
    }?;
    ["spec", "status", "overhead"].into_iter().try_for_each(|part| quantities(&object[part], part))
}

/// Maps of quantities, by the key that they stand behind; and the one that stands for itself.
const QUANTITIES: [&str; 7] = ["allocatable", "capacity", "limits", "overhead", "podFixed", "requests", "sizeLimit"];

/// That everything is a quantity that has to be one. Their type is any text.
fn quantities(value: &Value, path: &str) -> Result<(), String> {
    let is_one = |value: &Value, path: &str| match value.as_str() {
        Some(text) if !is_quantity(text.trim()) => Err(format!("`{path}`: `{text}` is no quantity")),
        _ => Ok(()),
    };
    match value {
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| quantities(item, &format!("{path}[{index}]")))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            let path = format!("{path}.{key}");
            match (QUANTITIES.contains(&key.as_str()), value) {
                (true, Value::Object(all)) => {
                    all.iter().try_for_each(|(key, value)| is_one(value, &format!("{path}.{key}")))
                }
                (true, Value::String(_)) if key == "sizeLimit" => is_one(value, &path),
                _ => quantities(value, &path),
            }
        }),
        _ => Ok(()),
    }
}

/// Whether a value has the form of a type; the error begins with the path in backticks.
fn read<T: DeserializeOwned>(value: &Value) -> Result<(), String> {
    match serde_path_to_error::deserialize::<_, T>(value) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("`{}`: {}", error.path(), error.inner())),
    }
}

fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn why(object: Value) -> String {
        whole(&object).err().unwrap_or_default()
    }

    #[test]
    fn what_no_server_could_hold_is_told_with_its_path() {
        let pod = |metadata: Value, spec: Value| json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec});
        let named = || json!({"name": "web", "namespace": "apps"});
        assert_eq!(why(pod(named(), json!({"containers": [{"name": "c"}], "later": 1}))), "");
        assert_eq!(why(json!([1])), "it is a list, not a map");
        assert_eq!(why(json!({"kind": "Pod", "metadata": named()})), "it has no `apiVersion`");
        assert_eq!(why(json!({"apiVersion": "v1", "metadata": named()})), "it has no `kind`");
        assert_eq!(why(pod(json!({}), json!({}))), "it has no `metadata.name`");
        assert_eq!(why(pod(json!({"name": 7}), json!({}))), "its `metadata.name` is a number, not text");
        assert_eq!(why(pod(json!("web"), json!({}))), "its `metadata` is text, not a map");
        assert!(why(pod(json!({"name": "web"}), json!({}))).starts_with("it has no `metadata.namespace`"));
        let labels = why(pod(json!({"name": "web", "namespace": "apps", "labels": {"a": 1}}), json!({})));
        assert!(labels.starts_with("`metadata.labels"), "{labels}");
        let spec = why(pod(named(), json!({"nodeName": 5})));
        assert!(spec.starts_with("`spec.nodeName`: invalid type"), "{spec}");
        assert_eq!(why(json!({"apiVersion": "example.com/v1", "kind": "Pod", "metadata": {"name": "o"}})), "");
    }

    #[test]
    fn what_is_no_quantity_is_told_with_its_path() {
        let pod = |spec: Value| {
            why(
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "apps"}, "spec": spec}),
            )
        };
        let asks =
            |amount: &str| pod(json!({"containers": [{"name": "c", "resources": {"requests": {"cpu": amount}}}]}));
        for whole in ["1", "0.5", ".5", "5.", "-1", "+2", "250m", "7.5Gi", "1e3", "1E-3", "12E", "1e40"] {
            assert_eq!(asks(whole), "", "{whole}");
        }
        for broken in ["abc", "", "1x", "1.2.3", ".", "m", "1 Gi", "1gi", "0x1", "1e", "e3"] {
            let path = "spec.containers[0].resources.requests.cpu";
            assert_eq!(asks(broken), format!("`{path}`: `{broken}` is no quantity"));
        }
        let volume = pod(json!({"containers": [], "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "much"}}]}));
        assert_eq!(volume, "`spec.volumes[0].emptyDir.sizeLimit`: `much` is no quantity");
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"capacity": {"pods": "x"}}});
        assert_eq!(why(node), "`status.capacity.pods`: `x` is no quantity");
        let set = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "r", "namespace": "apps"}, "spec": {"selector": {}, "template": {"spec": {"containers": [{"name": "c", "resources": {"limits": {"memory": "1GB"}}}]}}}});
        assert_eq!(why(set), "`spec.template.spec.containers[0].resources.limits.memory`: `1GB` is no quantity");
    }
}

//! Bottlerocket: settings in TOML, of which those of Kubernetes make it join.

use indexmap::IndexMap;
use serde_json::Value;

use super::{BootData, Fault, labels, taints};
use crate::domain::boot_syntax::toml;

/// Reads decoded user data.
pub(super) fn read(text: &str) -> Result<BootData, Fault> {
    let document = toml::parse(text).map_err(|error| Fault::Agent(format!("early-boot-config: {error}")))?;
    let kubernetes = &document["settings"]["kubernetes"];
    let text = |key: &str| kubernetes[key].as_str().unwrap_or_default().to_owned();
    for key in ["cluster-name", "api-server", "cluster-certificate"] {
        if text(key).is_empty() {
            return Err(Fault::Agent(format!("pluto: settings.kubernetes.{key} is not set")));
        }
    }
    let mut own = IndexMap::new();
    for (key, value) in kubernetes["node-labels"].as_object().into_iter().flatten() {
        let value = value.as_str().ok_or_else(|| Fault::Agent(format!("node-labels.{key} is no string")))?;
        own.insert(key.clone(), value.to_owned());
    }
    labels::check(&own).map_err(|error| Fault::Kubelet(format!("failed to validate kubelet flags: {error}")))?;
    let mut flags = Vec::new();
    for (key, value) in kubernetes["node-taints"].as_object().into_iter().flatten() {
        let list = match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect::<Vec<_>>(),
        };
        flags.extend(list.into_iter().map(|value| format!("{key}={value}")));
    }
    let taints = if flags.is_empty() { Vec::new() } else { taints::parse(&flags.join(",")).map_err(Fault::Kubelet)? };
    let max_pods = kubernetes["max-pods"].as_u64().and_then(|pods| u32::try_from(pods).ok());
    Ok(BootData {
        cluster: text("cluster-name"),
        endpoint: text("api-server"),
        certificate_authority: text("cluster-certificate"),
        service_cidr: String::new(),
        max_pods,
        labels: own,
        taints,
    })
}

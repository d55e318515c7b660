//! The NodeConfig documents of nodeadm, `node.eks.aws/v1alpha1`.

use serde::{Deserialize, Deserializer};
use serde_yaml::Value;

const GROUP: &str = "node.eks.aws";

/// A NodeConfig, as far as it decides how a node joins. Unknown fields are ignored, as nodeadm does.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct NodeConfig {
    #[serde(deserialize_with = "nullable")]
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spec {
    #[serde(deserialize_with = "nullable")]
    cluster: Cluster,
    #[serde(deserialize_with = "nullable")]
    kubelet: Kubelet,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Cluster {
    #[serde(deserialize_with = "nullable")]
    name: String,
    #[serde(deserialize_with = "nullable")]
    api_server_endpoint: String,
    #[serde(deserialize_with = "nullable")]
    certificate_authority: String,
    #[serde(deserialize_with = "nullable")]
    cidr: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Kubelet {
    config: Value,
    #[serde(deserialize_with = "nullable")]
    flags: Vec<String>,
}

fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(input: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}

/// The documents of one node as nodeadm merges them.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub name: String,
    pub endpoint: String,
    pub certificate_authority: String,
    pub cidr: String,
    /// `spec.kubelet.config`: a later document's keys win.
    pub kubelet_config: Value,
    /// `spec.kubelet.flags` of all documents, in order.
    pub flags: Vec<String>,
}

impl Merged {
    /// Adds a document.
    pub(super) fn merge(&mut self, config: NodeConfig) {
        let Spec { cluster, kubelet } = config.spec;
        for (field, value) in [
            (&mut self.name, cluster.name),
            (&mut self.endpoint, cluster.api_server_endpoint),
            (&mut self.certificate_authority, cluster.certificate_authority),
            (&mut self.cidr, cluster.cidr),
        ] {
            if !value.is_empty() {
                *field = value;
            }
        }
        overlay(&mut self.kubelet_config, kubelet.config);
        self.flags.extend(kubelet.flags);
    }

    /// What nodeadm says when it has not been told enough.
    pub(super) fn validate(&self) -> Result<(), String> {
        for (value, what) in [
            (&self.name, "Name"),
            (&self.endpoint, "Apiserver endpoint"),
            (&self.certificate_authority, "Certificate authority"),
            (&self.cidr, "CIDR"),
        ] {
            if value.is_empty() {
                return Err(format!("{what} is missing in cluster configuration"));
            }
        }
        Ok(())
    }
}

/// Reads one document. Only the first of a stream counts.
pub(super) fn parse(text: &str) -> Result<NodeConfig, String> {
    let Some(document) = serde_yaml::Deserializer::from_str(text).next() else {
        return Err("Object 'Kind' is missing in ''".to_owned());
    };
    let value =
        Value::deserialize(document).map_err(|error| format!("error converting YAML to JSON: yaml: {error}"))?;
    let field = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (api_version, kind) = (field("apiVersion"), field("kind"));
    if kind.is_empty() {
        return Err(format!("Object 'Kind' is missing in '{}'", clip(text.trim())));
    }
    if api_version.is_empty() {
        return Err(format!("Object 'apiVersion' is missing in '{}'", clip(text.trim())));
    }
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version.as_str()));
    if group != GROUP || !matches!(version, "v1alpha1" | "v1beta1") || kind != "NodeConfig" {
        return Err(format!("no kind \"{kind}\" is registered for version \"{api_version}\" in scheme"));
    }
    NodeConfig::deserialize(value).map_err(|error| format!("cannot unmarshal NodeConfig: {error}"))
}

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Puts `over` over `under`: maps are merged, anything else is replaced.
fn overlay(under: &mut Value, over: Value) {
    match (under, over) {
        (_, Value::Null) => {}
        (Value::Mapping(under), Value::Mapping(over)) => {
            for (key, value) in over {
                match under.get_mut(&key) {
                    Some(slot) => overlay(slot, value),
                    None => {
                        under.insert(key, value);
                    }
                }
            }
        }
        (under, over) => *under = over,
    }
}

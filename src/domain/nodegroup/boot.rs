//! What nodes do at boot beside joining.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A JSON object that is passed on as it is.
pub type Document = Map<String, Value>;

/// What happens on a node before and instead of its ordinary start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Boot {
    /// Commands that run before the node joins, each by a shell of its own; on Windows all by one PowerShell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pre_bootstrap_commands: Vec<String>,
    /// A script that runs instead of the family's own; for Amazon Linux 2023 a NodeConfig that is merged into ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_command: Option<String>,
    /// Settings of the kubelet, merged into its configuration file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubelet_extra_config: Option<Document>,
    /// Address of the cluster's DNS, where it is not the service network's tenth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_dns: Option<String>,
    /// Bottlerocket's own settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottlerocket: Option<Bottlerocket>,
    /// Container runtime, where the document names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_runtime: Option<String>,
}

/// eksctl's `bottlerocket`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bottlerocket {
    /// Whether the admin container, which SSH leads to, is started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_admin_container: Option<bool>,
    /// Bottlerocket's settings, without those that make the node join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Document>,
}

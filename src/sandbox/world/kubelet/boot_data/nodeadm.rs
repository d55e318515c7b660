//! Amazon Linux 2023: nodeadm reads NodeConfig documents and starts the kubelet.

use super::flags::{self, Flags};
use super::node_config::{self, Merged};
use super::{BootData, Fault};
use crate::domain::boot_syntax::mime;

const MEDIA_TYPE: &str = "application/node.eks.aws";

/// Reads decoded user data: a multipart document with NodeConfig parts, or one bare NodeConfig.
pub(super) fn read(text: &str) -> Result<BootData, Fault> {
    let mut merged = Merged::default();
    match mime::parts(text) {
        None => merged.merge(node_config::parse(text).map_err(Fault::Agent)?),
        Some(parts) => {
            let configs: Vec<_> = parts.iter().filter(|part| part.media_type == MEDIA_TYPE).collect();
            if configs.is_empty() {
                return Err(Fault::Agent("could not find NodeConfig within UserData".to_owned()));
            }
            for part in configs {
                merged.merge(node_config::parse(&part.body).map_err(Fault::Agent)?);
            }
        }
    }
    merged.validate().map_err(Fault::Agent)?;
    // The flags reach the kubelet through a systemd unit's environment, which splits them at blanks.
    let line = merged.flags.join(" ");
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let Flags { labels, taints, max_pods } = flags::parse(&words).map_err(Fault::Kubelet)?;
    Ok(BootData {
        cluster: merged.name,
        endpoint: merged.endpoint,
        certificate_authority: merged.certificate_authority,
        service_cidr: merged.cidr,
        max_pods: match max_pods {
            Some(max_pods) => Some(max_pods),
            None => configured_pods(&merged.kubelet_config)?,
        },
        labels,
        taints,
    })
}

fn configured_pods(config: &serde_yaml::Value) -> Result<Option<u32>, Fault> {
    let Some(value) = config.get("maxPods").filter(|value| !value.is_null()) else { return Ok(None) };
    match value.as_i64() {
        Some(0) => Ok(None),
        Some(pods) => u32::try_from(pods).map(Some).map_err(|_| {
            let rule = "maxPods (--max-pods) must be greater than or equal to 0";
            Fault::Kubelet(format!("failed to validate kubelet configuration, error: invalid configuration: {rule}"))
        }),
        None => {
            let what = if value.is_string() { "string" } else { "value" };
            let refused =
                format!("cannot unmarshal {what} into Go struct field KubeletConfiguration.maxPods of type int32");
            Err(Fault::Kubelet(format!("failed to load kubelet config file: json: {refused}")))
        }
    }
}

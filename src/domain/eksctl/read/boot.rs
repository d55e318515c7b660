//! What happens at boot, and what the kubelet is told.

use super::{Fields, Reader};
use crate::domain::error::nearest;
use crate::domain::nodegroup::{AmiFamily, Boot, Bootstrap, Bottlerocket, NodegroupSpec};

/// Settings of the kubelet that make a node join: eksctl sets them.
const RESERVED: [&str; 7] =
    ["kind", "apiVersion", "address", "clusterDomain", "authentication", "authorization", "serverTLSBootstrap"];
/// Settings of Bottlerocket that the group's own keys set.
const BOTTLEROCKET_RESERVED: [(&str, &str); 3] =
    [("node-labels", "labels"), ("node-taints", "taints"), ("max-pods", "maxPodsPerNode")];

impl Reader<'_> {
    pub(super) fn boot(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        // eksctl takes 0 for unset.
        spec.max_pods = self.count(group, "maxPodsPerNode").filter(|pods| *pods > 0);
        spec.boot = Boot {
            pre_bootstrap_commands: group.bare_texts("preBootstrapCommands"),
            override_command: group.filled("overrideBootstrapCommand"),
            kubelet_extra_config: group.document("kubeletExtraConfig"),
            cluster_dns: group.filled("clusterDNS"),
            bottlerocket: self.bottlerocket(group, spec.ami_family),
            container_runtime: group.filled("containerRuntime"),
        };
        if let Some(dns) = &spec.boot.cluster_dns
            && dns.parse::<std::net::IpAddr>().is_err()
        {
            let message = format!("`{}` is `{dns}`, which is no address", group.path("clusterDNS"));
            self.bad(group.value_at("clusterDNS"), message, "for example `172.20.0.10`");
        }
        if let Some(extra) = group.fields("kubeletExtraConfig") {
            for key in extra.keys().filter(|key| RESERVED.contains(key)) {
                let message = format!("`{}` is set by eksctl, as nodes could not join without it", extra.path(key));
                self.bad(extra.key_at(key), message, "leave it out");
            }
        }
        self.runtime(group, spec);
        self.family_rules(group, spec);
    }

    fn runtime(&mut self, group: &Fields, spec: &NodegroupSpec) {
        let Some(runtime) = &spec.boot.container_runtime else { return };
        if runtime != "containerd" {
            let message = format!("`{}` is `{runtime}`", group.path("containerRuntime"));
            let help = "only `containerd` is left in Kubernetes 1.24 and later";
            self.bad(group.value_at("containerRuntime"), message, help);
        }
        if spec.boot.override_command.is_some() {
            let message = format!("`{}` is overridden by `overrideBootstrapCommand`", group.path("containerRuntime"));
            self.bad(group.key_at("containerRuntime"), message, "leave it out, and say it in the command");
        }
    }

    /// What a family's way of booting does not have.
    fn family_rules(&mut self, group: &Fields, spec: &NodegroupSpec) {
        let family = spec.ami_family;
        match family.bootstrap() {
            Bootstrap::Bottlerocket => {
                for key in ["preBootstrapCommands", "overrideBootstrapCommand", "kubeletExtraConfig"] {
                    if group.asks(key) {
                        let message = format!("`{}`: {family} runs no commands of ours", group.path(key));
                        self.bad(group.key_at(key), message, "use `bottlerocket.settings`");
                    }
                }
            }
            Bootstrap::Nodeadm => {
                if let Some(command) = &spec.boot.override_command
                    && !is_node_config(command)
                {
                    let message = format!("`{}` is no NodeConfig", group.path("overrideBootstrapCommand"));
                    let help = "Amazon Linux 2023 is told by a NodeConfig (`apiVersion: node.eks.aws/v1alpha1`), not by a script; scripts go into `preBootstrapCommands`";
                    self.bad(group.key_at("overrideBootstrapCommand"), message, help);
                }
            }
            Bootstrap::Script => {
                if spec.ami.is_some() && spec.boot.override_command.is_none() && spec.managed.is_none() {
                    self.note(
                        group.key_at("ami"),
                        format!("eksctl wants `overrideBootstrapCommand` with an image of one's own of {family}; its boot data is written here all the same"),
                    );
                }
            }
            Bootstrap::Windows => {
                if group.asks("kubeletExtraConfig") {
                    let message = format!("`{}` is not for Windows", group.path("kubeletExtraConfig"));
                    self.bad(group.key_at("kubeletExtraConfig"), message, "leave it out");
                }
            }
        }
    }

    fn bottlerocket(&mut self, group: &Fields, family: AmiFamily) -> Option<Bottlerocket> {
        let fields = group.fields("bottlerocket")?;
        if !family.is_bottlerocket() {
            let message = format!("`{}` in a group of {family}", fields.path);
            self.bad(group.key_at("bottlerocket"), message, "set `amiFamily: Bottlerocket`, or leave it out");
        }
        if let Some(kubernetes) = fields.fields("settings").and_then(|settings| settings.fields("kubernetes")) {
            for key in kubernetes.keys() {
                let Some((_, own)) = BOTTLEROCKET_RESERVED.iter().find(|(name, _)| *name == key) else {
                    continue;
                };
                let message = format!("`{}` is set by the group's `{own}`", kubernetes.path(key));
                self.bad(kubernetes.key_at(key), message, format!("use `{own}` of the group"));
            }
        }
        Some(Bottlerocket {
            enable_admin_container: fields.bool("enableAdminContainer"),
            settings: fields.document("settings"),
        })
    }
}

/// Whether a text is a NodeConfig for nodeadm, as far as that can be told without nodeadm.
fn is_node_config(text: &str) -> bool {
    let Ok(serde_yaml::Value::Mapping(map)) = serde_yaml::from_str(text) else { return false };
    let is = |key: &str, wanted: &str| {
        map.get(key).and_then(serde_yaml::Value::as_str).is_some_and(|text| text.starts_with(wanted))
    };
    is("apiVersion", "node.eks.aws/") && is("kind", "NodeConfig")
}

/// The process that was meant.
pub(super) fn nearest_process(text: &str) -> Option<&'static str> {
    nearest(text, crate::domain::nodegroup::PROCESSES)
}

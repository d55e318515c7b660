//! User data for nodeadm, which boots Amazon Linux 2023 nodes: a NodeConfig in a MIME envelope.

use serde::Serialize;
use serde_json::{Value, json};

use super::BootInput;

const BOUNDARY: &str = "==NODECONFIG==";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeConfig<'a> {
    api_version: &'static str,
    kind: &'static str,
    spec: Spec<'a>,
}

#[derive(Serialize)]
struct Spec<'a> {
    cluster: Cluster<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kubelet: Option<Kubelet>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cluster<'a> {
    name: &'a str,
    api_server_endpoint: &'a str,
    certificate_authority: &'a str,
    cidr: &'a str,
}

#[derive(Serialize)]
struct Kubelet {
    #[serde(skip_serializing_if = "Value::is_null")]
    config: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
}

/// The user data, before base64. Equal input gives equal bytes.
pub(super) fn nodeadm(input: &BootInput<'_>) -> String {
    let config = NodeConfig {
        api_version: "node.eks.aws/v1alpha1",
        kind: "NodeConfig",
        spec: Spec {
            cluster: Cluster {
                name: input.cluster,
                api_server_endpoint: input.endpoint,
                certificate_authority: input.certificate_authority,
                cidr: input.service_cidr,
            },
            kubelet: kubelet(input),
        },
    };
    // Strings, numbers, lists and maps only: YAML has a form for every such value.
    let yaml = serde_yaml::to_string(&config).unwrap_or_default();
    let commands = input.boot.pre_bootstrap_commands.iter();
    let commands = commands.map(|command| ("text/x-shellscript", format!("#!/bin/bash\n{command}")));
    // nodeadm merges what comes later over what was before.
    let configs = std::iter::once(yaml).chain(input.boot.override_command.clone());
    multipart(commands.chain(configs.map(|config| ("application/node.eks.aws", config))))
}

/// Parts in a MIME envelope.
pub(super) fn multipart(parts: impl Iterator<Item = (&'static str, String)>) -> String {
    let mut text = format!(
        "MIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\
         \n"
    );
    for (media_type, body) in parts {
        let body = body.trim_end_matches('\n');
        text.push_str(&format!("--{BOUNDARY}\nContent-Type: {media_type}\n\n{body}\n\n"));
    }
    text.push_str(&format!("--{BOUNDARY}--\n"));
    text
}

fn kubelet(input: &BootInput<'_>) -> Option<Kubelet> {
    let flags = input.kubelet_flags();
    let mut config = input.boot.kubelet_extra_config.clone().unwrap_or_default();
    if let Some(dns) = &input.boot.cluster_dns {
        config.insert("clusterDNS".to_owned(), json!([dns]));
    }
    if let Some(pods) = input.max_pods {
        config.insert("maxPods".to_owned(), pods.into());
    }
    let config = if config.is_empty() { Value::Null } else { Value::Object(config) };
    (!config.is_null() || !flags.is_empty()).then_some(Kubelet { config, flags })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instance_types::InstanceTypes;
    use crate::domain::nodegroup::{Boot, NodegroupSpec};
    use crate::domain::taint::Taint;

    #[test]
    fn the_tutorials_group_boots_with_its_labels_and_taint() {
        let mut spec = NodegroupSpec::new("dev-4vcpu-16gb-spot", "eks-spot-eksct", InstanceTypes::default());
        spec.labels.insert("lifecycle".into(), "Ec2Spot".into());
        spec.labels.insert("aws.amazon.com/spot".into(), "true".into());
        let taints = ["spotInstance=true:PreferNoSchedule", "gpu:NoExecute"].map(|text| Taint::parse(text).unwrap());
        let text = nodeadm(&BootInput {
            cluster: "eks-spot-eksct",
            endpoint: "https://ABC.gr7.ap-northeast-1.eks.amazonaws.com",
            certificate_authority: "LS0tLS1CRUdJTg==",
            service_cidr: "10.100.0.0/16",
            labels: &spec.node_labels(),
            taints: &taints,
            max_pods: Some(44),
            boot: &Boot::default(),
        });
        insta::assert_snapshot!(text, @r#"
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="==NODECONFIG=="

        --==NODECONFIG==
        Content-Type: application/node.eks.aws

        apiVersion: node.eks.aws/v1alpha1
        kind: NodeConfig
        spec:
          cluster:
            name: eks-spot-eksct
            apiServerEndpoint: https://ABC.gr7.ap-northeast-1.eks.amazonaws.com
            certificateAuthority: LS0tLS1CRUdJTg==
            cidr: 10.100.0.0/16
          kubelet:
            config:
              maxPods: 44
            flags:
            - --node-labels=alpha.eksctl.io/cluster-name=eks-spot-eksct,alpha.eksctl.io/nodegroup-name=dev-4vcpu-16gb-spot,aws.amazon.com/spot=true,lifecycle=Ec2Spot
            - --register-with-taints=spotInstance=true:PreferNoSchedule,gpu=:NoExecute

        --==NODECONFIG==--
        "#);
    }

    #[test]
    fn without_labels_taints_and_pods_there_is_no_kubelet_section() {
        assert!(!nodeadm(&BootInput::default()).contains("kubelet"));
    }

    #[test]
    fn commands_run_first_and_the_override_comes_last() {
        let boot = Boot {
            pre_bootstrap_commands: vec!["echo one".into(), "#!/bin/sh\necho two\n".into()],
            override_command: Some("apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n".into()),
            kubelet_extra_config: json!({"registryPullQPS": 0, "evictionHard": {"memory.available": "5%"}})
                .as_object()
                .cloned(),
            cluster_dns: Some("169.254.20.10".into()),
            ..Boot::default()
        };
        insta::assert_snapshot!(nodeadm(&BootInput { cluster: "c", boot: &boot, ..BootInput::default() }), @r#"
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="==NODECONFIG=="

        --==NODECONFIG==
        Content-Type: text/x-shellscript

        #!/bin/bash
        echo one

        --==NODECONFIG==
        Content-Type: text/x-shellscript

        #!/bin/bash
        #!/bin/sh
        echo two

        --==NODECONFIG==
        Content-Type: application/node.eks.aws

        apiVersion: node.eks.aws/v1alpha1
        kind: NodeConfig
        spec:
          cluster:
            name: c
            apiServerEndpoint: ''
            certificateAuthority: ''
            cidr: ''
          kubelet:
            config:
              registryPullQPS: 0
              evictionHard:
                memory.available: 5%
              clusterDNS:
              - 169.254.20.10

        --==NODECONFIG==
        Content-Type: application/node.eks.aws

        apiVersion: node.eks.aws/v1alpha1
        kind: NodeConfig
        spec: {}

        --==NODECONFIG==--
        "#);
    }
}

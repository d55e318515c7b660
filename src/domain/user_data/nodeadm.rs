//! User data for nodeadm, which boots Amazon Linux 2023 nodes: a NodeConfig in a MIME envelope.

use indexmap::IndexMap;
use serde::Serialize;

use crate::domain::taint::Taint;

const BOUNDARY: &str = "==NODECONFIG==";

/// What nodeadm must know of the cluster and the group.
#[derive(Debug, Clone, Copy)]
pub struct NodeadmInput<'a> {
    /// EKS cluster name.
    pub cluster: &'a str,
    /// API server address.
    pub endpoint: &'a str,
    /// API server CA, base64 of PEM, as DescribeCluster gives it.
    pub certificate_authority: &'a str,
    /// Service CIDR.
    pub service_cidr: &'a str,
    /// Node labels, all of them, in order: see `NodegroupSpec::node_labels`.
    pub labels: &'a IndexMap<String, String>,
    /// Node taints, in order.
    pub taints: &'a [Taint],
    /// Most pods of a node, where it is not the network interfaces' number.
    pub max_pods: Option<u32>,
}

impl Default for NodeadmInput<'_> {
    fn default() -> Self {
        static NONE: std::sync::LazyLock<IndexMap<String, String>> = std::sync::LazyLock::new(IndexMap::new);
        NodeadmInput {
            cluster: "",
            endpoint: "",
            certificate_authority: "",
            service_cidr: "",
            labels: &NONE,
            taints: &[],
            max_pods: None,
        }
    }
}

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
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<KubeletConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KubeletConfig {
    max_pods: u32,
}

/// The user data, before base64. Equal input gives equal bytes.
pub fn nodeadm(input: &NodeadmInput<'_>) -> String {
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
    // Strings, numbers and lists only: YAML has a form for every such value.
    let yaml = serde_yaml::to_string(&config).unwrap_or_default();
    format!(
        "MIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\
         \n\
         --{BOUNDARY}\n\
         Content-Type: application/node.eks.aws\n\
         \n\
         {yaml}\n\
         --{BOUNDARY}--\n"
    )
}

fn kubelet(input: &NodeadmInput<'_>) -> Option<Kubelet> {
    let mut flags = Vec::new();
    if !input.labels.is_empty() {
        let labels: Vec<String> = input.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        flags.push(format!("--node-labels={}", labels.join(",")));
    }
    if !input.taints.is_empty() {
        // The kubelet wants the `=` even where the value is empty.
        let taints: Vec<String> =
            input.taints.iter().map(|taint| format!("{}={}:{}", taint.key, taint.value, taint.effect)).collect();
        flags.push(format!("--register-with-taints={}", taints.join(",")));
    }
    let config = input.max_pods.map(|max_pods| KubeletConfig { max_pods });
    (config.is_some() || !flags.is_empty()).then_some(Kubelet { config, flags })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instance_types::InstanceTypes;
    use crate::domain::nodegroup::NodegroupSpec;

    #[test]
    fn the_tutorials_group_boots_with_its_labels_and_taint() {
        let mut spec = NodegroupSpec::new("dev-4vcpu-16gb-spot", "eks-spot-eksct", InstanceTypes::default());
        spec.labels.insert("lifecycle".into(), "Ec2Spot".into());
        spec.labels.insert("aws.amazon.com/spot".into(), "true".into());
        let taints = ["spotInstance=true:PreferNoSchedule", "gpu:NoExecute"].map(|text| Taint::parse(text).unwrap());
        let text = nodeadm(&NodeadmInput {
            cluster: "eks-spot-eksct",
            endpoint: "https://ABC.gr7.ap-northeast-1.eks.amazonaws.com",
            certificate_authority: "LS0tLS1CRUdJTg==",
            service_cidr: "10.100.0.0/16",
            labels: &spec.node_labels(),
            taints: &taints,
            max_pods: Some(44),
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
        assert!(!nodeadm(&NodeadmInput::default()).contains("kubelet"));
    }
}

//! What is written is read back, and what others write is understood.

use indexmap::IndexMap;
use proptest::prelude::*;
use serde_json::json;

use super::read;
use crate::domain::nodegroup::{AmiFamily, Boot, Bootstrap, Bottlerocket};
use crate::domain::taint::Taint;
use crate::domain::user_data::{BootInput, write};

fn written(
    family: AmiFamily,
    labels: &IndexMap<String, String>,
    taints: &[Taint],
    pods: Option<u32>,
    boot: &Boot,
) -> String {
    let input = BootInput {
        cluster: "c",
        endpoint: "https://e",
        certificate_authority: "Y2E=",
        service_cidr: "10.100.0.0/16",
        labels,
        taints,
        max_pods: pods,
        boot,
    };
    write(family, &input)
}

proptest! {
    /// Whatever is written reads back as what is written again, byte for byte.
    #[test]
    fn our_own_boot_data_comes_back(
        family in prop::sample::select(vec!["AmazonLinux2023", "AmazonLinux2", "Bottlerocket", "WindowsServer2022CoreContainer"]),
        labels in prop::collection::btree_map("[a-z]{1,6}(/[a-z]{1,4})?", "[a-zA-Z0-9]{0,5}", 0..4),
        taints in prop::collection::vec("[a-z]{1,5}(=[a-z]{1,4})?:(NoSchedule|NoExecute)", 0..3),
        pods in prop::option::of(1u32..200),
        commands in prop::collection::vec("[a-z '\"$\\n]{1,20}[a-z]", 0..3),
        dns in prop::option::of(Just("169.254.20.10".to_owned())),
        admin in prop::option::of(any::<bool>()),
        extra in any::<bool>(),
    ) {
        let family = AmiFamily::parse(family).unwrap();
        let labels: IndexMap<String, String> = labels.into_iter().collect();
        let mut taints: Vec<Taint> = taints.iter().map(|taint| Taint::parse(taint).unwrap()).collect();
        taints.sort_by(|one, other| one.key.cmp(&other.key));
        taints.dedup_by(|one, other| one.key == other.key && one.effect == other.effect);
        let shell = !family.is_bottlerocket();
        let config = json!({"registryPullQPS": 0, "evictionHard": {"memory.available": "5%"}});
        let settings = json!({"motd": "hi", "kubernetes": {"registry-qps": 10}});
        let boot = Boot {
            pre_bootstrap_commands: if shell { commands } else { vec![] },
            kubelet_extra_config: config.as_object().cloned().filter(|_| extra && shell && !family.is_windows()),
            override_command: (extra && family.is_windows()).then(|| "& $EKSBootstrapScriptFile $x 'y'".to_owned()),
            cluster_dns: dns,
            bottlerocket: (!shell && (admin.is_some() || extra)).then(|| Bottlerocket {
                enable_admin_container: admin,
                settings: settings.as_object().cloned().filter(|_| extra),
            }),
            ..Boot::default()
        };
        let text = written(family, &labels, &taints, pods, &boot);
        let found = read(&text).unwrap();
        prop_assert_eq!(&found.labels, &labels);
        prop_assert_eq!(&found.taints, &taints);
        prop_assert_eq!(found.max_pods, pods);
        prop_assert!(found.notes.is_empty(), "{:?}", found.notes);
        let readings = std::iter::once(&found.boot).chain(&found.others);
        let mut again = readings.map(|boot| written(family, &found.labels, &found.taints, found.max_pods, boot));
        prop_assert!(again.any(|again| again == text), "{text}\n{found:#?}");
    }

    #[test]
    fn no_text_is_too_odd(text in "(?s).{0,200}", start in prop::sample::select(vec!["", "#!/bin/bash\n/etc/eks/bootstrap.sh ", "[settings.kubernetes]\n", "<powershell>\n& Start-EKSBootstrap.ps1 ", "apiVersion: node.eks.aws/v1\nkind: NodeConfig\n"])) {
        let _ = read(&format!("{start}{text}"));
    }
}

#[test]
fn a_node_config_with_more_than_we_write() {
    let text = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\nContent-Type: text/x-shellscript\n\n#!/bin/bash\nyum install -y jq\n\n--//\nContent-Type: application/node.eks.aws\n\n---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster: {name: c, apiServerEndpoint: https://e, certificateAuthority: Y2E=, cidr: 10.0.0.0/16}\n  instance:\n    localStorage: {strategy: RAID0}\n  kubelet:\n    config:\n      maxPods: 58\n      shutdownGracePeriod: 30s\n      clusterDNS: [10.0.0.10]\n    flags:\n    - \"--node-labels=team=blue,alpha.eksctl.io/instance-id=$ID\"\n    - --v=4\n\n--//--\n";
    let found = read(text).unwrap();
    assert_eq!((found.bootstrap, found.max_pods), (Bootstrap::Nodeadm, Some(58)));
    assert_eq!(found.labels, IndexMap::from([("team".to_owned(), "blue".to_owned())]));
    assert_eq!(found.boot.pre_bootstrap_commands, ["yum install -y jq"]);
    assert_eq!(found.boot.cluster_dns.as_deref(), Some("10.0.0.10"));
    assert_eq!(found.boot.kubelet_extra_config, json!({"shutdownGracePeriod": "30s"}).as_object().cloned());
    insta::assert_snapshot!(found.boot.override_command.unwrap(), @r"
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      instance:
        localStorage:
          strategy: RAID0
      kubelet:
        flags:
        - --v=4
    ");
    assert_eq!(found.notes, ["label `alpha.eksctl.io/instance-id`: each machine gives it a value of its own"]);
}

#[test]
fn a_script_of_terraforms() {
    let text = "#!/bin/bash\nset -e\nexport TEAM=blue\nB64_CLUSTER_CA=Y2E=\nAPI_SERVER_URL=https://e\n/etc/eks/bootstrap.sh mine --kubelet-extra-args '--node-labels=team=blue --register-with-taints=a=b:NoSchedule --kube-reserved=cpu=100m' --b64-cluster-ca $B64_CLUSTER_CA --apiserver-endpoint $API_SERVER_URL --ip-family ipv4 \\\n  --dns-cluster-ip 10.0.0.10\necho done\n";
    let found = read(text).unwrap();
    assert_eq!(found.bootstrap, Bootstrap::Script);
    assert_eq!(found.labels["team"], "blue");
    assert_eq!(found.taints, [Taint::parse("a=b:NoSchedule").unwrap()]);
    assert_eq!(found.boot.cluster_dns.as_deref(), Some("10.0.0.10"));
    assert_eq!(
        found.boot.pre_bootstrap_commands,
        ["set -e\nexport TEAM=blue\nB64_CLUSTER_CA=Y2E=\nAPI_SERVER_URL=https://e"]
    );
    assert_eq!(
        found.notes,
        [
            "commands that run after the node has joined",
            "flags of the kubelet: --kube-reserved=cpu=100m",
            "argument of bootstrap.sh: --ip-family ipv4",
        ]
    );
}

#[test]
fn powershell_of_terraforms() {
    let text = "<powershell>\nnet user Administrator x\n[string]$EKSBinDir = \"$env:ProgramFiles\\Amazon\\EKS\"\n[string]$EKSBootstrapScriptName = 'Start-EKSBootstrap.ps1'\n[string]$EKSBootstrapScriptFile = \"$EKSBinDir\\$EKSBootstrapScriptName\"\n& $EKSBootstrapScriptFile -EKSClusterName mine -APIServerEndpoint https://e -Base64ClusterCA Y2E= -KubeletExtraArgs '--node-labels=team=blue --register-with-taints=os=windows:NoSchedule --v=4' -KubeProxyExtraArgs \"--v=2\" 3>&1 4>&1 5>&1 6>&1\n$LastError = if ($?) { 0 } else { $Error[0].Exception.HResult }\nStart-Service x\n</powershell>\n";
    let found = read(text).unwrap();
    assert_eq!(found.bootstrap, Bootstrap::Windows);
    assert_eq!(found.labels["team"], "blue");
    assert_eq!(found.taints, [Taint::parse("os=windows:NoSchedule").unwrap()]);
    assert_eq!(found.boot.pre_bootstrap_commands, ["net user Administrator x"]);
    assert_eq!(
        found.notes,
        [
            "commands that run after the node has joined",
            "flags of the kubelet: --v=4",
            "argument of Start-EKSBootstrap.ps1: -KubeProxyExtraArgs --v=2",
        ]
    );
}

#[test]
fn settings_of_bottlerocket() {
    let text = "[settings.kubernetes]\ncluster-name = \"c\"\napi-server = \"https://e\"\ncluster-certificate = \"Y2E=\"\nmax-pods = 40\n\n[settings.kubernetes.node-labels]\nteam = \"blue\"\n\n[settings.kubernetes.node-taints]\ngpu = \"true:NoSchedule\"\n\n[settings.kernel]\nlockdown = \"integrity\"\n";
    let found = read(text).unwrap();
    assert_eq!((found.bootstrap, found.max_pods), (Bootstrap::Bottlerocket, Some(40)));
    assert_eq!(found.taints, [Taint::parse("gpu=true:NoSchedule").unwrap()]);
    let settings = found.boot.bottlerocket.unwrap().settings.unwrap();
    assert_eq!(serde_json::Value::Object(settings), json!({"kernel": {"lockdown": "integrity"}}));
}

#[test]
fn what_cannot_be_told_is_none() {
    for text in ["", "#cloud-config\nruncmd: [x]\n", "#!/bin/bash\necho hi\n", "<powershell>\n</powershell>"] {
        assert_eq!(read(text), None, "{text}");
    }
}

//! What a ClusterConfig says, done in the sandbox: every field acts, or is refused by name.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use spotscript::domain::cloud::AuthenticationMode;
use spotscript::domain::eksctl;
use spotscript::domain::nodegroup::{AmiFamily, NodegroupSpec};
use spotscript::ops::{self, DeleteOptions};
use spotscript::sandbox::world::Scenario;
use support::{CLUSTER, Rig, told, waiting};

fn groups(text: &str) -> Vec<NodegroupSpec> {
    let head = format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata:\n  name: {CLUSTER}\n  region: ap-northeast-1\n"
    );
    eksctl::read(&format!("{head}{text}"), "f.yml").unwrap_or_else(|error| panic!("{error:?}")).nodegroups()
}

#[tokio::test]
async fn every_field_of_a_group_reaches_what_it_is_about() {
    let rig = Rig::new();
    let spec = groups(
        r#"
nodeGroups:
  - name: full
    instancesDistribution: {instanceTypes: [t3.large, t3a.large], onDemandPercentageAboveBaseCapacity: 0, spotAllocationStrategy: price-capacity-optimized, capacityRebalance: true}
    desiredCapacity: 1
    instancePrefix: blue
    volumeSize: 50
    volumeEncrypted: true
    volumeKmsKeyID: 36c0b54e-64ed-4f2d-a1c7-96558764311e
    additionalVolumes:
      - {volumeName: /dev/xvdf, volumeSize: 20, snapshotID: snap-1}
    ebsOptimized: true
    enableDetailedMonitoring: true
    enclaveEnabled: false
    cpuCredits: standard
    placement: {groupName: pg}
    disableIMDSv1: false
    disablePodIMDS: true
    capacityReservation: {capacityReservationPreference: none}
    preBootstrapCommands: ["echo hello"]
    kubeletExtraConfig: {registryPullQPS: 0}
    clusterDNS: 169.254.20.10
    maxPodsPerNode: 12
    propagateASGTags: true
    labels: {a: b}
    taints: [{key: k, value: v, effect: NoSchedule}]
    asgSuspendProcesses: [AZRebalance]
    maxInstanceLifetime: 604800
    targetGroupARNs: ["arn:aws:elasticloadbalancing:ap-northeast-1:1:targetgroup/t/1"]
    classicLoadBalancerNames: [clb]
    asgMetricsCollection: [{granularity: 1Minute, metrics: [GroupMinSize]}]
    iam:
      instanceRoleName: my-nodes
      instanceRolePermissionsBoundary: arn:aws:iam::1:policy/bound
      attachPolicyARNs: [arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy, arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy]
      attachPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}
"#,
    )
    .remove(0);
    let report = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(report.ready_nodes.len(), 1);
    let name = format!("spotscript-{CLUSTER}-full");
    let template = rig.session.cloud.launch_template(&name).await.unwrap().unwrap();
    let mut data = template.data.clone();
    data.user_data = String::new();
    data.image_id = String::new();
    data.instance_profile_arn = None;
    data.security_group_ids = vec![];
    insta::assert_snapshot!(serde_yaml::to_string(&data).unwrap(), @r"
    image_id: ''
    instance_type: t3.large
    key_name: null
    instance_profile_arn: null
    security_group_ids: []
    user_data: ''
    metadata_options:
      http_tokens: optional
      hop_limit: 1
    block_devices:
    - device_name: /dev/xvda
      size_gib: 50
      volume_type: gp3
      iops: null
      throughput: null
      encrypted: true
      kms_key: 36c0b54e-64ed-4f2d-a1c7-96558764311e
    - device_name: /dev/xvdf
      size_gib: 20
      volume_type: gp3
      iops: null
      throughput: null
      encrypted: null
      snapshot: snap-1
    tag_specifications:
    - resource_type: instance
      tags:
        Name: blue-eks-spot-eksct-full-Node
        spotscript/owner: spotscript
        spotscript/cluster: eks-spot-eksct
        spotscript/nodegroup: full
    - resource_type: volume
      tags:
        Name: blue-eks-spot-eksct-full-Node
        spotscript/owner: spotscript
        spotscript/cluster: eks-spot-eksct
        spotscript/nodegroup: full
    - resource_type: network-interface
      tags:
        Name: blue-eks-spot-eksct-full-Node
        spotscript/owner: spotscript
        spotscript/cluster: eks-spot-eksct
        spotscript/nodegroup: full
    settings:
      ebs_optimized: true
      monitoring: true
      enclaves: false
      cpu_credits: standard
      placement_group: pg
      reservation_preference: none
    ");
    let group = rig.session.cloud.group(&name).await.unwrap().unwrap();
    assert_eq!(group.suspended_processes, ["AZRebalance"]);
    assert_eq!(group.max_instance_lifetime, Some(604_800));
    assert_eq!((group.target_group_arns.len(), group.load_balancers.as_slice()), (1, ["clb".to_owned()].as_slice()));
    assert_eq!(group.enabled_metrics, ["GroupMinSize"]);
    assert_eq!(group.tags["k8s.io/cluster-autoscaler/node-template/taint/k"], "v:NoSchedule");
    let role = rig.session.cloud.role("my-nodes").await.unwrap().unwrap();
    assert_eq!(role.inline.keys().collect::<Vec<_>>(), ["Policy1"]);
    assert_eq!(role.attached.len(), 3, "{:?}", role.attached);

    let again = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert!(again.resources.iter().all(|one| one.verdict == "unchanged"), "{again:?}");

    ops::delete(&rig.session, CLUSTER, "full", &DeleteOptions::default()).await.unwrap();
    assert!(rig.session.cloud.group(&name).await.unwrap().is_none());
    assert!(rig.session.cloud.role("my-nodes").await.unwrap().is_none());
}

#[tokio::test]
async fn nodes_of_other_families_join() {
    let rig = Rig::new();
    for family in ["Bottlerocket", "Ubuntu2404", "Ubuntu2204"] {
        let spec = groups(&format!(
            "nodeGroups:\n  - name: {}\n    amiFamily: {family}\n    desiredCapacity: 1\n    labels: {{os: {family}}}\n    taints: [{{key: k, effect: NoSchedule}}]\n",
            family.to_lowercase()
        ))
        .remove(0);
        let report =
            ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
        assert_eq!(report.ready_nodes.len(), 1, "{family}");
    }
    let old = groups("nodeGroups:\n  - name: old\n    amiFamily: AmazonLinux2\n    desiredCapacity: 1\n").remove(0);
    insta::assert_snapshot!(told(&ops::ensure(&rig.session, &old, &waiting()).await.unwrap_err()), @r"
    SPOT-0316: no AmazonLinux2 image for Kubernetes 1.33
      because SSM parameter `/aws/service/eks/optimized-ami/1.33/amazon-linux-2/recommended/image_id` does not exist
      help: upgrade the cluster to a version that EKS supports, or name an image with `ami`
    ");
}

#[tokio::test]
async fn nodes_of_windows_join() {
    let rig = Rig::new();
    let spec = groups(
        "nodeGroups:\n  - name: win\n    amiFamily: WindowsServer2022FullContainer\n    desiredCapacity: 2\n    \
         maxPodsPerNode: 20\n    labels: {team: blue}\n    taints: [{key: os, value: windows, effect: NoSchedule}]\n    \
         preBootstrapCommands: [\"net user Administrator 'it''s'\"]\n",
    )
    .remove(0);
    let report = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(report.ready_nodes.len(), 2);
    assert!(rig.log().contains("pods on Windows get no addresses"), "{}", rig.log());

    let cluster = rig.session.cloud.cluster(CLUSTER).await.unwrap().unwrap();
    let api = rig.session.connect(&cluster).await.unwrap();
    for node in api.nodes("kubernetes.io/os=windows,team=blue").await.unwrap() {
        let info = node.status.unwrap().node_info.unwrap();
        assert_eq!(info.os_image, "Windows Server 2022 Datacenter");
        assert!(info.kernel_version.starts_with("10.0.20348."), "{}", info.kernel_version);
        let taints = node.spec.unwrap().taints.unwrap();
        assert_eq!((taints[0].key.as_str(), taints[0].value.as_deref()), ("os", Some("windows")));
        // Nothing of Linux runs there.
        let on_it = format!("spec.nodeName={}", node.metadata.name.unwrap());
        assert_eq!(api.pods(None, "", &on_it).await.unwrap().len(), 0);
    }
    let name = format!("spotscript-{CLUSTER}-win");
    let role = rig.session.cloud.role(&name).await.unwrap().unwrap();
    let entry = rig.session.cloud.access_entry(CLUSTER, &role.arn).await.unwrap().unwrap();
    assert_eq!(entry.kind, "EC2_WINDOWS");
    let template = rig.session.cloud.launch_template(&name).await.unwrap().unwrap();
    assert_eq!(template.data.block_devices[0].device_name, "/dev/sda1");

    let again = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert!(again.resources.iter().all(|one| one.verdict == "unchanged"), "{again:?}");
    ops::delete(&rig.session, CLUSTER, "win", &DeleteOptions::default()).await.unwrap();
    assert!(rig.session.cloud.role(&name).await.unwrap().is_none());
}

#[tokio::test]
async fn every_windows_that_eks_has_an_image_of_joins() {
    let of_family = |family: &str| {
        groups(&format!("nodeGroups:\n  - name: w\n    amiFamily: {family}\n    desiredCapacity: 1\n")).remove(0)
    };
    for family in AmiFamily::ALL.iter().filter(|family| family.is_windows()) {
        let rig = Rig::of(Scenario { kubernetes: "1.35".into(), ..Scenario::default() }.build(1));
        let report = ops::ensure(&rig.session, &of_family(family.as_str()), &waiting()).await;
        let report = report.unwrap_or_else(|error| panic!("{family}: {}", told(&error)));
        assert_eq!(report.ready_nodes.len(), 1, "{family}");
        let imported = ops::import(&rig.session, CLUSTER, "w").await.unwrap();
        assert_eq!((imported.spec.ami_family, imported.notes.as_slice()), (*family, [].as_slice()));
    }
    let error = ops::ensure(&Rig::new().session, &of_family("WindowsServer2025CoreContainer"), &waiting()).await;
    insta::assert_snapshot!(told(&error.unwrap_err()), @r"
    SPOT-0316: no WindowsServer2025CoreContainer image for Kubernetes 1.33
      because SSM parameter `/aws/service/ami-windows-latest/Windows_Server-2025-English-Core-EKS_Optimized-1.33/image_id` does not exist
      help: upgrade the cluster to a version that EKS supports, or name an image with `ami`
    ");
}

#[tokio::test]
async fn nodes_of_windows_join_a_cluster_that_knows_aws_auth_alone() {
    let scenario = Scenario { authentication_mode: AuthenticationMode::ConfigMap, ..Scenario::default() };
    let rig = Rig::of(scenario.build(1));
    rig.sandbox.world(|world| {
        let map = serde_json::json!({
            "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"}, "data": {"enable-windows-ipam": "true"},
        });
        world.objects.create("configmaps", map, 0).unwrap();
    });
    let text = "nodeGroups:\n  - name: win\n    amiFamily: WindowsServer2019CoreContainer\n    desiredCapacity: 1\n";
    let spec = groups(text).remove(0);
    let report = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(report.ready_nodes.len(), 1);
    assert!(!rig.log().contains("addresses"), "{}", rig.log());
    let rows = rig
        .sandbox
        .read(|world| world.objects.get("configmaps", "kube-system", "aws-auth").unwrap()["data"]["mapRoles"].clone());
    assert!(rows.as_str().unwrap().contains("  - eks:kube-proxy-windows\n"), "{rows}");
    let again = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap();
    assert_eq!(again.mutating_requests, 0);
    ops::delete(&rig.session, CLUSTER, "win", &DeleteOptions::default()).await.unwrap();
}

#[tokio::test]
async fn powershell_that_does_not_run_is_the_cause_that_is_told() {
    let rig = Rig::new();
    let mut told_all = String::new();
    for (name, command) in [("quote", "& $EKSBootstrapScriptFile 'c"), ("name", "& $EKSBootstrapScriptFile -Cluster c")]
    {
        let spec = groups(&format!(
            "nodeGroups:\n  - name: {name}\n    amiFamily: WindowsServer2022CoreContainer\n    desiredCapacity: 1\n    \
             overrideBootstrapCommand: |\n      {command}\n"
        ))
        .remove(0);
        let error = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_err();
        told_all.push_str(&format!("{}\n", told(&error)));
    }
    insta::assert_snapshot!(told_all, @r"
    SPOT-0503: group `quote` has 0 of 1 nodes Ready
      because instance `i-06832f7b79eb7ccd7` cannot join: the PowerShell of the user data does not run
      because 2026/01/01 00:01:43Z: EC2Launch: user data: The string is missing the terminator: '.
      help: correct the group's commands (`preBootstrapCommands`, `overrideBootstrapCommand`) and run `ensure` again, which writes new user data
    SPOT-0503: group `name` has 0 of 1 nodes Ready
      because instance `i-0b336f76b3e5d2b83` cannot join: the PowerShell of the user data does not run
      because 2026/01/01 00:05:37Z: EC2Launch: user data: A parameter cannot be found that matches parameter name 'Cluster'.
      help: correct the group's commands (`preBootstrapCommands`, `overrideBootstrapCommand`) and run `ensure` again, which writes new user data
    ");
}

#[tokio::test]
async fn a_role_is_that_of_linux_nodes_or_of_windows_nodes() {
    let rig = Rig::new();
    let linux = groups("nodeGroups:\n  - name: first\n    desiredCapacity: 1\n").remove(0);
    ops::ensure(&rig.session, &linux, &waiting()).await.unwrap();
    let role = rig.session.cloud.role(&format!("spotscript-{CLUSTER}-first")).await.unwrap().unwrap();
    let spec = groups(&format!(
        "nodeGroups:\n  - name: win\n    amiFamily: WindowsServer2022CoreContainer\n    desiredCapacity: 1\n    iam: \
         {{instanceRoleARN: \"{}\"}}\n",
        role.arn
    ))
    .remove(0);
    let error = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_err();
    assert!(error.message.contains("has type `EC2_LINUX`, but nodes need `EC2_WINDOWS`"), "{}", told(&error));
}

#[tokio::test]
async fn a_role_that_is_given_is_used_and_left_alone() {
    let rig = Rig::new();
    let made = groups("nodeGroups:\n  - name: first\n    desiredCapacity: 1\n").remove(0);
    ops::ensure(&rig.session, &made, &waiting()).await.unwrap();
    let role = rig.session.cloud.role(&format!("spotscript-{CLUSTER}-first")).await.unwrap().unwrap();
    let given = groups(&format!(
        "nodeGroups:\n  - name: second\n    desiredCapacity: 1\n    iam: {{instanceRoleARN: \"{}\"}}\n",
        role.arn
    ))
    .remove(0);
    let report = ops::ensure(&rig.session, &given, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(report.ready_nodes.len(), 1);
    ops::delete(&rig.session, CLUSTER, "second", &DeleteOptions::default()).await.unwrap();
    assert_eq!(rig.session.cloud.role(&role.name).await.unwrap().unwrap(), role);
    let again = ops::ensure(&rig.session, &made, &waiting()).await.unwrap();
    assert!(again.resources.iter().all(|one| one.verdict == "unchanged"), "{again:?}");

    let profile = rig.session.cloud.instance_profile(&role.name).await.unwrap().unwrap();
    let third = groups(&format!(
        "nodeGroups:\n  - name: third\n    desiredCapacity: 1\n    iam: {{instanceProfileARN: \"{}\"}}\n",
        profile.arn
    ))
    .remove(0);
    assert_eq!(ops::ensure(&rig.session, &third, &waiting()).await.unwrap().ready_nodes.len(), 1);
    let absent =
        groups("nodeGroups:\n  - name: x\n    iam: {instanceRoleARN: \"arn:aws:iam::1:role/nobody\"}\n").remove(0);
    insta::assert_snapshot!(told(&ops::ensure(&rig.session, &absent, &waiting()).await.unwrap_err()), @r"
    SPOT-0321: role `arn:aws:iam::1:role/nobody` does not exist
      help: correct the ARN, or leave it out and let a role be made
    ");
}

#[tokio::test]
async fn what_is_not_done_is_said_before_anything_is_made() {
    let rig = Rig::new();
    let mut told_all = String::new();
    for lines in [
        "amiFamily: WindowsServer2022FullContainer\n    instanceType: m6g.large",
        "efaEnabled: true",
        "outpostARN: arn:aws:outposts:x",
        "securityGroups: {withShared: false}",
        "instancesDistribution: {instanceTypes: [p3.2xlarge]}",
    ] {
        let spec = groups(&format!("nodeGroups:\n  - name: g\n    {lines}\n")).remove(0);
        let error = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_err();
        told_all.push_str(&format!("{lines}\n{}\n", told(&error)));
    }
    insta::assert_snapshot!(told_all, @r"
    amiFamily: WindowsServer2022FullContainer
        instanceType: m6g.large
    SPOT-0112: `m6g.large` cannot run WindowsServer2022FullContainer
      because images of Windows are built for x86_64 alone
      help: leave them out, or take another family
    efaEnabled: true
    SPOT-0206: group `g`: `efaEnabled` is not acted on
      because each type wants other interfaces, a security group and a device plugin of its own
      help: leave it out, or create this group with eksctl
    outpostARN: arn:aws:outposts:x
    SPOT-0206: group `g`: `outpostARN` is not acted on
      because an Outpost offers other types and volumes than its region
      help: leave it out, or create this group with eksctl
    securityGroups: {withShared: false}
    SPOT-0206: group `g`: `securityGroups.withShared: false` without `attachIDs`
      because no security group would be left by which nodes and control plane reach each other
      help: name groups with `attachIDs`, or leave `withShared` out
    instancesDistribution: {instanceTypes: [p3.2xlarge]}
    SPOT-0111: EC2 has no instance type `p3.2xlarge`
      because the known types are those of PyPI moto 5.2.5, files of 2026-10-27, wheel sha256 eef62cdcf3bfe73e0863743511ba042dfaba04ba3d5ecdcb896a196c693ad528
      help: leave it out
    ");
}

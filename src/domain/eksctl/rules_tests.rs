//! Every rule of eksctl for groups, and those that eksctl lacks: each is told at its place.

use super::*;

/// A document of one group in `list`; `lines` are indented into it.
fn document(list: &str, lines: &str) -> String {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: c, region: us-west-2}}\n{list}:\n  - name: g\n{indented}"
    )
}

/// The faults of each case, `line:column code message | help`.
fn table(list: &str, cases: &[&str]) -> String {
    let told = |lines: &&str| {
        let (faults, _) = examine(&document(list, lines), "f.yml", &|_| None);
        let told = faults.iter().map(|fault| {
            let place = fault.location.as_ref().unwrap();
            let help = fault.help.as_deref().unwrap_or("-");
            format!("  {}:{} {} {fault} | {help}\n", place.line, place.column, fault.code)
        });
        format!("{}\n{}", lines.replace('\n', " ⏎ "), told.collect::<String>())
    };
    cases.iter().map(told).collect()
}

#[test]
fn rules_of_a_self_managed_group() {
    insta::assert_snapshot!(table("nodeGroups", &[
        "instanceType: m5.large\ninstancesDistribution: {instanceTypes: [m5.large]}",
        "instancesDistribution: {}",
        "instancesDistribution: {instanceTypes: [m5.large], onDemandBaseCapacity: -1}",
        "instancesDistribution: {instanceTypes: [m5.large], spotInstancePools: 21}",
        "instancesDistribution: {instanceTypes: [m5.large], spotInstancePools: 2, spotAllocationStrategy: price-capacity-optimized}",
        "instancesDistribution: {instanceTypes: [m5.large], maxPrice: 0}",
        "instancesDistribution: {instanceTypes: [m5.large, m6g.large]}",
        "instanceSelector: {vCPUs: 2, memory: \"8\"}\ninstanceType: m5.large",
        "instanceSelector: {vCPUs: 3}",
        "instanceSelector: {vCPUs: 2, memory: \"8\"}\ninstancesDistribution: {instanceTypes: [m5.large]}",
        "volumeEncrypted: true",
        "volumeSize: 10\nvolumeKmsKeyID: k",
        "volumeSize: 10\nvolumeType: gp2\nvolumeIOPS: 3000",
        "volumeSize: 10\nvolumeType: gp3\nvolumeIOPS: 100",
        "volumeSize: 10\nvolumeType: io1\nvolumeThroughput: 200",
        "volumeSize: 10\nvolumeType: gp4",
        "additionalVolumes:\n- volumeSize: 10\n- volumeName: /dev/xvdb\n- volumeName: /dev/xvdb",
        "maxPodsPerNode: -1",
        "availabilityZones: [us-west-2a]\nsubnets: [s]",
        "availabilityZones: [us-west-2a]\nlocalZones: [us-west-2-lax-1a]",
        "placement: {groupName: \"\"}",
        "efaEnabled: true\navailabilityZones: [us-west-2a, us-west-2b]",
        "amiFamily: AmazonLinux2024",
        "ami: ami-1234",
        "bottlerocket: {enableAdminContainer: true}",
        "amiFamily: Bottlerocket\nbottlerocket:\n  settings:\n    kubernetes: {node-labels: {a: b}, max-pods: 5}",
        "amiFamily: Bottlerocket\npreBootstrapCommands: [date]\nkubeletExtraConfig: {a: b}",
        "overrideBootstrapCommand: echo hi",
        "ssh: {publicKeyName: a, publicKeyPath: b}",
        "ssh: {enableSsm: false}",
        "kubeletExtraConfig: {kind: x, authentication: {}}",
        "cpuCredits: unlimited",
        "cpuCredits: endless\ninstanceType: t3.large",
        "asgSuspendProcesses: [Launch, Lunch]",
        "maxInstanceLifetime: 3600",
        "containerRuntime: dockerd",
        "containerRuntime: containerd\namiFamily: AmazonLinux2\noverrideBootstrapCommand: x",
        "iam: {instanceRoleARN: \"arn:aws:iam::1:role/r\", attachPolicyARNs: [p], withAddonPolicies: {ebs: true}}",
        "iam: {instanceProfileARN: \"arn:aws:iam::1:role/r\"}",
        "disablePodIMDS: true\niam: {withAddonPolicies: {ebs: true}}",
        "capacityReservation: {capacityReservationPreference: open, capacityReservationTarget: {capacityReservationID: a, capacityReservationResourceGroupARN: b}}",
        "capacityReservation: {capacityReservationPreference: maybe}",
        "instanceMarketOptions: {marketType: spot}",
        "labels: {a/b/c: d}",
        "labels: {a: \"b c\"}",
        "taints: {a: \"b:c:NoSchedule\"}",
        "taints: [{key: a, effect: NoSchedule}, {key: a, value: b, effect: NoSchedule}]",
        "taints: [{key: a, effect: NO_SCHEDULE}]",
        "tags: {\"aws:x\": z}",
        "asgMetricsCollection: [{metrics: [GroupMinSize]}]",
        "clusterDNS: dns",
        "minSize: 3\nmaxSize: 2\nlabels: {a: \"b c\"}",
    ]), @r#"
    instanceType: m5.large ⏎ instancesDistribution: {instanceTypes: [m5.large]}
      6:19 SPOT-0203 `nodeGroups[0].instanceType` is `m5.large` while `instancesDistribution` names the types | leave it out, or write `mixed`
    instancesDistribution: {}
      6:28 SPOT-0203 `nodeGroups[0].instancesDistribution.instanceTypes` names no instance type | name at least one
    instancesDistribution: {instanceTypes: [m5.large], onDemandBaseCapacity: -1}
      6:78 SPOT-0131 the On-Demand base is -1 | it is a number of instances, 0 or more
    instancesDistribution: {instanceTypes: [m5.large], spotInstancePools: 21}
      6:75 SPOT-0131 the number of Spot pools is 21 | it is from 1 to 20
    instancesDistribution: {instanceTypes: [m5.large], spotInstancePools: 2, spotAllocationStrategy: price-capacity-optimized}
      6:75 SPOT-0131 a number of Spot pools cannot go with the strategy `price-capacity-optimized` | leave the number out, or use `lowest-price`
    instancesDistribution: {instanceTypes: [m5.large], maxPrice: 0}
      6:66 SPOT-0131 the highest Spot price is `0` | it is a decimal number of US dollars per hour, 0.001 or more; without it, the On-Demand price holds
    instancesDistribution: {instanceTypes: [m5.large, m6g.large]}
      6:5 SPOT-0203 `m6g.large` have another processor architecture than `m5.large`, and a group has one image | make one group for each architecture
    instanceSelector: {vCPUs: 2, memory: "8"} ⏎ instanceType: m5.large
      7:19 SPOT-0203 `nodeGroups[0].instanceType` is `m5.large` while `instanceSelector` names the types | leave it out, or write `mixed`
    instanceSelector: {vCPUs: 3}
      6:5 SPOT-0112 the instance selector matches no instance type | ask for less, or name the types
    instanceSelector: {vCPUs: 2, memory: "8"} ⏎ instancesDistribution: {instanceTypes: [m5.large]}
      6:5 SPOT-0203 `nodeGroups[0].instanceSelector` does not match the instance types that are named | leave one of the two out; the selector matches g6f.large, m4.large, m5.large, m5a.large, m5ad.large, m5d.large, m5dn.large, m5n.large, m5zn.large, m6a.large, m6i.large, m6id.large, m6idn.large, m6in.large, m7a.large, m7i-flex.large, m7i.large, m8a.large, m8azn.large, m8i-flex.large, m8i.large, m8ib.large, m8id.large, m8idb.large, m8idn.large, m8in.large, m8ine.large, t2.large, t3.large, t3a.large
    volumeEncrypted: true
      6:5 SPOT-0203 `nodeGroups[0].volumeEncrypted` without `volumeSize` | set `volumeSize` too; eksctl's own is 80
    volumeSize: 10 ⏎ volumeKmsKeyID: k
      7:5 SPOT-0203 `nodeGroups[0].volumeKmsKeyID` without `volumeEncrypted: true` | set `volumeEncrypted: true` too
    volumeSize: 10 ⏎ volumeType: gp2 ⏎ volumeIOPS: 3000
      8:5 SPOT-0101 gp2 volumes have no setting for IOPS | use gp3, io1 or io2
    volumeSize: 10 ⏎ volumeType: gp3 ⏎ volumeIOPS: 100
      8:5 SPOT-0101 the volume has 100 IOPS | gp3 takes 3000 to 16000
    volumeSize: 10 ⏎ volumeType: io1 ⏎ volumeThroughput: 200
      8:5 SPOT-0101 io1 volumes have no setting for throughput | use gp3
    volumeSize: 10 ⏎ volumeType: gp4
      7:17 SPOT-0203 `nodeGroups[0].volumeType` is `gp4` | did you mean `gp3`? it is one of `gp3`, `gp2`, `io1`, `io2`, `st1`, `sc1`
    additionalVolumes: ⏎ - volumeSize: 10 ⏎ - volumeName: /dev/xvdb ⏎ - volumeName: /dev/xvdb
      7:7 SPOT-0203 `nodeGroups[0].additionalVolumes[0].volumeName` must be set | name the device, for example `/dev/xvdf`
      9:19 SPOT-0203 `nodeGroups[0].additionalVolumes[2].volumeName` `/dev/xvdb` is there twice | each volume has a device of its own
    maxPodsPerNode: -1
      6:21 SPOT-0203 `nodeGroups[0].maxPodsPerNode` is -1 | it is 0 or more
    availabilityZones: [us-west-2a] ⏎ subnets: [s]
      7:5 SPOT-0203 `nodeGroups[0]` has both `availabilityZones` and `subnets` | give `availabilityZones` or `subnets`
    availabilityZones: [us-west-2a] ⏎ localZones: [us-west-2-lax-1a]
      7:5 SPOT-0203 `nodeGroups[0]` has both `availabilityZones` and `localZones` | give `availabilityZones` or `localZones`
    placement: {groupName: ""}
      6:5 SPOT-0203 `nodeGroups[0].placement.groupName` must be set | name an existing placement group
    efaEnabled: true ⏎ availabilityZones: [us-west-2a, us-west-2b]
      7:5 SPOT-0203 `nodeGroups[0].efaEnabled` needs all nodes in one zone | name one zone or one subnet
    amiFamily: AmazonLinux2024
      6:16 SPOT-0203 `nodeGroups[0].amiFamily` is `AmazonLinux2024`, which is no image family | did you mean `AmazonLinux2023`?
    ami: ami-1234
      6:10 SPOT-0203 `nodeGroups[0].ami` without `amiFamily`: how the image boots is not known | say the family of the image, for example `amiFamily: AmazonLinux2023`
    bottlerocket: {enableAdminContainer: true}
      6:5 SPOT-0203 `nodeGroups[0].bottlerocket` in a group of AmazonLinux2023 | set `amiFamily: Bottlerocket`, or leave it out
    amiFamily: Bottlerocket ⏎ bottlerocket: ⏎   settings: ⏎     kubernetes: {node-labels: {a: b}, max-pods: 5}
      9:22 SPOT-0203 `nodeGroups[0].bottlerocket.settings.kubernetes.node-labels` is set by the group's `labels` | use `labels` of the group
      9:43 SPOT-0203 `nodeGroups[0].bottlerocket.settings.kubernetes.max-pods` is set by the group's `maxPodsPerNode` | use `maxPodsPerNode` of the group
    amiFamily: Bottlerocket ⏎ preBootstrapCommands: [date] ⏎ kubeletExtraConfig: {a: b}
      7:5 SPOT-0203 `nodeGroups[0].preBootstrapCommands`: Bottlerocket runs no commands of ours | use `bottlerocket.settings`
      8:5 SPOT-0203 `nodeGroups[0].kubeletExtraConfig`: Bottlerocket runs no commands of ours | use `bottlerocket.settings`
    overrideBootstrapCommand: echo hi
      6:5 SPOT-0203 `nodeGroups[0].overrideBootstrapCommand` is no NodeConfig | Amazon Linux 2023 is told by a NodeConfig (`apiVersion: node.eks.aws/v1alpha1`), not by a script; scripts go into `preBootstrapCommands`
    ssh: {publicKeyName: a, publicKeyPath: b}
      6:29 SPOT-0203 `nodeGroups[0].ssh` gives `publicKeyName` and `publicKeyPath`: a node has one key | keep one of them
    ssh: {enableSsm: false}
      6:11 SPOT-0203 `nodeGroups[0].ssh.enableSsm: false`: nodes always have SSM | leave it out
    kubeletExtraConfig: {kind: x, authentication: {}}
      6:26 SPOT-0203 `nodeGroups[0].kubeletExtraConfig.kind` is set by eksctl, as nodes could not join without it | leave it out
      6:35 SPOT-0203 `nodeGroups[0].kubeletExtraConfig.authentication` is set by eksctl, as nodes could not join without it | leave it out
    cpuCredits: unlimited
      6:5 SPOT-0203 `nodeGroups[0].cpuCredits` is set, and none of the types has CPU credits | leave it out, or name t2, t3, t3a or t4g types
    cpuCredits: endless ⏎ instanceType: t3.large
      6:17 SPOT-0203 `nodeGroups[0].cpuCredits` is `endless` | it is one of `standard`, `unlimited`
    asgSuspendProcesses: [Launch, Lunch]
      6:35 SPOT-0203 `Lunch` is no process of an Auto Scaling group | did you mean `Launch`?
    maxInstanceLifetime: 3600
      6:26 SPOT-0203 `nodeGroups[0].maxInstanceLifetime` is 3600 s | AWS takes a day (86400 s) or more
    containerRuntime: dockerd
      6:23 SPOT-0203 `nodeGroups[0].containerRuntime` is `dockerd` | only `containerd` is left in Kubernetes 1.24 and later
    containerRuntime: containerd ⏎ amiFamily: AmazonLinux2 ⏎ overrideBootstrapCommand: x
      6:5 SPOT-0203 `nodeGroups[0].containerRuntime` is overridden by `overrideBootstrapCommand` | leave it out, and say it in the command
    iam: {instanceRoleARN: "arn:aws:iam::1:role/r", attachPolicyARNs: [p], withAddonPolicies: {ebs: true}}
      6:53 SPOT-0203 `nodeGroups[0].iam.attachPolicyARNs` together with `instanceRoleARN`: a role that is given is not changed | leave it out, or leave `instanceRoleARN` out
      6:76 SPOT-0203 `nodeGroups[0].iam.withAddonPolicies` together with `instanceRoleARN`: a role that is given is not changed | leave it out, or leave `instanceRoleARN` out
    iam: {instanceProfileARN: "arn:aws:iam::1:role/r"}
      6:31 SPOT-0203 `nodeGroups[0].iam.instanceProfileARN` is `arn:aws:iam::1:role/r`, which is of something else | it is written like `arn:aws:iam::111122223333:instance-profile/NAME`
    disablePodIMDS: true ⏎ iam: {withAddonPolicies: {ebs: true}}
      7:11 SPOT-0203 `nodeGroups[0].iam.withAddonPolicies` together with `disablePodIMDS`: pods could not get the node's credentials | leave one of the two out
    capacityReservation: {capacityReservationPreference: open, capacityReservationTarget: {capacityReservationID: a, capacityReservationResourceGroupARN: b}}
      6:64 SPOT-0203 `nodeGroups[0].capacityReservation` has both a preference and a target | give one of the two
      6:64 SPOT-0203 `nodeGroups[0].capacityReservation.capacityReservationTarget` is one reservation or one resource group | give `capacityReservationID` or `capacityReservationResourceGroupARN`
    capacityReservation: {capacityReservationPreference: maybe}
      6:58 SPOT-0203 `nodeGroups[0].capacityReservation.capacityReservationPreference` is `maybe` | it is one of `open`, `none`
    instanceMarketOptions: {marketType: spot}
      6:5 SPOT-0203 `nodeGroups[0].instanceMarketOptions` without `capacityReservation.capacityReservationTarget` | say which capacity block
      6:41 SPOT-0203 `nodeGroups[0].instanceMarketOptions.marketType` is `spot` | only `capacity-block` can be set here; Spot is set by `instancesDistribution`, or `spot: true` of a managed group
    labels: {a/b/c: d}
      6:14 SPOT-0121 label key `a/b/c`: only one `/` is allowed | -
    labels: {a: "b c"}
      6:14 SPOT-0121 label `a` has the value `b c`: it contains ' '; letters, digits, `-`, `_` and `.` are allowed | -
    taints: {a: "b:c:NoSchedule"}
      6:14 SPOT-0120 taint `a: "b:c:NoSchedule"`: more than one `:` | the form is `value:Effect`
    taints: [{key: a, effect: NoSchedule}, {key: a, value: b, effect: NoSchedule}]
      6:5 SPOT-0120 `nodeGroups[0].taints` has two taints with key `a` and effect `NoSchedule` | Kubernetes allows one of each key and effect
    taints: [{key: a, effect: NO_SCHEDULE}]
      6:31 SPOT-0120 `NO_SCHEDULE` is not a taint effect | did you mean `NoSchedule`? the effects are `NoSchedule`, `PreferNoSchedule` and `NoExecute`
    tags: {"aws:x": z}
      6:12 SPOT-0122 tag key `aws:x`: keys that begin with `aws:` are AWS's own | -
    asgMetricsCollection: [{metrics: [GroupMinSize]}]
      6:28 SPOT-0203 `nodeGroups[0].asgMetricsCollection[0].granularity` must be set | AWS has one: `1Minute`
    clusterDNS: dns
      6:17 SPOT-0203 `nodeGroups[0].clusterDNS` is `dns`, which is no address | for example `172.20.0.10`
    minSize: 3 ⏎ maxSize: 2 ⏎ labels: {a: "b c"}
      6:5 SPOT-0130 `min` 3 is greater than `max` 2 | sizes must satisfy min ≤ desired ≤ max
      8:14 SPOT-0121 label `a` has the value `b c`: it contains ' '; letters, digits, `-`, `_` and `.` are allowed | -
    "#);
}

#[test]
fn rules_of_a_managed_group() {
    insta::assert_snapshot!(table("managedNodeGroups", &[
        "instanceType: m5.large\ninstanceTypes: [m5.large]",
        "instancesDistribution: {}",
        "taints: {a: \"b:NoSchedule\"}",
        "securityGroups: {withLocal: true}",
        "iam: {instanceProfileARN: \"arn:aws:iam::1:instance-profile/r\"}",
        "launchTemplate: {id: lt-1, version: latest}\ninstanceType: m5.large\nvolumeSize: 10\nssh: {allow: true}",
        "launchTemplate: {}",
        "updateConfig: {maxUnavailable: 1, maxUnavailablePercentage: 5}",
        "updateConfig: {maxUnavailablePercentage: 101}",
        "nodeRepairConfig: {maxUnhealthyNodeThresholdCount: 1, maxUnhealthyNodeThresholdPercentage: 5}",
        "nodeRepairConfig: {nodeRepairConfigOverrides: [{repairAction: Reboot}]}",
        "amiFamily: AmazonLinux2\nami: ami-1234",
        "amiFamily: AmazonLinux2\noverrideBootstrapCommand: x",
        "amiFamily: AmazonLinux2023\nami: ami-1234\nreleaseVersion: 1.33.1-20251209",
        "volumeEncrypted: true",
    ]), @r#"
    instanceType: m5.large ⏎ instanceTypes: [m5.large]
      6:5 SPOT-0203 `managedNodeGroups[0]` has both `instanceType` and `instanceTypes` | keep `instanceTypes`
    instancesDistribution: {}
      6:5 SPOT-0202 `managedNodeGroups[0].instancesDistribution` is not a key that eksctl knows | EKS chooses how a managed group is divided: write `spot: true` and `instanceTypes`, or use `nodeGroups`
    taints: {a: "b:NoSchedule"}
      6:13 SPOT-0203 `managedNodeGroups[0].taints` is a map, it must be a list | -
    securityGroups: {withLocal: true}
      6:22 SPOT-0203 `managedNodeGroups[0].securityGroups.withLocal`: EKS chooses the groups of a managed group | leave it out
    iam: {instanceProfileARN: "arn:aws:iam::1:instance-profile/r"}
      6:11 SPOT-0203 `managedNodeGroups[0].iam.instanceProfileARN`: EKS makes the profile of a managed group | give `instanceRoleARN`
    launchTemplate: {id: lt-1, version: latest} ⏎ instanceType: m5.large ⏎ volumeSize: 10 ⏎ ssh: {allow: true}
      6:41 SPOT-0203 `managedNodeGroups[0].launchTemplate.version` is `latest` | it is the number of a version, in quotes
      7:5 SPOT-0203 `managedNodeGroups[0].instanceType` together with `launchTemplate`, which says it itself | set it in the template, or leave the template out
      8:5 SPOT-0203 `managedNodeGroups[0].volumeSize` together with `launchTemplate`, which says it itself | set it in the template, or leave the template out
      9:5 SPOT-0203 `managedNodeGroups[0].ssh` together with `launchTemplate`, which says it itself | set the key in the template
    launchTemplate: {}
      6:5 SPOT-0203 `managedNodeGroups[0].launchTemplate.id` must be set | it is written like `lt-0123456789abcdef0`
    updateConfig: {maxUnavailable: 1, maxUnavailablePercentage: 5}
      6:5 SPOT-0203 `managedNodeGroups[0].updateConfig` is a number or a percentage | give `maxUnavailable` or `maxUnavailablePercentage`
    updateConfig: {maxUnavailablePercentage: 101}
      6:46 SPOT-0203 `managedNodeGroups[0].updateConfig.maxUnavailablePercentage` is 101 | it is from 1 to 100
    nodeRepairConfig: {maxUnhealthyNodeThresholdCount: 1, maxUnhealthyNodeThresholdPercentage: 5}
      6:24 SPOT-0203 `managedNodeGroups[0].nodeRepairConfig` has both `maxUnhealthyNodeThresholdPercentage` and `maxUnhealthyNodeThresholdCount` | keep one of them
    nodeRepairConfig: {nodeRepairConfigOverrides: [{repairAction: Reboot}]}
      6:67 SPOT-0203 `managedNodeGroups[0].nodeRepairConfig.nodeRepairConfigOverrides[0].repairAction` is `Reboot` | it is one of `Terminate`, `Restart`, `NoAction`
    amiFamily: AmazonLinux2 ⏎ ami: ami-1234
      7:5 SPOT-0203 `managedNodeGroups[0].ami` of AmazonLinux2 without `overrideBootstrapCommand` | EKS writes no boot data for an image of one's own: say how the node joins
    amiFamily: AmazonLinux2 ⏎ overrideBootstrapCommand: x
      7:5 SPOT-0203 `managedNodeGroups[0].overrideBootstrapCommand` of AmazonLinux2 without `ami` | name an image with `ami`
    amiFamily: AmazonLinux2023 ⏎ ami: ami-1234 ⏎ releaseVersion: 1.33.1-20251209
      8:5 SPOT-0203 `managedNodeGroups[0].releaseVersion` together with `ami` | an image of one's own has no release of EKS's
    volumeEncrypted: true
    "#);
}

#[test]
fn rules_of_the_whole_document() {
    let told = |text: &str| {
        let (faults, _) = examine(text, "f.yml", &|_| None);
        let told = faults.iter().map(|fault| format!("{} {} {fault}\n", fault.location.as_ref().unwrap(), fault.code));
        told.collect::<String>()
    };
    let head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n";
    insta::assert_snapshot!(told(head), @r"
    f.yml:1:1 SPOT-0203 `metadata` must be set
    ");
    insta::assert_snapshot!(told(&format!("{head}metadata: {{name: '', region: mars}}\n")), @r"
    f.yml:3:12 SPOT-0203 `metadata.name` must be set
    f.yml:3:30 SPOT-0203 `metadata.region` is `mars`, which is no region
    ");
    let named = format!("{head}metadata: {{name: c, region: us-west-2}}\n");
    insta::assert_snapshot!(told(&format!("{named}nodeGroups: [{{name: a}}, null, {{name: a}}, {{}}]\nmanagedNodeGroups: [{{name: a}}]\n")), @r"
    f.yml:4:25 SPOT-0203 `nodeGroups[1]` is not set
    f.yml:4:38 SPOT-0203 `nodeGroups[2].name` `a` is not unique
    f.yml:4:42 SPOT-0203 `nodeGroups[3].name` must be set
    f.yml:5:28 SPOT-0203 `managedNodeGroups[0].name` `a` is not unique
    ");
    insta::assert_snapshot!(told(&format!("{named}nodeGroups: [{{name: a}}]\nkubernetesNetworkConfig: {{ipFamily: IPv6}}\n")), @r"
    f.yml:4:1 SPOT-0203 self-managed groups do not work in a cluster with `ipFamily: IPv6`
    ");
    insta::assert_snapshot!(told(&format!("{named}nodeGroups: [{{name: a}}]\nprivateCluster: {{enabled: true}}\n")), @r"
    f.yml:4:14 SPOT-0203 `nodeGroups[0].privateNetworking` must be true in a cluster with `privateCluster.enabled`
    ");
    insta::assert_snapshot!(told(&format!("{named}vpc: {{idd: x, cidr: 10}}\naddons: [{{nme: x}}]\n")), @r"
    f.yml:4:7 SPOT-0202 `vpc.idd` is not a key that eksctl knows
    f.yml:5:11 SPOT-0202 `addons[0].nme` is not a key that eksctl knows
    f.yml:4:21 SPOT-0203 `vpc.cidr` is a number, it must be text
    ");
}

#[test]
fn what_eksctl_takes_is_taken() {
    for lines in [
        "instanceType: mixed\ninstancesDistribution: {instanceTypes: [m5.large]}",
        "instanceSelector: {vCPUs: 2, memory: 4GiB, gpus: 0}",
        "volumeSize: 80\nvolumeEncrypted: true\nvolumeKmsKeyID: k\nvolumeIOPS: 4000",
        "amiFamily: ubuntu2204",
        "taints: {key1: \"val1:NoSchedule\", key2: \":NoExecute\", key3: NoSchedule}",
        "labels: {node.kubernetes.io/x: w, topology.kubernetes.io/zone: z}",
        "cpuCredits: standard\ninstancesDistribution: {instanceTypes: [t3.large, m5.large]}",
        "updateConfig: {maxUnavailable: 3}",
        "overrideBootstrapCommand: |\n  apiVersion: node.eks.aws/v1alpha1\n  kind: NodeConfig\n  spec: {}",
        "ssh: {allow: false}\niam: null\nlabels: null\nsubnets: null",
        "iam: {attachPolicy: {Version: 2012-10-17, Statement: []}}",
    ] {
        let (faults, _) = examine(&document("nodeGroups", lines), "f.yml", &|_| None);
        assert_eq!(faults, [], "{lines}");
    }
}

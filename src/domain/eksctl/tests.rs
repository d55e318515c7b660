//! Documents whole: the tutorial's, broken ones, and what goes out and comes back.

use proptest::prelude::*;

use super::*;
use crate::domain::catalogue;
use crate::domain::code::Code;
use crate::domain::nodegroup::{
    AddonPolicies, Distribution, Size, SpotAllocationStrategy, SshAccess, Volume, VolumeType,
};
use crate::domain::shape::Architecture;
use crate::domain::taint::{Taint, TaintEffect};
use crate::domain::testing::shared;

const TUTORIAL: &str = include_str!("../../../tests/fixtures/tutorial_nodegroups.yml");

fn tokyo(name: &str) -> Option<String> {
    (name == "AWS_REGION").then(|| "ap-northeast-1".to_owned())
}

/// A document of one group; `lines` are indented into it.
fn group(lines: &str) -> String {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata:\n  name: c\n  region: us-west-2\nnodeGroups:\n  - name: g\n{indented}"
    )
}

/// `line:column CODE message | help`, the causes below.
fn fault(text: &str) -> String {
    let error = read(text, "f.yml").unwrap_err();
    let place = error.location.as_ref().unwrap();
    let help = error.help.as_deref().map(|help| format!(" | {help}")).unwrap_or_default();
    let first = format!("{}:{} {} {}{help}", place.line, place.column, error.code, error.message);
    std::iter::once(first).chain(error.causes.clone()).collect::<Vec<_>>().join("\n")
}

fn read_group(lines: &str) -> (NodegroupSpec, Vec<String>) {
    let document = read(&group(lines), "f.yml").unwrap_or_else(|error| panic!("{error:?}"));
    let notes = document.notes().iter().map(|note| format!("{}: {}", note.location, note.message)).collect();
    (document.nodegroups().remove(0), notes)
}

#[test]
fn the_tutorials_file_is_accepted_byte_for_byte() {
    if let Some(page) = shared("reference/tutorial-page.zh.md") {
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains(&format!("<<EoF > ~/environment/spot_nodegroups.yml\n{TUTORIAL}EoF\n")));
    }
    let document = read_with(TUTORIAL, "spot_nodegroups.yml", &tokyo).unwrap();
    assert_eq!(document.text(), TUTORIAL);
    let [spec] = document.nodegroups().try_into().unwrap();
    assert_eq!(spec.findings(), []);
    assert_eq!((spec.name.as_str(), spec.cluster.as_str()), ("dev-4vcpu-16gb-spot", "eks-spot-eksct"));
    assert_eq!(spec.region.as_deref(), Some("ap-northeast-1"));
    assert_eq!(
        spec.types.names(),
        ["m5.xlarge", "m5d.xlarge", "m4.xlarge", "t3.xlarge", "t3a.xlarge", "m5a.xlarge", "t2.xlarge"]
    );
    assert_eq!(spec.size, Size { min: 0, desired: 2, max: 5 });
    assert_eq!(spec.distribution, Distribution::spot(SpotAllocationStrategy::CapacityOptimized));
    assert_eq!(spec.ssh, Some(SshAccess::with_key_pair("eks-spot-key")));
    let labels: Vec<_> = spec.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(labels, ["lifecycle=Ec2Spot", "intent=apps", "aws.amazon.com/spot=true"]);
    assert_eq!(spec.taints, [Taint::parse("spotInstance=true:PreferNoSchedule").unwrap()]);
    // The file's four tags are those that follow from its labels and its taint: none is the user's own, none is lost.
    assert_eq!(spec.tags, crate::domain::cloud::TagMap::new());
    let made = spec.group_tags();
    for (key, value) in [
        ("label/lifecycle", "Ec2Spot"),
        ("label/intent", "apps"),
        ("label/aws.amazon.com/spot", "true"),
        ("taint/spotInstance", "true:PreferNoSchedule"),
    ] {
        assert_eq!(made[&format!("k8s.io/cluster-autoscaler/node-template/{key}")], value);
    }
    let addons = AddonPolicies {
        auto_scaler: true,
        cloud_watch: true,
        aws_load_balancer_controller: true,
        ..AddonPolicies::default()
    };
    assert_eq!(spec.addons, addons);
    let notes: Vec<_> = document.notes().iter().map(|note| note.location.line).collect();
    assert_eq!(notes, [18, 34], "the key and the old policy name");
}

#[test]
fn a_region_that_is_not_filled_in_is_refused_with_what_to_do() {
    insta::assert_snapshot!(fault(TUTORIAL), @"5:13 SPOT-0205 `metadata.region` holds the shell variable `$AWS_REGION`, which has no value | set it (export AWS_REGION=…) and write the file again with an unquoted heredoc, or put its value in");
    let unset = TUTORIAL.replace("$AWS_REGION", "");
    insta::assert_snapshot!(fault(&unset), @"
    5:5 SPOT-0205 `metadata.region` is empty | set it (export AWS_REGION=…) and write the file again, or put the region in
    an unquoted heredoc writes nothing for a variable that is not set, such as $AWS_REGION
    ");
    insta::assert_snapshot!(fault(&TUTORIAL.replace("$AWS_REGION", "ap-northest-1")), @"5:13 SPOT-0203 `metadata.region` is `ap-northest-1`, which is no region | did you mean `ap-northeast-1`?");
    insta::assert_snapshot!(fault(&TUTORIAL.replace("    region: $AWS_REGION\n", "")), @"4:5 SPOT-0203 `metadata.region` must be set | it is the AWS region of the cluster, such as `ap-northeast-1`");
    insta::assert_snapshot!(fault(&TUTORIAL.replace("$AWS_REGION", "${REGION:-x}")), @"5:13 SPOT-0205 `metadata.region` holds `${REGION:-x}`, which only a shell can fill in | put its value in");
}

#[test]
fn unknown_keys_have_a_place_and_a_near_name() {
    insta::assert_snapshot!(fault(&group("amiFamily: AmazonLinux2023\nami: my-image")), @r"
    9:10 SPOT-0101 `my-image` is not an image id | for example `ami-0123456789abcdef0`
    ");
    insta::assert_snapshot!(fault(&group("lables: {a: b}\ninstancesDistribution:\n  instanceTypes: [m5.large]\n  CapacityRebalance: true")), @"
    8:5 SPOT-0202 `nodeGroups[0].lables` is not a key that eksctl knows | did you mean `labels`?
    ");
    insta::assert_snapshot!(fault(&group("spot: true")), @"8:5 SPOT-0202 `nodeGroups[0].spot` is not a key that eksctl knows | it is a key of `managedNodeGroups`; here `instancesDistribution` makes a group Spot");
    insta::assert_snapshot!(fault(&group("").replace("kind:", "zone: x\nkind:")), @"2:1 SPOT-0202 `zone` is not a key that eksctl knows");
    let notes =
        read_group("minSize: 0\ninstancesDistribution:\n  instanceTypes: [m5.large]\n  CapacityRebalance: true").1;
    insta::assert_snapshot!(notes[0], @r"
    f.yml:11:7: `nodeGroups[0].instancesDistribution.CapacityRebalance` is passed over, as eksctl does without a word: it is written `capacityRebalance`
    ");
}

#[test]
fn values_have_the_types_of_eksctls_parser() {
    insta::assert_snapshot!(fault(&group("labels:\n  spot: true\ntags:\n  n: 1\ntaints:\n  a: yes")), @r#"
    9:13 SPOT-0203 `nodeGroups[0].labels.spot` is a boolean, it must be text | put it in quotes: "true"
    also f.yml:11:10: `nodeGroups[0].tags.n` is a number, it must be text
    also f.yml:13:10: `nodeGroups[0].taints.a` is a boolean, it must be text
    "#);
    insta::assert_snapshot!(fault(&group("minSize: \"0\"\nmaxSize: 1.5\nprivateNetworking: \"true\"\nlabels: [a]\nssh: yes")), @"
    8:14 SPOT-0203 `nodeGroups[0].minSize` is text, it must be a whole number without quotes
    also f.yml:9:14: `nodeGroups[0].maxSize` is 1.5, it must be a whole number without quotes
    also f.yml:10:24: `nodeGroups[0].privateNetworking` is text, it must be true or false without quotes
    also f.yml:11:13: `nodeGroups[0].labels` is a list, it must be a map
    also f.yml:12:10: `nodeGroups[0].ssh` is a boolean, it must be a map
    ");
    insta::assert_snapshot!(fault(&group("minSize: -1\nmaxPodsPerNode: -5")), @"
    8:5 SPOT-0130 `min` is -1 | `min` is a number of nodes from 0 to 2147483647
    also f.yml:9:21: `nodeGroups[0].maxPodsPerNode` is -5
    ");
    insta::assert_snapshot!(fault(&group("minSize: 99999999999999999999999")), @"8:14 SPOT-0203 `nodeGroups[0].minSize` is 99999999999999999999999, it must be a whole number without quotes");
    let version = group("").replace("region: us-west-2", "region: us-west-2\n  version: 1.10");
    insta::assert_snapshot!(fault(&version), @r#"6:12 SPOT-0203 `metadata.version` is a number, it must be text | put it in quotes: "1.10""#);
}

#[test]
fn values_keep_their_own_rules_with_a_place() {
    insta::assert_snapshot!(fault(&group("instancesDistribution:\n  instanceTypes: [m5.xlarge, m5.xlrge]\n  spotAllocationStrategy: diversified")), @"
    9:34 SPOT-0111 EC2 has no instance type `m5.xlrge` | did you mean `m5.xlarge`?
    also f.yml:10:31: `diversified` is not a Spot allocation strategy of an Auto Scaling group
    ");
    insta::assert_snapshot!(fault(&group("taints:\n  spotInstance: \"true:PreferNoShedule\"")), @r#"9:7 SPOT-0120 taint `spotInstance: "true:PreferNoShedule"`: `PreferNoShedule` is not a taint effect | did you mean `PreferNoSchedule`? the effects are `NoSchedule`, `PreferNoSchedule` and `NoExecute`"#);
    insta::assert_snapshot!(fault(&group("taints:\n  key: a\n  value: b\n  effect: NoSchedule")), @"8:5 SPOT-0120 `nodeGroups[0].taints` is one taint where a list of taints, or a map of key to `value:Effect`, must be | put `- ` before `key`");
    insta::assert_snapshot!(fault(&group("labels:\n  node-role.kubernetes.io/spot: \"\"")), @"
    9:7 SPOT-0121 label key `node-role.kubernetes.io/spot`: a node may not set this key on itself | use a key of your own, or set it after the nodes have joined: kubectl label node NAME node-role.kubernetes.io/spot=
    prefixes in `kubernetes.io` and `k8s.io` are reserved; a kubelet told to set one does not start
    ");
    insta::assert_snapshot!(fault(&group("instancesDistribution:\n  instanceTypes: [m5.large]\n  onDemandPercentageAboveBaseCapacity: 101\n  spotInstancePools: 2\n  spotAllocationStrategy: capacity-optimized")), @r"
    10:44 SPOT-0131 the On-Demand percentage is 101 | it is the share above the base, from 0 (all Spot) to 100 (no Spot)
    also f.yml:11:26: a number of Spot pools cannot go with the strategy `capacity-optimized`
    ");
    insta::assert_snapshot!(fault(&group("iam: {withAddonPolicies: {albIngress: true, awsLoadBalancerController: true}}")), @"8:31 SPOT-0203 `nodeGroups[0].iam.withAddonPolicies` has both `albIngress` and `awsLoadBalancerController`, which are the same | leave `albIngress` out, its old name");
    assert_eq!(read_group("ssh: {allow: true}").0.ssh.unwrap().public_key_path.as_deref(), Some("~/.ssh/id_rsa.pub"));
    insta::assert_snapshot!(fault(&group("minSize: 3\nmaxSize: 2")), @"8:5 SPOT-0130 `min` 3 is greater than `max` 2 | sizes must satisfy min ≤ desired ≤ max");
    insta::assert_snapshot!(fault(&group("labels: {a: b}\nlabels: {c: d}")), @"9:5 SPOT-0203 the key `labels` is there twice, first in line 8 | leave one of them out");
}

#[test]
fn what_is_no_cluster_config_is_refused() {
    insta::assert_snapshot!(fault(""), @"
    1:1 SPOT-0204 `apiVersion` is missing | a ClusterConfig begins with `apiVersion: eksctl.io/v1alpha5` and `kind: ClusterConfig`
    also f.yml:1:1: `kind` is missing
    ");
    insta::assert_snapshot!(fault(&group("").replace("v1alpha5", "v1alpha3")), @"1:13 SPOT-0204 `apiVersion` is `eksctl.io/v1alpha3`, not `eksctl.io/v1alpha5` | a ClusterConfig begins with `apiVersion: eksctl.io/v1alpha5` and `kind: ClusterConfig`");
    insta::assert_snapshot!(fault("- a"), @"1:1 SPOT-0203 `the document` is a list, it must be a map");
    insta::assert_snapshot!(fault("a: b: c"), @"1:5 SPOT-0201 not YAML: mapping values are not allowed in this context");
    insta::assert_snapshot!(fault("a:\n\t- b"), @"2:2 SPOT-0201 not YAML: tabs disallowed within this context (block indentation) | indent with spaces, not tabs");
}

#[test]
fn defaults_are_eksctls() {
    let (spec, notes) = read_group("");
    assert_eq!(spec.size, Size { min: 2, desired: 2, max: 2 });
    assert_eq!((spec.types.names(), spec.distribution.on_demand_percentage), (vec!["m5.large"], 100));
    assert_eq!(spec.volume, Volume::default());
    assert_eq!(notes, ["f.yml:7:5: `nodeGroups[0]` has no `instancesDistribution`: all its nodes are On-Demand"]);
    assert_eq!(read_group("desiredCapacity: 3").0.size, Size { min: 3, desired: 3, max: 3 });
    assert_eq!(read_group("minSize: 0\nmaxSize: 4").0.size, Size { min: 0, desired: 0, max: 4 });
    let (spec, notes) = read_group("instancesDistribution: {instanceTypes: [m5.large]}");
    assert_eq!((spec.distribution.on_demand_percentage, notes.len()), (100, 2));
    assert_eq!(read_group("volumeSize: 100").0.volume.iops, None);
    let (spec, _) = read_group("taints:\n- {key: a, effect: NoExecute}\n- {key: a, value: b, effect: NoSchedule}");
    assert_eq!(spec.taints.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a:NoExecute", "a=b:NoSchedule"]);
}

#[test]
fn other_sections_are_kept_and_not_looked_into() {
    let text = group("") + "managedNodeGroups:\n  - {name: m, spot: true}\nvpc: {id: $VPC}\naddons: []\n";
    let document = read(&text, "f.yml").unwrap();
    let names: Vec<_> = document.sections().iter().map(|section| section.name.as_str()).collect();
    assert_eq!(names, ["vpc", "addons"]);
    assert_eq!(document.managed()[0].managed.as_ref().unwrap().spot, Some(true));
    assert_eq!(document.text(), text);
    let twice = text.replace("name: m", "name: g");
    assert!(fault(&twice).contains("`managedNodeGroups[0].name` `g` is not unique"));
}

#[test]
fn tags_of_the_cluster_are_tags_of_its_groups() {
    let text =
        group("tags: {a: own}").replace("region: us-west-2", "region: us-west-2\n  tags: {a: theirs, b: theirs}");
    let spec = read(&text, "f.yml").unwrap().nodegroups().remove(0);
    let tags: Vec<_> = spec.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(tags, ["a=own", "b=theirs"]);
}

#[test]
fn a_group_is_written_as_people_would() {
    let spec = read_with(TUTORIAL, "f", &tokyo).unwrap().nodegroups().remove(0);
    insta::assert_snapshot!(write(&[spec]).unwrap(), @r#"
    apiVersion: eksctl.io/v1alpha5
    kind: ClusterConfig
    metadata:
      name: eks-spot-eksct
      region: ap-northeast-1
    nodeGroups:
    - name: dev-4vcpu-16gb-spot
      amiFamily: AmazonLinux2023
      minSize: 0
      maxSize: 5
      desiredCapacity: 2
      instancesDistribution:
        instanceTypes:
        - m5.xlarge
        - m5d.xlarge
        - m4.xlarge
        - t3.xlarge
        - t3a.xlarge
        - m5a.xlarge
        - t2.xlarge
        onDemandBaseCapacity: 0
        onDemandPercentageAboveBaseCapacity: 0
        spotAllocationStrategy: capacity-optimized
      ssh:
        allow: true
        publicKeyName: eks-spot-key
      labels:
        lifecycle: Ec2Spot
        intent: apps
        aws.amazon.com/spot: "true"
      taints:
      - key: spotInstance
        value: "true"
        effect: PreferNoSchedule
      tags:
        k8s.io/cluster-autoscaler/node-template/label/lifecycle: Ec2Spot
        k8s.io/cluster-autoscaler/node-template/label/intent: apps
        k8s.io/cluster-autoscaler/node-template/label/aws.amazon.com/spot: "true"
        k8s.io/cluster-autoscaler/node-template/taint/spotInstance: true:PreferNoSchedule
      iam:
        withAddonPolicies:
          autoScaler: true
          cloudWatch: true
          awsLoadBalancerController: true
    "#);
}

#[test]
fn what_cannot_be_written_is_refused() {
    assert_eq!(write(&[]).unwrap_err().code, Code::DocumentValue);
    let spec = read_with(TUTORIAL, "f", &tokyo).unwrap().nodegroups().remove(0);
    let nowhere = NodegroupSpec { region: None, ..spec.clone() };
    assert!(write(&[nowhere]).unwrap_err().message.starts_with("the region of"));
    let elsewhere = NodegroupSpec { cluster: "other".into(), ..spec.clone() };
    assert!(write(&[spec.clone(), elsewhere]).unwrap_err().message.contains("different clusters"));
    let mut faulty = spec;
    faulty.tags.insert("a\u{e000}".into(), "b\nc".into());
    assert!(write(&[faulty]).unwrap_err().message.starts_with("a group cannot be written"));
}

/// What is there of the public examples is read; `tests/eksctl_conformance.rs` says more of each.
#[test]
fn what_eksctls_parser_refuses_is_refused() {
    let Some(folder) = shared("data/eksctl-examples/extra") else { return };
    let outcome = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        match open(&text, name, &|_| None) {
            Ok(document) => format!("{name}: {} and {} groups", document.nodegroups().len(), document.managed().len()),
            Err(error) => format!("{} {} {}", error.location.as_ref().unwrap(), error.code, error.message),
        }
    };
    let files = [
        "parser-example.json",
        "parser-bad-field-1.yaml",
        "parser-bad-field-1.json",
        "parser-bad-field-2.yaml",
        "parser-bad-type-1.yaml",
        "parser-old-version.json",
        "al2023.yaml",
    ];
    insta::assert_snapshot!(files.map(outcome).join("\n"), @r"
    parser-example.json: 1 and 0 groups
    parser-bad-field-1.yaml:7:3 SPOT-0202 `metadata.zone` is not a key that eksctl knows
    parser-bad-field-1.json:2:17 SPOT-0204 `apiVersion` is `eksctl.io/v1alpha3`, not `eksctl.io/v1alpha5`
    parser-bad-field-2.yaml:16:10 SPOT-0202 `nodeGroups[0].iam.withAddonPolicies.foo` is not a key that eksctl knows
    parser-bad-type-1.yaml:8:12 SPOT-0203 `metadata.version` is a number, it must be text
    parser-old-version.json:2:17 SPOT-0204 `apiVersion` is `eksctl.io/v1alpha3`, not `eksctl.io/v1alpha5`
    al2023.yaml: 1 and 1 groups
    ");
}

fn text_that_tricks_yaml() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9]([-A-Za-z0-9_.]{0,12}[A-Za-z0-9])?",
        prop::sample::select(vec![
            "yes", "No", "on", "y", "true", "null", "1_000", "010", "0x1f", "1e3", "1.5", "12", "0b1"
        ])
        .prop_map(str::to_owned),
    ]
}

fn tag_text() -> impl Strategy<Value = String> {
    prop_oneof![text_that_tricks_yaml(), "[-a-zA-Z0-9 _.:/=+@é]{1,20}"]
}

fn any_spec() -> impl Strategy<Value = NodegroupSpec> {
    let texts = || prop::collection::vec((text_that_tricks_yaml(), text_that_tricks_yaml()), 0..5);
    let tags = prop::collection::vec((tag_text(), prop_oneof![Just(String::new()), tag_text()]), 0..5);
    let taints = prop::collection::vec(
        (
            text_that_tricks_yaml(),
            prop_oneof![Just(String::new()), text_that_tricks_yaml()],
            prop::sample::select(TaintEffect::ALL.to_vec()),
        ),
        0..4,
    );
    let sizes = (0u32..9, 0u32..9, 0u32..9).prop_map(|(min, more, most)| Size {
        min,
        desired: min + more,
        max: min + more + most,
    });
    let distribution = (
        0u32..9,
        0u8..=100,
        prop::sample::select(SpotAllocationStrategy::ALL.to_vec()),
        any::<bool>(),
        prop::option::of(1u32..=20),
        prop::option::of("(0|[1-9][0-9]{0,2})\\.[0-9]{0,3}[1-9]"),
    )
        .prop_map(|(base, percentage, strategy, rebalance, pools, price)| Distribution {
            on_demand_base: base,
            on_demand_percentage: percentage,
            strategy,
            spot_pools: pools.filter(|_| strategy == SpotAllocationStrategy::LowestPrice),
            max_price: price.filter(|price| price.parse::<f64>().is_ok_and(|price| price >= 0.001)),
            capacity_rebalance: rebalance,
        });
    let volume = prop_oneof![
        Just(Volume::default()),
        (
            1u32..500,
            prop::option::of(3000u32..=16000),
            prop::option::of(125u32..=1000),
            prop::option::of(any::<bool>())
        )
            .prop_map(|(size_gib, iops, throughput, encrypted)| Volume {
                size_gib,
                volume_type: VolumeType::Gp3,
                iops,
                throughput,
                encrypted,
                ..Volume::bare()
            }),
    ];
    let ssh = prop::option::of((tag_text(), prop::collection::vec("10\\.[0-9]\\.0\\.[0-9]/(8|16|32)", 0..3)));
    let flags = prop::collection::vec(any::<bool>(), 9);
    let amd64 = catalogue::all().iter().filter(|known| known.architecture == Architecture::Amd64).cloned();
    let types = prop::sample::subsequence(amd64.collect::<Vec<_>>(), 1..6).prop_shuffle();
    let rest = (volume, ssh, flags, prop::option::of(1u32..300), prop::collection::vec("us-west-2[a-d]", 0..3));
    ((texts(), tags, taints, sizes), (distribution, types, "[a-z]([-a-z0-9]{0,10}[a-z0-9])?"), rest).prop_map(
        |((labels, tags, taints, size), (distribution, types, name), (volume, ssh, flags, max_pods, zones))| {
            let mut spec = NodegroupSpec::new(name, "on", types.into_iter().collect());
            spec.region = Some("us-west-2".into());
            spec.size = size;
            spec.distribution = distribution;
            spec.labels = labels.into_iter().collect();
            spec.tags = tags.into_iter().collect();
            for (key, value, effect) in taints {
                if !spec.taints.iter().any(|other| other.key == key && other.effect == effect) {
                    spec.taints.push(Taint { key, value, effect });
                }
            }
            spec.volume = volume;
            spec.ssh = ssh.map(|(key_name, sources)| SshAccess { sources, ..SshAccess::with_key_pair(key_name) });
            spec.private_networking = flags[8];
            spec.max_pods = max_pods;
            spec.availability_zones = zones;
            spec.addons = AddonPolicies {
                auto_scaler: flags[0],
                cloud_watch: flags[1],
                aws_load_balancer_controller: flags[2],
                ebs: flags[3],
                image_builder: flags[4],
                external_dns: flags[5],
                cert_manager: flags[6],
                x_ray: flags[7],
                ..AddonPolicies::default()
            };
            spec
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_reads_back_equal(specs in prop::collection::vec(any_spec(), 1..3)) {
        let mut specs = specs;
        for (index, spec) in specs.iter_mut().enumerate() {
            spec.name = format!("{}{index}", spec.name);
        }
        let text = write(&specs).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!(read(&text, "f").unwrap().nodegroups(), specs);
        // A YAML 1.2 parser sees the same texts.
        let other: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        let labels = other["nodeGroups"][0].get("labels").and_then(serde_yaml::Value::as_mapping).cloned().unwrap_or_default();
        prop_assert!(labels.iter().all(|(key, value)| key.is_string() && value.is_string()));
    }

    #[test]
    fn nothing_makes_the_reader_panic(text in "(?s).{0,200}", at in 0usize..1200, cut in 0usize..40, put in "(?s).{0,12}") {
        let _ = read(&text, "f");
        let chars: Vec<char> = TUTORIAL.chars().collect();
        let at = at.min(chars.len());
        let end = (at + cut).min(chars.len());
        let mutated: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
        if let Err(error) = read_with(&mutated, "f", &tokyo) {
            prop_assert!(error.location.is_some(), "{:?}", error);
        }
    }
}

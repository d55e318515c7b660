//! Live groups become files and runbooks: ours so that nothing changes, foreign ones so that an equal one can be made.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use serde_json::{Value, json};
use spotscript::domain::eksctl;
use spotscript::domain::import::{Imported, runbook, wordless};
use spotscript::domain::instance_types::InstanceTypes;
use spotscript::domain::inventory::Owner;
use spotscript::domain::nodegroup::{
    AmiFamily, Bottlerocket, DataVolume, Managed, NodegroupSpec, PublicKey, Size, SshAccess, UpdateConfig, Volume,
};
use spotscript::domain::snapshot::read;
use spotscript::domain::taint::Taint;
use spotscript::ops;
use spotscript::sandbox::world::Scenario;
use spotscript::sandbox::{copy, load};
use spotscript::view::json::render;
use support::{CLUSTER, GROUP, Rig, spec, told, waiting};

/// The file of an imported group, read again.
fn through_a_file(imported: &Imported) -> NodegroupSpec {
    let text = eksctl::write(std::slice::from_ref(&imported.spec)).unwrap_or_else(|error| panic!("{}", told(&error)));
    let document = eksctl::read(&text, "imported.yml").unwrap();
    document.nodegroups().into_iter().chain(document.managed().iter().cloned()).next().unwrap()
}

/// Groups with everything that a file can say and the sandbox can make.
/// A public key without its comment, which is no part of it.
fn key() -> String {
    PublicKey::parse(include_str!("fixtures/node_key_ed25519.pub")).unwrap().openssh()
}

fn variants() -> Vec<NodegroupSpec> {
    let changed = |name: &str, change: &dyn Fn(&mut NodegroupSpec)| {
        let mut spec = spec();
        name.clone_into(&mut spec.name);
        change(&mut spec);
        spec
    };
    let managed = |name: &str, change: &dyn Fn(&mut NodegroupSpec)| {
        changed(name, &|spec| {
            spec.types = InstanceTypes::parse(["m5.xlarge", "m5a.xlarge"]).unwrap();
            spec.size = Size::new(0, 1, 3).unwrap();
            spec.distribution = Managed::distribution(true);
            spec.managed = Some(Managed { spot: Some(true), ..Managed::default() });
            change(spec);
        })
    };
    vec![
        spec(),
        changed("plain", &|spec| {
            *spec = NodegroupSpec::new("plain", CLUSTER, InstanceTypes::parse(["m5.large"]).unwrap());
        }),
        changed("on-demand-behind", &|spec| {
            spec.distribution.on_demand_base = 1;
            spec.distribution.on_demand_percentage = 25;
            spec.distribution.capacity_rebalance = true;
            spec.distribution.max_price = Some("0.25".into());
            spec.private_networking = true;
            spec.tags = [("team".to_owned(), "blue".to_owned())].into_iter().collect();
        }),
        changed("one-zone", &|spec| {
            spec.availability_zones = vec!["ap-northeast-1a".into()];
            spec.ssh = None;
            spec.taints = vec![Taint::parse("a=b:NoSchedule").unwrap(), Taint::parse("c:NoExecute").unwrap()];
            spec.max_pods = Some(20);
        }),
        changed("commands", &|spec| {
            spec.boot.pre_bootstrap_commands = vec!["echo 'one'".into(), "echo two\necho three".into()];
            spec.boot.kubelet_extra_config = json!({"registryPullQPS": 0}).as_object().cloned();
            spec.boot.cluster_dns = Some("169.254.20.10".into());
            spec.machine.name_prefix = Some("blue".into());
            spec.machine.detailed_monitoring = Some(true);
            spec.machine.disable_imds_v1 = Some(false);
            spec.settings.suspended_processes = vec!["AZRebalance".into()];
            spec.settings.max_instance_lifetime = Some(604_800);
        }),
        changed("volumes", &|spec| {
            spec.volume = Volume { size_gib: 120, encrypted: Some(true), ..Volume::default() };
            spec.additional_volumes = vec![DataVolume {
                volume: Volume { size_gib: 20, name: Some("/dev/xvdg".into()), ..Volume::default() },
                snapshot: None,
            }];
            spec.role.attach_policy_arns = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"]
                .map(|name| format!("arn:aws:iam::aws:policy/{name}"))
                .into();
            spec.role.role_name = Some("of-my-own".into());
            spec.addons = Default::default();
        }),
        changed("bottlerocket", &|spec| {
            spec.ami_family = AmiFamily::Bottlerocket;
            spec.boot.bottlerocket = Some(Bottlerocket {
                enable_admin_container: Some(true),
                settings: json!({"motd": "hello", "kubernetes": {"registry-qps": 10}}).as_object().cloned(),
            });
        }),
        changed("windows", &|spec| {
            spec.ami_family = AmiFamily::WindowsServer2022CoreContainer;
            spec.max_pods = Some(20);
            spec.boot.pre_bootstrap_commands = vec!["Write-Host 'it''s one'".into(), "dir".into()];
        }),
        changed("windows-override", &|spec| {
            spec.ami_family = AmiFamily::WindowsServer2019FullContainer;
            spec.ssh = None;
            spec.boot.override_command = Some(
                "& $EKSBootstrapScriptFile -EKSClusterName $EKSClusterName -KubeletExtraArgs $KubeletExtraArgs".into(),
            );
        }),
        managed("managed-windows", &|spec| {
            spec.ami_family = AmiFamily::WindowsServer2019FullContainer;
            spec.boot.pre_bootstrap_commands = vec!["dir".into()];
        }),
        changed("keyed", &|spec| spec.ssh = Some(SshAccess::with_public_key(key()))),
        managed("managed-spot", &|_| {}),
        managed("managed-keyed", &|spec| spec.ssh = Some(SshAccess::with_public_key(key()))),
        managed("managed-more", &|spec| {
            spec.distribution = Managed::distribution(false);
            spec.managed = Some(Managed { spot: Some(false), ..Managed::default() });
            spec.update_config = Some(UpdateConfig { max_unavailable: Some(2), max_unavailable_percentage: None });
            spec.volume = Volume { size_gib: 50, ..Volume::default() };
            spec.max_pods = Some(30);
            spec.boot.pre_bootstrap_commands = vec!["echo hi".into()];
            spec.private_networking = true;
        }),
    ]
}

#[tokio::test]
async fn a_group_of_ours_comes_back_so_that_making_it_again_changes_nothing() {
    for spec in variants() {
        let rig = Rig::new();
        ops::ensure(&rig.session, &spec, &waiting())
            .await
            .unwrap_or_else(|error| panic!("{}: {}", spec.name, told(&error)));
        let mutating = rig.session.cloud.requests().mutating;
        let imported = ops::import(&rig.session, CLUSTER, &spec.name).await.unwrap();
        assert_eq!(rig.session.cloud.requests().mutating, mutating, "reading changes nothing");
        assert_eq!((imported.owner, &imported.notes), (Owner::Spotscript, &Vec::<String>::new()), "{}", spec.name);
        let again = through_a_file(&imported);
        let report = ops::ensure(&rig.session, &again, &waiting()).await.unwrap();
        assert_eq!((report.verdict.as_str(), report.mutating_requests), ("unchanged", 0), "{}: {report:?}", spec.name);
        let drifts = ops::drift(&rig.session, std::slice::from_ref(&again)).await.unwrap();
        assert!(drifts[0].there && drifts[0].differences.is_empty(), "{}: {drifts:?}", spec.name);
    }
}

#[tokio::test]
async fn a_windows_that_is_no_longer_the_newest_is_known_by_its_nodes() {
    let rig = Rig::new();
    let spec = NodegroupSpec { ami_family: AmiFamily::WindowsServer2019FullContainer, ..spec() };
    ops::ensure(&rig.session, &spec, &waiting()).await.unwrap();
    rig.sandbox.world(|world| {
        for (name, parameter) in &mut world.ssm.parameters {
            if name.contains("/ami-windows-latest/") {
                parameter.value = "ami-0123456789abcdef0".into();
            }
        }
    });
    let imported = ops::import(&rig.session, CLUSTER, GROUP).await.unwrap();
    assert_eq!(imported.spec.ami_family, AmiFamily::WindowsServer2019CoreContainer);
    assert!(imported.spec.ami.is_some());
    insta::assert_snapshot!(imported.notes.join("\n").replace(imported.spec.ami.as_deref().unwrap(), "AMI"), @r"
    edition of its Windows cannot be told: WindowsServer2019CoreContainer is written
    image `AMI` is not the newest of WindowsServer2019CoreContainer, so it is named; without `ami` new nodes start from the newest
    ");
}

/// A cluster of a version that still has images of every family.
fn older() -> Rig {
    Rig::of(Scenario { kubernetes: "1.32".into(), ..Scenario::default() }.build(1))
}

/// A world with a group that somebody else made: ours, with other names, tags and boot data.
async fn foreign(owner: Owner, user_data: Option<&str>) -> Rig {
    let rig = older();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let snapshot = ops::snapshot(&rig.session, CLUSTER, true).await.unwrap();
    let name = support::NAME;
    let mut value = serde_json::to_value(&snapshot).unwrap();
    let foreign = match owner {
        Owner::CloudFormation => "eksctl-eks-spot-eksct-nodegroup-workers-NodeGroup-1X",
        _ => "workers-2024010112",
    };
    retag(&mut value, owner);
    let mut text = serde_json::to_string(&json!({"schema": "spotscript.snapshot/v1", "data": value})).unwrap();
    text = text.replace(name, foreign);
    let mut value: Value = serde_json::from_str(&text).unwrap();
    if let Some(user_data) = user_data {
        let templates = value["data"]["launch_templates"].as_array_mut().unwrap();
        let template = templates.iter_mut().find(|template| template["name"] == foreign).unwrap();
        let packed = base64::engine::general_purpose::STANDARD.encode(user_data);
        template["versions"][0]["data"]["user_data"] = packed.into();
    }
    let snapshot = read(&value.to_string(), "foreign.json").unwrap_or_else(|error| panic!("{}", told(&error)));
    Rig::of(copy::world(&snapshot, &load::Options { seed: 3, ..load::Options::default() }).0)
}

/// Takes spotscript's tags off, and puts the other maker's on.
fn retag(value: &mut Value, owner: Owner) {
    match value {
        Value::Object(map) => {
            if map.contains_key("spotscript/owner") {
                map.retain(|key, _| {
                    !key.starts_with("spotscript/") && (owner != Owner::Other || !key.starts_with("alpha.eksctl.io/"))
                });
                if owner == Owner::CloudFormation {
                    map.insert(
                        "aws:cloudformation:stack-name".into(),
                        "eksctl-eks-spot-eksct-nodegroup-workers".into(),
                    );
                    map.insert("alpha.eksctl.io/nodegroup-name".into(), "workers".into());
                }
            }
            map.values_mut().for_each(|value| retag(value, owner));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| retag(value, owner)),
        _ => {}
    }
}

/// What the nodes of a group are, beside what tells them apart.
async fn nodes_of(rig: &Rig, group: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let detail = ops::get(&rig.session, CLUSTER, group).await.unwrap();
    let name = detail.members.iter().find_map(|member| member.node.clone()).unwrap();
    rig.sandbox.read(|world| {
        let node = world.objects.get("nodes", "", &name).unwrap();
        let labels = node["metadata"]["labels"].as_object().unwrap().iter();
        let own = labels.filter(|(key, _)| {
            !key.contains("kubernetes.io/") && !key.contains("k8s.") && !key.starts_with("alpha.eksctl.io/")
        });
        let labels = own.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect();
        let taints = node["spec"]["taints"].as_array().into_iter().flatten();
        (labels, taints.map(|taint| format!("{}={}:{}", taint["key"], taint["value"], taint["effect"])).collect())
    })
}

#[tokio::test]
async fn a_foreign_group_becomes_a_file_that_makes_an_equal_one_under_another_name() {
    let cluster = older().sandbox.read(|world| world.eks.clusters[CLUSTER].clone());
    let joins = format!(
        "#!/bin/bash\nset -ex\nB64_CLUSTER_CA={}\nAPI_SERVER_URL={}\n/etc/eks/bootstrap.sh {CLUSTER} --kubelet-extra-args '--node-labels=team=blue --register-with-taints=own=true:NoSchedule' --b64-cluster-ca $B64_CLUSTER_CA --apiserver-endpoint $API_SERVER_URL\n",
        cluster.certificate_authority, cluster.endpoint
    );
    let node_config = format!(
        "---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    name: {CLUSTER}\n    apiServerEndpoint: {}\n    certificateAuthority: {}\n    cidr: {}\n  kubelet:\n    config:\n      maxPods: 30\n    flags:\n    - --node-labels=team=blue\n    - --register-with-taints=own=true:NoSchedule\n",
        cluster.endpoint, cluster.certificate_authority, cluster.service_cidr
    );
    let settings = format!(
        "[settings.kubernetes]\ncluster-name = \"{CLUSTER}\"\napi-server = \"{}\"\ncluster-certificate = \"{}\"\n\n[settings.kubernetes.node-labels]\nteam = \"blue\"\n\n[settings.kubernetes.node-taints]\nown = \"true:NoSchedule\"\n\n[settings.kernel]\nlockdown = \"integrity\"\n",
        cluster.endpoint, cluster.certificate_authority
    );
    let mut report = String::new();
    for (what, owner, name, user_data) in [
        ("eksctl", Owner::CloudFormation, "workers", None),
        ("terraform, AL2", Owner::Other, "workers-2024010112", Some(&joins)),
        ("terraform, AL2023", Owner::Other, "workers-2024010112", Some(&node_config)),
        ("terraform, Bottlerocket", Owner::Other, "workers-2024010112", Some(&settings)),
        ("terraform, unreadable", Owner::Other, "workers-2024010112", Some(&"#cloud-config\n".to_owned())),
    ] {
        let rig = foreign(owner, user_data.map(String::as_str)).await;
        let before =
            ops::import(&rig.session, CLUSTER, name).await.unwrap_or_else(|error| panic!("{what}: {}", told(&error)));
        assert_eq!(before.owner, owner, "{what}");
        let refused = ops::ensure(&rig.session, &through_a_file(&before), &waiting()).await;
        if owner == Owner::CloudFormation {
            let refused = told(&refused.unwrap_err());
            assert!(refused.starts_with("SPOT-0318"), "{what}: a foreign group is never changed: {refused}");
        }
        let mut copy = before.clone();
        copy.spec.name = "another".into();
        let spec = through_a_file(&copy);
        // What the sandbox starts in place of an image that it does not have.
        let spec = NodegroupSpec { ami: None, ..spec };
        let made = ops::ensure(&rig.session, &spec, &waiting())
            .await
            .unwrap_or_else(|error| panic!("{what}: {}", told(&error)));
        assert_eq!(made.ready_nodes.len(), 2, "{what}");
        let (one, other) =
            tokio::join!(ops::get(&rig.session, CLUSTER, name), ops::get(&rig.session, CLUSTER, "another"));
        let (one, other) = (one.unwrap().group, other.unwrap().group);
        assert_eq!(
            (one.size, &one.types, &one.distribution),
            (other.size, &other.types, &other.distribution),
            "{what}"
        );
        let sorted = |ids: &[String]| ids.iter().cloned().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(sorted(&one.subnet_ids), sorted(&other.subnet_ids), "{what}");
        if user_data.is_none() {
            assert_eq!(nodes_of(&rig, name).await, nodes_of(&rig, "another").await, "{what}");
        } else if what != "terraform, unreadable" {
            let (labels, taints) = nodes_of(&rig, "another").await;
            assert_eq!(labels.get("team").map(String::as_str), Some("blue"), "{what}");
            assert_eq!(taints, ["\"own\"=\"true\":\"NoSchedule\""], "{what}");
        }
        let notes: Vec<String> = before.notes.iter().map(|note| format!("  {note}\n")).collect();
        report.push_str(&format!("{what}: {}\n{}", before.spec.ami_family, ids_away(&notes.concat())));
    }
    insta::assert_snapshot!("notes", report);
}

fn ids_away(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_inclusive([' ', '`', '\n']) {
        let end: String = word.chars().rev().take_while(|c| matches!(c, ' ' | '`' | '\n')).collect();
        let bare = word.trim_end_matches([' ', '`', '\n']);
        let id = ["ami-", "sg-", "subnet-"].iter().find(|kind| bare.starts_with(**kind));
        out.push_str(id.map_or(bare, |kind| kind));
        out.extend(end.chars().rev());
    }
    out
}

#[tokio::test]
async fn an_unknown_group_is_told_with_the_nearest() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let error = ops::import(&rig.session, CLUSTER, "dev-4vcpu-16gb-spt").await.unwrap_err();
    assert_eq!(error.help.as_deref(), Some("did you mean `dev-4vcpu-16gb-spot`?"));
}

/// What all groups have in common is read once, however many there are.
#[tokio::test]
async fn every_group_is_read_back_with_one_listing() {
    let rig = Rig::new();
    for name in [GROUP, "second", "third"] {
        ops::ensure(&rig.session, &NodegroupSpec { name: name.to_owned(), ..spec() }, &waiting()).await.unwrap();
    }
    let asked = |operation: &str| {
        rig.sandbox.read(|world| world.traffic.requests().by_operation.get(operation).copied().unwrap_or_default())
    };
    let of = ["DescribeAutoScalingGroups", "GET /api/v1/nodes"];
    let before = of.map(asked);
    let all = ops::import_all(&rig.session, CLUSTER).await.unwrap();
    let names: Vec<&str> = all.iter().map(|one| one.spec.name.as_str()).collect();
    assert_eq!(names.len(), 4, "the cluster's own too: {names:?}");
    assert!([GROUP, "second", "third"].iter().all(|name| names.contains(name)), "{names:?}");
    assert_eq!(of.map(asked), before.map(|count| count + 1));
}

fn spotscript(state: &Path, arguments: &[&str]) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
    command.args(arguments).current_dir(state).env("SPOTSCRIPT_STATE_DIR", state).env("NO_COLOR", "1");
    for variable in ["SPOTSCRIPT_TARGET", "SPOTSCRIPT_CLUSTER", "COLUMNS", "AWS_REGION"] {
        command.env_remove(variable);
    }
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

/// The checker finds nothing in it, and the group that it describes is the one that was imported.
#[test]
fn every_variant_becomes_a_runbook_that_describes_it() {
    let folder = tempfile::tempdir().unwrap();
    for spec in variants() {
        let imported =
            Imported { spec: spec.clone(), owner: Owner::Spotscript, notes: vec!["it is a \"test\"".into()] };
        if spec.name == "bottlerocket" {
            assert_eq!(wordless(&spec), ["settings in this order"], "only a file keeps it");
            continue;
        }
        assert!(wordless(&spec).is_empty(), "{}: {:?}", spec.name, wordless(&spec));
        let path = folder.path().join("made.rhai");
        std::fs::write(&path, runbook(&imported, None)).unwrap();
        let (out, err, code) = spotscript(folder.path(), &["check", "made.rhai"]);
        assert_eq!(code, 0, "{}: {out}{err}\n{}", spec.name, runbook(&imported, None));
        let looks = runbook(&imported, None).replace("print(eks::ensure(group));", "print(group.config());");
        std::fs::write(&path, looks).unwrap();
        let (out, err, code) = spotscript(folder.path(), &["run", "made.rhai"]);
        let spec = NodegroupSpec { region: Some("ap-northeast-1".into()), ..spec };
        let described = eksctl::read(&out, "described.yml").unwrap_or_else(|error| panic!("{}{err}", told(&error)));
        let same = through_a_file(&Imported { spec, owner: Owner::Spotscript, notes: vec![] });
        let described = described.nodegroups().into_iter().chain(described.managed().iter().cloned()).next();
        assert_eq!((described, code), (Some(same), 0), "{err}");
    }
}

#[test]
fn at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let tutorial = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/create_spot.rhai");
    assert_eq!(spotscript(state, &["run", tutorial.to_str().unwrap()]).2, 0);

    let (out, err, code) = spotscript(state, &["import", GROUP, "--out", "group.yml"]);
    assert_eq!((out.as_str(), code), ("wrote group.yml\n", 0), "{err}");
    insta::assert_snapshot!("file", std::fs::read_to_string(state.join("group.yml")).unwrap());
    let (out, _, code) = spotscript(state, &["drift", "-f", "group.yml"]);
    assert_eq!(code, 0, "{out}");

    let (out, err, code) = spotscript(state, &["import", GROUP, "--as", "script", "--out", "group.rhai"]);
    assert_eq!((out.as_str(), code), ("wrote group.rhai\n", 0), "{err}");
    insta::assert_snapshot!("script", std::fs::read_to_string(state.join("group.rhai")).unwrap());
    let (out, err, code) = spotscript(state, &["check", "group.rhai"]);
    assert_eq!(code, 0, "{out}{err}");
    let (out, err, code) = spotscript(state, &["run", "--plan", "group.rhai"]);
    assert_eq!(code, 0, "the plan changes nothing: {out}{err}");

    let (_, err, code) = spotscript(state, &["import", GROUP, "--out", "group.yml"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("`group.yml` is there already"), "{err}");
    let (out, err, code) = spotscript(state, &["import", "--all"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("managedNodeGroups:") && out.contains("nodeGroups:"), "{out}");
    assert!(err.contains("give the copy a name with `--name`"), "{err}");
    let (out, err, code) = spotscript(state, &["import", "--all", "--ours"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("nodeGroups:") && !out.contains("managedNodeGroups:") && !err.contains("--name"),
        "{out}{err}"
    );
    let (out, _, code) = spotscript(state, &["import", GROUP, "-o", "json"]);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["data"][0]["owner"]), (0, &json!("spotscript")));
}

#[tokio::test]
async fn a_snapshot_keeps_a_foreign_group_too() {
    let rig = foreign(Owner::CloudFormation, None).await;
    let first = render("snapshot", &ops::snapshot(&rig.session, CLUSTER, false).await.unwrap()).unwrap();
    let copy = copy::world(&read(&first, "s.json").unwrap(), &load::Options::default()).0;
    let again = render("snapshot", &ops::snapshot(&Rig::of(copy).session, CLUSTER, false).await.unwrap()).unwrap();
    assert_eq!(first, again);
    let listed = ops::list(&rig.session, CLUSTER).await.unwrap();
    assert!(listed.iter().any(|row| row.name == "workers" && row.owner == Owner::CloudFormation));
}

/// What scripts have no options for comes with a file of its own.
#[test]
fn a_runbook_with_a_file_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let file = "apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: eks-spot-eksct, region: ap-northeast-1}
nodeGroups:
- name: odd
  desiredCapacity: 1
  instancesDistribution: {instanceTypes: [m5.large], onDemandPercentageAboveBaseCapacity: 0}
  kubeletExtraConfig: {shutdownGracePeriod: 30s, registryPullQPS: 0}
";
    std::fs::write(state.join("odd.yml"), file).unwrap();
    let (_, err, code) = spotscript(state, &["create", "nodegroup", "-f", "odd.yml", "--yes"]);
    assert_eq!(code, 0, "{err}");
    let arguments = ["import", "odd", "--as", "script", "--out", "copy.rhai"];
    std::fs::write(state.join("copy.yml"), "mine").unwrap();
    let (_, err, code) = spotscript(state, &arguments);
    assert!(code == 2 && err.contains("`copy.yml` is there already"), "{err}");
    assert!(!state.join("copy.rhai").exists(), "half of it was written");
    std::fs::remove_file(state.join("copy.yml")).unwrap();
    let (out, err, code) = spotscript(state, &arguments);
    assert_eq!((out.as_str(), code), ("wrote copy.yml\nwrote copy.rhai\n", 0), "{err}");
    assert!(err.contains("scripts have no options for"), "{err}");
    let (out, err, code) = spotscript(state, &["run", "--plan", "copy.rhai"]);
    assert_eq!(code, 0, "the plan changes nothing: {out}{err}");
}

#[test]
fn a_name_that_no_group_can_have_is_refused_before_anything_is_read() {
    let state = tempfile::tempdir().unwrap();
    for name in ["", "a b", "a-"] {
        let (out, err, code) = spotscript(state.path(), &["import", "workers", "--name", name]);
        assert!(code == 1 && out.is_empty() && err.contains("SPOT-01"), "{name:?}: {code} {out}{err}");
        assert!(!state.path().join("worlds").exists(), "{name:?}");
    }
}

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use serde_json::{Value, json};

use super::test_world::{ID, NODE, ROLE, world};
use super::*;
use crate::domain::cloud::AuthenticationMode;
use crate::sandbox::services::ec2::state::Boot;
use crate::sandbox::world::World;
use crate::sandbox::world::event::Event;

fn run(world: &mut World, seconds: u64) {
    world.advance(Duration::from_secs(seconds));
}

fn boot(world: &mut World) {
    world.after(30_000, Event::KubeletStarts { instance: ID.into() });
    run(world, 60);
}

fn node(world: &World) -> Option<&Value> {
    world.objects.get("nodes", "", NODE).map(AsRef::as_ref)
}

fn ready(world: &World) -> (String, String) {
    let conditions = node(world).unwrap()["status"]["conditions"].as_array().unwrap();
    let ready = conditions.iter().find(|one| one["type"] == "Ready").unwrap();
    (ready["status"].as_str().unwrap().into(), ready["reason"].as_str().unwrap().into())
}

/// One line per field.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join("\n")
        }
        Value::Array(items) => items.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

#[test]
fn the_tutorials_machine_becomes_the_tutorials_node() {
    let mut world = world();
    boot(&mut world);
    let node = node(&world).unwrap();
    insta::assert_snapshot!(shown(&node["metadata"]["labels"]), @r#"
    alpha.eksctl.io/cluster-name: "eks-spot-eksct"
    alpha.eksctl.io/nodegroup-name: "dev-4vcpu-16gb-spot"
    aws.amazon.com/spot: "true"
    beta.kubernetes.io/arch: "amd64"
    beta.kubernetes.io/instance-type: "t2.xlarge"
    beta.kubernetes.io/os: "linux"
    failure-domain.beta.kubernetes.io/region: "ap-northeast-1"
    failure-domain.beta.kubernetes.io/zone: "ap-northeast-1a"
    intent: "apps"
    k8s.io/cloud-provider-aws: "85533c3ce0e7e44d00a8b12489be4c52"
    kubernetes.io/arch: "amd64"
    kubernetes.io/hostname: "ip-192-168-25-236.ap-northeast-1.compute.internal"
    kubernetes.io/os: "linux"
    lifecycle: "Ec2Spot"
    node.kubernetes.io/instance-type: "t2.xlarge"
    topology.k8s.aws/zone-id: "apne1-az2"
    topology.kubernetes.io/region: "ap-northeast-1"
    topology.kubernetes.io/zone: "ap-northeast-1a"
    "#);
    insta::assert_snapshot!(shown(&node["spec"]), @r#"
    providerID: "aws:///ap-northeast-1a/i-00950fafa9ca82520"
    taints: [{"key":"spotInstance","value":"true","effect":"PreferNoSchedule"}]
    "#);
    insta::assert_snapshot!(shown(&node["status"]["capacity"]), @r#"
    cpu: "4"
    ephemeral-storage: "20959212Ki"
    hugepages-1Gi: "0"
    hugepages-2Mi: "0"
    memory: "16415672Ki"
    pods: "44"
    "#);
    insta::assert_snapshot!(shown(&node["status"]["allocatable"]), @r#"
    cpu: "3920m"
    ephemeral-storage: "18242267924"
    hugepages-1Gi: "0"
    hugepages-2Mi: "0"
    memory: "15556536Ki"
    pods: "44"
    "#);
    insta::assert_snapshot!(shown(&node["status"]["addresses"]), @r#"
    {"type":"InternalIP","address":"192.168.25.236"}
    {"type":"ExternalIP","address":"3.112.211.180"}
    {"type":"InternalDNS","address":"ip-192-168-25-236.ap-northeast-1.compute.internal"}
    {"type":"Hostname","address":"ip-192-168-25-236.ap-northeast-1.compute.internal"}
    {"type":"ExternalDNS","address":"ec2-3-112-211-180.ap-northeast-1.compute.amazonaws.com"}
    "#);
    assert_eq!(ready(&world), ("True".into(), "KubeletReady".into()));
    let reasons: Vec<&str> = world.objects.events_about(NODE).map(|event| event["reason"].as_str().unwrap()).collect();
    for reason in ["Starting", "NodeHasSufficientMemory", "NodeAllocatableEnforced", "RegisteredNode", "NodeReady"] {
        assert!(reasons.contains(&reason), "{reasons:?}");
    }
    assert_eq!(world.machine().boot, Boot::Joined { node: NODE.into(), ready: true });
    assert!(console(&world, ID).contains("Successfully registered node"));
}

#[test]
fn a_node_is_tainted_until_its_network_is_up_and_never_without_its_own_taints() {
    let mut world = world();
    start(&mut world, ID);
    let taints: Vec<String> =
        node(&world).unwrap()["spec"]["taints"].as_array().unwrap().iter().map(Value::to_string).collect();
    insta::assert_snapshot!(taints.join("\n"), @r#"
    {"key":"spotInstance","value":"true","effect":"PreferNoSchedule"}
    {"key":"node.kubernetes.io/not-ready","effect":"NoSchedule"}
    {"key":"node.kubernetes.io/not-ready","effect":"NoExecute"}
    "#);
    assert_eq!(ready(&world), ("False".into(), "KubeletNotReady".into()));
    let created = crate::sandbox::kube::time::millis(&node(&world).unwrap()["metadata"]["creationTimestamp"]);
    assert_eq!(created, Some(world.now()));
    run(&mut world, 9);
    assert_eq!(ready(&world).0, "False");
    run(&mut world, 17);
    assert_eq!(ready(&world).0, "True");
}

/// What goes wrong, and the last line of the console before the prompt.
fn last_line(break_it: impl FnOnce(&mut World)) -> String {
    let mut world = world();
    break_it(&mut world);
    boot(&mut world);
    assert!(node(&world).is_none());
    let Boot::Failed { lines, .. } = world.machine().boot.clone() else { panic!("{:?}", world.machine().boot) };
    assert!(console(&world, ID).contains(&lines[0]));
    assert!(!console(&world, ID).contains("Successfully registered"));
    lines.concat()
}

#[test]
fn every_refusal_is_told_on_the_console() {
    insta::assert_snapshot!(last_line(|w| w.machine().image_id = "ami-other".into()), @"cloud-init[1602]: the image ami-other has no kubelet");
    insta::assert_snapshot!(last_line(|w| w.machine().instance_type = "m6g.xlarge".into()), @"cloud-init[1602]: the image is built for amd64, the processor is arm64: nothing boots");
    insta::assert_snapshot!(last_line(|w| w.machine().user_data = "".into()), @r#"nodeadm[1688]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"Object 'Kind' is missing in ''"}"#);
    insta::assert_snapshot!(last_line(|w| w.rewrite("name: eks-spot-eksct", "nom: eks-spot-eksct")), @r#"nodeadm[1688]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"Name is missing in cluster configuration"}"#);
    insta::assert_snapshot!(last_line(|w| w.rewrite("true:PreferNoSchedule", "true")), @r#"kubelet[1734]: "command failed" err="failed to parse kubelet flag: invalid argument \"spotInstance=true\" for \"--register-with-taints\" flag: invalid taint spec: spotInstance=true, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')""#);
    insta::assert_snapshot!(last_line(|w| w.rewrite("intent=apps", "kubernetes.io/role=spot")), @r#"kubelet[1734]: "command failed" err="failed to validate kubelet flags: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [kubernetes.io/role]\n--node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io) or be in the specifically allowed set (beta.kubernetes.io/arch, beta.kubernetes.io/instance-type, beta.kubernetes.io/os, failure-domain.beta.kubernetes.io/region, failure-domain.beta.kubernetes.io/zone, kubernetes.io/arch, kubernetes.io/hostname, kubernetes.io/os, node.kubernetes.io/instance-type, topology.kubernetes.io/region, topology.kubernetes.io/zone)""#);
    insta::assert_snapshot!(last_line(|w| w.machine().profile_arn = None), @r#"nodeadm[1688]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"operation error EC2: DescribeInstances, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 404, request to EC2 IMDS failed"}"#);
    insta::assert_snapshot!(last_line(|w| w.iam.profiles.clear()), @r#"nodeadm[1688]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"operation error EC2: DescribeInstances, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 404, request to EC2 IMDS failed"}"#);
    insta::assert_snapshot!(last_line(|w| w.iam.profiles.values_mut().for_each(|p| p.role = None)), @r#"nodeadm[1688]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"operation error EC2: DescribeInstances, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 404, request to EC2 IMDS failed"}"#);
    insta::assert_snapshot!(last_line(|w| w.node_role().trust = json!({"Statement": []})), @r#"nodeadm[1688]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"operation error EC2: DescribeInstances, get identity: get credentials: failed to refresh cached credentials, unable to fetch credentials: AssumeRoleUnauthorizedAccess: EC2 cannot assume the role eksctl-dev-NodeInstanceRole-17FC8Y6PDME73"}"#);
    insta::assert_snapshot!(last_line(|w| w.node_role().attached.clear()), @r#"nodeadm[1688]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"operation error EC2: DescribeInstances, https response error StatusCode: 403, api error UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:sts::491360645835:assumed-role/eksctl-dev-NodeInstanceRole-17FC8Y6PDME73/i-00950fafa9ca82520 is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action"}"#);
    insta::assert_snapshot!(last_line(|w| w.rewrite("https://ABC", "https://XYZ")), @r#"kubelet[1734]: "Unable to register node with API server" err="Post \"https://XYZ.gr7.ap-northeast-1.eks.amazonaws.com/api/v1/nodes\": dial tcp: lookup xyz.gr7.ap-northeast-1.eks.amazonaws.com: no such host" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.machine().vpc_id = "vpc-2".into()), @r#"kubelet[1734]: "Unable to register node with API server" err="Post \"https://ABC.gr7.ap-northeast-1.eks.amazonaws.com/api/v1/nodes\": dial tcp 192.168.1.126:443: i/o timeout" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.machine().security_group_ids = vec!["sg-node".into()]), @r#"kubelet[1734]: "Unable to register node with API server" err="Post \"https://ABC.gr7.ap-northeast-1.eks.amazonaws.com/api/v1/nodes\": dial tcp 192.168.1.126:443: i/o timeout" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.rewrite("LS0tLS1CRUdJTg==", "b3RoZXI=")), @r#"kubelet[1734]: "Unable to register node with API server" err="Post \"https://ABC.gr7.ap-northeast-1.eks.amazonaws.com/api/v1/nodes\": tls: failed to verify certificate: x509: certificate signed by unknown authority" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.rewrite("name: eks-spot-eksct", "name: eks-spot-exct")), @r#"kubelet[1734]: "Unable to register node with API server" err="Unauthorized" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.home().access_entries.clear()), @r#"kubelet[1734]: "Unable to register node with API server" err="Unauthorized" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.home().access_entries.values_mut().for_each(|entry| {
        entry.kind = "STANDARD".into();
        entry.username = "someone".into();
        entry.groups.clear();
    })), @r#"kubelet[1734]: "Unable to register node with API server" err="nodes is forbidden: User \"someone\" cannot create resource \"nodes\" in API group \"\" at the cluster scope" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
}

fn aws_auth(world: &mut World, groups: &str) {
    let role = world.account.iam_arn(&format!("role/{ROLE}"));
    let rows = format!("- rolearn: {role}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n  groups: {groups}\n");
    let map = json!({"metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": {"mapRoles": rows}});
    world.objects.create("configmaps", map, 0).unwrap();
}

#[test]
fn whom_the_cluster_asks_depends_on_its_mode() {
    for (mode, entry, map, joins) in [
        (AuthenticationMode::Api, true, false, true),
        (AuthenticationMode::Api, false, true, false),
        (AuthenticationMode::ApiAndConfigMap, true, false, true),
        (AuthenticationMode::ApiAndConfigMap, false, true, true),
        (AuthenticationMode::ConfigMap, true, false, false),
        (AuthenticationMode::ConfigMap, false, true, true),
    ] {
        let mut world = world();
        world.home().authentication_mode = mode;
        if !entry {
            world.home().access_entries.clear();
        }
        if map {
            aws_auth(&mut world, "[system:bootstrappers, system:nodes]");
        }
        boot(&mut world);
        assert_eq!(node(&world).is_some(), joins, "{mode:?} entry {entry} map {map}");
    }
    let line = last_line(|world| {
        world.home().access_entries.clear();
        aws_auth(world, "[system:bootstrappers]");
    });
    assert!(line.contains("is forbidden: User"), "{line}");
}

#[test]
fn a_kubelet_goes_on_trying_and_joins_when_the_entry_is_there() {
    let mut world = world();
    let entries = std::mem::take(&mut world.home().access_entries);
    boot(&mut world);
    assert!(node(&world).is_none());
    world.home().access_entries = entries;
    run(&mut world, 60);
    assert_eq!(ready(&world).0, "True");
}

#[test]
fn nodeadm_does_not_try_again() {
    let mut world = world();
    world.machine().profile_arn = None;
    boot(&mut world);
    assert!(world.queue.is_empty());
}

#[test]
fn without_the_cni_policy_a_node_stays_not_ready_until_it_is_attached() {
    let mut world = world();
    let policy = world.node_role().attached.remove(1);
    boot(&mut world);
    run(&mut world, 60);
    assert_eq!(ready(&world), ("False".into(), "KubeletNotReady".into()));
    assert!(node(&world).unwrap()["status"].to_string().contains("cni plugin not initialized"));
    assert!(matches!(world.machine().boot, Boot::NoNetwork { .. }));
    assert!(console(&world, ID).contains("AmazonEKS_CNI_Policy is missing"));
    assert_eq!(daemonset(&world, "aws-node"), (1, 0));
    world.node_role().attached.push(policy);
    run(&mut world, 90);
    assert_eq!(ready(&world).0, "True");
    assert_eq!(daemonset(&world, "aws-node"), (1, 1));
}

fn daemonset(world: &World, name: &str) -> (i64, i64) {
    let status = &world.objects.get("daemonsets", "kube-system", name).unwrap()["status"];
    (status["desiredNumberScheduled"].as_i64().unwrap(), status["numberReady"].as_i64().unwrap())
}

#[test]
fn system_pods_come_and_go_with_the_node() {
    let mut world = world();
    assert_eq!(daemonset(&world, "kube-proxy"), (0, 0));
    boot(&mut world);
    let pods: Vec<String> = world
        .objects
        .pods_on(NODE)
        .map(|pod| {
            let name = pod["metadata"]["name"].as_str().unwrap();
            let own = pod["metadata"]["ownerReferences"][0]["name"].as_str().unwrap();
            let owner = if name.starts_with("coredns") { "coredns" } else { own };
            let ip = pod["status"]["podIP"].as_str().unwrap();
            let ip = if pod["spec"]["hostNetwork"] == true { ip } else { "own" };
            format!("{owner} {} {ip} {}", pod["status"]["phase"], pod["status"]["hostIP"])
        })
        .collect();
    insta::assert_snapshot!(pods.join("\n"), @r#"
    aws-node "Running" 192.168.25.236 "192.168.25.236"
    coredns "Running" own "192.168.25.236"
    coredns "Running" own "192.168.25.236"
    kube-proxy "Running" 192.168.25.236 "192.168.25.236"
    "#);
    assert_eq!((daemonset(&world, "aws-node"), daemonset(&world, "kube-proxy")), ((1, 1), (1, 1)));
    let dns = &world.objects.get("deployments", "kube-system", "coredns").unwrap()["status"];
    assert_eq!(dns["readyReplicas"], 2);
    remove_node(&mut world, ID);
    assert!(node(&world).is_none());
    assert_eq!(world.objects.pods_on(NODE).count(), 0);
    assert!(world.objects.get("leases", "kube-node-lease", NODE).is_none());
    assert_eq!((daemonset(&world, "aws-node"), daemonset(&world, "kube-proxy")), ((0, 0), (0, 0)));
    let dns = &world.objects.get("deployments", "kube-system", "coredns").unwrap()["status"];
    assert_eq!((&dns["replicas"], dns.get("readyReplicas")), (&json!(2), None));
}

#[test]
fn an_instance_that_is_gone_does_nothing() {
    let mut world = world();
    for id in ["i-unknown", ID] {
        world.machine().state = crate::sandbox::services::ec2::state::InstanceState::Terminated;
        start(&mut world, id);
        network_up(&mut world, id);
        remove_node(&mut world, id);
    }
    assert!(node(&world).is_none());
    assert_eq!(console(&world, "i-unknown"), "");
}

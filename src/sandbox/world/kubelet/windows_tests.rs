#![allow(clippy::unwrap_used)]

use std::time::Duration;

use serde_json::Value;

use super::test_world::{ID, NODE, boot_data, world};
use super::*;
use crate::domain::nodegroup::AmiFamily;
use crate::domain::taint::Taint;
use crate::domain::user_data::encode;
use crate::sandbox::services::ec2::state::Boot;
use crate::sandbox::world::World;
use crate::sandbox::world::event::Event;

/// The tutorial's machine, with an image of Windows and the boot data for it.
fn windows() -> World {
    let mut world = world();
    let image = world.ec2.images.get_mut("ami-1").unwrap();
    image.family = "windows2022".into();
    image.name = "Windows_Server-2022-English-Core-EKS_Optimized-1.33-2025.12.09".into();
    image.root_device = "/dev/sda1".into();
    let labels = [("team".to_owned(), "blue".to_owned())].into();
    let taints = [Taint::parse("os=windows:NoSchedule").unwrap()];
    let text = boot_data(AmiFamily::WindowsServer2022CoreContainer, &labels, &taints);
    world.machine().user_data = encode(&text).unwrap().into();
    world.machine().volume_gib = 80;
    world
}

fn boot(world: &mut World) {
    world.after(200_000, Event::KubeletStarts { instance: ID.into() });
    world.advance(Duration::from_secs(260));
}

fn node(world: &World) -> Option<&Value> {
    world.objects.get("nodes", "", NODE).map(AsRef::as_ref)
}

#[test]
fn a_machine_of_windows_becomes_a_node_of_windows() {
    let mut world = windows();
    boot(&mut world);
    let node = node(&world).unwrap();
    let labels = &node["metadata"]["labels"];
    for (key, value) in [
        ("kubernetes.io/os", "windows"),
        ("beta.kubernetes.io/os", "windows"),
        ("node.kubernetes.io/windows-build", "10.0.20348"),
        ("kubernetes.io/arch", "amd64"),
        ("team", "blue"),
    ] {
        assert_eq!(labels[key], value, "{key}");
    }
    assert_eq!(node["spec"]["taints"].to_string(), r#"[{"key":"os","value":"windows","effect":"NoSchedule"}]"#);
    insta::assert_snapshot!(serde_yaml::to_string(&node["status"]["nodeInfo"]).unwrap(), @r"
    architecture: amd64
    bootID: '3'
    containerRuntimeVersion: containerd://1.7.29
    kernelVersion: 10.0.20348.4529
    kubeProxyVersion: ''
    kubeletVersion: v1.33.5-eks-113cf36
    machineID: EC2AMAZ-TR44AY2
    operatingSystem: windows
    osImage: Windows Server 2022 Datacenter
    systemUUID: EC272525-66AC-5F0A-1274-7C9ED97F0F20
    ");
    insta::assert_snapshot!(serde_yaml::to_string(&node["status"]["allocatable"]).unwrap(), @r"
    cpu: '4'
    ephemeral-storage: '77308463796'
    memory: 15903672Ki
    pods: '110'
    ");
    assert_eq!(world.machine().boot, Boot::Joined { node: NODE.into(), ready: true });
    // Its plugin and its proxy are no pods.
    assert_eq!(world.objects.pods_on(NODE).count(), 0);
    insta::assert_snapshot!(console(&world, ID), @r"
    2026/01/01 00:01:00Z: Windows sysprep configuration complete.
    2026/01/01 00:01:02Z: Message: Waiting for meta-data accessibility...
    2026/01/01 00:01:04Z: Message: Meta-data is now available.
    2026/01/01 00:01:06Z: AMI Origin Name: Windows_Server-2022-English-Core-EKS_Optimized-1.33
    2026/01/01 00:01:08Z: OsProductName: Windows Server 2022 Datacenter
    2026/01/01 00:01:10Z: OsInstallOption: Server Core
    2026/01/01 00:01:12Z: OsVersion: 10.0.20348
    2026/01/01 00:01:14Z: AMI-ID: ami-1
    2026/01/01 00:01:16Z: Instance-ID: i-00950fafa9ca82520
    2026/01/01 00:01:18Z: Instance Type: t2.xlarge
    2026/01/01 00:01:20Z: HostName: EC2AMAZ-TR44AY2
    2026/01/01 00:01:22Z: Message: Windows is Ready to use
    ");
}

/// What goes wrong, and the last line of the console.
fn last_line(break_it: impl FnOnce(&mut World)) -> String {
    let mut world = windows();
    break_it(&mut world);
    boot(&mut world);
    assert!(node(&world).is_none());
    let Boot::Failed { lines, .. } = world.machine().boot.clone() else { panic!("{:?}", world.machine().boot) };
    assert!(console(&world, ID).contains(&lines[0]));
    lines.concat()
}

#[test]
fn every_refusal_is_told_in_the_event_log() {
    insta::assert_snapshot!(last_line(|w| w.rewrite("</powershell>", "")), @"EC2Launch: user data: the user data has no script between <powershell> and </powershell>");
    insta::assert_snapshot!(last_line(|w| w.rewrite("'eks-spot-eksct'", "'eks-spot-eksct")), @"EC2Launch: user data: The string is missing the terminator: '.");
    insta::assert_snapshot!(last_line(|w| w.rewrite("-EKSClusterName", "-Cluster")), @"EC2Launch: user data: A parameter cannot be found that matches parameter name 'Cluster'.");
    insta::assert_snapshot!(last_line(|w| w.rewrite("windows:NoSchedule", "windows")), @r#"kubelet.exe: "command failed" err="failed to parse kubelet flag: invalid argument \"os=windows\" for \"--register-with-taints\" flag: invalid taint spec: os=windows, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')""#);
    insta::assert_snapshot!(last_line(|w| w.machine().profile_arn = None), @r#"kubelet.exe: "Unable to register node with API server" err="Post \"https://ABC.gr7.ap-northeast-1.eks.amazonaws.com/api/v1/nodes\": getting credentials: exec: executable aws-iam-authenticator.exe failed with exit code 1: no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 404, request to EC2 IMDS failed" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.rewrite("LS0tLS1CRUdJTg==", "b3RoZXI=")), @r#"kubelet.exe: "Unable to register node with API server" err="Post \"https://ABC.gr7.ap-northeast-1.eks.amazonaws.com/api/v1/nodes\": tls: failed to verify certificate: x509: certificate signed by unknown authority" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.home().access_entries.clear()), @r#"kubelet.exe: "Unable to register node with API server" err="Unauthorized" node="ip-192-168-25-236.ap-northeast-1.compute.internal""#);
    insta::assert_snapshot!(last_line(|w| w.machine().user_data = "".into()), @"EC2Launch: user data: the user data has no script between <powershell> and </powershell>");
}

#[test]
fn the_nodes_role_needs_no_right_to_addresses() {
    let mut world = windows();
    world.node_role().attached.clear();
    boot(&mut world);
    assert_eq!(world.machine().boot, Boot::Joined { node: NODE.into(), ready: true });
}

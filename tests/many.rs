//! A cluster of a hundred groups: how many requests it takes to look at all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::collections::BTreeMap;

use spotscript::domain::error::Result;
use spotscript::domain::nodegroup::{NodegroupSpec, Size};
use spotscript::domain::shape::Architecture;
use spotscript::ops::{self, EnsureOptions, Session};
use spotscript::sandbox::Sandbox;
use support::verbs::host;
use support::{CLUSTER, spec};

fn specs(count: usize) -> Vec<NodegroupSpec> {
    let one = |number: usize| {
        let mut spec = spec();
        spec.name = format!("g{number:03}");
        spec.size = Size::new(0, 0, 3).unwrap();
        spec.ssh = None;
        spec
    };
    (0..count).map(one).collect()
}

/// What `act` asks for, by operation.
fn asked<T>(sandbox: &Sandbox, act: impl AsyncFnOnce(&Session) -> Result<T>) -> (T, BTreeMap<String, u64>) {
    let counts = || sandbox.read(|world| world.traffic.requests().by_operation.clone());
    let before = counts();
    let done = host(sandbox, None).ask(act).unwrap();
    let since = |(name, count): (String, u64)| {
        let more = count - before.get(&name).copied().unwrap_or_default();
        (more > 0).then_some((name, more))
    };
    (done, counts().into_iter().filter_map(since).collect())
}

/// The numbers are the same for ten groups and for a hundred; only pages of a hundred, or of two hundred, make more.
#[test]
fn a_hundred_groups_are_looked_at_in_as_many_requests_as_ten() {
    let sandbox = Sandbox::fresh(1);
    let all = specs(230);
    let options = EnsureOptions { wait: false, ..EnsureOptions::default() };
    let make = |from: usize, to: usize| {
        let host = host(&sandbox, None);
        for spec in &all[from..to] {
            host.ask(async |session| ops::ensure(session, spec, &options).await).unwrap();
        }
    };
    let listed = |count: usize| {
        let (groups, asked) = asked(&sandbox, async |session| ops::list(session, CLUSTER).await);
        // And the managed one that the cluster began with.
        assert_eq!(groups.len(), count + 1);
        asked
    };
    let compared = |count: usize| {
        let (drifts, asked) = asked(&sandbox, async |session| ops::drift(session, &all[..count]).await);
        assert!(drifts.iter().all(|drift| drift.there && drift.differences.is_empty()), "{drifts:?}");
        assert_eq!(drifts.len(), count);
        asked
    };
    make(0, 10);
    let (list, drift) = (listed(10), compared(10));
    insta::assert_debug_snapshot!(list, @r#"
    {
        "DescribeAutoScalingGroups": 1,
        "DescribeCluster": 1,
        "DescribeInstances": 1,
        "DescribeNodegroup": 1,
        "GET /api/v1/nodes": 1,
        "ListNodegroups": 1,
    }
    "#);
    insta::assert_debug_snapshot!(drift, @r#"
    {
        "DescribeAutoScalingGroups": 1,
        "DescribeCluster": 1,
        "DescribeInstanceTypeOfferings": 1,
        "DescribeLaunchTemplateVersions": 1,
        "DescribeSubnets": 1,
        "GetParameter": 1,
    }
    "#);
    make(10, 99);
    assert_eq!((listed(99), compared(99)), (list.clone(), drift.clone()), "a hundred, with the cluster's own");

    make(99, 230);
    let pages = |mut counts: BTreeMap<String, u64>, operation: &str, pages: u64| {
        counts.insert(operation.to_owned(), pages);
        counts
    };
    assert_eq!(listed(230), pages(list, "DescribeAutoScalingGroups", 3));
    let drift = pages(drift, "DescribeAutoScalingGroups", 3);
    assert_eq!(compared(230), pages(drift, "DescribeLaunchTemplateVersions", 2));
}

/// What is told is what an `ensure` would change.
#[test]
fn drift_is_what_an_ensure_would_change() {
    let sandbox = Sandbox::fresh(1);
    let options = EnsureOptions { wait: false, ..EnsureOptions::default() };
    let mut wanted = specs(7);
    let ensure = |spec: &NodegroupSpec| {
        let host = host(&sandbox, None);
        let before = sandbox.read(|world| world.traffic.requests().mutating);
        host.ask(async |session| ops::ensure(session, spec, &options).await).unwrap();
        sandbox.read(|world| world.traffic.requests().mutating) > before
    };
    for spec in &wanted[..6] {
        ensure(spec);
    }
    // By hand, at the console.
    sandbox.world(|world| {
        let group = world.autoscaling.groups.values_mut().find(|group| group.name.ends_with("-g001")).unwrap();
        group.max = 9;
        group.tags.shift_remove("k8s.io/cluster-autoscaler/enabled");
    });
    // By another file.
    wanted[2].volume.size_gib = 100;
    wanted[3].labels.insert("team".into(), "web".into());
    let used = sandbox.read(|world| {
        let version =
            world.ec2.launch_templates.values().find(|one| one.name.ends_with("-g004")).unwrap().versions.clone();
        format!("{version:?}")
    });
    // Another one of the same architecture, whichever.
    let other = sandbox.read(|world| {
        let fits =
            |id: &&String| !used.contains(id.as_str()) && world.ec2.images[*id].architecture == Architecture::Amd64;
        world.ec2.images.keys().find(fits).unwrap().clone()
    });
    wanted[4].ami = Some(other);
    let told = |wanted: &[NodegroupSpec]| {
        let (drifts, _) = asked(&sandbox, async |session| ops::drift(session, wanted).await);
        drifts
    };
    let drifts = told(&wanted);
    let differing = drifts.iter().filter(|drift| !drift.differences.is_empty());
    let lines: Vec<String> =
        differing.map(|drift| format!("{}: {}", drift.name, drift.differences.join(", "))).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    g001: max 9 → 3, tag `k8s.io/cluster-autoscaler/enabled`
    g002: launch template: volumes
    g003: launch template: user data, tag `k8s.io/cluster-autoscaler/node-template/label/team`
    g004: launch template: image
    g006: there is no such group
    ");
    for (spec, drift) in wanted.iter().zip(&drifts) {
        assert_eq!(ensure(spec), !drift.differences.is_empty(), "{drift:?}");
    }
    assert!(told(&wanted).iter().all(|drift| drift.differences.is_empty()));
}

#[test]
fn a_file_is_compared_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str], code: i32| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_spotscript"))
            .args(words)
            .current_dir(folder.path())
            .env("SPOTSCRIPT_STATE_DIR", folder.path().join("state"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(output.status.code(), Some(code), "{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    };
    let file = |max: u32| {
        let text = format!(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{ name: {CLUSTER}, region: ap-northeast-1 }}\n\
             nodeGroups:\n- name: dev\n  minSize: 0\n  maxSize: {max}\n  desiredCapacity: 0\n\
             \x20 instancesDistribution: {{ instanceTypes: [m5.xlarge, m4.xlarge], onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 0 }}\n"
        );
        std::fs::write(folder.path().join("f.yml"), text).unwrap();
    };
    file(3);
    assert!(run(&["drift", "-f", "f.yml"], 4).contains("there is no such group"));
    run(&["create", "nodegroup", "-f", "f.yml"], 0);
    assert_eq!(run(&["drift", "-f", "f.yml"], 0), "1 group: all are as they should be\n");
    file(4);
    insta::assert_snapshot!(run(&["drift", "-f", "f.yml"], 4), @"
    Node group  Differs in
    ───────────────────────
    dev         max 3 → 4

    1 group: 1 not as they should be
    ");
    let answer: serde_json::Value = serde_json::from_str(&run(&["drift", "-f", "f.yml", "-o", "json"], 4)).unwrap();
    assert_eq!(
        (&answer["schema"], &answer["data"][0]["differences"][0]),
        (&"spotscript.drift/v1".into(), &"max 3 → 4".into())
    );
}

/// EKS's groups are compared with what EKS says of them.
#[test]
fn a_group_that_eks_manages_is_compared_with_eks() {
    let sandbox = Sandbox::fresh(1);
    let wanted = |max: u32, label: &str| {
        let text = format!(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{ name: {CLUSTER}, region: ap-northeast-1 }}\n\
             managedNodeGroups:\n- {{ name: mng, spot: true, instanceTypes: [m5.xlarge, m4.xlarge], minSize: 0, maxSize: {max}, \
             desiredCapacity: 1, labels: {{ team: {label} }} }}\n"
        );
        spotscript::domain::eksctl::read(&text, "f.yml").unwrap().managed()[0].clone()
    };
    let told = |spec: NodegroupSpec| {
        let (drifts, asked) = asked(&sandbox, async |session| ops::drift(session, &[spec]).await);
        (drifts[0].there, drifts[0].differences.join(", "), asked)
    };
    let spec = wanted(3, "web");
    assert_eq!(told(spec.clone()).1, "there is no such group");
    host(&sandbox, None).ask(async |session| ops::ensure(session, &spec, &EnsureOptions::default()).await).unwrap();
    let (there, differences, asked) = told(spec);
    assert_eq!((there, differences.as_str(), asked["DescribeNodegroup"]), (true, "", 1));
    assert_eq!(told(wanted(4, "api")).1, "max 3 → 4, labels");
}

//! The tutorial's group through its life, on the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod support;

use spotscript::domain::Code;
use spotscript::domain::inventory::Owner;
use spotscript::domain::nodegroup::Size;
use spotscript::ops;
use spotscript::ops::{DeleteOptions, ScaleOptions};
use support::{CLUSTER, GROUP, NAME, Rig, desired, spec, told, waiting};

#[tokio::test]
async fn a_fresh_create_ends_with_ready_nodes_within_thirty_requests() {
    let rig = Rig::new();
    let report =
        ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap_or_else(|e| panic!("{}\n{}", told(&e), rig.log()));
    println!("{}\n{report:#?}", rig.log());
    assert_eq!(report.verdict, "created");
    assert_eq!(report.ready_nodes.len(), 2);
    assert!(report.resources.iter().all(|resource| resource.verdict == "created"), "{:?}", report.resources);
    assert_eq!(report.resources.len(), 6);
    assert!(report.requests <= 30, "{} requests", report.requests);
    let detail = ops::get(&rig.session, CLUSTER, GROUP).await.unwrap();
    assert_eq!(detail.summary.size, Size::new(0, 2, 5).unwrap());
    assert_eq!((detail.summary.instances, detail.summary.ready), (2, 2));
    assert!(detail.members.iter().all(|member| member.lifecycle.as_str() == "spot" && member.ready));
    let types = spec();
    assert!(detail.members.iter().all(|member| types.types.contains(&member.instance_type)));
    assert_eq!(
        detail.group.tags["k8s.io/cluster-autoscaler/node-template/taint/spotInstance"],
        "true:PreferNoSchedule"
    );
}

#[tokio::test]
async fn a_second_run_changes_nothing_and_sends_no_mutating_request() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let before = rig.sandbox.read(|world| world.traffic.requests().mutating);
    let report = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert!(report.resources.iter().all(|resource| resource.verdict == "unchanged"), "{}", rig.log());
    assert_eq!((report.verdict.as_str(), report.mutating_requests), ("unchanged", 0));
    assert_eq!(rig.sandbox.read(|world| world.traffic.requests().mutating), before, "by the world's own count");
}

#[tokio::test]
async fn the_requests_of_a_create_do_not_depend_on_other_groups() {
    let rig = Rig::new();
    let mut counts = vec![];
    for n in 0..4 {
        let mut spec = spec();
        spec.name = format!("workers-{n}");
        spec.size = Size::new(0, 0, 5).unwrap();
        counts.push(ops::ensure(&rig.session, &spec, &waiting()).await.unwrap().requests);
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
}

#[tokio::test]
async fn what_differs_is_changed_in_place() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let mut changed = spec();
    changed.size = Size::new(1, 3, 6).unwrap();
    changed.tags.insert("team".to_owned(), "spot".to_owned());
    changed.distribution.capacity_rebalance = true;
    let report =
        ops::ensure(&rig.session, &changed, &waiting()).await.unwrap_or_else(|e| panic!("{}\n{}", told(&e), rig.log()));
    assert_eq!((report.verdict.as_str(), report.ready_nodes.len()), ("changed", 3));
    let verdict = |kind: &str| report.resources.iter().find(|r| r.kind == kind).unwrap().verdict.clone();
    assert_eq!(verdict("IAM role"), "unchanged");
    assert_eq!(verdict("launch template"), "changed", "the new tag is for instances too");
    let group = ops::get(&rig.session, CLUSTER, GROUP).await.unwrap().group;
    assert_eq!(group.tags["team"], "spot");
    assert_eq!(group.launch_template_version.as_deref(), Some("2"));
    assert!(group.distribution.unwrap().capacity_rebalance);
    let again = ops::ensure(&rig.session, &changed, &waiting()).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0), "{}", rig.log());
}

#[tokio::test]
async fn a_taint_that_someone_has_taken_away_is_there_again() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    // Values compare their members in any order; texts of them do not.
    let taints = |rig: &Rig| {
        rig.sandbox.read(|world| {
            let of_group = |node: &&std::sync::Arc<serde_json::Value>| {
                node["metadata"]["labels"]["alpha.eksctl.io/nodegroup-name"] == support::GROUP
            };
            let nodes = world.objects.list("nodes", None).filter(of_group);
            nodes.map(|node| node["spec"]["taints"].clone()).collect::<Vec<_>>()
        })
    };
    let before = taints(&rig);
    rig.sandbox.world(|world| {
        let name = world.objects.list("nodes", None).map(|node| node["metadata"]["name"].as_str().unwrap().to_owned());
        for name in name.collect::<Vec<_>>() {
            world.objects.modify("nodes", "", &name, |node| node["spec"]["taints"] = serde_json::json!([])).unwrap();
        }
    });
    assert_ne!(taints(&rig), before);
    let report = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!((report.verdict.as_str(), report.mutating_requests), ("changed", 2));
    assert_eq!(taints(&rig), before);
}

#[tokio::test]
async fn sizes_go_up_and_down() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    for nodes in [4, 1, 0] {
        let report = ops::scale(&rig.session, CLUSTER, GROUP, &desired(nodes))
            .await
            .unwrap_or_else(|e| panic!("{}\n{}", told(&e), rig.log()));
        assert_eq!((report.verdict.as_str(), report.ready_nodes.len()), ("changed", nodes as usize));
    }
    let report = ops::scale(&rig.session, CLUSTER, GROUP, &desired(0)).await.unwrap();
    assert_eq!((report.verdict.as_str(), report.mutating_requests), ("unchanged", 0));
    let error = ops::scale(&rig.session, CLUSTER, GROUP, &desired(9)).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    SPOT-0130: `desired` 9 is greater than `max` 5
      because the group now has min/max/desired 0/5/0
      help: sizes must satisfy min ≤ desired ≤ max
    ");
}

#[tokio::test]
async fn a_list_shows_every_group_and_whose_it_is() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let before = rig.session.cloud.requests().total;
    let rows = ops::list(&rig.session, CLUSTER).await.unwrap();
    let requests = rig.session.cloud.requests().total - before;
    assert_eq!(requests, 5, "cluster, groups, instances; the names of those that EKS manages, and the one there is");
    let owners: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.owner, row.ready)).collect();
    assert!(owners.contains(&(GROUP, Owner::Spotscript, 2)), "{owners:?}");
    assert!(owners.iter().any(|(_, owner, ready)| *owner == Owner::Managed && *ready == 2), "{owners:?}");
    assert!(rows.iter().all(|row| row.image_id.is_some()), "{rows:?}");
}

#[tokio::test]
async fn the_topology_is_zones_by_groups() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let topology = ops::topology(&rig.session, CLUSTER).await.unwrap();
    assert_eq!(topology.zones.len(), 3);
    let ours = &topology.groups[0];
    assert_eq!((ours.name.as_str(), ours.shape.as_str(), ours.spot_percentage), (GROUP, "4 vCPU / 16 GiB", 100));
    assert_eq!(ours.taints, spec().taints);
    assert!(ours.autoscaler_discovery && ours.nodes.iter().all(|node| topology.zones.contains(&node.zone)));
}

#[tokio::test]
async fn a_delete_leaves_nothing_behind() {
    let rig = Rig::new();
    let text = |rig: &Rig| rig.sandbox.read(|world| format!("{:?} {:?} {:?}", world.iam, world.eks, world.autoscaling));
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert!(text(&rig).contains(NAME));
    let report = ops::delete(&rig.session, CLUSTER, GROUP, &DeleteOptions::default())
        .await
        .unwrap_or_else(|e| panic!("{}\n{}", told(&e), rig.log()));
    println!("{}", rig.log());
    assert_eq!(report.verdict, "deleted");
    assert_eq!(report.resources.len(), 6, "{:?}", report.resources);
    let rows = ops::list(&rig.session, CLUSTER).await.unwrap();
    assert!(rows.iter().all(|row| row.name != GROUP));
    let error = ops::delete(&rig.session, CLUSTER, GROUP, &DeleteOptions::default()).await.unwrap_err();
    assert_eq!(error.code, Code::NodegroupNotFound, "{}", told(&error));
    let report = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!(report.verdict, "created", "and it can be made again");
}

#[tokio::test]
async fn groups_of_others_are_left_alone() {
    let rig = Rig::new();
    let rows = ops::list(&rig.session, CLUSTER).await.unwrap();
    let managed = &rows[0].name;
    let mut theirs = spec();
    theirs.name = managed.clone();
    let error = ops::ensure(&rig.session, &theirs, &waiting()).await.unwrap_err();
    assert_eq!(error.code, Code::NotOurs, "{}", told(&error));
    let error = ops::scale(&rig.session, CLUSTER, managed, &ScaleOptions::default()).await.unwrap_err();
    assert_eq!(error.code, Code::NotOurs, "{}", told(&error));
    let error = ops::delete(&rig.session, CLUSTER, managed, &DeleteOptions::default()).await.unwrap_err();
    assert_eq!(error.code, Code::NotOurs, "{}", told(&error));
    assert_eq!(rig.session.cloud.requests().mutating, 0);
}

#[tokio::test]
async fn a_cluster_with_aws_auth_gets_a_row_and_loses_it_again() {
    use spotscript::domain::cloud::AuthenticationMode;
    let rig = Rig::new();
    rig.sandbox.world(|world| {
        for cluster in world.eks.clusters.values_mut() {
            cluster.authentication_mode = AuthenticationMode::ConfigMap;
        }
    });
    let report =
        ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap_or_else(|e| panic!("{}\n{}", told(&e), rig.log()));
    assert!(report.resources.iter().any(|r| r.kind == "aws-auth mapping" && r.verdict == "created"));
    let again = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!(again.mutating_requests, 0);
    let report = ops::delete(&rig.session, CLUSTER, GROUP, &DeleteOptions::default()).await.unwrap();
    assert!(report.resources.iter().any(|r| r.kind == "aws-auth mapping" && r.verdict == "deleted"));
}

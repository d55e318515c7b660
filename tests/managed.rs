//! Node groups that EKS manages: made, changed, scaled, rolled and deleted by the same verbs.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use spotscript::domain::instance_types::InstanceTypes;
use spotscript::domain::nodegroup::{AmiFamily, Managed, NodegroupSpec, Size, SshAccess, UpdateConfig};
use spotscript::domain::taint::Taint;
use spotscript::ops::{self, DeleteOptions, EnsureOptions, RollOptions};
use spotscript::sandbox::kube::controllers;
use spotscript::sandbox::world::World;
use support::verbs::inventory;
use support::{CLUSTER, Rig, desired, told, waiting};

const NAME: &str = "managed-spot";

fn spec() -> NodegroupSpec {
    let types = InstanceTypes::parse(["m5.xlarge", "m5a.xlarge", "t3.xlarge"]).unwrap();
    let mut spec = NodegroupSpec::new(NAME, CLUSTER, types);
    spec.size = Size::new(0, 2, 4).unwrap();
    spec.distribution = Managed::distribution(true);
    spec.managed = Some(Managed { spot: Some(true), ..Managed::default() });
    spec.labels.insert("intent".into(), "apps".into());
    spec.taints = vec![Taint::parse("spotInstance=true:PreferNoSchedule").unwrap()];
    spec.ssh = Some(SshAccess::with_key_pair("eks-spot-key"));
    spec
}

fn nodes(world: &World) -> Vec<Arc<Value>> {
    let of_group = |node: &&Arc<Value>| node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] == NAME;
    world.objects.list("nodes", None).filter(of_group).cloned().collect()
}

fn names(world: &World) -> Vec<String> {
    nodes(world).iter().map(|node| node["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_managed_spot_group_from_nothing_to_nothing() {
    let rig = Rig::new();
    let before = rig.sandbox.read(inventory);
    let report = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!((report.verdict.as_str(), report.ready_nodes.len()), ("created", 2));
    let rows: Vec<String> =
        report.resources.iter().map(|row| format!("{} {}: {}", row.kind, row.name, row.verdict)).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    IAM role spotscript-eks-spot-eksct-managed-spot: created
    security group spotscript-eks-spot-eksct-managed-spot-ssh: created
    launch template spotscript-eks-spot-eksct-managed-spot: created
    managed node group managed-spot: created
    ");
    rig.sandbox.read(|world| {
        for node in nodes(world) {
            let labels = &node["metadata"]["labels"];
            assert_eq!(labels["eks.amazonaws.com/capacityType"], "SPOT");
            assert_eq!(labels["alpha.eksctl.io/nodegroup-name"], NAME);
            assert_eq!(labels["intent"], "apps");
            let taint = json!([{"key": "spotInstance", "value": "true", "effect": "PreferNoSchedule"}]);
            assert_eq!(node["spec"]["taints"], taint);
        }
        let group =
            world.autoscaling.groups.values().find(|group| group.name.starts_with("eks-managed-spot-")).unwrap();
        for id in group.members.keys() {
            assert_eq!(world.ec2.instances[id].key_name.as_deref(), Some("eks-spot-key"));
            assert_eq!(world.ec2.instances[id].tags["spotscript/nodegroup"], NAME);
        }
    });
    let again = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));

    let detail = ops::get(&rig.session, CLUSTER, NAME).await.unwrap();
    assert_eq!((detail.summary.status.as_str(), detail.summary.kind.as_str()), ("ACTIVE", "managed"));
    assert_eq!(detail.managed.unwrap().ami_type, "AL2023_x86_64_STANDARD");
    let listed = ops::list(&rig.session, CLUSTER).await.unwrap();
    assert_eq!(listed.iter().filter(|row| row.name == NAME && row.ready == 2).count(), 1);

    let scaled = ops::scale(&rig.session, CLUSTER, NAME, &desired(3)).await.unwrap();
    assert_eq!((scaled.verdict.as_str(), scaled.ready_nodes.len(), scaled.mutating_requests), ("changed", 3, 1));
    let scaled = ops::scale(&rig.session, CLUSTER, NAME, &desired(1)).await.unwrap();
    assert_eq!(scaled.ready_nodes.len(), 1);
    let same = ops::scale(&rig.session, CLUSTER, NAME, &desired(1)).await.unwrap();
    assert_eq!((same.verdict.as_str(), same.mutating_requests), ("unchanged", 0));

    let gone = ops::delete(&rig.session, CLUSTER, NAME, &DeleteOptions::default()).await.unwrap();
    assert_eq!(gone.verdict, "deleted");
    assert_eq!(rig.sandbox.read(inventory), before, "nothing is left");
    assert!(rig.sandbox.read(|world| !world.eks.clusters[CLUSTER].nodegroups.contains_key(NAME)));
}

#[tokio::test]
async fn a_managed_group_of_windows_from_nothing_to_nothing() {
    for (family, ami_type) in [
        (AmiFamily::WindowsServer2019CoreContainer, "WINDOWS_CORE_2019_x86_64"),
        (AmiFamily::WindowsServer2022FullContainer, "WINDOWS_FULL_2022_x86_64"),
    ] {
        let rig = Rig::new();
        let before = rig.sandbox.read(inventory);
        let mut spec = NodegroupSpec { ami_family: family, ..spec() };
        spec.boot.pre_bootstrap_commands = vec!["Write-Host 'hello'".into()];
        let report = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|e| panic!("{}", told(&e)));
        assert_eq!((report.verdict.as_str(), report.ready_nodes.len()), ("created", 2));
        rig.sandbox.read(|world| {
            for node in nodes(world) {
                let labels = &node["metadata"]["labels"];
                assert_eq!((&labels["kubernetes.io/os"], &labels["intent"]), (&json!("windows"), &json!("apps")));
                let taint = json!([{"key": "spotInstance", "value": "true", "effect": "PreferNoSchedule"}]);
                assert_eq!(node["spec"]["taints"], taint);
            }
            let home = &world.eks.clusters[CLUSTER];
            assert_eq!(home.nodegroups[NAME].release_version, "1.33-2025.12.09");
            assert_eq!(home.access_entries[&home.nodegroups[NAME].node_role].kind, "EC2_WINDOWS");
        });
        let again = ops::ensure(&rig.session, &spec, &waiting()).await.unwrap();
        assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
        let detail = ops::get(&rig.session, CLUSTER, NAME).await.unwrap();
        assert_eq!(detail.managed.unwrap().ami_type, ami_type);
        let scaled = ops::scale(&rig.session, CLUSTER, NAME, &desired(3)).await.unwrap();
        assert_eq!(scaled.ready_nodes.len(), 3);
        spec.size = Size::new(0, 3, 4).unwrap();
        spec.boot.pre_bootstrap_commands = vec!["Write-Host 'good day'".into()];
        let rolled = EnsureOptions { roll: Some(RollOptions::default()), ..waiting() };
        let report = ops::ensure(&rig.session, &spec, &rolled).await.unwrap_or_else(|e| panic!("{}", told(&e)));
        assert_eq!(report.ready_nodes.len(), 3);
        ops::delete(&rig.session, CLUSTER, NAME, &DeleteOptions::default()).await.unwrap();
        assert_eq!(rig.sandbox.read(inventory), before, "nothing is left");
    }
}

#[tokio::test]
async fn what_eks_does_itself_for_windows_is_refused() {
    let rig = Rig::new();
    let windows = NodegroupSpec { ami_family: AmiFamily::WindowsServer2022CoreContainer, ..spec() };
    let own = NodegroupSpec { ami: Some("ami-0123456789abcdef0".into()), ..windows.clone() };
    let pods = NodegroupSpec { max_pods: Some(9), ..windows };
    let mut all = String::new();
    for spec in [own, pods] {
        all.push_str(&told(&ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_err()));
        all.push('\n');
    }
    insta::assert_snapshot!(all, @r"
    SPOT-0206: group `managed-spot`: an image of one's own on a managed group of WindowsServer2022CoreContainer
      because EKS lets nodes of such a group in as Linux nodes, and kube-proxy of Windows may not work as one
      help: leave `ami` out, or use `nodeGroups`
    SPOT-0206: group `managed-spot`: settings of the bootstrap on a managed group of WindowsServer2022CoreContainer
      because EKS calls the bootstrap script of that family itself
      help: leave them out, or use `nodeGroups`; `preBootstrapCommands` may stay
    ");
}

#[tokio::test]
async fn what_eks_changes_in_place_changes_in_place_and_the_rest_is_refused_by_name() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let there = rig.sandbox.read(names);
    let mut changed = spec();
    changed.labels = [("team".to_owned(), "a".to_owned())].into();
    changed.taints =
        vec![Taint::parse("spotInstance=maybe:PreferNoSchedule").unwrap(), Taint::parse("x:NoSchedule").unwrap()];
    changed.update_config = Some(UpdateConfig { max_unavailable: Some(2), max_unavailable_percentage: None });
    changed.size = Size::new(1, 2, 5).unwrap();
    let report = ops::ensure(&rig.session, &changed, &waiting()).await.unwrap();
    assert_eq!((report.verdict.as_str(), report.mutating_requests), ("changed", 1));
    assert_eq!(rig.sandbox.read(names), there, "the nodes stay");
    rig.sandbox.read(|world| {
        for node in nodes(world) {
            let labels = &node["metadata"]["labels"];
            assert_eq!((&labels["team"], &labels["intent"]), (&json!("a"), &Value::Null));
            assert_eq!(node["spec"]["taints"].as_array().unwrap().len(), 2);
        }
    });
    let again = ops::ensure(&rig.session, &changed, &waiting()).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));

    let mut other = changed.clone();
    other.types = InstanceTypes::parse(["m5.large", "m5a.large"]).unwrap();
    other.managed = Some(Managed { spot: Some(false), ..Managed::default() });
    other.distribution = Managed::distribution(false);
    let error = ops::ensure(&rig.session, &other, &waiting()).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @r"
    SPOT-0319: managed node group `managed-spot` differs from what is asked for in what EKS cannot change
      because its capacity type: [SPOT], not [ON_DEMAND]
      because its instance types: [m5.xlarge, m5a.xlarge, t3.xlarge], not [m5.large, m5a.large]
      help: give the group another name, move the pods, delete the old one; or `ensure` with `replace`, which drains and deletes it first
    ");
    let replace = EnsureOptions { replace: true, ..waiting() };
    let report = ops::ensure(&rig.session, &other, &replace).await.unwrap();
    assert_eq!(report.verdict, "created");
    rig.sandbox.read(|world| {
        let labels: Vec<Value> = nodes(world)
            .iter()
            .map(|node| node["metadata"]["labels"]["eks.amazonaws.com/capacityType"].clone())
            .collect();
        assert_eq!(labels, ["ON_DEMAND", "ON_DEMAND"]);
    });
}

#[tokio::test]
async fn a_group_that_somebody_else_made_is_left_alone() {
    let rig = Rig::new();
    let control = rig.sandbox.read(|world| world.eks.clusters[CLUSTER].nodegroups.keys().next().unwrap().clone());
    let mut theirs = spec();
    theirs.name.clone_from(&control);
    for error in [
        ops::ensure(&rig.session, &theirs, &waiting()).await.unwrap_err(),
        ops::scale(&rig.session, CLUSTER, &control, &desired(3)).await.unwrap_err(),
        ops::roll(&rig.session, CLUSTER, &control, &RollOptions::default()).await.unwrap_err(),
        ops::delete(&rig.session, CLUSTER, &control, &DeleteOptions::default()).await.unwrap_err(),
    ] {
        assert_eq!(error.code.to_string(), "SPOT-0318", "{}", told(&error));
    }
    // A name is one group's, whoever manages it.
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let mut own = support::spec();
    own.name = NAME.into();
    let error = ops::ensure(&rig.session, &own, &waiting()).await.unwrap_err();
    assert_eq!(error.code.to_string(), "SPOT-0318", "{}", told(&error));
}

fn put(world: &mut World, plural: &str, object: Value) {
    let (now, name) = (world.now(), object["metadata"]["name"].as_str().unwrap().to_owned());
    world.objects.create(plural, object, now).unwrap();
    controllers::workload_changed(&mut world.objects, plural, "default", &name, now);
}

/// Two pods on the group's nodes, of which so many must stay.
fn workload(world: &mut World, available: u32) {
    put(
        world,
        "replicasets",
        json!({
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c"}], "nodeSelector": {"eks.amazonaws.com/nodegroup": NAME}},
            }},
        }),
    );
    put(
        world,
        "poddisruptionbudgets",
        json!({
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"minAvailable": available, "selector": {"matchLabels": {"app": "web"}}},
        }),
    );
}

#[tokio::test]
async fn a_roll_is_eks_s_and_keeps_to_budgets() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    rig.sandbox.world(|world| workload(world, 1));
    let old = rig.sandbox.read(names);
    let nothing = ops::roll(&rig.session, CLUSTER, NAME, &RollOptions::default()).await.unwrap();
    assert_eq!((nothing.verdict.as_str(), nothing.mutating_requests), ("unchanged", 0));

    let mut bigger = spec();
    bigger.volume.size_gib = 120;
    let report = ops::ensure(&rig.session, &bigger, &waiting()).await.unwrap();
    assert_eq!(report.verdict, "changed");
    assert_eq!(rig.sandbox.read(names), old, "ensure replaces no nodes unless told to");
    let warning = rig.log().lines().find(|line| line.contains("has EKS replace")).unwrap().to_owned();
    insta::assert_snapshot!(warning, @r#"
    [!]  nodes of managed nodegroup "managed-spot" run version 1 of the launch template, not 2: `spotscript roll nodegroup managed-spot` has EKS replace them
    "#);

    let drift = ops::drift(&rig.session, std::slice::from_ref(&bigger)).await.unwrap();
    assert_eq!(drift[0].differences.len(), 1, "{drift:?}");
    assert!(drift[0].differences[0].starts_with("nodes run version 1 of the launch template, not 2"), "{drift:?}");

    let rolled = ops::roll(&rig.session, CLUSTER, NAME, &RollOptions::default()).await.unwrap();
    assert_eq!((rolled.verdict.as_str(), rolled.ready_nodes.len()), ("changed", 2));
    let drift = ops::drift(&rig.session, std::slice::from_ref(&bigger)).await.unwrap();
    assert!(drift[0].differences.is_empty(), "{drift:?}");
    let new = rig.sandbox.read(names);
    assert!(new.len() == 2 && new.iter().all(|name| !old.contains(name)), "{old:?} {new:?}");
    let again = ops::ensure(&rig.session, &bigger, &waiting()).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));

    let options = RollOptions { surge: spotscript::domain::drain::Share::parse("1"), ..RollOptions::default() };
    let error = ops::roll(&rig.session, CLUSTER, NAME, &options).await.unwrap_err();
    assert_eq!(error.code.to_string(), "SPOT-0101", "{}", told(&error));

    // A budget that lets nobody go: EKS gives up, and the error says which pod and why.
    rig.sandbox.world(|world| {
        let tight = |budget: &mut Value| budget["spec"]["minAvailable"] = 2.into();
        world.objects.modify("poddisruptionbudgets", "default", "web", tight).unwrap();
    });
    let all = RollOptions { all: true, ..RollOptions::default() };
    let error = ops::roll(&rig.session, CLUSTER, NAME, &all).await.unwrap_err();
    let text = told(&error);
    let text = new.iter().enumerate().fold(text, |text, (at, name)| text.replace(name, &format!("NODE-{at}")));
    let text: String = text.lines().map(|line| without_suffix(line) + "\n").collect();
    insta::assert_snapshot!(text, @r"
    SPOT-0507: an update of managed node group `managed-spot` has ended as Failed
      because PodEvictionFailure: Reached max retries while trying to evict pods from nodes in node group managed-spot (NODE-0)
      because pod `default/web-…` on node `NODE-0` cannot be evicted: Cannot evict pod as it would violate the pod's disruption budget.
      because pod `default/web-…` on node `NODE-0` cannot be evicted: Cannot evict pod as it would violate the pod's disruption budget.
      help: let the disruption budgets of the pods on the node allow one to go, or repeat with `force`
    ");
    rig.sandbox.world(|world| world.advance(std::time::Duration::from_secs(180)));
    assert_eq!(rig.sandbox.read(names), new, "the old nodes stay, the surplus goes");
    let forced = RollOptions { all: true, force: true, ..RollOptions::default() };
    ops::roll(&rig.session, CLUSTER, NAME, &forced).await.unwrap();
    assert!(rig.sandbox.read(names).iter().all(|name| !new.contains(name)));
}

/// A line without what differs from pod to pod.
fn without_suffix(line: &str) -> String {
    match line.split_once("`default/web-") {
        Some((head, tail)) => format!("{head}`default/web-…{}", &tail[tail.find('`').unwrap()..]),
        None => line.to_owned(),
    }
}

#[tokio::test]
async fn a_creation_that_fails_says_why() {
    let rig = Rig::new();
    rig.sandbox.exhaust("*", "*").unwrap();
    let error = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @r"
    SPOT-0502: group `managed-spot` has 0 of 2 nodes Ready
      because EC2 has no Spot capacity in any pool of the group
      because Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.
      help: add instance types of the same shape or zones, ask for fewer nodes, give the group an On-Demand base, or try later: the group goes on trying by itself
    ");
    // EKS gives up later; then the group can only be made anew.
    rig.sandbox.world(|world| world.advance(std::time::Duration::from_secs(30 * 60)));
    let detail = ops::get(&rig.session, CLUSTER, NAME).await.unwrap();
    assert_eq!(detail.summary.status, "CREATE_FAILED");
    assert_eq!(detail.managed.unwrap().issues[0].code, "AsgInstanceLaunchFailures");
    let error = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @r"
    SPOT-0319: EKS gave up on managed node group `managed-spot`: it is CREATE_FAILED
      because AsgInstanceLaunchFailures: Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed (eks-managed-spot-19cfa723-c313-4c3e-85d1-d65fc5a64a5d)
      help: mend that, then delete the group and make it anew: `ensure` with `replace` does both
    ");
    rig.sandbox.restore("*", "*").unwrap();
    let replace = EnsureOptions { replace: true, ..waiting() };
    let report = ops::ensure(&rig.session, &spec(), &replace).await.unwrap();
    assert_eq!((report.verdict.as_str(), report.ready_nodes.len()), ("created", 2));
}

#[tokio::test]
async fn a_role_that_may_nothing_is_found_out() {
    let rig = Rig::new();
    let arn = rig.sandbox.world(|world| {
        let mut role = world.iam.roles.values().find(|role| role.name.contains("NodeInstanceRole")).unwrap().clone();
        role.name = "powerless".into();
        role.arn = world.account.iam_arn("role/powerless");
        role.attached.clear();
        world.iam.roles.insert(role.name.clone(), role.clone());
        role.arn
    });
    let mut given = spec();
    given.role.role_arn = Some(arn.clone());
    let error = ops::ensure(&rig.session, &given, &waiting()).await.unwrap_err();
    assert_eq!(error.code.to_string(), "SPOT-0503", "{}", told(&error));
    // A role of the user's own stays.
    ops::delete(&rig.session, CLUSTER, NAME, &DeleteOptions::default()).await.unwrap();
    assert!(rig.sandbox.read(|world| world.iam.roles.contains_key("powerless")));
}

/// The mutating requests of a run as its journal has them, in order; a plan's are compared with them.
fn cli(state: &std::path::Path, arguments: &[&str], code: i32) -> Value {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(arguments)
        .current_dir(state)
        .env("SPOTSCRIPT_STATE_DIR", state)
        .env("NO_COLOR", "1")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}\n{}", String::from_utf8_lossy(&output.stdout));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    answer["data"].clone()
}

fn operations(requests: &Value) -> Vec<String> {
    let requests = requests.as_array().unwrap().iter();
    let mut operations: Vec<String> =
        requests.map(|request| request["operation"].as_str().unwrap().to_owned()).filter(|it| it != "Evict").collect();
    // Repeated until IAM has spread the role.
    operations.dedup_by(|a, b| a == b && a == "CreateNodegroup");
    operations
}

#[test]
fn a_plan_is_what_then_happens_and_an_undo_takes_it_back() {
    let state = tempfile::tempdir().unwrap();
    let group = |size: &str, extra: &str| {
        format!(
            r#"let group = eks::managed_nodegroup("managed-spot", #{{
                cluster: "eks-spot-eksct", types: ["m5.xlarge", "m5a.xlarge", "t3.xlarge"], {size},
                taints: ["spotInstance=true:PreferNoSchedule"], {extra}
            }});"#
        )
    };
    let look = r#"
        let nodes = kube::nodes("eks.amazonaws.com/nodegroup=managed-spot");
        check("as many", nodes.len == group.desired);
        check("Spot", nodes.all(|n| n.labels["eks.amazonaws.com/capacityType"] == "SPOT"));
        check("tainted", nodes.all(|n| n.has_taint("spotInstance=true:PreferNoSchedule")));
    "#;
    let (first, changed) =
        (group("min: 0, max: 4, desired: 2", ""), group("min: 0, max: 5, desired: 3", "labels: #{ team: \"a\" }"));
    let runbooks = [
        ("create", format!("{first} eks::ensure(group); {look}")),
        ("change", format!("{changed} eks::ensure(group); {look} check(\"labelled\", nodes.all(|n| n.labels[\"team\"] == \"a\"));")),
        ("roll", format!("{changed} eks::roll(group, #{{ all: true }}); {look}")),
        ("delete", "eks::cluster(\"eks-spot-eksct\"); eks::delete(\"managed-spot\"); check(\"gone\", kube::nodes(\"eks.amazonaws.com/nodegroup=managed-spot\").len == 0);".to_owned()),
    ];
    let mut told = String::new();
    let mut runs = vec![];
    for (name, text) in &runbooks {
        let file = format!("{name}.rhai");
        std::fs::write(state.path().join(&file), text).unwrap();
        let plan = cli(state.path(), &["run", "--plan", &file, "-o", "json"], 4);
        cli(state.path(), &["run", &file, "--yes"], 0);
        let run = cli(state.path(), &["runs", "show", "last", "-o", "json"], 0);
        runs.push(run["id"].as_str().unwrap().to_owned());
        let lines = run["lines"].as_array().unwrap().iter().filter(|line| line["entry"] == "intent");
        let sent: Value = lines.map(|line| line["mutation"].clone()).collect();
        assert_eq!(operations(&plan["requests"]), operations(&sent), "{name}");
        told.push_str(&format!("{name}: {}\n", operations(&sent).join(" ")));
    }
    insta::assert_snapshot!(told, @r"
    create: CreateRole AttachRolePolicy AttachRolePolicy AttachRolePolicy AttachRolePolicy CreateLaunchTemplate CreateNodegroup
    change: UpdateNodegroupConfig
    roll: CreateLaunchTemplateVersion UpdateNodegroupVersion
    delete: Cordon Cordon Cordon DeleteNodegroup DeleteLaunchTemplate DeleteAccessEntry DetachRolePolicy DetachRolePolicy DetachRolePolicy DetachRolePolicy DeleteRole
    ");
    // Back, run by run: the group as changed, as made, gone.
    for (run, size) in runs.iter().rev().zip([Some(3), Some(3), Some(2), None]) {
        cli(state.path(), &["undo", run, "--yes"], 0);
        let groups = cli(state.path(), &["get", "nodegroup", "-o", "json"], 0);
        let there = groups.as_array().unwrap().iter().find(|group| group["name"] == NAME);
        assert_eq!(there.map(|group| group["size"]["desired"].as_i64().unwrap()), size);
    }
}

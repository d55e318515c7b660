//! Rolls: nodes are replaced without breaking a disruption budget or taking more away than allowed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use spotscript::domain::drain::Share;
use spotscript::domain::nodegroup::{NodegroupSpec, Size};
use spotscript::domain::taint::Taint;
use spotscript::ops::{self, EnsureOptions, RollOptions};
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::world::World;
use support::{CLUSTER, GROUP, Rig, spec, told, waiting};

/// The tutorial's group with another volume: its nodes are outdated.
fn changed() -> NodegroupSpec {
    let mut spec = spec();
    spec.volume.size_gib = 120;
    spec
}

async fn outdated() -> Rig {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    ops::ensure(&rig.session, &changed(), &waiting()).await.unwrap();
    rig
}

fn group_nodes(world: &World) -> Vec<String> {
    let of_group =
        |node: &&std::sync::Arc<Value>| node["metadata"]["labels"]["alpha.eksctl.io/nodegroup-name"] == GROUP;
    let nodes = world.objects.list("nodes", None).filter(of_group);
    nodes.map(|node| node["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// Makes an object as the API server would, and what follows from it.
fn apply(world: &mut World, plural: &str, object: Value) {
    let now = world.now();
    let (namespace, name) = ("default", object["metadata"]["name"].as_str().unwrap().to_owned());
    world.objects.create(plural, object, now).unwrap();
    spotscript::sandbox::kube::controllers::workload_changed(&mut world.objects, plural, namespace, &name, now);
}

fn workload(name: &str, replicas: u32) -> Value {
    json!({
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "containers": [{"name": "c", "resources": {"requests": {"cpu": "500m"}}}],
                    "nodeSelector": {"alpha.eksctl.io/nodegroup-name": GROUP},
                    "terminationGracePeriodSeconds": 5,
                },
            },
        },
    })
}

fn budget(name: &str, min_available: u32) -> Value {
    json!({
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"minAvailable": min_available, "selector": {"matchLabels": {"app": name}}},
    })
}

#[tokio::test]
async fn a_changed_group_is_told_about_and_rolled() {
    let rig = outdated().await;
    let log = rig.log();
    let warning = log.lines().find(|line| line.contains("run version")).unwrap();
    insta::assert_snapshot!(warning, @r#"
    [!]  2 nodes of "dev-4vcpu-16gb-spot" run version 1 of the launch template (volumes differ): `spotscript roll nodegroup dev-4vcpu-16gb-spot` replaces them
    "#);
    let before = rig.sandbox.read(group_nodes);
    let report = ops::roll(&rig.session, CLUSTER, GROUP, &RollOptions::default()).await.unwrap();
    assert_eq!(report.verdict, "changed");
    let after = rig.sandbox.read(group_nodes);
    assert!(after.len() == 2 && after.iter().all(|node| !before.contains(node)), "{before:?} {after:?}");
    rig.sandbox.read(|world| {
        let group = world.autoscaling.groups.values().find(|group| group.name.contains(GROUP)).unwrap();
        assert_eq!((group.min, group.desired, group.max), (0, 2, 5));
        assert!(!group.tags.contains_key("spotscript/roll"), "{:?}", group.tags);
        for id in group.members.keys() {
            assert!(!world.ec2.instances[id].tags.contains_key("spotscript/roll"));
        }
    });
    let again = ops::roll(&rig.session, CLUSTER, GROUP, &RollOptions::default()).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
    let ensured = ops::ensure(&rig.session, &changed(), &waiting()).await.unwrap();
    assert_eq!((ensured.verdict.as_str(), ensured.mutating_requests), ("unchanged", 0));
}

#[tokio::test]
async fn labels_and_taints_change_in_place() {
    let rig = Rig::new();
    let mut first = spec();
    first.labels.insert("team".into(), "a".into());
    first.taints.push(Taint::parse("old=1:NoSchedule").unwrap());
    ops::ensure(&rig.session, &first, &waiting()).await.unwrap();
    let nodes = rig.sandbox.read(group_nodes);
    let mut second = spec();
    second.labels.insert("squad".into(), "b".into());
    second.labels.insert("intent".into(), "batch".into());
    second.taints = vec![Taint::parse("spotInstance=maybe:PreferNoSchedule").unwrap()];
    let report = ops::ensure(&rig.session, &second, &waiting()).await.unwrap();
    assert_eq!(report.verdict, "changed");
    assert_eq!(rig.sandbox.read(group_nodes), nodes, "the nodes stay");
    rig.sandbox.read(|world| {
        for name in &nodes {
            let node = world.objects.get("nodes", "", name).unwrap();
            let labels = &node["metadata"]["labels"];
            assert_eq!(
                (&labels["squad"], &labels["intent"], &labels["team"]),
                (&json!("b"), &json!("batch"), &Value::Null)
            );
            let taint = json!([{"key": "spotInstance", "value": "maybe", "effect": "PreferNoSchedule"}]);
            assert_eq!(node["spec"]["taints"], taint);
        }
    });
    let again = ops::ensure(&rig.session, &second, &waiting()).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
    // Nothing is left that only a new node would have.
    let rolled = ops::roll(&rig.session, CLUSTER, GROUP, &RollOptions::default()).await.unwrap();
    assert_eq!((rolled.verdict.as_str(), rolled.mutating_requests), ("unchanged", 0));
    // A taint that an agent has taken away stays away.
    let mut starting = second.clone();
    starting.taints.push(Taint::parse("node.cilium.io/agent-not-ready=true:NoExecute").unwrap());
    let report = ops::ensure(&rig.session, &starting, &waiting()).await.unwrap();
    assert!(report.resources.iter().all(|row| row.kind != "node"), "{report:?}");
}

#[tokio::test]
async fn ensure_rolls_when_asked() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let before = rig.sandbox.read(group_nodes);
    let options = EnsureOptions { roll: Some(RollOptions::default()), ..waiting() };
    let report = ops::ensure(&rig.session, &changed(), &options).await.unwrap();
    assert_eq!(report.verdict, "changed");
    assert!(rig.sandbox.read(group_nodes).iter().all(|node| !before.contains(node)));
    let again = ops::ensure(&rig.session, &changed(), &options).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
}

#[tokio::test]
async fn what_cannot_change_in_place_is_replaced_when_asked() {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let mut wanted = spec();
    wanted.settings.load_balancers = vec!["front".into()];
    let error = ops::ensure(&rig.session, &wanted, &waiting()).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @r"
    SPOT-0319: group `dev-4vcpu-16gb-spot` differs from what is asked for in a way that cannot be changed in place
      because its load balancers are [], not [front]
      help: let it be drained, deleted and made anew (`replace: true` of `eks::ensure`), or give the new one another name
    ");
    let options = EnsureOptions { replace: true, ..waiting() };
    let report = ops::ensure(&rig.session, &wanted, &options).await.unwrap();
    assert_eq!((report.verdict.as_str(), report.ready_nodes.len()), ("created", 2));
    let again = ops::ensure(&rig.session, &wanted, &options).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
}

#[tokio::test]
async fn a_budget_that_forbids_everything_stops_the_roll_and_loses_nothing() {
    let rig = outdated().await;
    rig.sandbox.world(|world| {
        apply(world, "replicasets", workload("web", 2));
        apply(world, "poddisruptionbudgets", budget("web", 2));
    });
    let before = rig.sandbox.read(group_nodes);
    let options = RollOptions { drain_timeout: std::time::Duration::from_secs(60), ..RollOptions::default() };
    let error = ops::roll(&rig.session, CLUSTER, GROUP, &options).await.unwrap_err();
    let text =
        before.iter().enumerate().fold(told(&error), |text, (at, node)| text.replace(node, &format!("node-{at}")));
    let text = regex_lite(&text);
    insta::assert_snapshot!(text, @r"
    SPOT-0405: node `node-0` could not be drained
      because pod `default/web-…` cannot be evicted: Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web needs 2 healthy pods and has 2 currently
      because 0 nodes are replaced, 2 are not
      help: give the pods room or loosen their PodDisruptionBudget, then roll again: it goes on where it stopped
    ");
    rig.sandbox.read(|world| {
        for name in &before {
            let node = world.objects.get("nodes", "", name).unwrap();
            assert_eq!(node["spec"]["unschedulable"], Value::Null, "{name} works again");
        }
    });
    // Sizes are the roll's until it ends.
    let error = ops::scale(&rig.session, CLUSTER, GROUP, &support::desired(4)).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @r"
    SPOT-0322: a roll of node group `dev-4vcpu-16gb-spot` has not ended: its sizes cannot change
      because the tag `spotscript/roll` of its Auto Scaling group says which sizes it has to restore
      help: end it with `spotscript roll nodegroup dev-4vcpu-16gb-spot`, or take it back with `spotscript undo`
    ");
    let mut bigger = changed();
    bigger.size = Size::new(0, 4, 8).unwrap();
    assert_eq!(ops::ensure(&rig.session, &bigger, &waiting()).await.unwrap_err().code.to_string(), "SPOT-0322");
    // The same sizes are no change, and the surplus stays until the roll goes on.
    ops::ensure(&rig.session, &changed(), &waiting()).await.unwrap();
    // With room in the budget it ends.
    rig.sandbox.world(|world| {
        world
            .objects
            .modify("poddisruptionbudgets", "default", "web", |it| it["spec"]["minAvailable"] = json!(1))
            .unwrap();
    });
    let report = ops::roll(&rig.session, CLUSTER, GROUP, &options).await.unwrap();
    assert_eq!((report.verdict.as_str(), report.ready_nodes.len()), ("changed", 2));
    assert!(rig.sandbox.read(group_nodes).iter().all(|node| !before.contains(node)));
}

/// Names of pods made by controllers end in letters of their own.
fn regex_lite(text: &str) -> String {
    text.split(' ')
        .map(|word| if word.contains("default/web-") { "`default/web-…`" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn limits_that_let_no_node_go_are_refused() {
    let rig = outdated().await;
    let none =
        RollOptions { surge: Some(Share::Number(0)), max_unavailable: Some(Share::Number(0)), ..Default::default() };
    let error = ops::roll(&rig.session, CLUSTER, GROUP, &none).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @r"
    SPOT-0101: neither a node more nor a node fewer is allowed: no node can go
      help: give `surge` or `max_unavailable`
    ");
}

/// A world for the property.
#[derive(Debug, Clone)]
struct Setting {
    seed: u64,
    nodes: u32,
    pace: (Option<u32>, Option<u32>),
    /// Replicas and how many of them may be missing.
    workloads: Vec<(u32, u32)>,
    /// Nodes whose kubelet does not answer.
    broken: usize,
    /// Nodes that someone cordoned.
    cordoned: usize,
    all: bool,
}

fn settings() -> impl Strategy<Value = Setting> {
    let pace = prop_oneof![
        Just((None, None)),
        (1u32..3).prop_map(|surge| (Some(surge), None)),
        (1u32..4).prop_map(|missing| (None, Some(missing))),
        (1u32..3, 1u32..3).prop_map(|(surge, missing)| (Some(surge), Some(missing))),
    ];
    let workloads = prop::collection::vec((1u32..6, 1u32..3), 0..4);
    (0u64..6, 1u32..7, pace, workloads, 0usize..2, 0usize..2, any::<bool>()).prop_map(
        |(seed, nodes, pace, workloads, broken, cordoned, all)| Setting {
            seed,
            nodes,
            pace,
            workloads,
            broken,
            cordoned,
            all,
        },
    )
}

/// What must hold at every state that the cluster goes through.
struct Watch {
    budgets: Vec<(String, u32)>,
    floor: u32,
    ceiling: u32,
    pods: BTreeMap<String, Value>,
    nodes: BTreeMap<String, Value>,
}

impl Watch {
    fn check(&self, what: &str) {
        let is_true = |object: &Value, kind: &str| {
            object["status"]["conditions"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|it| it["type"] == kind && it["status"] == "True")
        };
        for (app, needed) in &self.budgets {
            let healthy = self.pods.values().filter(|pod| {
                pod["metadata"]["labels"]["app"] == app.as_str()
                    && pod["metadata"]["deletionTimestamp"].is_null()
                    && is_true(pod, "Ready")
            });
            let healthy = healthy.count();
            assert!(healthy >= *needed as usize, "{what}: budget {app} has {healthy} of {needed}");
        }
        let of_group =
            self.nodes.values().filter(|node| node["metadata"]["labels"]["alpha.eksctl.io/nodegroup-name"] == GROUP);
        let serving = of_group.filter(|node| is_true(node, "Ready") && node["spec"]["unschedulable"] != true).count();
        assert!(serving >= self.floor as usize, "{what}: {serving} nodes serve, {} have to", self.floor);
        assert!(serving <= self.ceiling as usize, "{what}: {serving} nodes serve, {} may", self.ceiling);
    }
}

/// Worlds with an outdated group, by seed and number of nodes: each takes as long to make as a roll.
type Worlds = Mutex<HashMap<(u64, u32), World>>;

fn beginning(setting: &Setting, worlds: &Worlds) -> World {
    let key = (setting.seed, setting.nodes);
    if let Some(world) = worlds.lock().unwrap().get(&key) {
        return world.clone();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let rig = Rig::of(Sandbox::fresh(setting.seed).read(World::clone));
    let mut wanted = spec();
    wanted.size = Size::new(0, i64::from(setting.nodes), i64::from(setting.nodes.max(5))).unwrap();
    runtime.block_on(async {
        ops::ensure(&rig.session, &wanted, &waiting()).await.unwrap();
        wanted.volume.size_gib = 120;
        ops::ensure(&rig.session, &wanted, &waiting()).await.unwrap();
    });
    let world = rig.sandbox.read(World::clone);
    worlds.lock().unwrap().insert(key, world.clone());
    world
}

/// Whether the roll came to its end.
fn roll_in(setting: &Setting, worlds: &Worlds) -> bool {
    let world = beginning(setting, worlds);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let rig = Rig::of(world);
    let number = |share: Option<u32>| share.map(|number| Share::Number(number as usize));
    let options = RollOptions {
        surge: number(setting.pace.0),
        max_unavailable: number(setting.pace.1),
        all: setting.all,
        ..RollOptions::default()
    };
    let mut budgets = vec![];
    let version = rig.sandbox.world(|world| {
        for (index, (replicas, spare)) in setting.workloads.iter().enumerate() {
            let name = format!("w{index}");
            apply(world, "replicasets", workload(&name, *replicas));
            let healthy = world
                .objects
                .list("pods", Some("default"))
                .filter(|pod| pod["metadata"]["labels"]["app"] == name.as_str() && !pod["spec"]["nodeName"].is_null());
            let healthy = u32::try_from(healthy.count()).unwrap();
            let needed = healthy.saturating_sub(*spare);
            apply(world, "poddisruptionbudgets", budget(&name, needed));
            budgets.push((name, needed));
        }
        let names = group_nodes(world);
        for name in names.iter().take(setting.cordoned) {
            world.objects.modify("nodes", "", name, |node| node["spec"]["unschedulable"] = true.into()).unwrap();
        }
        for name in names.iter().rev().take(setting.broken) {
            let silent = json!([{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}]);
            world.objects.modify("nodes", "", name, |node| node["status"]["conditions"] = silent).unwrap();
        }
        world.objects.version()
    });
    let (pods, nodes) = rig.sandbox.read(|world| {
        let all = |plural: &str| -> BTreeMap<String, Value> {
            let objects = world.objects.list(plural, None);
            objects
                .map(|object| (object["metadata"]["name"].as_str().unwrap().to_owned(), (**object).clone()))
                .collect()
        };
        (all("pods"), all("nodes"))
    });
    let missing = setting.pace.1.unwrap_or(0).min(setting.nodes);
    let surge = setting.pace.0.unwrap_or(u32::from(setting.pace.1.is_none())).min(setting.nodes);
    let idle = u32::try_from(setting.cordoned + setting.broken).unwrap().min(setting.nodes);
    let mut watch = Watch {
        budgets,
        // What was not available before the roll is not the roll's doing.
        floor: setting.nodes.saturating_sub(missing).min(setting.nodes - idle),
        ceiling: setting.nodes + surge,
        pods,
        nodes,
    };
    watch.check("at first");
    let result = runtime.block_on(ops::roll(&rig.session, CLUSTER, GROUP, &options));
    rig.sandbox.read(|world| {
        let mut changes = world.objects.changes_since("pods", version).expect("all changes are remembered");
        changes.extend(world.objects.changes_since("nodes", version).unwrap());
        changes.sort_by_key(|change| change.version);
        for change in changes {
            let name = change.object["metadata"]["name"].as_str().unwrap().to_owned();
            let map = if change.resource == "pods" { &mut watch.pods } else { &mut watch.nodes };
            match change.kind {
                spotscript::sandbox::kube::change_log::ChangeKind::Deleted => map.remove(&name),
                _ => map.insert(name, (*change.object).clone()),
            };
            watch.check(&format!("{setting:?} at {}", change.version));
        }
    });
    match result {
        Ok(report) => {
            assert_eq!(report.ready_nodes.len(), setting.nodes as usize, "{setting:?}");
            rig.sandbox.read(|world| {
                let group = world.autoscaling.groups.values().find(|group| group.name.contains(GROUP)).unwrap();
                assert_eq!(group.desired, i64::from(setting.nodes));
                assert!(!group.tags.contains_key("spotscript/roll"));
            });
            true
        }
        // Pods may have no place to go.
        Err(error) => {
            assert_eq!(error.code.to_string(), "SPOT-0405", "{setting:?}: {}", told(&error));
            false
        }
    }
}

#[test]
fn no_budget_is_broken_and_no_limit_passed_in_random_worlds() {
    let every = std::env::var_os("SPOTSCRIPT_TEST_EVERY_POINT").is_some();
    let half = if every { 500 } else { 20 };
    let (worlds, ended) = (Worlds::default(), AtomicU32::new(0));
    let run = |seed: u8| {
        let config = Config { cases: half, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        let rolled = TestRunner::new_with_rng(config, random).run(&settings(), |setting| {
            ended.fetch_add(u32::from(roll_in(&setting, &worlds)), Ordering::Relaxed);
            Ok(())
        });
        rolled.unwrap();
    };
    std::thread::scope(|scope| {
        scope.spawn(|| run(1));
        run(2);
    });
    let ended = ended.into_inner();
    println!("rolled in {} random worlds, to the end in {ended}", 2 * half);
    // Pods without a place elsewhere stop a few; a roll that never ends would keep every limit.
    assert!(ended > half, "only {ended} of {} rolls ended", 2 * half);
}

//! Killed at every request, before and after it: taken up again, a run ends where an undisturbed one does; taken back,
//! where it began.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod support;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use spotscript::cli::target::sandbox_host;
use spotscript::domain::error::Result;
use spotscript::domain::nodegroup::Size;
use spotscript::host::{FilePolicy, Host, Recorder};
use spotscript::journal::{Origin, Store};
use spotscript::ops::{self, DeleteOptions, Session, UndoOptions, Undone};
use spotscript::sandbox::world::World;
use spotscript::sandbox::{Sandbox, Side};
use support::{CLUSTER, GROUP, desired, spec, waiting};

/// Everything of the world that a run can leave behind, without what no two runs have alike: ids, times, addresses, and
/// which machines the market gave.
fn inventory(world: &World) -> Value {
    let text = serde_json::to_string(&json!({
        "roles": world.iam.roles,
        "profiles": world.iam.profiles,
        "clusters": world.eks.clusters.values().map(|cluster| (&cluster.name, &cluster.access_entries)).collect::<Vec<_>>(),
        "security groups": by_name(world.ec2.security_groups.values().map(|group| (group.name.clone(), json!(group)))),
        "launch templates": by_name(world.ec2.launch_templates.values().map(|template| {
            let newest = template.versions.values().next_back().map(|version| version.data.clone());
            (template.name.clone(), json!({"data": newest, "tags": template.tags}))
        })),
        "groups": world.autoscaling.groups.values().map(|group| {
            let mixed = serde_json::to_value(&group.mixed).unwrap();
            (&group.name, json!([group.min, group.desired, group.max, mixed, group.subnet_ids, group.status]),
                by_name(group.tags.iter().map(|(key, tag)| (key.clone(), json!(tag)))), group.members.len())
        }).collect::<Vec<_>>(),
        "aws-auth": world.objects.get("configmaps", "kube-system", "aws-auth").map(|map| map["data"].clone()),
        "nodes": nodes(world),
    }))
    .unwrap();
    // Ids of security groups are told by their names.
    let text = world.ec2.security_groups.values().fold(text, |text, group| text.replace(&group.id, &group.name));
    pruned(serde_json::from_str(&text).unwrap())
}

fn by_name(rows: impl Iterator<Item = (String, Value)>) -> Value {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    json!(rows)
}

/// What the cluster's nodes are, one text each, in an order of their own.
fn nodes(world: &World) -> Vec<String> {
    let chosen = ["hostname", "zone", "instance-type", "k8s.io/cloud", "topology"];
    let mut nodes: Vec<String> = world
        .objects
        .list("nodes", None)
        .map(|node| {
            let labels = node["metadata"]["labels"].as_object().unwrap();
            let labels: Vec<_> =
                labels.iter().filter(|(key, _)| !chosen.iter().any(|part| key.contains(part))).collect();
            format!("{labels:?} {} {}", node["spec"]["taints"], node["spec"]["unschedulable"])
        })
        .collect();
    nodes.sort();
    nodes
}

/// Without what differs between two runs that came to the same.
fn pruned(value: Value) -> Value {
    const VOLATILE: &[&str] = &[
        "id",
        "arn",
        "created",
        "modified",
        "client_token",
        "visible_at",
        "version",
        "LaunchTemplateId",
        "launch_template_id",
        "template_id",
        "description",
    ];
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(key, _)| !VOLATILE.contains(&key.as_str()));
            kept.map(|(key, value)| match (key.as_str(), value) {
                // A set that the world keeps as a list.
                ("attached", Value::Array(mut items)) => {
                    items.sort_by_key(ToString::to_string);
                    (key, Value::Array(items))
                }
                (_, value) => (key, pruned(value)),
            })
            .collect()
        }
        Value::Array(items) => items.into_iter().map(pruned).collect(),
        other => other,
    }
}

/// A verb on the tutorial's group.
#[derive(Clone, Copy)]
enum Verb {
    Create,
    Change,
    Scale,
    Delete,
}

impl Verb {
    async fn act(self, session: &Session, resumes: bool) -> Result<()> {
        match self {
            Verb::Create => ops::ensure(session, &spec(), &waiting()).await.map(drop),
            Verb::Change => {
                let mut spec = spec();
                spec.size = Size::new(1, 3, 6).unwrap();
                spec.volume.size_gib = 100;
                spec.tags.insert("team".into(), "platform".into());
                spec.addons.cloud_watch = false;
                ops::ensure(session, &spec, &waiting()).await.map(drop)
            }
            Verb::Scale => ops::scale(session, CLUSTER, GROUP, &desired(4)).await.map(drop),
            Verb::Delete => {
                let options = DeleteOptions { may_be_gone: resumes, ..DeleteOptions::default() };
                ops::delete(session, CLUSTER, GROUP, &options).await.map(drop)
            }
        }
    }

    /// The world that it begins in.
    fn beginning(self) -> World {
        let sandbox = Sandbox::fresh(1);
        if !matches!(self, Verb::Create) {
            let host = host(&sandbox, None);
            host.ask(async |session| Verb::Create.act(session, false).await).unwrap();
        }
        sandbox.read(World::clone)
    }
}

fn host(sandbox: &Sandbox, store: Option<(&Store, Option<&str>)>) -> Host {
    let host = sandbox_host(sandbox.clone(), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    if let Some((store, resumes)) = store {
        let origin = Origin { resumes: resumes.map(str::to_owned), ..Origin::default() };
        host.keep_journal(store.begin("kill", "sandbox", json!({}), Some(origin)));
    }
    host
}

/// Kills, takes up, takes back. Gives whether the cut was reached.
fn survive(verb: Verb, world: &World, number: u64, side: Side, begin: &Value, end: &Value, folder: &Path) -> bool {
    let what = format!("{side:?} request {number}");
    let sandbox = Sandbox::of(world.clone());
    let store = Store::new(folder.join(format!("{number}-{side:?}")));
    let killed = host(&sandbox, Some((&store, None)));
    let cancel = killed.cancel().clone();
    sandbox.cut_off(number, side, move || cancel.cancel());
    let result = killed.ask(async |session| verb.act(session, false).await);
    if !sandbox.reconnect() {
        result.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        return false;
    }
    drop(killed);

    let root = store.find("last").ok();
    let again = host(&sandbox, Some((&store, root.as_ref().map(|run| run.id.as_str()))));
    again
        .ask(async |session| verb.act(session, true).await)
        .unwrap_or_else(|error| panic!("resume, {what}: {error:?}"));
    again.end_journal(0).unwrap();
    assert_same(&sandbox.read(inventory), end, &format!("resumed, {what}"));

    let Ok(last) = store.find("last") else { return true };
    let changes: Vec<Undone> = store
        .chain(&last)
        .unwrap()
        .iter()
        .flat_map(|run| run.changes().unwrap())
        .map(|change| Undone { mutation: change.mutation, cluster: change.cluster, before: change.before })
        .collect();
    let options = UndoOptions { force: false, drain: true, timeout: std::time::Duration::from_secs(1800) };
    let back = host(&sandbox, None);
    back.ask(async |session| ops::undo(session, &changes, &options).await)
        .unwrap_or_else(|error| panic!("undo, {what}: {error:?}"));
    assert_same(&sandbox.read(inventory), begin, &format!("undone, {what}"));
    true
}

fn assert_same(found: &Value, wanted: &Value, what: &str) {
    if found != wanted {
        let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        let diff = similar::TextDiff::from_lines(text(wanted), text(found)).unified_diff().to_string();
        panic!("{what}:\n{diff}");
    }
}

fn every_point(verb: Verb, name: &str) {
    let world = verb.beginning();
    let sandbox = Sandbox::of(world.clone());
    let begin = sandbox.read(inventory);
    host(&sandbox, None).ask(async |session| verb.act(session, false).await).unwrap();
    let end = sandbox.read(inventory);
    assert_ne!(begin, end, "{name} changes something");
    let folder = tempfile::tempdir().unwrap();
    // Every point takes minutes; without being asked for them, every seventh stands for the rest.
    let step = if std::env::var_os("SPOTSCRIPT_TEST_EVERY_POINT").is_some() { 1 } else { 7 };
    let mut points = 0;
    for point in (0..).step_by(step) {
        let side = if point % 2 == 0 { Side::Before } else { Side::After };
        if !survive(verb, &world, point / 2 + 1, side, &begin, &end, folder.path()) {
            break;
        }
        points += 1;
    }
    println!("{name}: killed at {points} points");
    assert!(points > 10, "{name}: {points}");
}

#[test]
fn create_survives_a_kill_at_every_request() {
    every_point(Verb::Create, "create");
}

#[test]
fn change_survives_a_kill_at_every_request() {
    every_point(Verb::Change, "change");
}

#[test]
fn scale_survives_a_kill_at_every_request() {
    every_point(Verb::Scale, "scale");
}

#[test]
fn delete_survives_a_kill_at_every_request() {
    every_point(Verb::Delete, "delete");
}

//! Verbs on the tutorial's group as runs that may be broken off: what they leave, how they are taken up and back.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use spotscript::cli::target::sandbox_host;
use spotscript::domain::cloud::AuthenticationMode;
use spotscript::domain::error::Result;
use spotscript::domain::nodegroup::{Managed, NodegroupSpec, Size, SshAccess};
use spotscript::host::{FilePolicy, Host, Recorder};
use spotscript::journal::{Origin, Store};
use spotscript::ops::{self, DeleteOptions, EnsureOptions, RollOptions, Session, UndoOptions, Undone};
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::kube::controllers;
use spotscript::sandbox::world::World;

use super::{CLUSTER, GROUP, NODE_KEY, desired, spec, waiting};

/// Everything of the world that a run can leave behind, without what no two runs have alike: ids, times, addresses, and
/// which machines the market gave.
pub fn inventory(world: &World) -> Value {
    let text = serde_json::to_string(&json!({
        "roles": world.iam.roles,
        "profiles": world.iam.profiles,
        "clusters": world.eks.clusters.values().map(|cluster| (&cluster.name, &cluster.access_entries)).collect::<Vec<_>>(),
        "security groups": by_name(world.ec2.security_groups.values().map(|group| (group.name.clone(), json!(group)))),
        "launch templates": by_name(world.ec2.launch_templates.values().map(|template| {
            let newest = template.versions.values().next_back().map(|version| version.data.clone());
            // EKS's own copies name the template that they come from by its id.
            let newest = newest.filter(|_| !template.name.starts_with("eks-"));
            (template.name.clone(), json!({"data": newest, "tags": template.tags}))
        })),
        "groups": world.autoscaling.groups.values().map(|group| {
            let mixed = serde_json::to_value(&group.mixed).unwrap();
            (&group.name, json!([group.min, group.desired, group.max, mixed, group.subnet_ids, group.status]),
                by_name(group.tags.iter().map(|(key, tag)| (key.clone(), json!(tag)))), group.members.len())
        }).collect::<Vec<_>>(),
        "key pairs": by_name(world.ec2.key_pairs.values().map(|pair| (pair.name.clone(), json!(pair)))),
        "managed groups": by_name(world.eks.clusters.values().flat_map(|cluster| cluster.nodegroups.values()).map(|group| {
            (group.name.clone(), json!([group.status, group.min, group.desired, group.max, group.capacity_type,
                group.instance_types, group.labels, group.taints, group.unavailable, group.tags, group.release_version,
                group.source.as_ref().map(|source| &source.name)]))
        })),
        "aws-auth": world.objects.get("configmaps", "kube-system", "aws-auth").map(|map| map["data"].clone()),
        "nodes": nodes(world),
    }))
    .unwrap();
    // What EKS makes ends in a number of its own.
    let managed = world.eks.clusters.values().flat_map(|cluster| cluster.nodegroups.values());
    let text = managed.fold(text, |text, group| text.replace(&group.uuid, &group.name));
    // Ids of security groups are told by their names.
    let text = world.ec2.security_groups.values().fold(text, |text, group| text.replace(&group.id, &group.name));
    pruned(serde_json::from_str(&text).unwrap())
}

/// Ids of the groups' members.
pub fn members(world: &World) -> Vec<String> {
    world.autoscaling.groups.values().flat_map(|group| group.members.keys().cloned()).collect()
}

fn by_name(rows: impl Iterator<Item = (String, Value)>) -> Value {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    json!(rows)
}

/// What the cluster's nodes are, one text each, in an order of their own.
fn nodes(world: &World) -> Vec<String> {
    let chosen = ["hostname", "zone", "instance-type", "k8s.io/cloud", "topology", "sourceLaunchTemplate"];
    let mut nodes: Vec<String> = world
        .objects
        .list("nodes", None)
        .map(|node| {
            let labels = node["metadata"]["labels"].as_object().unwrap();
            let mut labels: Vec<_> =
                labels.iter().filter(|(key, _)| !chosen.iter().any(|part| key.contains(part))).collect();
            labels.sort_by_key(|(key, _)| *key);
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
#[derive(Debug, Clone, Copy)]
pub enum Verb {
    Create,
    Change,
    Scale,
    /// Outdated nodes make room for new ones, under a disruption budget.
    Roll,
    /// The group changes, and its nodes with it.
    Renew,
    Delete,
    /// A group that EKS manages.
    CreateManaged,
    /// What EKS changes in place.
    ChangeManaged,
    /// Another launch template, and EKS replaces the nodes.
    RenewManaged,
    DeleteManaged,
}

/// A Spot group that EKS manages, with a key that is imported for it.
pub fn managed() -> NodegroupSpec {
    let mut spec = spec();
    spec.name = "managed-spot".into();
    spec.ssh = Some(SshAccess::with_public_key(NODE_KEY));
    spec.size = Size::new(0, 2, 4).unwrap();
    spec.managed = Some(Managed { spot: Some(true), ..Managed::default() });
    spec.distribution = Managed::distribution(true);
    spec
}

impl Verb {
    pub async fn act(self, session: &Session, resumes: bool) -> Result<()> {
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
            Verb::Roll => ops::roll(session, CLUSTER, GROUP, &RollOptions::default()).await.map(drop),
            Verb::Renew => {
                let mut spec = spec();
                spec.volume.size_gib = 100;
                spec.labels.insert("team".into(), "platform".into());
                let options = EnsureOptions { roll: Some(RollOptions::default()), ..waiting() };
                ops::ensure(session, &spec, &options).await.map(drop)
            }
            Verb::Delete => {
                let options = DeleteOptions { may_be_gone: resumes, ..DeleteOptions::default() };
                ops::delete(session, CLUSTER, GROUP, &options).await.map(drop)
            }
            Verb::CreateManaged => ops::ensure(session, &managed(), &waiting()).await.map(drop),
            Verb::ChangeManaged => {
                let mut spec = managed();
                spec.size = Size::new(1, 3, 6).unwrap();
                spec.labels.insert("team".into(), "platform".into());
                spec.labels.shift_remove("intent");
                spec.taints.clear();
                ops::ensure(session, &spec, &waiting()).await.map(drop)
            }
            Verb::RenewManaged => {
                let mut spec = managed();
                spec.volume.size_gib = 100;
                let options = EnsureOptions { roll: Some(RollOptions::default()), ..waiting() };
                ops::ensure(session, &spec, &options).await.map(drop)
            }
            Verb::DeleteManaged => {
                let options = DeleteOptions { may_be_gone: resumes, ..DeleteOptions::default() };
                ops::delete(session, CLUSTER, "managed-spot", &options).await.map(drop)
            }
        }
    }

    /// The world that it begins in.
    pub fn beginning(self) -> World {
        self.beginning_in(Sandbox::fresh(1))
    }

    /// The same, in a cluster that lets nodes in by the ConfigMap `aws-auth`.
    pub fn beginning_with_aws_auth(self) -> World {
        let sandbox = Sandbox::fresh(1);
        sandbox.world(|world| {
            for cluster in world.eks.clusters.values_mut() {
                cluster.authentication_mode = AuthenticationMode::ConfigMap;
            }
        });
        self.beginning_in(sandbox)
    }

    fn beginning_in(self, sandbox: Sandbox) -> World {
        let first = match self {
            Verb::ChangeManaged | Verb::RenewManaged | Verb::DeleteManaged => Verb::CreateManaged,
            _ => Verb::Create,
        };
        if !matches!(self, Verb::Create | Verb::CreateManaged) {
            let host = host(&sandbox, None);
            host.ask(async |session| first.act(session, false).await).unwrap();
            if matches!(self, Verb::Roll) {
                let mut spec = spec();
                spec.volume.size_gib = 100;
                host.ask(async |session| ops::ensure(session, &spec, &waiting()).await).unwrap();
            }
            if matches!(self, Verb::Roll | Verb::Renew) {
                sandbox.world(guarded_workload);
            }
        }
        sandbox.read(World::clone)
    }
}

/// Two pods on the group's nodes, of which one may be missing.
fn guarded_workload(world: &mut World) {
    let labels = json!({"app": "web"});
    let template = json!({"metadata": {"labels": labels}, "spec": {
        "containers": [{"name": "c"}], "nodeSelector": {"alpha.eksctl.io/nodegroup-name": GROUP}, "terminationGracePeriodSeconds": 2,
    }});
    let metadata = json!({"name": "web", "namespace": "default"});
    let set = json!({"metadata": metadata, "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}});
    let budget = json!({"metadata": metadata, "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}}});
    let now = world.now();
    world.objects.create("replicasets", set, now).unwrap();
    controllers::workload_changed(&mut world.objects, "replicasets", "default", "web", now);
    world.objects.create("poddisruptionbudgets", budget, now).unwrap();
}

/// A host on a world, with a journal or without; `resumes` is the run that it takes up.
pub fn host(sandbox: &Sandbox, store: Option<(&Store, Option<&str>)>) -> Host {
    let host = sandbox_host(sandbox.clone(), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    if let Some((store, resumes)) = store {
        let origin = Origin { resumes: resumes.map(str::to_owned), ..Origin::default() };
        host.keep_journal(store.begin("kill", "sandbox", json!({}), Some(origin)));
    }
    host
}

/// Panics with the difference.
pub fn assert_same(found: &Value, wanted: &Value, what: &str) {
    if found != wanted {
        let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        let diff = similar::TextDiff::from_lines(text(wanted), text(found)).unified_diff().to_string();
        panic!("{what}:\n{diff}");
    }
}

/// Takes the newest run up, or does the same again when nothing was written down.
pub fn resume(verb: Verb, sandbox: &Sandbox, store: &Store) -> Result<()> {
    let root = store.find("last").ok();
    let again = host(sandbox, Some((store, root.as_ref().map(|run| run.id.as_str()))));
    let result = again.ask(async |session| verb.act(session, true).await);
    again.end_journal(0)?;
    result
}

/// Takes the newest run back, with those that took it up.
pub fn undo(sandbox: &Sandbox, store: &Store) -> Result<()> {
    let Ok(last) = store.find("last") else { return Ok(()) };
    let changes: Vec<Undone> = store
        .chain(&last)?
        .iter()
        .flat_map(|run| run.changes().unwrap())
        .map(|change| Undone {
            mutation: change.mutation,
            cluster: change.cluster,
            before: change.before,
            masked: change.masked,
        })
        .collect();
    let options = UndoOptions { force: false, drain: true, timeout: Duration::from_secs(1800) };
    host(sandbox, None).ask(async |session| ops::undo(session, &changes, &options, &|_| ()).await).map(drop)
}

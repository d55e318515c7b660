//! What scripts do to nodes: cordon, taint, label, drain. Each verb only does what is not done yet.

use rhai::plugin::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::kube::connect;
use super::roll::{anything, share};
use super::values::{Changes, Drain, NodeValue, Nodes};
use crate::domain::Code;
use crate::domain::drain::DrainOptions;
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::label_change::LabelChange;
use crate::domain::kubernetes::node as facts;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::taint_change::TaintChange;
use crate::domain::node_change::{DryRun, NodeChange, NodeVerdict};
use crate::host::Host;
use crate::ops;
use crate::ports::{Cluster, Event};
use crate::view::kubectl;

/// Options of `drain`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DrainWish {
    /// Leave pods of DaemonSets where they are; otherwise they are a reason to refuse.
    ignore_daemonsets: bool,
    /// Evict pods with emptyDir volumes too, which are lost.
    delete_emptydir_data: bool,
    /// Evict pods that no controller makes anew.
    force: bool,
    /// Seconds that pods get to end; each pod's own unless said.
    grace_seconds: Option<u32>,
    /// Longest time for a node, such as `10m`.
    timeout: Option<String>,
    /// Only pods that this label selector picks.
    pod_selector: String,
    /// How many nodes may be drained or not Ready at a time: a number, or a part such as `25%`. One unless said.
    #[schemars(schema_with = "anything")]
    max_unavailable: Option<Value>,
    /// How many of them in one Availability Zone.
    per_zone: Option<u32>,
}

impl Default for DrainWish {
    fn default() -> Self {
        DrainWish {
            ignore_daemonsets: true,
            delete_emptydir_data: false,
            force: false,
            grace_seconds: None,
            timeout: None,
            pod_selector: String::new(),
            max_unavailable: None,
            per_zone: None,
        }
    }
}

/// How long a node's drain may take when nothing else is said.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(15 * 60);

impl DrainWish {
    fn options(self) -> Result<DrainOptions> {
        Ok(DrainOptions {
            force: self.force,
            ignore_daemon_sets: self.ignore_daemonsets,
            delete_empty_dir_data: self.delete_emptydir_data,
            grace_seconds: self.grace_seconds.map(i64::from),
            timeout: Some(super::time_limit(self.timeout.as_deref(), LONGEST)?),
            skip_deleted_after: None,
            pod_selector: self.pod_selector,
            dry_run: DryRun::No,
            max_unavailable: share("drain", "max_unavailable", self.max_unavailable)?,
            per_zone: self.per_zone.map(|nodes| nodes as usize),
        })
    }
}

/// A change that came to nothing is called so.
fn plainly(change: NodeChange) -> NodeChange {
    let unchanged = !change.changed && change.verdict == NodeVerdict::Modified;
    NodeChange { verdict: if unchanged { NodeVerdict::Unchanged } else { change.verdict }, ..change }
}

/// Does something to each node, as it is now.
fn each(
    host: &Host,
    nodes: &[NodeValue],
    act: impl AsyncFn(&dyn Cluster, Value) -> Result<NodeChange, Refusal>,
) -> Result<Changes> {
    let Some(first) = nodes.first() else { return Ok(Changes(vec![].into())) };
    let changes = host.ask(async |session| {
        let api = connect(session, &first.0.cluster).await?;
        let mut changes = vec![];
        for node in nodes {
            let name = facts::name(&node.0.node);
            let found = api.node(name).await?;
            let found = found.ok_or_else(|| Error::new(Code::NodeNotFound, format!("node `{name}` is gone")))?;
            let now = serde_json::to_value(found)
                .map_err(|error| Error::new(Code::Internal, "a node is not JSON").because(error.to_string()))?;
            changes.push(plainly(act(&*api, now).await.map_err(Error::from)?));
        }
        Ok(changes)
    })?;
    Ok(Changes(changes.into()))
}

pub(super) fn cordon(host: &Host, nodes: &[NodeValue], unschedulable: bool) -> Result<Changes> {
    each(host, nodes, async |api, node| {
        let node = serde_json::from_value(node)
            .map_err(|error| Error::new(Code::KubeRefused, "a node cannot be read").because(error.to_string()))?;
        Ok(ops::cordon(api, &node, unschedulable, DryRun::No).await?)
    })
}

pub(super) fn taint(host: &Host, nodes: &[NodeValue], text: &str, remove: bool) -> Result<Changes> {
    let spec = if remove { format!("{text}-") } else { text.to_owned() };
    let change = TaintChange::parse([spec.as_str()], true).map_err(|said| {
        let form = if remove { "`key` or `key:Effect`" } else { "`key=value:Effect` or `key:Effect`" };
        Error::new(Code::InvalidTaint, format!("`{text}` is no taint"))
            .because(said)
            .help(format!("the form is {form}"))
    })?;
    let change = TaintChange { lenient: true, ..change };
    each(host, nodes, async |api, node| ops::taint(api, &node, &change, DryRun::No).await)
}

pub(super) fn label(host: &Host, nodes: &[NodeValue], labels: rhai::Map) -> Result<Changes> {
    let mut change = LabelChange { overwrite: true, ..LabelChange::default() };
    for (key, value) in labels {
        if value.is_unit() {
            change.remove.push(key.to_string());
            continue;
        }
        let Ok(value) = value.into_string() else {
            return Err(Error::new(Code::InvalidLabel, format!("the value of label `{key}` is no text"))
                .help("write a text, or `()` to remove the label"));
        };
        crate::domain::label::validate_node_label(&key, &value)?;
        change.set.insert(key.to_string(), value);
    }
    each(host, nodes, async |api, node| ops::label(api, &node, &change, DryRun::No).await)
}

pub(super) fn drain(host: &Host, nodes: &[NodeValue], wish: DrainWish) -> Result<Drain> {
    let options = wish.options()?;
    let report = host.ask(async |session| {
        let objects: Vec<_> = nodes.iter().map(|node| node.0.node.clone()).collect();
        let cluster = match nodes.first() {
            Some(first) => first.0.cluster.clone(),
            None => super::eks::current_cluster(host)?,
        };
        let api = connect(session, &cluster).await?;
        let mut fresh = vec![];
        for node in &objects {
            let name = facts::name(node);
            let found = api.node(name).await?;
            fresh.push(found.ok_or_else(|| Error::new(Code::NodeNotFound, format!("node `{name}` is gone")))?);
        }
        let tell = |event| {
            let (_, text) = kubectl::drain(&event);
            session.operator.tell(&Event::Note { message: text.trim_end().to_owned() });
        };
        ops::drain(session, &*api, &fresh, &options, &tell).await
    })?;
    match report.failure() {
        Some(failure) => Err(failure),
        None => Ok(Drain(report.into())),
    }
}

fn of(nodes: &Nodes) -> &[NodeValue] {
    &nodes.nodes
}

/// Changes of nodes.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use std::slice::from_ref;

    use super::{DrainWish, of};
    use crate::bindings::call::{Outcome, call};
    use crate::bindings::documents::to_map;
    use crate::bindings::options;
    use crate::bindings::values::{Changes, Drain, NodeValue, Nodes};
    use rhai::{Array, Dynamic, INT, Map};

    /// Keeps new pods away from a node.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// check("cordoned", kube::nodes()[0].cordon().changed == 1);
    /// ```
    #[rhai_fn(name = "cordon", return_raw, pure)]
    pub fn cordon_node(ctx: NativeCallContext, node: &mut NodeValue) -> Outcome<Changes> {
        call(&ctx, |host| super::cordon(host, from_ref(node), true))
    }

    /// Keeps new pods away from all nodes of a list.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes("lifecycle=Ec2Spot").cordon());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn cordon(ctx: NativeCallContext, nodes: &mut Nodes) -> Outcome<Changes> {
        call(&ctx, |host| super::cordon(host, of(nodes), true))
    }

    /// Lets new pods come to a node again.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// check("it was not cordoned", kube::nodes()[0].uncordon().changed == 0);
    /// ```
    #[rhai_fn(name = "uncordon", return_raw, pure)]
    pub fn uncordon_node(ctx: NativeCallContext, node: &mut NodeValue) -> Outcome<Changes> {
        call(&ctx, |host| super::cordon(host, from_ref(node), false))
    }

    /// Lets new pods come to all nodes of a list again.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes().uncordon());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn uncordon(ctx: NativeCallContext, nodes: &mut Nodes) -> Outcome<Changes> {
        call(&ctx, |host| super::cordon(host, of(nodes), false))
    }

    /// Gives a node a taint: `key=value:Effect` or `key:Effect`. One of the same key and effect is replaced.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let node = kube::nodes()[0];
    /// node.taint("drill=yes:NoSchedule");
    /// check("again changes nothing", node.taint("drill=yes:NoSchedule").changed == 0);
    /// ```
    #[rhai_fn(name = "taint", return_raw, pure)]
    pub fn taint_node(ctx: NativeCallContext, node: &mut NodeValue, taint: &str) -> Outcome<Changes> {
        call(&ctx, |host| super::taint(host, from_ref(node), taint, false))
    }

    /// Gives all nodes of a list a taint. One of the same key and effect is replaced.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes().taint("drill=yes:PreferNoSchedule"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn taint(ctx: NativeCallContext, nodes: &mut Nodes, taint: &str) -> Outcome<Changes> {
        call(&ctx, |host| super::taint(host, of(nodes), taint, false))
    }

    /// Takes a taint from a node: `key:Effect`, or `key` for all of the key.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let node = kube::nodes()[0];
    /// node.taint("drill=yes:NoSchedule");
    /// check("gone", node.untaint("drill").changed == 1 && node.untaint("drill").changed == 0);
    /// ```
    #[rhai_fn(name = "untaint", return_raw, pure)]
    pub fn untaint_node(ctx: NativeCallContext, node: &mut NodeValue, taint: &str) -> Outcome<Changes> {
        call(&ctx, |host| super::taint(host, from_ref(node), taint, true))
    }

    /// Takes a taint from all nodes of a list that have it.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes().untaint("drill"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn untaint(ctx: NativeCallContext, nodes: &mut Nodes, taint: &str) -> Outcome<Changes> {
        call(&ctx, |host| super::taint(host, of(nodes), taint, true))
    }

    /// Sets labels of a node; `()` as a value removes one.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// kube::nodes()[0].label(#{ intent: "apps" });
    /// check("it carries it", kube::nodes("intent=apps").len == 1);
    /// ```
    #[rhai_fn(name = "label", return_raw, pure)]
    pub fn label_node(ctx: NativeCallContext, node: &mut NodeValue, labels: Map) -> Outcome<Changes> {
        call(&ctx, |host| super::label(host, from_ref(node), labels))
    }

    /// Sets labels of all nodes of a list; `()` as a value removes one.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes().label(#{ intent: "apps", drill: () }));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn label(ctx: NativeCallContext, nodes: &mut Nodes, labels: Map) -> Outcome<Changes> {
        call(&ctx, |host| super::label(host, of(nodes), labels))
    }

    /// Empties a node as `kubectl drain --ignore-daemonsets` does: cordons it, then evicts its pods.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes()[0].drain());
    /// ```
    #[rhai_fn(name = "drain", return_raw, pure)]
    pub fn drain_node(ctx: NativeCallContext, node: &mut NodeValue) -> Outcome<Drain> {
        call(&ctx, |host| super::drain(host, from_ref(node), DrainWish::default()))
    }

    /// Empties a node. Options: `ignore_daemonsets` (`true` unless said), `delete_emptydir_data`, `force`,
    /// `grace_seconds`, `timeout`, `pod_selector`, `max_unavailable`, `per_zone`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let drained = kube::nodes()[0].drain(#{ force: true, timeout: "5m" });
    /// check("nothing holds it", drained.nodes[0].drained);
    /// ```
    #[rhai_fn(name = "drain", return_raw, pure)]
    pub fn drain_node_with(ctx: NativeCallContext, node: &mut NodeValue, wanted: Map) -> Outcome<Drain> {
        call(&ctx, |host| super::drain(host, from_ref(node), options::parse("drain", wanted)?))
    }

    /// Empties all nodes of a list, one after another.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes("lifecycle=Ec2Spot").drain());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn drain(ctx: NativeCallContext, nodes: &mut Nodes) -> Outcome<Drain> {
        call(&ctx, |host| super::drain(host, of(nodes), DrainWish::default()))
    }

    /// Empties all nodes of a list, with `max_unavailable` or `per_zone` several side by side. Options as for one node.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes("lifecycle=Ec2Spot").drain(#{ max_unavailable: "25%", per_zone: 1 }));
    /// ```
    #[rhai_fn(name = "drain", return_raw, pure)]
    pub fn drain_with(ctx: NativeCallContext, nodes: &mut Nodes, wanted: Map) -> Outcome<Drain> {
        call(&ctx, |host| super::drain(host, of(nodes), options::parse("drain", wanted)?))
    }

    /// How many nodes were changed; the others were so already.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// check("both", kube::nodes().cordon().changed == 2);
    /// ```
    #[rhai_fn(get = "changed", pure)]
    pub fn changed(changes: &mut Changes) -> INT {
        INT::try_from(changes.0.iter().filter(|change| change.changed).count()).unwrap_or(INT::MAX)
    }

    /// What was done to each node: a list of `#{ node, verdict, changed }`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// for change in kube::nodes().cordon().nodes { print(`${change.node}: ${change.verdict}`); }
    /// ```
    #[rhai_fn(get = "nodes", return_raw, pure)]
    pub fn changed_nodes(ctx: NativeCallContext, changes: &mut Changes) -> Outcome<Dynamic> {
        call(&ctx, |_| to_map(&*changes.0))
    }

    /// What came of each node: a list of `#{ node, zone, drained, evicted, staying, elapsed_ms }` and more.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// for node in kube::nodes().drain(#{ pod_selector: "app=none" }).nodes { print(node.evicted); }
    /// ```
    #[rhai_fn(get = "nodes", return_raw, pure)]
    pub fn drained_nodes(ctx: NativeCallContext, drain: &mut Drain) -> Outcome<Dynamic> {
        call(&ctx, |_| to_map(&drain.0.nodes))
    }

    /// The pods that left: a list of `namespace/name`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes()[0].drain().evicted);
    /// ```
    #[rhai_fn(get = "evicted", pure)]
    pub fn evicted(drain: &mut Drain) -> Array {
        drain.0.nodes.iter().flat_map(|node| node.evicted.iter().cloned().map(Dynamic::from)).collect()
    }
}

//! Nodes that run already: they get the labels and taints that the group gives now, and lose what only an older version of
//! its launch template gave them.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;
use k8s_openapi::api::core::v1::Node;

use crate::domain::cloud::{AutoScalingGroup, LaunchTemplateData};
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::label_change::LabelChange;
use crate::domain::kubernetes::node as facts;
use crate::domain::kubernetes::taint_change::{Spec, TaintChange};
use crate::domain::node_change::DryRun;
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::roll::reasons;
use crate::domain::taint::Taint;
use crate::domain::user_data::{Given, given};
use crate::ops::ledger::Ledger;
use crate::ops::nodes::{label, taint};
use crate::ports::{Cluster, ResourceKind, Verdict};

/// The versions of the launch template that the group's instances came from.
pub(super) struct Versions {
    /// By instance id.
    of: HashMap<String, String>,
    /// What an older version holds; `None` when it is gone.
    older: BTreeMap<String, Option<LaunchTemplateData>>,
}

impl Versions {
    /// Reads those that are not `current`: each once.
    pub(super) async fn read(
        ledger: &Ledger<'_>,
        group: &AutoScalingGroup,
        template: &str,
        current: i64,
    ) -> Result<Self> {
        let current = current.to_string();
        let versions = group.instances.iter().filter_map(|one| Some((&one.id, one.launch_template_version.as_ref()?)));
        let of: HashMap<String, String> = versions.map(|(id, version)| (id.clone(), version.clone())).collect();
        let mut older = BTreeMap::new();
        for version in of.values().filter(|version| **version != current) {
            if !older.contains_key(version) {
                let data = ledger.session().cloud.launch_template_version(template, version).await?;
                older.insert(version.clone(), data);
            }
        }
        Ok(Versions { of, older })
    }

    /// What an older version gave a node; `None` for a node of the present one.
    fn gave(&self, node: &Node) -> Option<Given> {
        let version = self.of.get(facts::instance_id(node)?)?;
        self.older.get(version)?.as_ref().map(|data| given(&data.user_data))
    }

    /// Tells about nodes that only a replacement makes as asked for.
    pub(super) fn tell_outdated(&self, ledger: &Ledger<'_>, group: &str, current: &LaunchTemplateData) {
        for (version, data) in &self.older {
            let why = match data {
                Some(data) => reasons(data, current).join(", "),
                None => "all of it".to_owned(),
            };
            if !why.is_empty() {
                let count = self.of.values().filter(|one| *one == version).count();
                ledger.session().warn(format!(
                    "{count} nodes of \"{group}\" run version {version} of the launch template ({why} differ): \
                     `spotscript roll nodegroup {group}` replaces them"
                ));
            }
        }
    }
}

/// Makes nodes have the labels and taints asked for; whether anything had to change.
pub(super) async fn ensure(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    spec: &NodegroupSpec,
    versions: &Versions,
    nodes: &[Node],
) -> Result<bool> {
    let wanted = Given { labels: spec.node_labels(), taints: spec.taints.clone() };
    let mut any = false;
    for node in nodes {
        let (labels, taints) = change(node, &wanted, &versions.gave(node).unwrap_or_default());
        let object = serde_json::to_value(node).unwrap_or_default();
        let mut changed = false;
        if !labels.set.is_empty() || !labels.remove.is_empty() {
            changed |= label(api, &object, &labels, DryRun::No).await.map_err(Error::from)?.changed;
            ledger.count_kube(u64::from(changed));
        }
        if !taints.add.is_empty() || !taints.remove.is_empty() {
            // The label has given the node another resource version.
            let object = match api.node(facts::name(node)).await? {
                Some(node) => serde_json::to_value(&node).unwrap_or_default(),
                None => continue,
            };
            let tainted = taint(api, &object, &taints, DryRun::No).await.map_err(Error::from)?.changed;
            ledger.count_kube(u64::from(tainted));
            changed |= tainted;
        }
        if changed {
            ledger.settle(ResourceKind::Node, facts::name(node), Verdict::Changed);
        }
        any |= changed;
    }
    Ok(any)
}

/// What a node lacks, and what it has from an earlier version and should not. A taint that an agent on the node takes away
/// once it is ready is not put back.
fn change(node: &Node, wanted: &Given, gave: &Given) -> (LabelChange, TaintChange) {
    let there = |key: &str| node.metadata.labels.as_ref().and_then(|labels| labels.get(key));
    let set: IndexMap<String, String> = wanted
        .labels
        .iter()
        .filter(|(key, value)| there(key) != Some(*value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let stale =
        gave.labels.iter().filter(|(key, value)| !wanted.labels.contains_key(*key) && there(key) == Some(*value));
    let labels = LabelChange { set, remove: stale.map(|(key, _)| key.clone()).collect(), overwrite: true };
    let taints = facts::taints(node);
    let missing = wanted.taints.iter().filter(|taint| !taint.is_startup() && !taints.contains(taint));
    let same = |a: &Taint, b: &Taint| a.key == b.key && a.effect == b.effect;
    let stale =
        gave.taints.iter().filter(|old| taints.contains(old) && !wanted.taints.iter().any(|taint| same(taint, old)));
    let spec =
        |taint: &Taint| Spec { key: taint.key.clone(), value: taint.value.clone(), effect: taint.effect.to_string() };
    let taints = TaintChange {
        add: missing.map(spec).collect(),
        remove: stale.map(|taint| Spec { value: String::new(), ..spec(taint) }).collect(),
        overwrite: true,
        lenient: true,
    };
    (labels, taints)
}

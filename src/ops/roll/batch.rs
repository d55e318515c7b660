//! Some nodes at a time: marked, drained, ended.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use k8s_openapi::api::core::v1::Node;

use super::Rolling;
use super::look::Seen;
use crate::domain::Code;
use crate::domain::drain::{DrainEvent, DrainOptions, DrainReport, Share};
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::node as facts;
use crate::domain::kubernetes::taint_change::{Spec, TaintChange};
use crate::domain::mutation::AwsMutation;
use crate::domain::node_change::DryRun;
use crate::domain::roll::{OUTDATED_TAINT, Old, Pace};
use crate::domain::taint::TaintEffect;
use crate::ops::ledger::Ledger;
use crate::ops::nodes::{cordon, taint};
use crate::ops::{RollOptions, drain};
use crate::ports::{Cluster, ResourceKind, Verdict};

/// Pods on a node whose kubelet does not answer are not waited for longer: nobody ends them.
const SILENT: Duration = Duration::from_secs(120);

impl Rolling<'_> {
    /// Lets the scheduler prefer other nodes, so that no pod has to move twice.
    pub(super) async fn mark(&self, seen: &Seen) -> Result<()> {
        let mark = Spec {
            key: OUTDATED_TAINT.to_owned(),
            value: String::new(),
            effect: TaintEffect::PreferNoSchedule.to_string(),
        };
        let change = TaintChange { add: vec![mark], overwrite: true, ..TaintChange::default() };
        for node in seen.old.iter().filter_map(|old| seen.node(old.node.as_deref()?)) {
            if facts::taints(node).iter().any(|taint| taint.key == OUTDATED_TAINT) {
                continue;
            }
            let object = serde_json::to_value(node).unwrap_or_default();
            taint(self.api, &object, &change, DryRun::No).await.map_err(Error::from)?;
            self.ledger.count_kube(1);
        }
        Ok(())
    }

    /// Replaces as many as may go now; gives how many that were. `before` were replaced already.
    pub(super) async fn next_batch(&mut self, pace: Pace, before: usize) -> Result<usize> {
        let seen = self.look().await?;
        let mut left = seen.old.len();
        let batch = pace.batch(self.note.desired, seen.available(), seen.old.clone());
        if batch.is_empty() && left > 0 {
            return Err(self.stuck(&seen));
        }
        let report = drain_all(self.ledger, self.api, &seen.nodes, &batch, self.options).await?;
        let failed: HashSet<&str> =
            report.nodes.iter().filter(|node| !node.drained).map(|node| node.node.as_str()).collect();
        let mut replaced = 0;
        for one in &batch {
            if one.node.as_deref().is_some_and(|node| failed.contains(node)) {
                continue;
            }
            left -= 1;
            let desired = self.desired.unwrap_or(seen.group.size.desired);
            let decrement = desired > pace.target(self.note.desired, left);
            terminate(self.ledger, self.group, one, decrement).await?;
            self.ledger.settle(ResourceKind::Node, one.shown(), Verdict::Replaced);
            self.desired = Some(desired - u32::from(decrement));
            replaced += 1;
        }
        let Some(error) = report.failure() else { return Ok(replaced) };
        // A node that stays should work.
        for node in report.nodes.iter().filter(|node| !node.drained && !node.was_cordoned) {
            if let Some(node) = self.api.node(&node.node).await? {
                cordon(self.api, &node, false, DryRun::No).await?;
                self.ledger.count_kube(1);
            }
        }
        let done = before + replaced;
        Err(error.because(format!("{done} nodes are replaced, {left} are not")).help(
            "give the pods room or loosen their PodDisruptionBudget, then roll again: it goes on where it stopped",
        ))
    }

    /// No node may go, though some should.
    fn stuck(&self, seen: &Seen) -> Error {
        let message = format!(
            "nodegroup `{}` has {} nodes available, {} are wanted: no node may go",
            self.name,
            seen.available(),
            self.note.desired
        );
        let idle = seen.nodes.iter().filter(|node| !facts::is_schedulable(node));
        let error = idle.fold(Error::new(Code::NodesNotReady, message), |error, node| {
            error.because(format!("node `{}` is cordoned", facts::name(node)))
        });
        error.help("uncordon nodes, or allow more to be missing with `max_unavailable`")
    }
}

/// Empties the nodes of these members, side by side.
pub(super) async fn drain_all(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    nodes: &[Node],
    batch: &[Old],
    options: &RollOptions,
) -> Result<DrainReport> {
    let session = ledger.session();
    let named = batch.iter().filter_map(|old| nodes.iter().find(|node| Some(facts::name(node)) == old.node.as_deref()));
    let (ready, silent): (Vec<Node>, Vec<Node>) = named.cloned().partition(facts::is_ready);
    let waiting: Mutex<HashSet<String>> = Mutex::default();
    let once = |about: String, note: String| {
        if waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(about) {
            session.note(note);
        }
    };
    let tell = |event: DrainEvent| match event {
        DrainEvent::Evicting { namespace, pod, .. } => {
            once(format!("{namespace}/{pod}"), format!("evicting pod {namespace}/{pod}"));
        }
        DrainEvent::Refused { namespace, pod, why, .. } => {
            once(format!("{namespace}/{pod} waits"), format!("pod {namespace}/{pod} waits: {why}"));
        }
        DrainEvent::Drained(change) => session.note(format!("drained node \"{}\"", change.node)),
        _ => {}
    };
    let mut reports = vec![];
    for (nodes, skip_deleted_after) in [(silent, Some(SILENT)), (ready, None)] {
        if nodes.is_empty() {
            continue;
        }
        let how = DrainOptions {
            force: options.force,
            ignore_daemon_sets: true,
            delete_empty_dir_data: true,
            timeout: Some(options.drain_timeout),
            skip_deleted_after,
            max_unavailable: Some(Share::Number(nodes.len())),
            ..DrainOptions::default()
        };
        reports.push(drain(session, api, &nodes, &how, &tell).await?);
    }
    let report = DrainReport {
        mutating_requests: reports.iter().map(|report| report.mutating_requests).sum(),
        elapsed_ms: reports.iter().map(|report| report.elapsed_ms).sum(),
        dry_run: DryRun::No,
        nodes: reports.into_iter().flat_map(|report| report.nodes).collect(),
    };
    ledger.count_kube(report.mutating_requests);
    Ok(report)
}

/// Ends a member; with `decrement` the group wants one fewer, else it starts another.
pub(super) async fn terminate(ledger: &Ledger<'_>, group: &str, old: &Old, decrement: bool) -> Result<()> {
    let (group, instance_id) = (group.to_owned(), old.instance_id.clone());
    ledger.aws(AwsMutation::TerminateInstanceInAutoScalingGroup { group, instance_id, decrement }).await.map(drop)
}

//! Empties nodes before their instances end: cordon, then evict, as `kubectl drain` does.
//!
//! Not `ops::drain`, which gives up on a node for what kubectl would refuse (local data, pods without an owner) and has its
//! own time limit, words and report: here all nodes go together, whoever is on them, within the deletion's time.

use k8s_openapi::api::core::v1::Pod;

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::{node as facts, pod as pods};
use crate::domain::mutation::KubeMutation;
use crate::domain::nodegroup::node_selector;
use crate::ops::backoff::Backoff;
use crate::ops::ledger::Ledger;
use crate::ports::{Cluster, Event, Wait};

/// Cordons every node of the group, then evicts their pods until none is left or the time is up.
///
/// # Errors
/// `SPOT-0405` that names the pods still there and what keeps them.
pub(in crate::ops) async fn drain(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    group: &str,
    deadline: &mut Backoff,
) -> Result<()> {
    let session = ledger.session();
    let nodes = api.nodes(&node_selector(group)).await?;
    for node in nodes.iter().filter(|node| facts::is_schedulable(node)) {
        let node = facts::name(node).to_owned();
        session.note(format!("cordon node \"{node}\""));
        ledger.kube(api, KubeMutation::Cordon { node, unschedulable: true }).await?;
    }
    let began = session.clock.now();
    let mut most = 0;
    let _wait = Wait::told_to(&*session.operator);
    loop {
        let mut left: Vec<Pod> = vec![];
        for node in &nodes {
            let pods = api.pods(None, "", &format!("spec.nodeName={}", facts::name(node))).await?;
            left.extend(pods.into_iter().filter(needs_eviction));
        }
        most = most.max(left.len());
        if left.is_empty() {
            if most > 0 {
                session.note(format!("drained all nodes of nodegroup \"{group}\": {most} pods evicted"));
            }
            return Ok(());
        }
        let mut blocked = vec![];
        for pod in left.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()) {
            if let Some(error) = evict(ledger, api, pod).await? {
                blocked.push((format!("`{}`", pods::key(pod)), error));
            }
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        session.operator.tell(&Event::Progress {
            what: format!("pods of \"{group}\" to leave"),
            done: count(most - left.len()),
            wanted: count(most),
            since: began,
        });
        if !deadline.pause(&*session.clock).await {
            return Err(stuck(group, &left, blocked));
        }
    }
}

/// Asks for an eviction. `Some` when a disruption budget forbids it for now.
async fn evict(ledger: &Ledger<'_>, api: &dyn Cluster, pod: &Pod) -> Result<Option<Error>> {
    let (namespace, name) = place_of(pod);
    match ledger.kube(api, KubeMutation::Evict { namespace, pod: name, grace_seconds: None }).await {
        Ok(_) => {
            ledger.session().note(format!("evicting pod {}", pods::key(pod)));
            Ok(None)
        }
        Err(error) if error.code == Code::DrainBlocked => Ok(Some(error)),
        Err(error) => Err(error),
    }
}

fn stuck(group: &str, left: &[Pod], blocked: Vec<(String, Error)>) -> Error {
    let error = Error::new(Code::DrainBlocked, format!("the nodes of group `{group}` could not be drained in time"));
    if blocked.is_empty() {
        let pods = left.iter().map(|pod| format!("`{}`", pods::key(pod))).collect::<Vec<_>>().join(", ");
        return error.because(format!("these pods take long to end: {pods}")).help("repeat the delete, with more time");
    }
    let error = blocked.into_iter().fold(error, |error, (pod, why)| {
        let words = why.causes.first().cloned().unwrap_or(why.message);
        error.because(format!("pod {pod} cannot be evicted: {words}"))
    });
    error.help("give the pods room elsewhere or loosen their PodDisruptionBudget, or delete without draining")
}

/// Pods that `kubectl drain` would evict: not those of DaemonSets (they tolerate the cordon and would come back), not
/// mirrors of static pods, not those that have ended.
pub(in crate::ops) fn needs_eviction(pod: &Pod) -> bool {
    let meta = &pod.metadata;
    let daemon =
        meta.owner_references.iter().flatten().any(|owner| owner.controller == Some(true) && owner.kind == "DaemonSet");
    let mirror = meta.annotations.as_ref().is_some_and(|map| map.contains_key("kubernetes.io/config.mirror"));
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    !daemon && !mirror && !matches!(phase, Some("Succeeded" | "Failed"))
}

/// Namespace and name of a pod.
pub(in crate::ops) fn place_of(pod: &Pod) -> (String, String) {
    (pods::namespace(pod).to_owned(), pods::name(pod).to_owned())
}

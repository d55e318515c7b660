//! Updates of a managed group: sent, and followed to their end.

use std::time::Duration;

use super::explain::with_issues;
use super::wait::at_rest;
use crate::domain::Code;
use crate::domain::cloud::{HealthIssue, ManagedNodegroup};
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::node::is_ready;
use crate::domain::kubernetes::pod as pods;
use crate::domain::mutation::{AwsMutation, KubeMutation};
use crate::ops::backoff::Backoff;
use crate::ops::delete::drain::{needs_eviction, place_of};
use crate::ops::ledger::Ledger;
use crate::ports::{Cluster, Event, Wait, polling};

const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Sends an update once EKS is at rest; gives its id.
///
/// # Errors
/// What waiting for EKS fails with, and its refusal.
pub(in crate::ops) async fn send(
    ledger: &Ledger<'_>,
    group: &ManagedNodegroup,
    request: AwsMutation,
    timeout: Duration,
) -> Result<String> {
    at_rest(ledger, &group.cluster, &group.name, timeout).await?;
    Ok(ledger.aws(request).await?.id.unwrap_or_default())
}

/// Waits until an update has ended. The time begins anew with every node that joins or leaves.
///
/// # Errors
/// `SPOT-0507` with EKS's errors when it failed, `SPOT-0501` when nothing has moved for `timeout`.
pub(in crate::ops) async fn settled(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    group: &ManagedNodegroup,
    id: &str,
    timeout: Duration,
) -> Result<()> {
    let session = ledger.session();
    let selector = format!("eks.amazonaws.com/nodegroup={}", group.name);
    let began = session.clock.now();
    let mut pauses = Backoff::new(&*session.clock, LONGEST_PAUSE, timeout);
    let mut seen: Option<Vec<String>> = None;
    let _wait = Wait::told_to(&*session.operator);
    loop {
        let update = polling(session.cloud.nodegroup_update(&group.cluster, &group.name, id)).await?;
        let Some(update) = update else {
            let message = format!("update {id} of managed node group `{}` is not known any more", group.name);
            return Err(Error::new(Code::NodegroupUpdateFailed, message).help("run the verb again"));
        };
        match update.status.as_str() {
            "Successful" => return Ok(()),
            "Failed" | "Cancelled" => {
                let message =
                    format!("an update of managed node group `{}` has ended as {}", group.name, update.status);
                let error = with_issues(Error::new(Code::NodegroupUpdateFailed, message), &update.errors);
                return Err(held(api, &update.errors, error).await);
            }
            _ => {}
        }
        let nodes = polling(api.nodes(&selector)).await?;
        let names: Vec<String> = nodes.iter().filter_map(|node| node.metadata.name.clone()).collect();
        if seen.as_ref() != Some(&names) {
            let ready = nodes.iter().filter(|node| is_ready(node)).count();
            let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            session.operator.tell(&Event::Progress {
                what: format!("nodes of \"{}\" to be updated by EKS", group.name),
                done: count(ready),
                wanted: group.size.desired.max(count(names.len())),
                since: began,
            });
            seen = Some(names);
            pauses = Backoff::new(&*session.clock, LONGEST_PAUSE, timeout);
        }
        if !pauses.pause(&*session.clock).await {
            let message = format!("EKS is still updating managed node group `{}`", group.name);
            return Err(Error::new(Code::NodesNotReady, message)
                .because("no node has joined or left for the time given")
                .help("EKS goes on by itself: repeat later, or give it more time with `timeout`"));
        }
    }
}

/// Adds what keeps pods on the nodes that EKS names: it does not say.
async fn held(api: &dyn Cluster, issues: &[HealthIssue], mut error: Error) -> Error {
    let nodes = issues.iter().filter(|issue| issue.code == "PodEvictionFailure").flat_map(|issue| &issue.resource_ids);
    for node in nodes {
        let Ok(pods) = api.pods(None, "", &format!("spec.nodeName={node}")).await else { continue };
        for pod in pods.iter().filter(|pod| needs_eviction(pod)) {
            let (namespace, name) = place_of(pod);
            let request = KubeMutation::Evict { namespace, pod: name, grace_seconds: None };
            if let Err(refusal) = api.rehearse(&request).await {
                let words = refusal.causes.first().cloned().unwrap_or(refusal.message);
                error = error.because(format!("pod `{}` on node `{node}` cannot be evicted: {words}", pods::key(pod)));
            }
        }
    }
    error
}

//! Empties nodes as `kubectl drain` does, by eviction only: cordon all, then evict the pods of one node after another,
//! or of several at a time within limits.

mod limits;
mod node;

use k8s_openapi::api::core::v1::Node;

use super::Session;
use super::nodes::cordon;
use crate::domain::drain::{DrainEvent, DrainOptions, DrainReport, LastWord, NodeDrain};
use crate::domain::error::Result;
use crate::domain::kubernetes::Selector;
use crate::domain::kubernetes::node as facts;
use crate::domain::node_change::{DryRun, NodeChange, NodeVerdict};
use crate::ports::Cluster;
use limits::Limits;
use node::Task;

/// Who is told what happens, as it happens.
pub type Tell<'a> = dyn Fn(DrainEvent) + Send + Sync + 'a;

/// Drains nodes. A node that cannot be drained does not stop the others; the report says which and why.
///
/// # Errors
/// `SPOT-0123` for a pod selector that does not parse. Everything that concerns one node is in the report:
/// [`DrainReport::failure`] makes an error of it.
pub async fn drain(
    session: &Session,
    api: &dyn Cluster,
    nodes: &[Node],
    options: &DrainOptions,
    tell: &Tell<'_>,
) -> Result<DrainReport> {
    Selector::parse(&options.pod_selector)?;
    let clock = &*session.clock;
    let began = clock.now();
    let mut mutating_requests = 0;
    for node in nodes {
        match cordon(api, node, true, options.dry_run).await {
            Ok(change) => {
                mutating_requests += u64::from(change.changed && change.dry_run == DryRun::No);
                tell(DrainEvent::Cordon(change));
            }
            Err(error) => {
                let why = error.causes.first().cloned().unwrap_or(error.message);
                tell(DrainEvent::NotCordoned { node: facts::name(node).to_owned(), why });
            }
        }
    }
    let mut done: Vec<Option<NodeDrain>> = nodes.iter().map(|_| None).collect();
    let mut waiting: Vec<usize> = Limits::order(nodes, options);
    let limits = Limits::new(nodes, options);
    let mut running: Vec<Task<'_>> = vec![];
    loop {
        let mut next = 0;
        while next < waiting.len() {
            let at_work: Vec<usize> = running.iter().map(|task| task.index).collect();
            if limits.allow(waiting[next], &at_work, &waiting) {
                let index = waiting.remove(next);
                running.push(Task::start(session, api, index, &nodes[index], options, tell).await);
                // Whoever fails at once makes room at once.
                settle(&mut running, &mut done, &mut mutating_requests, options.dry_run, tell);
            } else {
                next += 1;
            }
        }
        if running.is_empty() {
            break;
        }
        for task in &mut running {
            task.step(session, api, options, tell).await;
        }
        settle(&mut running, &mut done, &mut mutating_requests, options.dry_run, tell);
        let soonest = running.iter().filter_map(Task::next_at).min();
        let pause = soonest.map(|at| at.duration_since(clock.now()));
        if let Some(Ok(pause)) = pause.map(std::time::Duration::try_from)
            && !pause.is_zero()
        {
            clock.sleep(pause).await;
        }
    }
    let drained: Vec<NodeDrain> = done.into_iter().flatten().collect();
    let remaining: Vec<String> = drained.iter().filter(|node| !node.drained).map(|node| node.node.clone()).collect();
    if !remaining.is_empty() {
        tell(DrainEvent::Remaining { nodes: remaining });
    }
    let elapsed = clock.now().duration_since(began).as_millis();
    Ok(DrainReport {
        nodes: drained,
        dry_run: options.dry_run,
        mutating_requests,
        elapsed_ms: u64::try_from(elapsed).unwrap_or_default(),
    })
}

/// Takes the tasks that are over out of those at work.
fn settle(
    running: &mut Vec<Task<'_>>,
    done: &mut [Option<NodeDrain>],
    mutating_requests: &mut u64,
    dry_run: DryRun,
    tell: &Tell<'_>,
) {
    let mut at = 0;
    while at < running.len() {
        if !running[at].is_over() {
            at += 1;
            continue;
        }
        let task = running.remove(at);
        *mutating_requests += task.requests;
        let (index, drained) = (task.index, task.close());
        let node = drained.node.clone();
        tell(if drained.drained {
            DrainEvent::Drained(NodeChange { node, verdict: NodeVerdict::Drained, changed: true, dry_run })
        } else {
            DrainEvent::Failed { node, why: LastWord(drained.failures.clone()) }
        });
        done[index] = Some(drained);
    }
}

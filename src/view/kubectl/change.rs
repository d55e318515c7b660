//! What kubectl says about changes, and on which stream.

use crate::domain::drain::DrainEvent;
use crate::domain::node_change::NodeChange;

/// Where a line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Data.
    Out,
    /// Talk.
    Err,
}

/// `node/NAME cordoned (dry run)`
pub fn changed(change: &NodeChange) -> String {
    format!("node/{} {}{}\n", change.node, change.verdict.as_str(), change.dry_run.suffix())
}

/// A drain's event in kubectl's words.
pub fn drain(event: &DrainEvent) -> (Stream, String) {
    match event {
        DrainEvent::Cordon(change) | DrainEvent::Drained(change) => (Stream::Out, changed(change)),
        DrainEvent::NotCordoned { node, why } => {
            (Stream::Err, format!("error: unable to cordon node {node:?}: {why}\n"))
        }
        DrainEvent::Warning { text, .. } => (Stream::Err, format!("Warning: {text}\n")),
        DrainEvent::Evicting { namespace, pod, dry_run } => {
            (Stream::Out, format!("evicting pod {namespace}/{pod}{}\n", dry_run.suffix()))
        }
        DrainEvent::Refused { namespace, pod, terminating: false, why } => {
            (Stream::Err, format!("error when evicting pods/{pod:?} -n {namespace:?} (will retry after 5s): {why}\n"))
        }
        DrainEvent::Refused { namespace, pod, terminating: true, why } => (
            Stream::Err,
            format!(
                "error when evicting pod {pod:?} from terminating namespace {namespace:?} (will retry after 5s): {why}\n"
            ),
        ),
        DrainEvent::Evicted { pod, .. } => (Stream::Out, format!("pod/{pod} evicted\n")),
        DrainEvent::NotAwaited { pod, seconds } => {
            (Stream::Out, format!("pod {pod:?} has DeletionTimestamp older than {seconds} seconds, skipping\n"))
        }
        DrainEvent::Pending { node, why, pods } => {
            let pods: String = pods.iter().map(|pod| format!("pod/{pod}\n")).collect();
            (Stream::Err, format!("There are pending pods in node {node:?} when an error occurred: {why}\n{pods}"))
        }
        DrainEvent::Failed { node, why } => {
            (Stream::Err, format!("error: unable to drain node {node:?} due to error: {why}, continuing command...\n"))
        }
        DrainEvent::Remaining { nodes } => {
            let nodes: String = nodes.iter().map(|node| format!(" {node}\n")).collect();
            (Stream::Err, format!("There are pending nodes to be drained:\n{nodes}"))
        }
    }
}

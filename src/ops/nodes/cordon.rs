//! Whether new pods may come to a node.

use k8s_openapi::api::core::v1::Node;

use crate::domain::error::Result;
use crate::domain::kubernetes::node as facts;
use crate::domain::mutation::KubeMutation;
use crate::domain::node_change::{DryRun, NodeChange, NodeVerdict};
use crate::ports::Cluster;

/// Cordons a node, or uncordons it; nothing is sent when it is so already.
///
/// # Errors
/// `SPOT-0403` when it is gone, `SPOT-0401` when the server refuses.
pub async fn cordon(api: &dyn Cluster, node: &Node, unschedulable: bool, dry_run: DryRun) -> Result<NodeChange> {
    let name = facts::name(node).to_owned();
    let changed = facts::is_schedulable(node) == unschedulable;
    let mutation = KubeMutation::Cordon { node: name.clone(), unschedulable };
    match dry_run {
        _ if !changed => {}
        DryRun::Client => {}
        DryRun::Server => api.rehearse(&mutation).await?,
        DryRun::No => drop(api.apply(&mutation).await?),
    }
    let verdict = match (unschedulable, changed) {
        (true, true) => NodeVerdict::Cordoned,
        (true, false) => NodeVerdict::AlreadyCordoned,
        (false, true) => NodeVerdict::Uncordoned,
        (false, false) => NodeVerdict::AlreadyUncordoned,
    };
    Ok(NodeChange { node: name, verdict, changed, dry_run })
}

//! The node object of a machine that is gone.

use crate::domain::error::Result;
use crate::domain::mutation::KubeMutation;
use crate::domain::node_change::{DryRun, NodeChange, NodeVerdict};
use crate::ports::Cluster;

/// Deletes a node object; the machine behind it is not touched. One that is not there is `absent`.
///
/// # Errors
/// `SPOT-0401` when the server refuses.
pub async fn delete_node(api: &dyn Cluster, name: &str, dry_run: DryRun) -> Result<NodeChange> {
    let changed = api.node(name).await?.is_some();
    let mutation = KubeMutation::DeleteNode { node: name.to_owned() };
    match dry_run {
        _ if !changed => {}
        DryRun::Client => {}
        DryRun::Server => api.rehearse(&mutation).await?,
        DryRun::No => drop(api.apply(&mutation).await?),
    }
    let verdict = if changed { NodeVerdict::Deleted } else { NodeVerdict::Absent };
    Ok(NodeChange { node: name.to_owned(), verdict, changed, dry_run })
}

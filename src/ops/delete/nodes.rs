//! Waits until the cluster has forgotten the nodes of instances that are gone.

use std::time::Duration;

use crate::domain::error::Result;
use crate::ops::backoff::Backoff;
use crate::ops::ledger::Ledger;
use crate::ports::{Cluster, polling};

/// How long the cluster's cloud controller is given. It looks every few seconds; an API server under load takes longer.
const PATIENCE: Duration = Duration::from_secs(180);

/// Returns when no node of the group is left, or warns with the names of those that stay: they are the cloud
/// controller's to remove, so this is no failure of the delete.
pub(super) async fn forgotten(ledger: &Ledger<'_>, api: &dyn Cluster, group: &str) -> Result<()> {
    let session = ledger.session();
    let selector = format!("alpha.eksctl.io/nodegroup-name={group}");
    let mut patience = Backoff::new(&*session.clock, super::LONGEST_PAUSE, PATIENCE);
    loop {
        let nodes = polling(api.nodes(&selector)).await?;
        if nodes.is_empty() {
            return Ok(());
        }
        if !patience.pause(&*session.clock).await {
            let names: Vec<String> =
                nodes.into_iter().filter_map(|node| node.metadata.name).map(|name| format!("`{name}`")).collect();
            session.warn(format!(
                "the instances are gone, but the cluster still lists {}; its cloud controller removes them",
                names.join(", ")
            ));
            return Ok(());
        }
    }
}

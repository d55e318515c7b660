//! Waits until the cluster has forgotten the nodes of instances that are gone.

use std::time::Duration;

use crate::domain::error::Result;
use crate::domain::nodegroup::node_selector;
use crate::ops::backoff::Backoff;
use crate::ops::ledger::Ledger;
use crate::ports::{Cluster, polling};

/// Longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long the cluster's cloud controller is given. It looks every few seconds; an API server under load takes longer.
const PATIENCE: Duration = Duration::from_secs(180);

/// Returns when the group has no more than `keep` nodes, or warns with the names of those there are: they are the cloud
/// controller's to remove, so this is no failure of the delete.
pub(super) async fn forgotten(ledger: &Ledger<'_>, api: &dyn Cluster, group: &str, keep: u32) -> Result<()> {
    let session = ledger.session();
    let selector = node_selector(group);
    let mut patience = Backoff::new(&*session.clock, LONGEST_PAUSE, PATIENCE);
    loop {
        let nodes = polling(api.nodes(&selector)).await?;
        if nodes.len() <= keep as usize {
            return Ok(());
        }
        if !patience.pause(&*session.clock).await {
            let names: Vec<String> =
                nodes.into_iter().filter_map(|node| node.metadata.name).map(|name| format!("`{name}`")).collect();
            session.warn(format!(
                "the cluster still lists more than {keep} nodes of \"{group}\": {}; its cloud controller removes those \
                 whose instances are gone",
                names.join(", ")
            ));
            return Ok(());
        }
    }
}

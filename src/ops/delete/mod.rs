//! Removes a group and everything that was made for it, and proves that nothing is left.

pub(super) mod drain;
pub(super) mod inventory;
pub(super) mod remove;

use super::backoff::Backoff;
use super::ensure::not_ours;
use super::forgotten::forgotten;
use super::inventory::{find, groups_of, owner_of};
use super::ledger::Ledger;
use super::{DeleteOptions, Session, cluster, managed};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::inventory::{ChangeReport, Owner};
use crate::ports::polling;

/// Longest pause while something is on its way out.
const LONGEST_PAUSE: std::time::Duration = std::time::Duration::from_secs(5);

/// Removes the group: drains its nodes, deletes the Auto Scaling group and its instances, then everything it was made of.
///
/// What an earlier, interrupted delete has left behind is removed too.
///
/// # Errors
/// `SPOT-0312` with the nearest name when there is nothing of that name, `SPOT-0318` for a group that spotscript did not
/// make, `SPOT-0405` when a pod cannot be evicted in time, `SPOT-0505` when something is still there at the end,
/// `SPOT-0902` when the operator says no.
pub async fn delete(
    session: &Session,
    cluster_name: &str,
    name: &str,
    options: &DeleteOptions,
) -> Result<ChangeReport> {
    let ledger = Ledger::new(session);
    let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
    let there = find(groups, cluster_name, name);
    if let Ok(group) = &there {
        match owner_of(group) {
            Owner::Spotscript => {}
            Owner::Managed => drop(managed::ours(session, cluster_name, name, group).await?),
            _ => return Err(not_ours(cluster_name, name, group)),
        }
    }
    let maybe_managed = there.as_ref().map_or(true, |group| owner_of(group) == Owner::Managed);
    let members = there.as_ref().map_or(0, |group| group.instances.len());
    let api = session.connect(&cluster).await?;
    let inventory = inventory::take(session, &*api, &cluster, name, maybe_managed).await?;
    if let Err(absent) = there
        && inventory.is_empty()
    {
        if options.may_be_gone {
            forgotten(&ledger, &*api, name, 0).await?;
            session.note(format!("nothing is left of nodegroup \"{name}\""));
            return Ok(ledger.report(cluster_name, name, vec![]));
        }
        return Err(absent);
    }
    if !session
        .operator
        .confirm(&format!("delete node group `{name}` of cluster `{cluster_name}` with its {members} nodes?"))
        .is_yes()
    {
        return Err(Error::new(Code::Interrupted, format!("node group `{name}` was not deleted: not confirmed"))
            .help("answer `y`, or run with `--yes`"));
    }
    let mut deadline = Backoff::new(&*session.clock, LONGEST_PAUSE, options.timeout);
    if options.drain && (inventory.group.is_some() || inventory.nodegroup.is_some()) {
        drain::drain(&ledger, &*api, name, &mut deadline).await?;
    }
    let home = remove::Home { api: &*api, cluster: cluster_name };
    remove::remove(&ledger, Some(home), &inventory, &mut deadline).await?;

    let mut again = Backoff::new(&*session.clock, LONGEST_PAUSE, std::time::Duration::from_secs(30));
    let mut left = inventory::take(session, &*api, &cluster, name, maybe_managed).await?;
    while !left.is_empty() && again.pause(&*session.clock).await {
        left = polling(inventory::take(session, &*api, &cluster, name, maybe_managed)).await?; // IAM forgets slowly
    }
    if !left.is_empty() {
        let message = format!("node group `{name}` is not wholly deleted");
        return Err(left
            .describe()
            .into_iter()
            .fold(Error::new(Code::InventoryNotEmpty, message), |error, row| {
                error.because(format!("{row} is still there"))
            })
            .help("repeat the delete: it goes on where it stopped"));
    }
    forgotten(&ledger, &*api, name, 0).await?;
    session.note(format!("nothing is left of nodegroup \"{name}\""));
    Ok(ledger.report(cluster_name, name, vec![]))
}

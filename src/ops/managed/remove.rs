//! Deletes a managed group and waits until EKS has taken everything of it away.

use super::explain::failed;
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::mutation::AwsMutation;
use crate::ops::backoff::Backoff;
use crate::ops::insist::insist;
use crate::ops::ledger::Ledger;
use crate::ports::{Event, ResourceKind, Verdict, Wait, polling};

/// EKS refuses while it is at work on the group.
const BUSY: &str = "not in Active State";

/// Deletes it.
///
/// # Errors
/// `SPOT-0506` when EKS cannot, `SPOT-0505` when it is still at it when the time is up.
pub(in crate::ops) async fn remove(
    ledger: &Ledger<'_>,
    cluster: &str,
    name: &str,
    deadline: &mut Backoff,
) -> Result<()> {
    let session = ledger.session();
    let request = AwsMutation::DeleteNodegroup { cluster: cluster.to_owned(), name: name.to_owned() };
    let busy = |refusal: &Error| {
        (refusal.has_cause("ResourceInUseException") || refusal.mentions(BUSY)).then(|| refusal.clone())
    };
    insist(ledger, request, deadline, busy).await?;
    deadline.hurry();
    let began = session.clock.now();
    let mut most = None;
    let _wait = Wait::told_to(&*session.operator);
    while let Some(group) = polling(session.cloud.nodegroup(cluster, name)).await? {
        if group.status == "DELETE_FAILED" {
            return Err(failed(&group));
        }
        let left = match group.auto_scaling_groups.first() {
            Some(there) => polling(session.cloud.group(there)).await?.map_or(0, |group| group.instances.len()),
            None => 0,
        };
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        let most = *most.get_or_insert(left);
        session.operator.tell(&Event::Progress {
            what: format!("instances of \"{name}\" to end"),
            done: most.saturating_sub(left),
            wanted: most,
            since: began,
        });
        if !deadline.pause(&*session.clock).await {
            let message = format!("managed node group `{name}` is still being deleted");
            return Err(Error::new(Code::InventoryNotEmpty, message)
                .because(format!("{left} of its instances are still there"))
                .help("repeat the delete later: it goes on where it stopped"));
        }
    }
    ledger.settle(ResourceKind::ManagedNodegroup, name, Verdict::Deleted);
    Ok(())
}

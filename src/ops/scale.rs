//! Changes the sizes of a group.

use super::ensure::not_ours;
use super::forgotten::forgotten;
use super::inventory::{find, groups_of, owner_of};
use super::ledger::Ledger;
use super::wait::{self, Goal};
use super::{ScaleOptions, Session, cluster, managed};
use crate::domain::desired::{ResourceNames, role_arn};
use crate::domain::error::Result;
use crate::domain::inventory::{ChangeReport, Owner};
use crate::domain::mutation::AwsMutation;
use crate::domain::nodegroup::Size;
use crate::domain::roll::{lasting_size, unfinished};
use crate::ops::roll::unfinished_roll;
use crate::ports::{ResourceKind, Verdict};

/// Sets the sizes that are given and keeps the others; waits until the nodes are there.
///
/// # Errors
/// `SPOT-0310`, `SPOT-0312`, `SPOT-0318` for a group that spotscript did not make, `SPOT-0130` for sizes that
/// contradict each other, `SPOT-05xx` when the nodes do not come up.
pub async fn scale(session: &Session, cluster_name: &str, name: &str, options: &ScaleOptions) -> Result<ChangeReport> {
    let ledger = Ledger::new(session);
    let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
    let group = find(groups, cluster_name, name)?;
    if owner_of(&group) == Owner::Managed {
        return managed::scale(ledger, &cluster, name, &group, options).await;
    }
    if owner_of(&group) != Owner::Spotscript {
        return Err(not_ours(cluster_name, name, &group));
    }
    // A roll that has not ended keeps its surplus until it goes on; the group's own sizes are those at its end.
    let lasting = lasting_size(&group);
    let surplus = group.size.desired.saturating_sub(lasting.desired);
    let size = Size::new(
        i64::from(options.min.unwrap_or(lasting.min)),
        i64::from(options.desired.unwrap_or(lasting.desired)),
        i64::from(options.max.unwrap_or(lasting.max)),
    )
    .map_err(|error| {
        let given = format!("the group now has min/max/desired {lasting}");
        error.because(given)
    })?;
    if size == lasting {
        ledger.settle(ResourceKind::AutoScalingGroup, &group.name, Verdict::Unchanged);
    } else if unfinished(&group).is_some() {
        return Err(unfinished_roll(name));
    } else {
        session.note(format!("scaling nodegroup \"{name}\" from {} to {size} (min/max/desired)", group.size));
        ledger.aws(AwsMutation::resize(&group.name, size)).await?;
        ledger.settle(ResourceKind::AutoScalingGroup, &group.name, Verdict::Changed);
    }
    let mut ready = vec![];
    if options.wait {
        let api = session.connect(&cluster).await?;
        let caller = super::clusters::account_of(&cluster);
        let goal = Goal {
            cluster: &cluster,
            group: name,
            auto_scaling_group: &group.name,
            role_arn: Some(role_arn(&caller, &ResourceNames::of(cluster_name, name).role)),
            desired: size.desired + surplus,
            excused: vec![],
            since: None,
            timeout: options.timeout,
            managed: false,
        };
        if goal.desired < group.size.desired {
            forgotten(&ledger, &*api, name, goal.desired).await?;
        }
        ready = wait::names(&wait::until_ready(&ledger, &*api, &goal).await?);
    }
    Ok(ledger.report(cluster_name, name, ready))
}

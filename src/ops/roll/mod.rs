//! Replaces the nodes of a group that are not what the group would start today, without taking more away than allowed.
//!
//! Everything that a step needs is read anew, and what has to be restored in the end stands at the group itself: a roll
//! that is killed is ended by the next one.

mod batch;
mod look;
mod shrink;
mod sizes;

pub(super) use shrink::shrink;

use std::collections::HashMap;

use jiff::Timestamp;

use super::access;
use super::clusters::account_of;
use super::ensure::not_ours;
use super::forgotten::forgotten;
use super::inventory::{find, groups_of, owner_of};
use super::ledger::Ledger;
use super::wait::{self, Goal};
use super::{RollOptions, Session, cluster, managed};
use crate::domain::Code;
use crate::domain::cloud::{self, AutoScalingGroup};
use crate::domain::desired::{ROLL_TAG, ResourceNames, role_arn};
use crate::domain::error::{Error, Result};
use crate::domain::inventory::{ChangeReport, Owner};
use crate::domain::mutation::AwsMutation;
use crate::domain::roll::{Note, Pace, unfinished};
use crate::ports::{Cluster, ResourceKind, Verdict};
use look::Seen;

/// Replaces the outdated nodes of a group: those whose launch template version differs in more than labels, taints and
/// tags, and those of a type that is none of the group's any more. Each is drained first; a node goes only when the group
/// has enough others.
///
/// # Errors
/// `SPOT-0310`, `SPOT-0312`, `SPOT-0318` for a group that spotscript did not make, `SPOT-0101` for limits that allow no
/// node to go, `SPOT-0405` when a node cannot be drained, `SPOT-05xx` when new nodes do not come up. The group keeps what is
/// replaced; the next roll goes on.
pub async fn roll(session: &Session, cluster_name: &str, name: &str, options: &RollOptions) -> Result<ChangeReport> {
    let ledger = Ledger::new(session);
    let (cluster, groups) = tokio::try_join!(cluster(session, cluster_name), groups_of(session, cluster_name))?;
    let group = find(groups, cluster_name, name)?;
    if owner_of(&group) == Owner::Managed {
        return managed::roll(ledger, &cluster, name, &group, options).await;
    }
    if owner_of(&group) != Owner::Spotscript {
        return Err(not_ours(cluster_name, name, &group));
    }
    let api = session.connect(&cluster).await?;
    let ready = replace(&ledger, &*api, &cluster, name, &group, options).await?;
    Ok(ledger.report(cluster_name, name, ready))
}

/// Sizes are not changed under a roll: it would restore others.
pub(super) fn unfinished_roll(name: &str) -> Error {
    Error::new(Code::RollUnfinished, format!("a roll of node group `{name}` has not ended: its sizes cannot change"))
        .because(format!("the tag `{ROLL_TAG}` of its Auto Scaling group says which sizes it has to restore"))
        .help(format!("end it with `spotscript roll nodegroup {name}`, or take it back with `spotscript undo`"))
}

/// A roll under way.
struct Rolling<'a> {
    ledger: &'a Ledger<'a>,
    api: &'a dyn Cluster,
    cluster: &'a cloud::Cluster,
    name: &'a str,
    group: &'a str,
    options: &'a RollOptions,
    /// What has to be restored in the end.
    note: Note,
    /// Whether that stands at the group.
    noted: bool,
    /// Scaling activities from then on are still to be told.
    told: Timestamp,
    /// What the group wants, as this roll left it.
    desired: Option<u32>,
    /// Launch template versions that were looked at, and why their instances are outdated.
    versions: HashMap<String, Vec<String>>,
}

/// The roll itself, for a group that is ours. Gives the names of the Ready nodes at the end.
pub(super) async fn replace(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    cluster: &cloud::Cluster,
    name: &str,
    group: &AutoScalingGroup,
    options: &RollOptions,
) -> Result<Vec<String>> {
    let session = ledger.session();
    let earlier = unfinished(group);
    let since = options.all.then(|| session.clock.now());
    let mut rolling = Rolling {
        ledger,
        api,
        cluster,
        name,
        group: &group.name,
        options,
        note: earlier.unwrap_or_else(|| Note::of(group.size, since)),
        noted: earlier.is_some(),
        told: session.clock.now(),
        desired: None,
        versions: HashMap::new(),
    };
    let pace = Pace::of(rolling.note.desired, options.surge, options.max_unavailable);
    if pace.surge == 0 && pace.max_unavailable == 0 {
        return Err(Error::new(Code::InvalidValue, "neither a node more nor a node fewer is allowed: no node can go")
            .help("give `surge` or `max_unavailable`"));
    }
    if earlier.is_some() {
        session.note(format!("going on with a roll of nodegroup \"{name}\" that did not end"));
    }
    let mut told = false;
    let mut replaced = 0;
    loop {
        let seen = rolling.look().await?;
        if seen.old.is_empty() {
            break;
        }
        if !std::mem::replace(&mut told, true) {
            rolling.tell(&seen, pace);
        }
        rolling.grow(&seen, pace).await?;
        rolling.mark(&seen).await?;
        rolling.wait_for_new(&seen).await?;
        replaced += rolling.next_batch(pace, replaced).await?;
    }
    rolling.end(replaced).await
}

impl Rolling<'_> {
    fn session(&self) -> &Session {
        self.ledger.session()
    }

    fn tell(&self, seen: &Seen, pace: Pace) {
        let (old, all) = (seen.old.len(), seen.group.instances.len());
        self.session().note(format!("nodegroup \"{}\": {old} of {all} nodes are to be replaced", self.name));
        for (why, count) in &seen.reasons {
            self.session().note(format!("{count} because {why}"));
        }
        self.session().note(match (pace.surge, pace.max_unavailable) {
            (surge, 0) => format!("{surge} more at a time, none missing"),
            (0, missing) => format!("no more than {missing} missing at a time"),
            (surge, missing) => format!("{surge} more at a time, no more than {missing} missing"),
        });
    }

    fn goal(&self, desired: u32, excused: Vec<String>) -> Goal<'_> {
        let role = ResourceNames::of(&self.cluster.name, self.name).role;
        Goal {
            cluster: self.cluster,
            group: self.name,
            auto_scaling_group: self.group,
            role_arn: Some(role_arn(&account_of(self.cluster), &role))
                .filter(|_| access::way(self.cluster.authentication_mode) == access::Way::AccessEntry),
            desired,
            excused,
            since: Some(self.told),
            timeout: self.options.timeout,
            managed: false,
        }
    }

    /// Waits until everything that is not to be replaced is there and Ready.
    async fn wait_for_new(&mut self, seen: &Seen) -> Result<()> {
        let old: Vec<String> = seen.old.iter().map(|one| one.instance_id.clone()).collect();
        let wanted = self.desired.unwrap_or(seen.group.size.desired);
        let new = wanted.saturating_sub(u32::try_from(old.len()).unwrap_or(u32::MAX));
        wait::until_ready(self.ledger, self.api, &self.goal(new, old)).await?;
        self.told = self.session().clock.now();
        Ok(())
    }

    /// Restores the sizes, waits for the nodes, removes what the roll has written down.
    async fn end(&mut self, replaced: usize) -> Result<Vec<String>> {
        let mut settled = Verdict::Unchanged;
        if self.restore().await? {
            settled = Verdict::Changed;
        }
        if replaced > 0 || self.noted {
            forgotten(self.ledger, self.api, self.name, self.note.desired).await?;
        }
        let nodes = wait::until_ready(self.ledger, self.api, &self.goal(self.note.desired, vec![])).await?;
        if std::mem::take(&mut self.noted) {
            let (group, keys) = (self.group.to_owned(), vec![ROLL_TAG.to_owned()]);
            self.ledger.aws(AwsMutation::DeleteTags { group, keys }).await?;
            settled = Verdict::Changed;
        }
        if replaced == 0 {
            self.session().note(format!("every node of nodegroup \"{}\" is as the group would start it", self.name));
        }
        let verdict = if replaced > 0 { Verdict::Changed } else { settled };
        self.ledger.settle(ResourceKind::AutoScalingGroup, self.group, verdict);
        Ok(wait::names(&nodes))
    }
}

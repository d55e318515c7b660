//! What one operation has done so far: requests, resources, time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::backoff::Backoff;
use super::{Session, doubt};
use crate::domain::error::Result;
use crate::domain::inventory::{ChangeReport, Settled};
use crate::domain::mutation::{AwsMutation, KubeMutation, Outcome};
use crate::ports::{Cluster, Event, RequestCounts, ResourceKind, Verdict};

/// Longest pause while AWS is busy with another change of the same thing.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long it may be.
const BUSY: Duration = Duration::from_secs(60);

/// Keeps the account of one operation and makes its changes.
pub(super) struct Ledger<'a> {
    session: &'a Session,
    began: Timestamp,
    before: RequestCounts,
    kube_mutations: AtomicU64,
    settled: Mutex<Vec<(Verdict, Settled)>>,
}

impl<'a> Ledger<'a> {
    /// Begins to count.
    pub(super) fn new(session: &'a Session) -> Self {
        Ledger {
            session,
            began: session.clock.now(),
            before: session.cloud.requests(),
            kube_mutations: AtomicU64::new(0),
            settled: Mutex::default(),
        }
    }

    /// The session.
    pub(super) fn session(&self) -> &'a Session {
        self.session
    }

    /// When the operation began.
    pub(super) fn began(&self) -> Timestamp {
        self.began
    }

    /// Makes a change at AWS. One that is refused for what an earlier sending of it did is made; one that AWS is too busy
    /// for is made later.
    pub(super) async fn aws(&self, mutation: AwsMutation) -> Result<Outcome> {
        let mut pauses = Backoff::new(&*self.session.clock, LONGEST_PAUSE, BUSY);
        loop {
            let refusal = match self.session.cloud.apply(&mutation).await {
                Ok(outcome) => return Ok(outcome),
                Err(refusal) => refusal,
            };
            if let Some(outcome) = doubt::done_already(self.session, &mutation, &refusal).await? {
                return Ok(outcome);
            }
            if !doubt::is_busy(&refusal) || !pauses.pause(&*self.session.clock).await {
                return Err(refusal);
            }
        }
    }

    /// An idempotency token for a request: the same within this operation, so that a repeat is safe, and another in the
    /// next, so that a resource deleted in between is made anew.
    pub(super) fn token(&self, what: &str, name: &str) -> String {
        let seed = format!("{what}/{name}/{}", self.began.as_nanosecond());
        let digest = Sha256::digest(seed);
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Makes a change in the cluster.
    pub(super) async fn kube(&self, cluster: &dyn Cluster, mutation: KubeMutation) -> Result<Outcome> {
        self.kube_mutations.fetch_add(1, Ordering::Relaxed);
        cluster.apply(&mutation).await
    }

    /// Counts changes in the cluster that were made elsewhere for this operation.
    pub(super) fn count_kube(&self, changes: u64) {
        self.kube_mutations.fetch_add(changes, Ordering::Relaxed);
    }

    /// Records and tells what was done with a resource.
    pub(super) fn settle(&self, kind: ResourceKind, name: &str, verdict: Verdict) {
        self.session.operator.tell(&Event::Resource { kind, name: name.to_owned(), verdict });
        let row =
            Settled { kind: kind.as_str().to_owned(), name: name.to_owned(), verdict: verdict.as_str().to_owned() };
        self.rows().push((verdict, row));
    }

    fn rows(&self) -> std::sync::MutexGuard<'_, Vec<(Verdict, Settled)>> {
        self.settled.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Closes the account.
    pub(super) fn report(self, cluster: &str, group: &str, ready_nodes: Vec<String>) -> ChangeReport {
        let after = self.session.cloud.requests();
        let kube = self.kube_mutations.load(Ordering::Relaxed);
        let elapsed = self.session.clock.now().duration_since(self.began).as_millis();
        let rows = std::mem::take(&mut *self.rows());
        ChangeReport {
            cluster: cluster.to_owned(),
            group: group.to_owned(),
            verdict: strongest(rows.iter().map(|(verdict, row)| of_group(*verdict, row))).as_str().to_owned(),
            resources: rows.into_iter().map(|(_, row)| row).collect(),
            ready_nodes,
            mutating_requests: after.mutating - self.before.mutating + kube,
            requests: (after.total - self.before.total) - (after.polls - self.before.polls),
            elapsed_ms: u64::try_from(elapsed).unwrap_or_default(),
        }
    }
}

/// What the verdict about a resource says about its group: with a node that goes, the group stays; with a key pair that is
/// made, it is no new one.
fn of_group(verdict: Verdict, row: &Settled) -> Verdict {
    let is = |kind: ResourceKind| row.kind == kind.as_str();
    let group = is(ResourceKind::AutoScalingGroup) || is(ResourceKind::ManagedNodegroup);
    match verdict {
        Verdict::Replaced => Verdict::Changed,
        Verdict::Created if !group => Verdict::Changed,
        _ if is(ResourceKind::Node) => Verdict::Changed,
        other => other,
    }
}

/// A group is `created` when its Auto Scaling group was; short of that, anything made or removed on the way is a change.
fn strongest(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Unchanged => 0,
        // A node that is replaced, or not needed any more, changes its group.
        Verdict::Changed | Verdict::Replaced => 1,
        Verdict::Created => 2,
        Verdict::Deleted => 3,
    };
    verdicts.max_by_key(rank).unwrap_or(Verdict::Unchanged)
}

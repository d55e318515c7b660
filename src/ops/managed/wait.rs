//! Waiting for EKS: until it is done with a group, until the group has its Auto Scaling group and that its nodes.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Node;

use super::explain::{failed, with_issues};
use crate::domain::Code;
use crate::domain::cloud::{Cluster, ManagedNodegroup};
use crate::domain::error::{Error, Result};
use crate::ops::backoff::Backoff;
use crate::ops::ledger::Ledger;
use crate::ops::wait::{self, Goal};
use crate::ports::{self, Wait, polling};

const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What is waited for.
pub(in crate::ops) struct Waiting<'a> {
    pub(in crate::ops) cluster: &'a Cluster,
    pub(in crate::ops) name: &'a str,
    pub(in crate::ops) role_arn: &'a str,
    pub(in crate::ops) desired: u32,
    /// Scaling activities that began earlier are neither told nor counted.
    pub(in crate::ops) since: Option<Timestamp>,
    pub(in crate::ops) timeout: Duration,
}

/// Waits until EKS is at rest; `None` when the group is gone.
///
/// # Errors
/// `SPOT-0501` when EKS takes longer than `timeout`.
pub(in crate::ops) async fn at_rest(
    ledger: &Ledger<'_>,
    cluster: &str,
    name: &str,
    timeout: Duration,
) -> Result<Option<ManagedNodegroup>> {
    let session = ledger.session();
    let mut pauses = Backoff::new(&*session.clock, LONGEST_PAUSE, timeout);
    let _wait = Wait::told_to(&*session.operator);
    let mut told = false;
    loop {
        let group = polling(session.cloud.nodegroup(cluster, name)).await?;
        let Some(busy) = group.as_ref().filter(|group| group.is_busy()) else { return Ok(group) };
        if !std::mem::replace(&mut told, true) {
            session.note(format!("managed nodegroup \"{name}\" is {}: waiting for EKS", busy.status));
        }
        if !pauses.pause(&*session.clock).await {
            let message = format!("managed node group `{name}` is still {}", busy.status);
            return Err(with_issues(Error::new(Code::NodesNotReady, message), &busy.issues)
                .help("EKS goes on by itself: wait, then repeat"));
        }
    }
}

/// Waits until the group has exactly as many Ready nodes as wanted and EKS calls it ACTIVE; gives the nodes.
///
/// # Errors
/// The true cause as soon as it is certain: of a launch, of a node that does not join, or of EKS giving up.
pub(in crate::ops) async fn until_ready(
    ledger: &Ledger<'_>,
    api: &dyn ports::Cluster,
    waiting: &Waiting<'_>,
) -> Result<Vec<Node>> {
    let session = ledger.session();
    let cluster = &waiting.cluster.name;
    let mut pauses = Backoff::new(&*session.clock, LONGEST_PAUSE, waiting.timeout);
    let auto_scaling_group = loop {
        let group = polling(session.cloud.nodegroup(cluster, waiting.name)).await?;
        let Some(group) = group else { return Err(gone(waiting.name)) };
        if group.has_failed() {
            return Err(failed(&group));
        }
        // EKS names the Auto Scaling group before or after it is there.
        if let Some(name) = group.auto_scaling_groups.first()
            && polling(session.cloud.group(name)).await?.is_some()
        {
            break name.clone();
        }
        if !pauses.pause(&*session.clock).await {
            let message = format!("EKS has not made an Auto Scaling group for node group `{}`", waiting.name);
            return Err(with_issues(Error::new(Code::NodesNotReady, message), &group.issues));
        }
    };
    let goal = Goal {
        cluster: waiting.cluster,
        group: waiting.name,
        auto_scaling_group: &auto_scaling_group,
        role_arn: Some(waiting.role_arn.to_owned()),
        desired: waiting.desired,
        excused: vec![],
        since: waiting.since,
        timeout: waiting.timeout,
        managed: true,
    };
    let nodes = wait::until_ready(ledger, api, &goal).await?;
    // Their nodes are Ready: EKS needs a moment to see it.
    match at_rest(ledger, cluster, waiting.name, waiting.timeout).await? {
        None => Err(gone(waiting.name)),
        Some(group) if group.has_failed() => Err(failed(&group)),
        Some(_) => Ok(nodes),
    }
}

fn gone(name: &str) -> Error {
    Error::new(Code::NodegroupNotFound, format!("managed node group `{name}` is gone while it is waited for"))
        .help("someone else has deleted it: run `ensure` again")
}

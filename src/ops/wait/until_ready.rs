//! The wait itself.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Node;

use super::activities::Activities;
use super::failure::{certain_failure, timed_out};
use super::slow_joins::SlowJoins;
use crate::domain::Code;
use crate::domain::cloud::{AutoScalingGroup, Cluster};
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::node::{instance_id, is_ready};
use crate::domain::nodegroup::node_selector;
use crate::ops::backoff::Backoff;
use crate::ops::ledger::Ledger;
use crate::ops::managed::failed;
use crate::ports::{self, Event, Wait, polling};

const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const ACTIVITIES: usize = 30;

/// What is waited for.
pub(in crate::ops) struct Goal<'a> {
    pub(in crate::ops) cluster: &'a Cluster,
    pub(in crate::ops) group: &'a str,
    pub(in crate::ops) auto_scaling_group: &'a str,
    /// The nodes' role, to find out why the cluster refuses them.
    pub(in crate::ops) role_arn: Option<String>,
    pub(in crate::ops) desired: u32,
    /// Instances that are neither counted nor waited for: they are to be replaced.
    pub(in crate::ops) excused: Vec<String>,
    /// Scaling activities that began earlier are neither told nor counted; since the operation began, unless said.
    pub(in crate::ops) since: Option<Timestamp>,
    pub(in crate::ops) timeout: Duration,
    /// Whether EKS manages the group: it may give up on it.
    pub(in crate::ops) managed: bool,
}

/// What one poll saw.
pub(super) struct Seen {
    pub(super) group: AutoScalingGroup,
    pub(super) nodes: Vec<Node>,
}

impl Seen {
    fn without(excused: &[String], mut group: AutoScalingGroup, mut nodes: Vec<Node>) -> Self {
        if !excused.is_empty() {
            group.instances.retain(|one| !excused.contains(&one.id));
            nodes.retain(|node| instance_id(node).is_none_or(|id| excused.iter().all(|one| one != id)));
        }
        Seen { group, nodes }
    }

    /// Nodes of the group's instances that are Ready.
    pub(super) fn ready(&self) -> Vec<&Node> {
        let staying: HashSet<&str> = self
            .group
            .instances
            .iter()
            .filter(|one| one.lifecycle_state == "InService")
            .map(|one| one.id.as_str())
            .collect();
        let is_member = |node: &Node| instance_id(node).is_some_and(|id| staying.contains(id));
        self.nodes.iter().filter(|node| is_ready(node) && is_member(node)).collect()
    }

    /// Instances without a node.
    pub(super) fn unjoined(&self) -> Vec<&str> {
        let joined: HashSet<&str> = self.nodes.iter().filter_map(instance_id).collect();
        let members = self.group.instances.iter().filter(|one| !one.is_ending());
        members.map(|one| one.id.as_str()).filter(|id| !joined.contains(id)).collect()
    }
}

/// Names of nodes.
pub(in crate::ops) fn names(nodes: &[Node]) -> Vec<String> {
    nodes.iter().filter_map(|node| node.metadata.name.clone()).collect()
}

/// Waits until exactly the desired number of instances is there and their nodes are Ready; gives these nodes by name.
///
/// # Errors
/// The true cause as soon as it is certain, else at the timeout with all that is known.
pub(in crate::ops) async fn until_ready(
    ledger: &Ledger<'_>,
    api: &dyn ports::Cluster,
    goal: &Goal<'_>,
) -> Result<Vec<Node>> {
    let session = ledger.session();
    let clock = &*session.clock;
    let began = clock.now();
    let selector = node_selector(goal.group);
    let mut backoff = Backoff::new(clock, LONGEST_PAUSE, goal.timeout);
    let mut activities = Activities::new(goal.since.unwrap_or(ledger.began()));
    let mut slow = SlowJoins::default();
    let mut told = None;
    let _wait = Wait::told_to(&*session.operator);
    loop {
        let (group, nodes, newest) = polling(async {
            tokio::try_join!(
                session.cloud.group(goal.auto_scaling_group),
                api.nodes(&selector),
                session.cloud.activities(goal.auto_scaling_group, ACTIVITIES),
            )
        })
        .await?;
        if goal.managed
            && let Some(managed) = polling(session.cloud.nodegroup(&goal.cluster.name, goal.group)).await?
            && managed.has_failed()
        {
            return Err(failed(&managed));
        }
        let Some(group) = group else {
            return Err(Error::new(
                Code::NodegroupNotFound,
                format!("Auto Scaling group `{}` is gone while its nodes are waited for", goal.auto_scaling_group),
            )
            .help("someone else has deleted it: run `ensure` again"));
        };
        let seen = Seen::without(&goal.excused, group, nodes);
        let news = activities.update(session, &newest);
        let ready = u32::try_from(seen.ready().len()).unwrap_or(u32::MAX);
        let members = u32::try_from(seen.group.instances.len()).unwrap_or(u32::MAX);
        if told != Some(ready) || news {
            told = Some(ready);
            backoff.hurry();
            session.operator.tell(&Event::Progress {
                what: format!("nodes of \"{}\" to become Ready", goal.group),
                done: ready,
                wanted: goal.desired,
                since: began,
            });
        }
        if ready == goal.desired && members == goal.desired {
            let mut nodes: Vec<Node> = seen.ready().into_iter().cloned().collect();
            nodes.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
            return Ok(nodes);
        }
        if let Some(error) = certain_failure(&activities, clock.now(), goal, ready) {
            return Err(error);
        }
        if let Some(error) = slow.look(ledger, api, goal, &seen).await? {
            return Err(error);
        }
        if !backoff.pause(clock).await {
            return Err(timed_out(&activities, &slow, goal, &seen, ready));
        }
    }
}

/// `group `x` has 1 of 2 nodes Ready`.
pub(super) fn short_of(goal: &Goal<'_>, ready: u32) -> String {
    format!("group `{}` has {ready} of {} nodes Ready", goal.group, goal.desired)
}

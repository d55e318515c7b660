//! The wait itself.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Node;

use super::activities::Activities;
use crate::domain::Code;
use crate::domain::cloud::{AutoScalingGroup, Cluster};
use crate::domain::error::{Error, Result};
use crate::ops::access::{self, Way};
use crate::ops::backoff::Backoff;
use crate::ops::diagnose::{Patience, explain_console, why_not_ready};
use crate::ops::inventory::{instance_id, is_ready};
use crate::ops::ledger::Ledger;
use crate::ports::{self, Event, polling};

const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// An instance that has not joined after this is looked at.
const SLOW_JOIN: Duration = Duration::from_secs(60);
/// How often the console of a slow instance is read.
const CONSOLE_EVERY: Duration = Duration::from_secs(20);
/// How long IAM may take to spread a change.
const PROPAGATION: Duration = Duration::from_secs(120);
/// So many failures for want of capacity, with no success in between, are enough.
const CAPACITY_TRIES: usize = 3;
const ACTIVITIES: usize = 30;

/// What is waited for.
pub(in crate::ops) struct Goal<'a> {
    pub(in crate::ops) cluster: &'a Cluster,
    pub(in crate::ops) group: &'a str,
    pub(in crate::ops) auto_scaling_group: &'a str,
    /// The nodes' role, to find out why the cluster refuses them.
    pub(in crate::ops) role_arn: Option<String>,
    pub(in crate::ops) desired: u32,
    pub(in crate::ops) timeout: Duration,
}

/// What one poll saw.
struct Seen {
    group: AutoScalingGroup,
    nodes: Vec<Node>,
}

impl Seen {
    /// Nodes of the group's instances that are Ready.
    fn ready(&self) -> Vec<&Node> {
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
    fn unjoined(&self) -> Vec<&str> {
        let joined: HashSet<&str> = self.nodes.iter().filter_map(instance_id).collect();
        let members = self.group.instances.iter().filter(|one| !one.lifecycle_state.starts_with("Terminat"));
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
    let selector = format!("alpha.eksctl.io/nodegroup-name={}", goal.group);
    let mut backoff = Backoff::new(clock, LONGEST_PAUSE, goal.timeout);
    let mut activities = Activities::new(ledger.began());
    let mut slow = SlowJoins::default();
    let mut told = None;
    loop {
        let (group, nodes, newest) = polling(async {
            tokio::try_join!(
                session.cloud.group(goal.auto_scaling_group),
                api.nodes(&selector),
                session.cloud.activities(goal.auto_scaling_group, ACTIVITIES),
            )
        })
        .await?;
        let Some(group) = group else {
            return Err(Error::new(
                Code::NodegroupNotFound,
                format!("Auto Scaling group `{}` is gone while its nodes are waited for", goal.auto_scaling_group),
            )
            .help("someone else has deleted it: run `ensure` again"));
        };
        let seen = Seen { group, nodes };
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

/// Launches fail in a way that waiting will not mend.
fn certain_failure(activities: &Activities, now: Timestamp, goal: &Goal<'_>, ready: u32) -> Option<Error> {
    let failure = activities.failure()?;
    let age = Duration::try_from(now.duration_since(failure.first)).unwrap_or_default();
    let certain = match failure.explained.patience {
        Patience::None => true,
        Patience::Propagation => age >= PROPAGATION,
        Patience::Capacity => failure.count >= CAPACITY_TRIES,
        Patience::Whole => false,
    };
    certain.then(|| {
        Error::new(failure.explained.code, short_of(goal, ready))
            .because(failure.explained.sentence)
            .because(failure.message)
            .help(failure.explained.help)
    })
}

fn short_of(goal: &Goal<'_>, ready: u32) -> String {
    format!("group `{}` has {ready} of {} nodes Ready", goal.group, goal.desired)
}

/// The wait is over and something is missing: everything that is known about it.
fn timed_out(activities: &Activities, slow: &SlowJoins, goal: &Goal<'_>, seen: &Seen, ready: u32) -> Error {
    let message = format!("{} after {}", short_of(goal, ready), minutes(goal.timeout));
    if let Some(failure) = activities.failure() {
        return Error::new(failure.explained.code, message)
            .because(failure.explained.sentence)
            .because(failure.message)
            .help(failure.explained.help);
    }
    let unjoined = seen.unjoined();
    let waiting: Vec<String> = seen.nodes.iter().filter(|node| !is_ready(node)).map(why_not_ready).collect();
    let members = u32::try_from(seen.group.instances.len()).unwrap_or(u32::MAX);
    let code = if unjoined.is_empty() { Code::NodesNotReady } else { Code::NodesNotJoining };
    let mut error = Error::new(code, message);
    let mut help = "look at the group's activities and describe its nodes; the group goes on by itself".to_owned();
    for id in &unjoined {
        error = match slow.findings.get(*id) {
            Some((explained, line)) => {
                help = explained.help.to_owned();
                error.because(format!("instance `{id}`: {}", explained.sentence)).because(line.clone())
            }
            None => error.because(format!("instance `{id}` runs but has not joined the cluster")),
        };
    }
    error = waiting.into_iter().fold(error, Error::because);
    if members > goal.desired {
        error = error.because(format!("{members} instances are there, {} are wanted", goal.desired));
    } else if members < goal.desired {
        error = error.because(format!("only {members} instances have been started, and no activity says why"));
    }
    error.help(help)
}

fn minutes(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 && seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}

/// Instances that take long to join, and what their consoles say.
#[derive(Default)]
struct SlowJoins {
    first_seen: HashMap<String, Timestamp>,
    looked: Option<Timestamp>,
    findings: HashMap<String, (crate::ops::diagnose::Explained, String)>,
}

impl SlowJoins {
    /// Looks at slow instances; an error when one of them can never join.
    async fn look(
        &mut self,
        ledger: &Ledger<'_>,
        api: &dyn ports::Cluster,
        goal: &Goal<'_>,
        seen: &Seen,
    ) -> Result<Option<Error>> {
        let session = ledger.session();
        let now = session.clock.now();
        let passed = |since: Timestamp| Duration::try_from(now.duration_since(since)).unwrap_or_default();
        let unjoined = seen.unjoined();
        for id in &unjoined {
            self.first_seen.entry((*id).to_owned()).or_insert(now);
        }
        let slow = |id: &&str| self.first_seen.get(*id).is_some_and(|since| passed(*since) >= SLOW_JOIN);
        let slow: Vec<String> = unjoined.into_iter().filter(slow).map(str::to_owned).collect();
        if slow.is_empty() || self.looked.is_some_and(|last| passed(last) < CONSOLE_EVERY) {
            return Ok(None);
        }
        self.looked = Some(now);
        let ready = u32::try_from(seen.ready().len()).unwrap_or(u32::MAX);
        if let Some(error) = stranger(api, &slow, goal, ready).await? {
            return Ok(Some(error));
        }
        for id in &slow {
            // A console that may not be read hides a cause, but is none itself.
            let Ok(Some(output)) = polling(session.cloud.console_output(id)).await else { continue };
            let Some((explained, line)) = explain_console(&output) else { continue };
            self.findings.insert(id.clone(), (explained, line.clone()));
            if explained.patience != Patience::None {
                continue;
            }
            let mut error = Error::new(explained.code, short_of(goal, ready))
                .because(format!("instance `{id}` cannot join: {}", explained.sentence));
            if let Some(missing) = missing_access(ledger, api, goal).await {
                error = error.because(missing);
            } else if explained.sentence.contains("Unauthorized") {
                continue; // the entry is there, perhaps only just: give it time
            }
            return Ok(Some(error.because(line).help(explained.help)));
        }
        Ok(None)
    }
}

/// A node of ours that joined without its label would never be found by it.
async fn stranger(api: &dyn ports::Cluster, slow: &[String], goal: &Goal<'_>, ready: u32) -> Result<Option<Error>> {
    let nodes = polling(api.nodes("")).await?;
    let found = nodes.iter().find(|node| instance_id(node).is_some_and(|id| slow.iter().any(|slow| slow == id)));
    Ok(found.map(|node| {
        let name = node.metadata.name.as_deref().unwrap_or("?");
        Error::new(Code::IntentNotMet, short_of(goal, ready))
            .because(format!(
                "node `{name}` has joined without the label `alpha.eksctl.io/nodegroup-name={}`",
                goal.group
            ))
            .help("its user data is not what spotscript writes: run `ensure` on the group again and replace the node")
    }))
}

/// Says what is missing for the nodes' role to be let in; `None` when nothing is, or it may not be asked.
async fn missing_access(ledger: &Ledger<'_>, api: &dyn ports::Cluster, goal: &Goal<'_>) -> Option<String> {
    let role_arn = goal.role_arn.as_deref()?;
    let role = access::role_name(role_arn);
    let cloud = &ledger.session().cloud;
    match access::way(goal.cluster.authentication_mode) {
        Way::AccessEntry => match polling(cloud.access_entry(&goal.cluster.name, role_arn)).await {
            Ok(None) => Some(format!("cluster `{}` has no access entry for role `{role}`", goal.cluster.name)),
            _ => None,
        },
        Way::AwsAuth => match access::has_row(api, role_arn).await {
            Ok(false) => Some(format!("ConfigMap `kube-system/aws-auth` has no row for role `{role}`")),
            _ => None,
        },
    }
}

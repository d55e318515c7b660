//! One node's drain: its pods as small machines, each with the time of its next step, so that many go side by side on
//! any clock without a task of their own.

use std::collections::hash_map::Entry;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Node, Pod};

use super::{Session, Tell};
use crate::domain::Code;
use crate::domain::drain::{Blocked, DaemonSets, Decisions, DrainEvent, DrainOptions, LastWord, NodeDrain};
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::{go_duration, node as facts, pod as pods};
use crate::domain::mutation::KubeMutation;
use crate::domain::node_change::DryRun;
use crate::ports::Cluster;

/// Before a refused eviction is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// Between two looks at a pod that is on its way out.
const LOOK: Duration = Duration::from_secs(1);
/// Requests that are made side by side.
const AT_ONCE: usize = 16;

enum State {
    Evict(Timestamp),
    Leaving(Timestamp),
    Gone,
    Failed,
}

struct Victim {
    pod: Pod,
    state: State,
    /// What the server said when it refused last.
    refused: Option<String>,
}

/// The drain of one node.
pub(super) struct Task<'a> {
    /// Which of the nodes it is.
    pub(super) index: usize,
    /// Mutating requests made.
    pub(super) requests: u64,
    node: &'a Node,
    began: Timestamp,
    ended: Timestamp,
    deadline: Option<Timestamp>,
    victims: Vec<Victim>,
    staying: Vec<String>,
    failures: Vec<String>,
    over: bool,
}

impl<'a> Task<'a> {
    /// Decides what leaves; makes no change yet.
    pub(super) async fn start(
        session: &Session,
        api: &dyn Cluster,
        index: usize,
        node: &'a Node,
        options: &DrainOptions,
        tell: &Tell<'_>,
    ) -> Task<'a> {
        let began = session.clock.now();
        let mut task = Task {
            index,
            requests: 0,
            node,
            began,
            ended: began,
            deadline: options.timeout.filter(|limit| !limit.is_zero()).and_then(|limit| began.checked_add(limit).ok()),
            victims: vec![],
            staying: vec![],
            failures: vec![],
            over: false,
        };
        let decisions = match decide(api, facts::name(node), options, began).await {
            Ok(decisions) => decisions,
            Err(error) => {
                task.failures.push(said(&error));
                task.over = true;
                return task;
            }
        };
        task.failures = decisions.refusals();
        task.staying = decisions.staying();
        if !task.failures.is_empty() {
            task.over = true;
            return task;
        }
        if let Some(text) = decisions.warning() {
            tell(DrainEvent::Warning { node: facts::name(node).to_owned(), text });
        }
        let leaving = decisions.leaving();
        if options.dry_run == DryRun::Client {
            leaving.iter().for_each(|pod| tell(evicting(pod, options.dry_run)));
        }
        let state = || if options.dry_run == DryRun::Client { State::Gone } else { State::Evict(began) };
        task.victims = leaving.into_iter().map(|pod| Victim { pod, state: state(), refused: None }).collect();
        task.over = task.victims.iter().all(|victim| matches!(victim.state, State::Gone));
        task
    }

    /// Whether nothing is left to do.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// When there is something to do next.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        let at = |victim: &Victim| match victim.state {
            State::Evict(at) | State::Leaving(at) => Some(at),
            State::Gone | State::Failed => None,
        };
        self.victims.iter().filter_map(at).min()
    }

    /// Does what is due now.
    pub(super) async fn step(&mut self, session: &Session, api: &dyn Cluster, options: &DrainOptions, tell: &Tell<'_>) {
        if self.over {
            return;
        }
        self.evict_due(session, api, options, tell).await;
        self.look_due(session, api, options, tell).await;
        let open = |victim: &Victim| matches!(victim.state, State::Evict(_) | State::Leaving(_));
        if self.victims.iter().any(open) {
            return;
        }
        self.over = true;
        self.ended = session.clock.now();
        if self.failures.is_empty() {
            return;
        }
        let node = facts::name(self.node);
        if let Ok(again) = decide(api, node, options, self.ended).await {
            let pods: Vec<String> = again.leaving().iter().map(|pod| pods::name(pod).to_owned()).collect();
            if !pods.is_empty() {
                let why = LastWord(self.failures.clone());
                tell(DrainEvent::Pending { node: node.to_owned(), why, pods });
            }
        }
    }

    fn due(&self, now: Timestamp, wanted: fn(&State) -> Option<Timestamp>) -> Vec<usize> {
        let due = |victim: &Victim| wanted(&victim.state).is_some_and(|at| at <= now);
        self.victims.iter().enumerate().filter(|(_, victim)| due(victim)).map(|(at, _)| at).collect()
    }

    fn too_late(&self, now: Timestamp, options: &DrainOptions) -> Option<String> {
        let limit = options.timeout.filter(|_| self.deadline.is_some_and(|deadline| now >= deadline))?;
        Some(format!("global timeout reached: {}", go_duration::print(limit)))
    }

    async fn evict_due(&mut self, session: &Session, api: &dyn Cluster, options: &DrainOptions, tell: &Tell<'_>) {
        let now = session.clock.now();
        let mut due = self.due(now, |state| match state {
            State::Evict(at) => Some(*at),
            _ => None,
        });
        due.iter().for_each(|at| tell(evicting(&self.victims[*at].pod, options.dry_run)));
        if let Some(why) = self.too_late(now, options) {
            for at in due {
                self.fail(at, &why);
            }
            return;
        }
        while !due.is_empty() {
            let some: Vec<usize> = due.drain(..due.len().min(AT_ONCE)).collect();
            let requests = some.iter().map(|at| evict(api, &self.victims[*at].pod, options));
            let outcomes = join_all(requests).await;
            let now = session.clock.now();
            for (at, outcome) in some.into_iter().zip(outcomes) {
                self.requests += u64::from(options.dry_run == DryRun::No);
                self.take_outcome(at, outcome, now, options, tell);
            }
        }
    }

    fn take_outcome(
        &mut self,
        at: usize,
        outcome: Result<()>,
        now: Timestamp,
        options: &DrainOptions,
        tell: &Tell<'_>,
    ) {
        let again = |pause| now.checked_add(pause).unwrap_or(now);
        let victim = &mut self.victims[at];
        let Err(error) = outcome else {
            victim.refused = None;
            // A rehearsed eviction moves nobody.
            victim.state = if options.dry_run == DryRun::Server { State::Gone } else { State::Leaving(now) };
            return;
        };
        let terminating = error.code == Code::KubeRefused && error.mentions("because it is being terminated");
        let why = said(&error);
        if terminating && victim.pod.metadata.deletion_timestamp.is_some() {
            victim.state = State::Leaving(now);
        } else if terminating || error.code == Code::DrainBlocked {
            let (namespace, pod) = (pods::namespace(&victim.pod).to_owned(), pods::name(&victim.pod).to_owned());
            tell(DrainEvent::Refused { namespace, pod, terminating, why: why.clone() });
            let more = error.causes.get(1).map(|cause| format!(" {cause}")).unwrap_or_default();
            victim.refused = Some(format!("{why}{more}"));
            victim.state = State::Evict(again(RETRY));
        } else {
            self.fail(at, &why);
        }
    }

    async fn look_due(&mut self, session: &Session, api: &dyn Cluster, options: &DrainOptions, tell: &Tell<'_>) {
        let now = session.clock.now();
        let mut due = self.due(now, |state| match state {
            State::Leaving(at) => Some(*at),
            _ => None,
        });
        while !due.is_empty() {
            let some: Vec<usize> = due.drain(..due.len().min(AT_ONCE)).collect();
            let reads = some.iter().map(|at| {
                let pod = &self.victims[*at].pod;
                api.pod(pods::namespace(pod), pods::name(pod))
            });
            let found = join_all(reads).await;
            for (at, found) in some.into_iter().zip(found) {
                self.take_look(at, found, session.clock.now(), options, tell);
            }
        }
    }

    fn take_look(
        &mut self,
        at: usize,
        found: Result<Option<Pod>>,
        now: Timestamp,
        options: &DrainOptions,
        tell: &Tell<'_>,
    ) {
        let too_late = self.too_late(now, options);
        let victim = &mut self.victims[at];
        let (namespace, pod) = (pods::namespace(&victim.pod).to_owned(), pods::name(&victim.pod).to_owned());
        let failed =
            |why: &str| format!("error when waiting for pod {pod:?} in namespace {namespace:?} to terminate: {why}");
        match found {
            Err(error) => {
                self.failures.push(failed(&said(&error)));
                victim.state = State::Failed;
            }
            // Another pod of that name is another pod.
            Ok(found) if found.as_ref().is_none_or(|it| it.metadata.uid != victim.pod.metadata.uid) => {
                tell(DrainEvent::Evicted { namespace, pod });
                victim.state = State::Gone;
            }
            Ok(found) => match (options.skip_deleted_after, found.and_then(|pod| pod.metadata.deletion_timestamp)) {
                (Some(limit), Some(since)) if now.duration_since(since.0).as_secs() > seconds(limit) => {
                    tell(DrainEvent::NotAwaited { pod, seconds: limit.as_secs() });
                    victim.state = State::Gone;
                }
                _ => match too_late {
                    Some(why) => {
                        self.failures.push(failed(&why));
                        victim.state = State::Failed;
                    }
                    None => victim.state = State::Leaving(now.checked_add(LOOK).unwrap_or(now)),
                },
            },
        }
    }

    fn fail(&mut self, at: usize, why: &str) {
        let victim = &mut self.victims[at];
        let (namespace, pod) = (pods::namespace(&victim.pod), pods::name(&victim.pod));
        self.failures.push(format!("error when evicting pods/{pod:?} -n {namespace:?}: {why}"));
        victim.state = State::Failed;
    }

    /// What came of it.
    pub(super) fn close(self) -> NodeDrain {
        let gone = |victim: &&Victim| matches!(victim.state, State::Gone);
        let blocked = |victim: &Victim| {
            let why = victim.refused.clone().filter(|_| matches!(victim.state, State::Failed))?;
            Some(Blocked { pod: pods::key(&victim.pod), why })
        };
        NodeDrain {
            node: facts::name(self.node).to_owned(),
            zone: facts::zone(self.node).map(str::to_owned),
            drained: self.failures.is_empty(),
            was_cordoned: !facts::is_schedulable(self.node),
            evicted: self.victims.iter().filter(gone).map(|victim| pods::key(&victim.pod)).collect(),
            blocked: self.victims.iter().filter_map(blocked).collect(),
            staying: self.staying,
            failures: self.failures,
            elapsed_ms: u64::try_from(self.ended.duration_since(self.began).as_millis()).unwrap_or_default(),
        }
    }
}

async fn decide(api: &dyn Cluster, node: &str, options: &DrainOptions, now: Timestamp) -> Result<Decisions> {
    let there = api.pods(None, &options.pod_selector, &format!("spec.nodeName={node}")).await?;
    let mut daemon_sets = DaemonSets::new();
    for pod in &there {
        let owner = pod.metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
        let Some(owner) = owner.filter(|owner| owner.kind == "DaemonSet") else { continue };
        let key = (pods::namespace(pod).to_owned(), owner.name.clone());
        if let Entry::Vacant(place) = daemon_sets.entry(key) {
            let found = api.daemon_set(&place.key().0, &place.key().1).await;
            place.insert(found);
        }
    }
    Ok(Decisions::of(there, &daemon_sets, options, now))
}

async fn evict(api: &dyn Cluster, pod: &Pod, options: &DrainOptions) -> Result<()> {
    let eviction = KubeMutation::Evict {
        namespace: pods::namespace(pod).to_owned(),
        pod: pods::name(pod).to_owned(),
        grace_seconds: options.grace_seconds.filter(|seconds| *seconds >= 0),
    };
    match options.dry_run {
        DryRun::No => api.apply(&eviction).await.map(drop),
        _ => api.rehearse(&eviction).await,
    }
}

fn evicting(pod: &Pod, dry_run: DryRun) -> DrainEvent {
    DrainEvent::Evicting { namespace: pods::namespace(pod).to_owned(), pod: pods::name(pod).to_owned(), dry_run }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// The server's own sentence where there is one.
fn said(error: &Error) -> String {
    error.causes.first().cloned().unwrap_or_else(|| error.message.clone())
}

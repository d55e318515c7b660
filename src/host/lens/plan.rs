//! The planning lens: changes are recorded, and reads show the world as it would be.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::{Node, Pod};

use super::imagined::{self, NodeTemplate};
use super::managed;
use super::seen::Seen;
use super::{Lens, Sending, seen_through};
use crate::domain::change::{Plan, Regrouped, Resource, State, Step, UNKNOWN, effect};
use crate::domain::cloud::{AutoScalingGroup, Instance, KeyPair, Subnet, TagMap};
use crate::domain::error::Result;
use crate::domain::kubernetes::{Selector, node};
use crate::domain::mutation::{AwsMutation, KubeMutation, Mutation, Outcome};
use crate::domain::taint::Taint;
use crate::ops::Session;
use crate::ports::{Answer, Clock, Event, Operator};

/// Reads labels and taints out of boot data, as a machine would at its start.
pub type ReadBootData = fn(user_data: &str) -> Option<(IndexMap<String, String>, Vec<Taint>)>;

/// The id that stands in a plan for one which only the real request gives.
pub(super) fn planned_id(prefix: &str, name: &str) -> String {
    format!("{prefix}-{UNKNOWN} of {name}")
}

/// The session in which nothing is changed, and the record of what would be.
pub(in crate::host) fn planned(session: Session, read: ReadBootData) -> (Session, Arc<Planning>) {
    let began = session.clock.now();
    let planning = Arc::new(Planning { read, began, state: Mutex::default() });
    let session = seen_through(session, Arc::clone(&planning) as Arc<dyn Lens>);
    let clock = Arc::new(Idle { inner: session.clock, ahead: AtomicI64::new(0) });
    let operator = Arc::new(Foreseeing(session.operator));
    (Session { clock, operator, ..session }, planning)
}

/// What a planning run has recorded.
pub(in crate::host) struct Planning {
    read: ReadBootData,
    began: Timestamp,
    state: Mutex<Foreseen>,
}

#[derive(Default)]
pub(super) struct Foreseen {
    /// As it is.
    pub(super) real: Seen,
    /// As it would be, of what was changed.
    pub(super) then: Seen,
    steps: Vec<Step>,
    subnets: IndexMap<String, Subnet>,
    /// Pods that would be evicted, and nodes that would be removed.
    gone: Vec<Resource>,
    /// Nodes that go with their instances, and whether others come in their place.
    removed: IndexMap<String, bool>,
}

impl Planning {
    /// The plan so far.
    pub(in crate::host) fn plan(&self) -> Plan {
        let state = self.state();
        Plan::of(&state.steps, &state.removed)
    }

    /// The groups that would differ, by name; those that EKS would change too.
    pub(in crate::host) fn groups(&self) -> Vec<Regrouped> {
        let state = self.state();
        let group = |state: Option<&Option<State>>| match state {
            Some(Some(State::AutoScalingGroup(group))) => Some((**group).clone()),
            _ => None,
        };
        let touched = state.then.iter().filter(|(resource, _)| matches!(resource, Resource::AutoScalingGroup { .. }));
        let both = touched.map(|(resource, then)| {
            let (before, after) = (group(state.real.get(resource)), group(Some(then)));
            let either = after.as_ref().or(before.as_ref());
            let ami_type = either.and_then(|group| state.nodegroup_of(group)).map(|managed| managed.ami_type.clone());
            Regrouped { before, after, ami_type }
        });
        let mut groups: Vec<Regrouped> = both.filter(|one| one.before.is_some() || one.after.is_some()).collect();
        groups.sort_by(|a, b| a.name().cmp(b.name()));
        groups
    }

    /// How many requests there are so far.
    pub(in crate::host) fn count(&self) -> usize {
        self.state().steps.len()
    }

    fn state(&self) -> MutexGuard<'_, Foreseen> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Foreseen {
    /// A resource as it would be; `None` when nothing is known of it.
    pub(super) fn now(&self, resource: &Resource) -> Option<&Option<State>> {
        self.then.get(resource).or_else(|| self.real.get(resource))
    }

    /// Groups that were changed and would be there.
    fn groups(&self) -> impl Iterator<Item = &AutoScalingGroup> {
        self.then.states().filter_map(|state| match state {
            State::AutoScalingGroup(group) => Some(&**group),
            _ => None,
        })
    }

    /// What an instance of the group would start from.
    fn template(&self, group: &AutoScalingGroup, read: ReadBootData) -> NodeTemplate {
        let name = group.launch_template.clone().unwrap_or_default();
        let (labels, taints) = match self.nodegroup_of(group) {
            Some(managed) => (managed::labels(managed), managed.taints.clone()),
            None => self.boot_data(&name, group, read),
        };
        NodeTemplate { labels, taints, zones: self.zones(&group.subnet_ids) }
    }

    /// The zones of subnets that were read.
    pub(super) fn zones(&self, subnet_ids: &[String]) -> Vec<String> {
        subnet_ids.iter().filter_map(|id| Some(self.subnets.get(id)?.zone.clone())).collect()
    }

    /// What the newest version of a launch template gives nodes.
    fn boot_data(
        &self,
        template: &str,
        group: &AutoScalingGroup,
        read: ReadBootData,
    ) -> (IndexMap<String, String>, Vec<Taint>) {
        let name = template.to_owned();
        match self.now(&Resource::LaunchTemplate { name }) {
            Some(Some(State::LaunchTemplate(template))) => read(&template.data.user_data).unwrap_or_default(),
            // Nobody has read it: the group's tags say what its nodes carry.
            _ => (labels_by_tags(&group.tags), vec![]),
        }
    }
}

/// The labels that a group's tags tell of its nodes: those that name it, and those for the autoscaler.
fn labels_by_tags(tags: &TagMap) -> IndexMap<String, String> {
    let label = |key: &str| match key {
        "alpha.eksctl.io/cluster-name" | "alpha.eksctl.io/nodegroup-name" => Some(key.to_owned()),
        _ => key.strip_prefix("k8s.io/cluster-autoscaler/node-template/label/").map(str::to_owned),
    };
    tags.iter().filter_map(|(key, value)| Some((label(key)?, value.clone()))).collect()
}

#[async_trait]
impl Lens for Planning {
    fn knows(&self, resource: &Resource) -> bool {
        self.state().now(resource).is_some()
    }

    fn see(&self, resource: &Resource, real: Option<State>) -> Option<State> {
        let mut state = self.state();
        state.real.note(resource, real);
        state.now(resource).cloned().flatten()
    }

    fn see_subnets(&self, subnets: &[Subnet]) {
        self.state().subnets.extend(subnets.iter().map(|subnet| (subnet.id.clone(), subnet.clone())));
    }

    fn imagines(&self, resource: &Resource) -> bool {
        let state = self.state();
        match resource {
            Resource::Node { name } => name.contains(UNKNOWN),
            _ => {
                matches!(state.then.get(resource), Some(Some(_))) && !matches!(state.real.get(resource), Some(Some(_)))
            }
        }
    }

    fn removes(&self, resource: &Resource) -> bool {
        matches!(self.state().then.get(resource), Some(None))
    }

    fn imagined_groups(&self) -> Vec<AutoScalingGroup> {
        let mut groups: Vec<AutoScalingGroup> = self.state().groups().cloned().collect();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    fn imagined_key_pairs(&self) -> Vec<KeyPair> {
        let state = self.state();
        let pairs = state.then.states().filter_map(|state| match state {
            State::KeyPair(pair) => Some(pair.clone()),
            _ => None,
        });
        let mut pairs: Vec<KeyPair> = pairs.collect();
        pairs.sort_by(|a, b| a.name.cmp(&b.name));
        pairs
    }

    fn split_instances(&self, ids: &[String]) -> (Vec<Instance>, Vec<String>) {
        let state = self.state();
        let (mut imagined, mut real) = (vec![], vec![]);
        for id in ids {
            let group = state.groups().find(|group| group.instances.iter().any(|one| one.id == *id));
            match group.filter(|_| id.contains(UNKNOWN)) {
                Some(group) => imagined.extend(imagined::instance(group, id)),
                None => real.push(id.clone()),
            }
        }
        (imagined, real)
    }

    fn nodes(&self, real: Vec<Node>, selector: &str) -> Result<Vec<Node>> {
        let mut state = self.state();
        let selector = Selector::parse(selector)?;
        let ended = state.ended_members();
        let mut nodes = vec![];
        for mut one in real {
            let resource = Resource::Node { name: node::name(&one).to_owned() };
            if let Some((id, replaced)) = node::instance_id(&one).and_then(|id| ended.get_key_value(id)) {
                // Which members go when a group is scaled in is Auto Scaling's to decide.
                if state.chose(id) {
                    state.removed.insert(node::name(&one).to_owned(), *replaced);
                }
                continue;
            }
            if state.gone.contains(&resource) {
                continue;
            }
            state.as_managed(&mut one);
            if let Some(Some(State::Node(then))) = state.then.get(&resource) {
                let spec = one.spec.get_or_insert_default();
                spec.unschedulable = then.unschedulable.then_some(true);
                spec.taints =
                    Some(then.taints.iter().filter_map(|it| serde_json::from_value(it.clone()).ok()).collect());
                one.metadata.labels = Some(then.labels.clone().into_iter().collect());
            }
            nodes.push(one);
        }
        let mut groups: Vec<&AutoScalingGroup> = state.groups().collect();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        for group in groups {
            let template = state.template(group, self.read);
            for member in group.instances.iter().filter(|one| one.id.contains(UNKNOWN)) {
                let node = imagined::node(member, &template, self.began);
                if selector.matches(node.metadata.labels.as_ref().unwrap_or(&Default::default())) {
                    nodes.push(node);
                }
            }
        }
        Ok(nodes)
    }

    fn pods(&self, real: Vec<Pod>) -> Vec<Pod> {
        let state = self.state();
        let resource = |pod: &Pod| Resource::Pod {
            namespace: pod.metadata.namespace.clone().unwrap_or_default(),
            name: pod.metadata.name.clone().unwrap_or_default(),
        };
        real.into_iter().filter(|pod| !state.gone.contains(&resource(pod))).collect()
    }

    async fn send(&self, mutation: Mutation, _: Option<&str>, _: Sending<'_>) -> Result<Outcome> {
        let mut state = self.state();
        let resource = Resource::of(&mutation);
        let before = state.now(&resource).cloned().flatten();
        let outcome = foreseen_outcome(&mutation, before.as_ref());
        let mut after = effect(&mutation, before.as_ref(), Some(&outcome));
        if let Mutation::Aws(change) = &mutation {
            state.follow(change, before.as_ref(), after.as_ref());
        }
        if let Some(State::AutoScalingGroup(group)) = &mut after {
            let zones = state.template(group, self.read).zones;
            imagined::populate(group, &zones);
            if group.zones.is_empty() {
                group.zones = zones;
            }
        }
        if let Mutation::Kube(KubeMutation::Evict { .. } | KubeMutation::DeleteNode { .. }) = &mutation {
            state.gone.push(resource.clone());
        }
        if after.is_none() {
            // What goes is known by all its names, a security group by its id and by its own.
            state.then.note(&resource, before.clone());
        }
        state.then.note(&resource, after.clone());
        state.steps.push(Step { mutation, resource, before, after });
        Ok(outcome)
    }
}

impl Foreseen {
    /// Whether it is certain that an instance ends: it was named, or its whole group goes.
    fn chose(&self, id: &str) -> bool {
        self.steps.iter().any(|step| match (&step.mutation, &step.before) {
            (Mutation::Aws(AwsMutation::TerminateInstanceInAutoScalingGroup { instance_id, .. }), _) => {
                instance_id == id
            }
            (Mutation::Aws(AwsMutation::DeleteAutoScalingGroup { .. }), Some(State::AutoScalingGroup(group))) => {
                group.instances.iter().any(|one| one.id == id)
            }
            (
                Mutation::Aws(AwsMutation::DeleteNodegroup { .. } | AwsMutation::UpdateNodegroupVersion { .. }),
                Some(State::Nodegroup(managed)),
            ) => managed.auto_scaling_groups.iter().any(|name| {
                let group = self.real.get(&Resource::AutoScalingGroup { name: name.clone() });
                let Some(Some(State::AutoScalingGroup(group))) = group else { return false };
                group.instances.iter().any(|one| one.id == id)
            }),
            _ => false,
        })
    }

    /// Instances that changed or deleted groups have no more, and whether others come in their place.
    fn ended_members(&self) -> HashMap<String, bool> {
        let mut ended = HashMap::new();
        for (resource, state) in self.real.iter() {
            let (Some(State::AutoScalingGroup(before)), Some(then)) = (state, self.then.get(resource)) else {
                continue;
            };
            let after = match then {
                Some(State::AutoScalingGroup(after)) => Some(&**after),
                _ => None,
            };
            let kept = |id: &str| after.is_some_and(|after| after.instances.iter().any(|one| one.id == id));
            let replaced = after.is_some_and(|after| after.instances.len() >= before.instances.len());
            let gone = before.instances.iter().map(|one| &one.id).filter(|id| !kept(id));
            ended.extend(gone.map(|id| (id.clone(), replaced)));
        }
        ended
    }
}

/// What the request would give back, as far as that can be known.
fn foreseen_outcome(mutation: &Mutation, before: Option<&State>) -> Outcome {
    let id = match (mutation, before) {
        (Mutation::Aws(AwsMutation::CreateSecurityGroup { name, .. }), _) => Some(planned_id("sg", name)),
        (
            Mutation::Aws(
                AwsMutation::UpdateNodegroupConfig { name, .. } | AwsMutation::UpdateNodegroupVersion { name, .. },
            ),
            _,
        ) => Some(planned_id("update", name)),
        (Mutation::Aws(AwsMutation::CreateLaunchTemplate { name, .. }), _) => Some(planned_id("lt", name)),
        // Its answer is the number of the version.
        (Mutation::Aws(AwsMutation::CreateLaunchTemplateVersion { .. }), Some(State::LaunchTemplate(template))) => {
            Some((template.latest_version + 1).to_string())
        }
        _ => None,
    };
    Outcome { id, arn: None }
}

/// A clock on which waits are over at once.
struct Idle {
    inner: Arc<dyn Clock>,
    ahead: AtomicI64,
}

#[async_trait]
impl Clock for Idle {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead.load(Ordering::Relaxed));
        self.inner.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    async fn sleep(&self, duration: Duration) {
        self.ahead.fetch_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

/// Tells facts and warnings, but not that something was done.
struct Foreseeing(Arc<dyn Operator>);

impl Operator for Foreseeing {
    fn tell(&self, event: &Event) {
        if matches!(event, Event::Warning { .. }) {
            self.0.tell(event);
        }
    }

    fn confirm(&self, _: &str) -> Answer {
        Answer::Yes
    }
}

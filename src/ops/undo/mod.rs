//! Takes back what a run changed, newest first: what it made goes, what it changed or removed is as it was.

mod judge;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use indexmap::IndexMap;

use super::backoff::Backoff;
use super::delete::drain::drain;
use super::delete::remove::{once_free, remove_group};
use super::forgotten::forgotten;
use super::insist::{insist, propagation};
use super::ledger::Ledger;
use super::resource::{api_of, current, identity};
use super::wait::{self, Goal};
use super::{RollOptions, Session, cluster, managed, roll};
use crate::domain::Code;
use crate::domain::change::{
    Resource, Standing, State, effect, fields, inverse, learnt, standing, unrestorable, with_ids,
};
use crate::domain::cloud::AutoScalingGroup;
use crate::domain::error::{Error, Result};
use crate::domain::inventory::GroupRef;
use crate::domain::mutation::{AwsMutation as A, Mutation};
use crate::domain::secret::Secrets;
use crate::ports::Cluster;

use judge::{all_metrics, goes_already, is_of_made_group, less_ended, never_reached, passing};

const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A change that was made, or may have been.
#[derive(Debug, Clone)]
pub struct Undone {
    /// The request.
    pub mutation: Mutation,
    /// The cluster whose API server it went to.
    pub cluster: Option<String>,
    /// The resource before it.
    pub before: Option<State>,
    /// Where in that a secret was masked, as JSON pointers.
    pub masked: Vec<String>,
}

/// How [`undo`] is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoOptions {
    /// Restore also what someone else has changed since.
    pub force: bool,
    /// Evict pods before nodes go.
    pub drain: bool,
    /// Longest wait, for everything together.
    pub timeout: Duration,
}

/// Takes `changes` back, the last one first. Gives how many requests that took. What is as it was before is left alone,
/// so an undo that was cut off goes on when it is repeated. `hide` is told of secrets of the run that are met again.
///
/// # Errors
/// `SPOT-0809` with everything that was changed since, `SPOT-0811` with every secret that was not kept, both unless forced;
/// what the requests fail with.
pub async fn undo(
    session: &Session,
    changes: &[Undone],
    options: &UndoOptions,
    hide: &(dyn Fn(Secrets) + Sync),
) -> Result<usize> {
    let mut undoing = Undoing {
        session,
        ledger: Ledger::new(session),
        options,
        hide,
        deadline: Backoff::new(&*session.clock, LONGEST_PAUSE, options.timeout),
        ids: HashMap::new(),
        moved: vec![],
        lost: vec![],
        settled: HashSet::new(),
        sent: 0,
    };
    undoing.find_settled(changes).await?;
    for (at, change) in changes.iter().enumerate().rev() {
        undoing.take_back(change, &changes[at + 1..]).await?;
    }
    if undoing.moved.is_empty() && (undoing.lost.is_empty() || options.force) {
        undoing.roll_back(changes).await?;
    }
    let Undoing { moved, lost, sent, .. } = undoing;
    if moved.is_empty() && lost.is_empty() {
        return Ok(sent);
    }
    if moved.is_empty() {
        if options.force {
            lost.iter().for_each(|one| session.warn(format!("{one} is not restored: it was not kept")));
            return Ok(sent);
        }
        let error = Error::new(Code::UndoSecret, "something of what would be restored is secret and was not kept");
        let error = lost.into_iter().fold(error, Error::because);
        return Err(error.help(
            "set it as it was by hand and repeat; or `--force` restores everything else, and leaves these as they are",
        ));
    }
    let error = Error::new(Code::UndoMoved, "something of what the run changed was changed again since");
    let error = moved.into_iter().fold(error, Error::because);
    Err(error.help("look at each and decide: `--force` restores them too"))
}

struct Undoing<'a> {
    session: &'a Session,
    ledger: Ledger<'a>,
    options: &'a UndoOptions,
    /// Told of secrets that the run knew and this one meets again.
    hide: &'a (dyn Fn(Secrets) + Sync),
    deadline: Backoff,
    /// Ids of what was removed → ids of what was made in its place.
    ids: HashMap<String, String>,
    moved: Vec<String>,
    /// What was not kept.
    lost: Vec<String>,
    /// Resources that are as they were before the first of several changes.
    settled: HashSet<Resource>,
    sent: usize,
}

impl Undoing<'_> {
    /// Finds what a run has changed there and back, and what it made that is gone again: nothing has to be done about it.
    async fn find_settled(&mut self, changes: &[Undone]) -> Result<()> {
        let mut first: IndexMap<Resource, (&Undone, usize)> = IndexMap::new();
        for change in changes {
            first.entry(Resource::of(&change.mutation)).or_insert((change, 0)).1 += 1;
        }
        for (resource, (change, count)) in first {
            if count == 1 && !is_of_made_group(change, changes) {
                continue;
            }
            let api = match &change.cluster {
                Some(name) => api_of(self.session, name).await?,
                None => None,
            };
            let now = current(&*self.session.cloud, api.as_deref(), &resource).await?;
            let settled = match (&change.before, &now) {
                (Some(before), Some(now)) => fields(now) == fields(before),
                (Some(_), None) => is_of_made_group(change, changes),
                (None, now) => now.is_none(),
            };
            if settled {
                self.settled.insert(resource);
            }
        }
        Ok(())
    }

    /// `later` are the changes that came after it.
    async fn take_back(&mut self, change: &Undone, later: &[Undone]) -> Result<()> {
        let ended = matches!(&change.mutation, Mutation::Aws(A::TerminateInstanceInAutoScalingGroup { .. }));
        if goes_already(change) || never_reached(change, later) || ended {
            return Ok(());
        }
        let mutation = self.with_new_ids(&change.mutation);
        if self.settled.contains(&Resource::of(&mutation)) {
            return Ok(());
        }
        let api = match &change.cluster {
            Some(name) => api_of(self.session, name).await?,
            None => None,
        };
        let resource = Resource::of(&mutation);
        let now = current(&*self.session.cloud, api.as_deref(), &resource).await?;
        if now.is_none() && self.restored(change).await? {
            return Ok(());
        }
        let made = identity(now.as_ref());
        let mut after = effect(&mutation, change.before.as_ref(), Some(&made));
        if let (Some(State::AutoScalingGroup(after)), Some(State::AutoScalingGroup(now))) = (&mut after, &now) {
            less_ended(after, now, later);
            all_metrics(after, now);
        }
        if let Some(now) = &now {
            let recorded = after.iter().chain(&change.before);
            (self.hide)(Secrets::new(recorded.flat_map(|recorded| learnt(recorded, now))));
        }
        match standing(change.before.as_ref(), after.as_ref(), now.as_ref()) {
            Standing::Undone => return Ok(()),
            Standing::InForce => {}
            Standing::Moved(_) if self.options.force && now.is_some() => {}
            Standing::Moved(fields) => {
                self.moved.push(format!("{} `{}`: {}", resource.kind(), resource.name(), fields.join(", ")));
                return Ok(());
            }
        }
        if let (Mutation::Aws(A::DeleteKeyPair { .. }), Some(State::KeyPair(pair))) = (&mutation, &change.before)
            && pair.public_key.is_none()
        {
            self.lost.push(format!("{} `{}`: public key", resource.kind(), resource.name()));
        }
        for request in inverse(&mutation, change.before.as_ref(), now.as_ref()) {
            let (request, lost) = unrestorable(self.with_new_ids(&request), change.before.as_ref(), &change.masked);
            self.lost.extend(lost.iter().map(|field| format!("{} `{}`: {field}", resource.kind(), resource.name())));
            let Some(request) = request else { continue };
            let old = match &mutation {
                Mutation::Aws(A::DeleteSecurityGroup { group_id }) => Some(group_id.clone()),
                _ => None,
            };
            self.send(request, api.as_deref(), now.as_ref(), old).await?;
            self.sent += 1;
        }
        Ok(())
    }

    /// Sends a request; `old` is the id of what it restores.
    async fn send(
        &mut self,
        request: Mutation,
        api: Option<&dyn Cluster>,
        now: Option<&State>,
        old: Option<String>,
    ) -> Result<()> {
        let request = match request {
            Mutation::Aws(request) => request,
            Mutation::Kube(mut request) => {
                let Some(api) = api else { return Ok(()) };
                if let crate::domain::mutation::KubeMutation::PutConfigMap { resource_version, .. } = &mut request
                    && let Some(State::ConfigMap(map)) = now
                {
                    resource_version.clone_from(&map.resource_version);
                }
                return self.ledger.kube(api, request).await.map(drop);
            }
        };
        let request = self.fresh(request).await?;
        match &request {
            A::DeleteAutoScalingGroup { name, .. } => return self.remove_group(name, now).await,
            A::CreateNodegroup(_)
            | A::UpdateNodegroupConfig { .. }
            | A::UpdateNodegroupVersion { .. }
            | A::DeleteNodegroup { .. } => return self.managed(request).await,
            A::DeleteSecurityGroup { .. } => {
                return once_free(&self.ledger, request, "DependencyViolation", &mut self.deadline).await;
            }
            A::DeleteInstanceProfile { .. } | A::DeleteRole { .. } => {
                return once_free(&self.ledger, request, "DeleteConflict", &mut self.deadline).await;
            }
            A::CreateSecurityGroup { .. } => {
                let made = self.ledger.aws(request).await?;
                if let (Some(old), Some(new)) = (old, made.id) {
                    self.ids.insert(old, new);
                }
                return Ok(());
            }
            _ => {}
        }
        if let (A::UpdateAutoScalingGroup { size: Some(size), .. }, Some(State::AutoScalingGroup(group))) =
            (&request, now)
        {
            self.take_away(group, size.desired).await?;
        }
        insist(&self.ledger, request.clone(), &mut propagation(&self.ledger), passing).await?;
        match (&request, now) {
            (A::UpdateAutoScalingGroup { name, size: Some(size), .. }, Some(State::AutoScalingGroup(group))) => {
                let tags = group.tags.clone();
                self.settle(name, &tags, size.desired, group.size.desired).await
            }
            (A::CreateAutoScalingGroup(group), _) => {
                self.settle(&group.name, &group.tags, group.size.desired, group.size.desired).await
            }
            _ => Ok(()),
        }
    }

    /// A request about a managed group, and what EKS makes of it.
    async fn managed(&mut self, request: A) -> Result<()> {
        let Resource::Nodegroup { cluster: home, name } = Resource::of(&Mutation::Aws(request.clone())) else {
            return Ok(());
        };
        let cluster = cluster(self.session, &home).await?;
        let api = self.session.connect(&cluster).await?;
        if let A::DeleteNodegroup { .. } = request {
            if self.options.drain {
                drain(&self.ledger, &*api, &name, &mut self.deadline).await?;
            }
            managed::remove(&self.ledger, &home, &name, &mut self.deadline).await?;
            return forgotten(&self.ledger, &*api, &name, 0).await;
        }
        let timeout = self.options.timeout;
        let before = managed::at_rest(&self.ledger, &home, &name, timeout).await?;
        match &before {
            Some(group) if !matches!(request, A::CreateNodegroup(_)) => {
                let id = managed::send(&self.ledger, group, request, timeout).await?;
                managed::settled(&self.ledger, &*api, group, &id, timeout).await?;
            }
            _ => insist(&self.ledger, request, &mut propagation(&self.ledger), passing).await?,
        }
        let Some(now) = self.session.cloud.nodegroup(&home, &name).await? else { return Ok(()) };
        if before.is_some() {
            forgotten(&self.ledger, &*api, &name, now.size.desired).await?;
        }
        let waiting = managed::Waiting {
            cluster: &cluster,
            name: &name,
            role_arn: &now.node_role,
            desired: now.size.desired,
            since: None,
            timeout,
        };
        managed::until_ready(&self.ledger, &*api, &waiting).await.map(drop)
    }

    /// A security group that went by another id, if it is there again: an undo that was cut off has restored it.
    async fn restored(&mut self, change: &Undone) -> Result<bool> {
        let (Mutation::Aws(A::DeleteSecurityGroup { group_id }), Some(State::SecurityGroup(before))) =
            (&change.mutation, &change.before)
        else {
            return Ok(false);
        };
        let there = self.session.cloud.security_group(&before.vpc_id, &before.name).await?;
        let Some(there) = there else { return Ok(false) };
        self.ids.insert(group_id.clone(), there.id);
        Ok(true)
    }

    async fn remove_group(&mut self, name: &str, now: Option<&State>) -> Result<()> {
        let owner = match now {
            Some(State::AutoScalingGroup(group)) => GroupRef::of_tags(&group.tags),
            _ => None,
        };
        let api = match &owner {
            Some(owner) => api_of(self.session, &owner.cluster).await?,
            None => None,
        };
        if let (Some(api), Some(owner), true) = (&api, &owner, self.options.drain) {
            drain(&self.ledger, &**api, &owner.name, &mut self.deadline).await?;
        }
        remove_group(&self.ledger, name, &mut self.deadline).await?;
        match (&api, &owner) {
            (Some(api), Some(owner)) => forgotten(&self.ledger, &**api, &owner.name, 0).await,
            _ => Ok(()),
        }
    }

    /// Has fewer members, drained ones: Auto Scaling would not ask their pods.
    async fn take_away(&mut self, group: &AutoScalingGroup, desired: u32) -> Result<()> {
        let Some(GroupRef { cluster, name }) =
            GroupRef::of_tags(&group.tags).filter(|_| self.options.drain && desired < group.size.desired)
        else {
            return Ok(());
        };
        let Some(api) = api_of(self.session, &cluster).await? else { return Ok(()) };
        let how = self.rolls();
        roll::shrink(&self.ledger, &*api, &name, group, desired, &how).await.map(drop)
    }

    /// Nodes that a run has replaced because it changed their group are replaced again: the group is as it was before.
    async fn roll_back(&mut self, changes: &[Undone]) -> Result<()> {
        let mut groups: Vec<&String> = vec![];
        for change in changes {
            let Mutation::Aws(A::TerminateInstanceInAutoScalingGroup { group, .. }) = &change.mutation else {
                continue;
            };
            let restored = |change: &Undone| match &change.mutation {
                Mutation::Aws(A::UpdateAutoScalingGroup { name, types, launch_template, .. }) => {
                    name == group && (types.is_some() || launch_template.is_some())
                }
                _ => false,
            };
            if !groups.contains(&group) && changes.iter().any(restored) {
                groups.push(group);
            }
        }
        for name in groups {
            let Some(group) = self.session.cloud.group(name).await? else { continue };
            let Some(GroupRef { cluster: cluster_name, name: nodegroup }) = GroupRef::of_tags(&group.tags) else {
                continue;
            };
            if !self.options.drain {
                self.session.warn(format!("nodes of \"{nodegroup}\" that were replaced stay as they are"));
                continue;
            }
            let cluster = cluster(self.session, &cluster_name).await?;
            let api = self.session.connect(&cluster).await?;
            roll::replace(&self.ledger, &*api, &cluster, &nodegroup, &group, &self.rolls()).await?;
        }
        Ok(())
    }

    fn rolls(&self) -> RollOptions {
        RollOptions { timeout: self.options.timeout, drain_timeout: self.options.timeout, ..RollOptions::default() }
    }

    /// Waits until a group that was restored has the nodes that it had.
    async fn settle(
        &mut self,
        name: &str,
        tags: &crate::domain::cloud::TagMap,
        desired: u32,
        before: u32,
    ) -> Result<()> {
        let Some(GroupRef { cluster: cluster_name, name: group }) = GroupRef::of_tags(tags) else { return Ok(()) };
        let cluster = cluster(self.session, &cluster_name).await?;
        let api = self.session.connect(&cluster).await?;
        let goal = Goal {
            cluster: &cluster,
            group: &group,
            auto_scaling_group: name,
            role_arn: None,
            desired,
            excused: vec![],
            since: None,
            timeout: self.options.timeout,
            managed: false,
        };
        if desired < before {
            forgotten(&self.ledger, &*api, &group, desired).await?;
        }
        wait::until_ready(&self.ledger, &*api, &goal).await.map(drop)
    }

    /// Gives a request what only belongs to this undo: idempotency tokens, and the version of a template made anew.
    async fn fresh(&self, mut request: A) -> Result<A> {
        match &mut request {
            A::CreateAccessEntry { client_token, principal_arn, .. } => {
                *client_token = self.ledger.token("undo-access-entry", principal_arn);
            }
            A::CreateLaunchTemplate { client_token, name, .. } => {
                *client_token = self.ledger.token("undo-launch-template", name);
            }
            A::CreateLaunchTemplateVersion { client_token, name, .. } => {
                *client_token = self.ledger.token("undo-launch-template-version", name);
            }
            A::CreateNodegroup(group) => {
                group.client_token = self.ledger.token("undo-nodegroup", &group.name);
                if let Some(template) = &mut group.launch_template
                    && let Some(name) = &template.name
                {
                    template.version = self.version_there(name, &template.version).await?;
                }
            }
            A::UpdateNodegroupConfig { client_token, name, .. } => {
                *client_token = self.ledger.token("undo-nodegroup-config", name);
            }
            A::UpdateNodegroupVersion { client_token, name, .. } => {
                *client_token = self.ledger.token("undo-nodegroup-version", name);
            }
            A::CreateAutoScalingGroup(group) => {
                let template = &mut group.launch_template;
                template.version = self.version_there(&template.name, &template.version).await?;
            }
            _ => {}
        }
        Ok(request)
    }

    /// A version of a template: one that was made anew begins at version 1.
    async fn version_there(&self, template: &str, version: &str) -> Result<String> {
        let there = self.session.cloud.launch_template(template).await?;
        Ok(match (there, version.parse::<i64>()) {
            (Some(there), Ok(version)) if version > there.latest_version => there.latest_version.to_string(),
            _ => version.to_owned(),
        })
    }

    /// Puts new ids where old ones stand.
    fn with_new_ids(&self, mutation: &Mutation) -> Mutation {
        if self.ids.is_empty() {
            return mutation.clone();
        }
        let Ok(mut value) = serde_json::to_value(mutation) else { return mutation.clone() };
        with_ids(&mut value, &self.ids);
        serde_json::from_value(value).unwrap_or_else(|_| mutation.clone())
    }
}

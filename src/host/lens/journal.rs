//! The journal's lens: each change is on disk before it is sent, with what was there before, and what came of it after.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::seen::Seen;
use super::{Lens, Sending};
use crate::domain::change::{Resource, State, effect};
use crate::domain::desired::ResourceNames;
use crate::domain::error::Result;
use crate::domain::mutation::{Mutation, Outcome};
use crate::domain::nodegroup::before_key_id;
use crate::journal::Writer;
use crate::ports::Clock;

/// Writes changes down. A change whose intent cannot be written is not sent.
pub(in crate::host) struct Journal {
    writer: Arc<Writer>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

impl Journal {
    pub(in crate::host) fn new(writer: Arc<Writer>, clock: Arc<dyn Clock>) -> Self {
        Journal { writer, clock, seen: Mutex::default() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Lens for Journal {
    fn knows(&self, resource: &Resource) -> bool {
        self.seen().get(resource).is_some()
    }

    fn see(&self, resource: &Resource, real: Option<State>) -> Option<State> {
        self.seen().note(resource, real.clone());
        real
    }

    async fn send(&self, mutation: Mutation, cluster: Option<&str>, sending: Sending<'_>) -> Result<Outcome> {
        let resource = Resource::of(&mutation);
        if let Some(name) = group_of(&resource) {
            self.writer.hold(&name)?;
        }
        let before = self.seen().get(&resource).cloned().flatten();
        let seq = self.writer.intent(&mutation, cluster, before.as_ref(), self.clock.now())?;
        let outcome = sending.await;
        if let Ok(outcome) = &outcome {
            let after = effect(&mutation, before.as_ref(), Some(outcome));
            self.seen().note(&resource, after);
        }
        // The change is made: that its outcome could not be noted must not hide it. Reading finds an intent without
        // an answer, which is what a crash leaves too.
        drop(self.writer.outcome(seq, &outcome, self.clock.now()));
        outcome
    }
}

/// The name that everything of one group has in common.
fn group_of(resource: &Resource) -> Option<String> {
    match resource {
        Resource::Role { name }
        | Resource::InstanceProfile { name }
        | Resource::LaunchTemplate { name }
        | Resource::AutoScalingGroup { name } => Some(name.clone()),
        Resource::AccessEntry { .. } => Some(resource.name()),
        Resource::KeyPair { name } => before_key_id(name).map(str::to_owned),
        Resource::Nodegroup { cluster, name } => Some(ResourceNames::of(cluster, name).launch_template),
        Resource::SecurityGroup { .. }
        | Resource::NewSecurityGroup { .. }
        | Resource::Node { .. }
        | Resource::Pod { .. }
        | Resource::ConfigMap { .. } => None,
    }
}

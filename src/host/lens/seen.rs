//! Resources as they were last read or left.

use std::collections::HashMap;

use crate::domain::change::{Resource, State};

/// The last known state of each resource.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<Resource, Option<State>>);

impl Seen {
    /// Notes a state. A security group is known by its id as well as by its name.
    pub(super) fn note(&mut self, resource: &Resource, state: Option<State>) {
        if let Some(State::SecurityGroup(group)) = &state {
            self.0.insert(Resource::SecurityGroup { id: group.id.clone() }, state.clone());
            let (vpc_id, name) = (group.vpc_id.clone(), group.name.clone());
            self.0.insert(Resource::NewSecurityGroup { vpc_id, name }, state);
            return;
        }
        if let (Resource::SecurityGroup { .. }, None, Some(Some(State::SecurityGroup(group)))) =
            (resource, &state, self.0.get(resource))
        {
            let (vpc_id, name) = (group.vpc_id.clone(), group.name.clone());
            self.0.insert(Resource::NewSecurityGroup { vpc_id, name }, None);
        }
        self.0.insert(resource.clone(), state);
    }

    /// The state; `None` when it was never seen.
    pub(super) fn get(&self, resource: &Resource) -> Option<&Option<State>> {
        self.0.get(resource)
    }

    /// All resources and what is known of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Resource, &Option<State>)> {
        self.0.iter()
    }

    /// All states of resources that are there.
    pub(super) fn states(&self) -> impl Iterator<Item = &State> {
        self.0.values().flatten()
    }
}

//! A plan: what would be different afterwards, resource by resource, and the requests in their order.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cost::Cost;
use super::fields::{digest, fields};
use super::resource::{Resource, State};
use crate::domain::mutation::Mutation;

/// One request as a planning run recorded it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The request.
    pub mutation: Mutation,
    /// What it is about.
    pub resource: Resource,
    /// How that was.
    pub before: Option<State>,
    /// How it would be.
    pub after: Option<State>,
}

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is not there and would be.
    Create,
    /// It would differ.
    Change,
    /// It would go and be made anew.
    Replace,
    /// It would be gone.
    Delete,
    /// A pod that would have to run elsewhere.
    Evict,
}

/// A field that would differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value now.
    pub before: Option<String>,
    /// Its value then.
    pub after: Option<String>,
}

/// A resource that would differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happens to it.
    pub action: Action,
    /// `IAM role`, `Auto Scaling group`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The fields that differ; all of them for what is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A mutating request, in the order in which it would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// `CreateRole`.
    pub operation: String,
    /// `IAM role`.
    pub kind: String,
    /// The name of what it is about.
    pub name: String,
    /// The request without idempotency tokens; boot data by size and hash.
    pub request: Value,
}

/// What a run would do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Resources that would differ, in the order in which they are first touched.
    pub changes: Vec<Change>,
    /// Requests in order.
    pub requests: Vec<Request>,
    /// What groups whose capacity changes cost, as far as that is known. Prices move: two plans are the same without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<Cost>,
}

impl Plan {
    /// Puts together what a run recorded. `removed` are nodes that go with their instances, and whether others come in their
    /// place.
    pub fn of(steps: &[Step], removed: &IndexMap<String, bool>) -> Self {
        let mut resources: IndexMap<String, Vec<&Step>> = IndexMap::new();
        for step in steps {
            resources.entry(identity(step)).or_default().push(step);
        }
        let mut changes: Vec<Change> = resources.values().filter_map(|steps| change(steps)).collect();
        let kind = Resource::Node { name: String::new() }.kind().to_owned();
        changes.retain(|change| change.kind != kind || !removed.contains_key(&change.name));
        changes.extend(removed.iter().map(|(name, replaced)| Change {
            action: if *replaced { Action::Replace } else { Action::Delete },
            kind: kind.clone(),
            name: name.clone(),
            fields: vec![],
        }));
        Plan { changes, requests: steps.iter().map(Request::of).collect(), costs: vec![] }
    }

    /// Whether nothing would be sent.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// How many resources an action happens to.
    pub fn count(&self, action: Action) -> usize {
        self.changes.iter().filter(|change| change.action == action).count()
    }
}

impl Request {
    /// A recorded request.
    pub fn of(step: &Step) -> Self {
        let request = comparable(&step.mutation);
        let operation = request.get("operation").and_then(Value::as_str).unwrap_or_default().to_owned();
        Request { operation, kind: step.resource.kind().to_owned(), name: name(step), request }
    }
}

/// A request as two runs agree on it: without its idempotency token, boot data by size and hash.
pub fn comparable(mutation: &Mutation) -> Value {
    let mut value = serde_json::to_value(mutation).unwrap_or_default();
    simplify(&mut value);
    value
}

fn simplify(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.shift_remove("client_token");
            map.shift_remove("resource_version");
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(text) if key == "user_data" => *value = Value::from(digest(text)),
                    other => simplify(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(simplify),
        _ => {}
    }
}

/// A security group is one thing, before and after it has an id.
fn identity(step: &Step) -> String {
    format!("{} {}", step.resource.kind(), name(step))
}

fn name(step: &Step) -> String {
    match step.after.as_ref().or(step.before.as_ref()) {
        Some(State::SecurityGroup(group)) => group.name.clone(),
        _ => step.resource.name(),
    }
}

fn change(steps: &[&Step]) -> Option<Change> {
    let (first, last) = (steps.first()?, steps.last()?);
    let (before, after) = (&first.before, &last.after);
    let gone_between = steps.iter().rev().skip(1).any(|step| step.after.is_none());
    let action = match (before, after) {
        _ if matches!(first.resource, Resource::Pod { .. }) => Action::Evict,
        (None, Some(_)) => Action::Create,
        (Some(_), None) => Action::Delete,
        (Some(_), Some(_)) if gone_between => Action::Replace,
        (Some(_), Some(_)) => Action::Change,
        (None, None) => return None,
    };
    let (old, new) = (before.as_ref().map(fields).unwrap_or_default(), after.as_ref().map(fields).unwrap_or_default());
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let fields: Vec<Field> = keys
        .filter(|key| action != Action::Delete && old.get(*key) != new.get(*key))
        .map(|key| Field { name: key.clone(), before: old.get(key).cloned(), after: new.get(key).cloned() })
        .collect();
    if action == Action::Change && fields.is_empty() {
        return None;
    }
    Some(Change { action, kind: first.resource.kind().to_owned(), name: name(first), fields })
}

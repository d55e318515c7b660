//! Watches: changes of a collection as they happen.

use bytes::Bytes;
use serde_json::{Value, json};

use super::change_log::{Change, ChangeKind};
use super::read::{Typed, picked, shown};
use super::request::{Query, Target};
use super::status::Refusal;
use super::store::ObjectStore;
use super::time::Now;
use super::{fields, table};

/// A watch under way: ask [`Watch::next`] for what is new, as often as you like.
#[derive(Debug)]
pub struct Watch {
    target: Target,
    query: Query,
    as_table: bool,
    /// Up to which resource version everything was told.
    version: u64,
    /// Whether what there is must be told first.
    initial: bool,
    columns_told: bool,
    /// When the client wants to stop listening, on the world's clock.
    deadline: Option<i64>,
    ended: bool,
}

impl Watch {
    /// Begins a watch.
    pub(super) fn new(target: Target, query: Query, as_table: bool, now: Now) -> Result<Watch, Refusal> {
        fields::check(target.resource, &query.fields)?;
        let version: u64 = match query.version.as_str() {
            "" => 0,
            text => text.parse().map_err(|_| Refusal::bad_request(format!("invalid resource version: {text:?}")))?,
        };
        let initial = version == 0 || query.initial_events;
        let deadline = query.timeout_seconds.and_then(|seconds| i64::try_from(seconds).ok());
        let deadline = deadline.map(|seconds| now.millis.saturating_add(seconds.saturating_mul(1000)));
        Ok(Watch { target, query, as_table, version, initial, columns_told: false, deadline, ended: false })
    }

    /// Lines of JSON that were not told yet; empty when nothing is new, `None` when the watch has ended.
    pub fn next(&mut self, objects: &ObjectStore, now: Now) -> Option<Bytes> {
        if self.ended || (!self.initial && self.deadline.is_some_and(|deadline| deadline <= now.millis)) {
            return None;
        }
        let mut lines = Vec::new();
        if std::mem::take(&mut self.initial) {
            let all: Vec<_> =
                objects.list(self.target.resource.plural, Some(&self.target.namespace)).cloned().collect();
            for object in &all {
                if picked(self.target.resource, object, &self.query) {
                    self.tell("ADDED", objects, object, now, &mut lines);
                }
            }
            self.version = objects.version();
            if self.query.initial_events {
                self.bookmark(&mut lines);
            }
            return Some(lines.into());
        }
        match objects.changes_since(self.target.resource.plural, self.version) {
            None => {
                self.ended = true;
                let event = json!({"type": "ERROR", "object": Refusal::expired(self.version).to_status()});
                push(&event, &mut lines);
            }
            Some(changes) => {
                for change in changes {
                    if let Some(kind) = self.kind_for(&change) {
                        self.tell(kind, objects, &change.object, now, &mut lines);
                    }
                }
                self.version = objects.version();
            }
        }
        Some(lines.into())
    }

    /// What a change means to one who sees only the picked objects.
    fn kind_for(&self, change: &Change) -> Option<&'static str> {
        let namespace = self.target.namespace.as_str();
        if !namespace.is_empty() && change.object["metadata"]["namespace"] != namespace {
            return None;
        }
        let is = |object: &Value| picked(self.target.resource, object, &self.query);
        let before = change.previous.as_deref().is_some_and(is);
        let after = change.kind != ChangeKind::Deleted && is(&change.object);
        match (before, after) {
            (false, true) => Some("ADDED"),
            (true, true) => Some("MODIFIED"),
            (true, false) => Some("DELETED"),
            (false, false) => None,
        }
    }

    fn tell(
        &mut self,
        kind: &str,
        objects: &ObjectStore,
        object: &std::sync::Arc<Value>,
        now: Now,
        lines: &mut Vec<u8>,
    ) {
        let resource = self.target.resource;
        let object = shown(objects, resource, object);
        if self.as_table {
            let columns = !std::mem::replace(&mut self.columns_told, true);
            let table = table::table(resource, &[&object], now, &self.query.include_object, columns);
            push(&json!({"type": kind, "object": table}), lines);
        } else {
            let typed = Typed { resource, object: &object, now };
            push(&Event { kind, object: typed }, lines);
        }
    }

    fn bookmark(&self, lines: &mut Vec<u8>) {
        let resource = self.target.resource;
        let metadata = json!({
            "resourceVersion": self.version.to_string(),
            "creationTimestamp": null,
            "annotations": {"k8s.io/initial-events-end": "true"},
        });
        let object = json!({"kind": resource.kind, "apiVersion": resource.api_version(), "metadata": metadata});
        push(&json!({"type": "BOOKMARK", "object": object}), lines);
    }
}

#[derive(serde::Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    object: Typed<'a>,
}

fn push(event: &impl serde::Serialize, lines: &mut Vec<u8>) {
    if serde_json::to_writer(&mut *lines, event).is_ok() {
        lines.push(b'\n');
    }
}

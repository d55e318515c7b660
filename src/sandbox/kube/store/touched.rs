//! Owners whose pods have changed since somebody last asked: who has to report anew.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ObjectStore;
use crate::sandbox::kube::workload::{is_finished, is_ready, keeper};

/// An object that reports of pods: by resource, namespace and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// Resource plural.
    pub plural: &'static str,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

/// What has become of an owner's pods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Pods that came, less those that went.
    pub pods: i64,
    /// Pods that are ready now, less those that were.
    pub ready: i64,
    /// The nodes of those that went.
    pub left: Vec<String>,
}

/// The owners, each with what has become of its pods.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched(BTreeMap<Owner, Difference>);

/// What of a pod its owner's report depends on.
#[derive(PartialEq, Eq)]
struct Counted {
    owner: Owner,
    ready: bool,
    leaving: bool,
    finished: bool,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Counted {
    fn of(pod: &Value) -> Option<Self> {
        let (resource, name) = keeper(pod)?;
        let metadata = &pod["metadata"];
        Some(Counted {
            owner: Owner { plural: resource.plural, namespace: text(&metadata["namespace"]), name: name.to_owned() },
            ready: is_ready(pod),
            leaving: !metadata["deletionTimestamp"].is_null(),
            finished: is_finished(pod),
        })
    }
}

impl Touched {
    /// A pod has changed, come or gone.
    pub(super) fn pod(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let (old, new) = (before.and_then(Counted::of), after.and_then(Counted::of));
        if old == new {
            return;
        }
        if let Some(old) = old {
            let difference = self.0.entry(old.owner).or_default();
            difference.pods -= 1;
            difference.ready -= i64::from(old.ready);
            if let Some(pod) = before.filter(|_| after.is_none()) {
                difference.left.push(text(&pod["spec"]["nodeName"]));
            }
        }
        if let Some(new) = new {
            let difference = self.0.entry(new.owner).or_default();
            difference.pods += 1;
            difference.ready += i64::from(new.ready);
        }
    }
}

impl ObjectStore {
    /// Has an owner report anew, whatever its pods do.
    pub fn touch(&mut self, owner: Owner) {
        self.touched.0.entry(owner).or_default();
    }

    /// The owners that have to report anew, in the order of their names, each once.
    pub fn take_touched(&mut self) -> BTreeMap<Owner, Difference> {
        std::mem::take(&mut self.touched.0)
    }
}

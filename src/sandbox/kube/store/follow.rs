//! A store that another process has changed: what is different, as changes for those who watch.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::super::change_log::{Change, ChangeKind, ChangeLog};
use super::ObjectStore;

impl ObjectStore {
    /// Goes on from an earlier state of the same cluster, so that watches which began there see what has changed since.
    /// Watches of another cluster have to begin anew.
    pub fn follow(&mut self, earlier: &ObjectStore) {
        let same = self.seed == earlier.seed && self.version >= earlier.version && self.made >= earlier.made;
        if !same {
            self.version = self.version.max(earlier.version) + 1;
            self.log = ChangeLog::starting_at(self.version);
            return;
        }
        let mut changes = Vec::new();
        let resources: BTreeSet<&String> = self.collections.keys().chain(earlier.collections.keys()).collect();
        for resource in resources {
            let (now, before) = (self.collections.get(resource), earlier.collections.get(resource));
            let old = |key: &String| before.and_then(|all| all.objects.get(key));
            for (key, object) in now.into_iter().flat_map(|all| &all.objects) {
                let (previous, version) = (old(key), version_of(object));
                if previous.is_some_and(|previous| version_of(previous) == version) {
                    continue;
                }
                let kind = if previous.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
                changes.push(Change {
                    version,
                    resource: resource.clone(),
                    kind,
                    object: object.clone(),
                    previous: previous.cloned(),
                });
            }
            let gone = before.into_iter().flat_map(|all| &all.objects);
            for (_, object) in gone.filter(|(key, _)| !now.is_some_and(|all| all.objects.contains_key(*key))) {
                let mut last = Value::clone(object);
                last["metadata"]["resourceVersion"] = self.version.to_string().into();
                // When it went is not written down: at the latest now.
                changes.push(Change {
                    version: self.version,
                    resource: resource.clone(),
                    kind: ChangeKind::Deleted,
                    object: Arc::new(last),
                    previous: Some(object.clone()),
                });
            }
        }
        changes.sort_by_key(|change| change.version);
        self.log = earlier.log.clone();
        changes.into_iter().for_each(|change| self.log.push(change));
    }
}

fn version_of(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"].as_str().and_then(|version| version.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(name: &str) -> Value {
        json!({"metadata": {"name": name, "namespace": "default"}})
    }

    fn told(store: &ObjectStore, since: u64) -> Option<Vec<(ChangeKind, String)>> {
        let changes = store.changes_since("pods", since)?;
        Some(
            changes.iter().map(|one| (one.kind, one.object["metadata"]["name"].as_str().unwrap().to_owned())).collect(),
        )
    }

    #[test]
    fn a_watch_sees_what_another_process_has_done() {
        let mut earlier = ObjectStore::new(1);
        for name in ["kept", "changed", "gone"] {
            earlier.create("pods", pod(name), 0).unwrap();
        }
        let seen = earlier.version();
        let mut new: ObjectStore = serde_json::from_value(serde_json::to_value(&earlier).unwrap()).unwrap();
        new.create("pods", pod("made"), 0).unwrap();
        new.modify("pods", "default", "changed", |pod| pod["spec"] = json!({"nodeName": "a"})).unwrap();
        new.delete("pods", "default", "gone").unwrap();
        assert_eq!(told(&new, seen).unwrap().len(), 3);
        let mut read: ObjectStore = serde_json::from_value(serde_json::to_value(&new).unwrap()).unwrap();
        assert_eq!(told(&read, seen), None, "a store that was read knows nothing from before");
        read.follow(&earlier);
        let expected = [(ChangeKind::Added, "made"), (ChangeKind::Modified, "changed"), (ChangeKind::Deleted, "gone")];
        assert_eq!(told(&read, seen).unwrap(), expected.map(|(kind, name)| (kind, name.to_owned())));
        assert_eq!(told(&read, read.version()).unwrap(), []);
    }

    #[test]
    fn a_watch_of_another_cluster_begins_anew() {
        let mut earlier = ObjectStore::new(1);
        for name in ["a", "b"] {
            earlier.create("pods", pod(name), 0).unwrap();
        }
        let seen = earlier.version();
        let mut other = ObjectStore::new(1);
        other.create("pods", pod("c"), 0).unwrap();
        other.follow(&earlier);
        assert_eq!(told(&other, seen), None);
        assert_eq!(told(&other, other.version()).unwrap(), []);
    }
}

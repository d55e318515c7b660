//! The objects of the cluster, as etcd keeps them for the API server.
//!
//! An object is a JSON tree under (resource plural, namespace, name). The store fills in `uid`, `resourceVersion`,
//! `creationTimestamp` and, where the API keeps one, `generation`; `kind` and `apiVersion` are not kept. Times in stored objects have the form of
//! [`super::time`]; `now` is milliseconds since the world's epoch. No validation and no defaults: those are the
//! face's business.

mod follow;
mod touched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub use touched::{Difference, Owner};

use super::change_log::{Change, ChangeKind, ChangeLog};
use super::time;
use touched::Touched;

/// Why the store refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is an object of that name.
    #[error("already exists")]
    AlreadyExists,
    /// There is no object of that name.
    #[error("not found")]
    NotFound,
    /// The object has another resource version than the writer thinks.
    #[error("the object has been modified")]
    Conflict,
    /// The object has no name.
    #[error("name or generateName is required")]
    NoName,
}

/// Objects of one resource. Keys are `namespace/name`, or `name` for cluster-scoped ones: etcd's order.
#[derive(Debug, Clone, Default)]
struct Collection {
    objects: BTreeMap<String, Arc<Value>>,
    /// See [`indexed_by`].
    index: BTreeMap<String, BTreeSet<String>>,
}

impl Collection {
    fn put(&mut self, resource: &str, key: String, object: Arc<Value>) -> Option<Arc<Value>> {
        let previous = self.remove(resource, &key);
        if let Some(term) = indexed_by(resource, &object) {
            self.index.entry(term.to_string()).or_default().insert(key.clone());
        }
        self.objects.insert(key, object);
        previous
    }

    fn remove(&mut self, resource: &str, key: &str) -> Option<Arc<Value>> {
        let previous = self.objects.remove(key)?;
        if let Some(term) = indexed_by(resource, &previous)
            && let Some(keys) = self.index.get_mut(term)
        {
            keys.remove(key);
            if keys.is_empty() {
                self.index.remove(term);
            }
        }
        Some(previous)
    }
}

/// The term under which an object can be found besides its name: a pod's node (empty for one that is bound to
/// none), an event's object.
fn indexed_by<'a>(resource: &str, object: &'a Value) -> Option<&'a str> {
    let term = match resource {
        "pods" => &object["spec"]["nodeName"],
        "events" => &object["involvedObject"]["name"],
        _ => return None,
    };
    Some(term.as_str().unwrap_or_default())
}

/// The objects of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Snapshot", into = "Snapshot")]
pub struct ObjectStore {
    seed: u64,
    version: u64,
    made: u64,
    collections: BTreeMap<String, Collection>,
    log: ChangeLog,
    still: bool,
    settled_at: u64,
    touched: Touched,
}

/// What of a store is written to disk.
#[derive(Clone, Serialize, Deserialize)]
struct Snapshot {
    seed: u64,
    version: u64,
    made: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    still: bool,
    #[serde(default)]
    settled_at: u64,
    objects: BTreeMap<String, Vec<Arc<Value>>>,
}

impl From<Snapshot> for ObjectStore {
    fn from(snapshot: Snapshot) -> Self {
        let collections = snapshot.objects.into_iter().map(|(resource, objects)| {
            let mut collection = Collection::default();
            for object in objects {
                collection.put(&resource, key_of(&object), object);
            }
            (resource, collection)
        });
        ObjectStore {
            seed: snapshot.seed,
            version: snapshot.version,
            made: snapshot.made,
            collections: collections.collect(),
            log: ChangeLog::starting_at(snapshot.version),
            still: snapshot.still,
            settled_at: snapshot.settled_at,
            touched: Touched::default(),
        }
    }
}

impl From<ObjectStore> for Snapshot {
    fn from(store: ObjectStore) -> Self {
        let objects = store.collections.into_iter();
        Snapshot {
            seed: store.seed,
            version: store.version,
            made: store.made,
            still: store.still,
            settled_at: store.settled_at,
            objects: objects.map(|(resource, all)| (resource, all.objects.into_values().collect())).collect(),
        }
    }
}

fn key(namespace: &str, name: &str) -> String {
    if namespace.is_empty() { name.to_string() } else { format!("{namespace}/{name}") }
}

fn key_of(object: &Value) -> String {
    let metadata = &object["metadata"];
    key(metadata["namespace"].as_str().unwrap_or_default(), metadata["name"].as_str().unwrap_or_default())
}

/// Whether the API keeps `metadata.generation` for a resource.
fn has_generation(resource: &str) -> bool {
    matches!(
        resource,
        "daemonsets"
            | "deployments"
            | "replicasets"
            | "replicationcontrollers"
            | "statefulsets"
            | "jobs"
            | "poddisruptionbudgets"
    )
}

/// `object[field]` as an object, made one if it is something else.
pub(crate) fn object_mut<'a>(object: &'a mut Value, field: &str) -> &'a mut Map<String, Value> {
    if !object.is_object() {
        *object = json!({});
    }
    let slot = &mut object[field];
    if !slot.is_object() {
        *slot = json!({});
    }
    match slot {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

impl ObjectStore {
    /// An empty store whose uids derive from `seed`.
    pub fn new(seed: u64) -> Self {
        ObjectStore {
            seed,
            version: 0,
            made: 0,
            collections: BTreeMap::new(),
            log: ChangeLog::default(),
            still: false,
            settled_at: 0,
            touched: Touched::default(),
        }
    }

    /// The same objects without controllers and kubelets: nothing happens to them but what requests ask for.
    #[must_use]
    pub fn still(self) -> Self {
        ObjectStore { still: true, ..self }
    }

    /// Whether there are no controllers and kubelets.
    pub fn is_still(&self) -> bool {
        self.still
    }

    /// Marks that the objects are a copy of a cluster as it was: what they say of others holds until something changes.
    pub fn settle(&mut self) {
        self.settled_at = self.version;
        self.touched = Touched::default();
    }

    /// Whether what recorded objects say of others is to be believed, as a disruption budget says of its pods.
    pub fn are_believed(&self) -> bool {
        self.still || self.settled_at == 0 || self.settled_at == self.version
    }

    /// The newest resource version.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Makes an object. `metadata.generateName` is honoured.
    pub fn create(&mut self, resource: &str, mut object: Value, now: i64) -> Result<Arc<Value>, StoreError> {
        self.made += 1;
        let digest = self.digest("uid", self.made);
        let metadata = object_mut(&mut object, "metadata");
        if metadata.get("name").and_then(Value::as_str).unwrap_or_default().is_empty() {
            let prefix = metadata.get("generateName").and_then(Value::as_str).unwrap_or_default();
            if prefix.is_empty() {
                return Err(StoreError::NoName);
            }
            let name = format!("{prefix}{}", suffix(&digest[16..21]));
            metadata.insert("name".into(), name.into());
        }
        metadata.insert("uid".into(), uid(&digest).into());
        metadata.insert("creationTimestamp".into(), time::at(now));
        metadata.shift_remove("deletionTimestamp");
        metadata.shift_remove("deletionGracePeriodSeconds");
        if has_generation(resource) {
            metadata.insert("generation".into(), 1.into());
        }
        let key = key_of(&object);
        if self.collections.get(resource).is_some_and(|all| all.objects.contains_key(&key)) {
            return Err(StoreError::AlreadyExists);
        }
        Ok(self.put(resource, key, object))
    }

    /// What [`ObjectStore::create`] would make, without making it.
    pub fn rehearse_create(&self, resource: &str, object: Value, now: i64) -> Result<Arc<Value>, StoreError> {
        let metadata = &object["metadata"];
        let (namespace, name) = (metadata["namespace"].as_str(), metadata["name"].as_str());
        if self.get(resource, namespace.unwrap_or_default(), name.unwrap_or_default()).is_some() {
            return Err(StoreError::AlreadyExists);
        }
        ObjectStore { version: self.version, made: self.made, ..ObjectStore::new(self.seed) }
            .create(resource, object, now)
    }

    /// Puts an object in as it is, with its own `uid`, times and resource version. Watches are not told of it.
    pub fn restore(&mut self, resource: &str, mut object: Value) -> Arc<Value> {
        if let Some(fields) = object.as_object_mut() {
            fields.shift_remove("kind");
            fields.shift_remove("apiVersion");
        }
        let version = object["metadata"]["resourceVersion"].as_str().and_then(|version| version.parse::<u64>().ok());
        let Some(version) = version else { return self.put(resource, key_of(&object), object) };
        self.version = self.version.max(version);
        self.log = ChangeLog::starting_at(self.version);
        let object = Arc::new(object);
        self.collections.entry(resource.to_string()).or_default().put(resource, key_of(&object), object.clone());
        object
    }

    /// An object; `namespace` is empty for cluster-scoped ones.
    pub fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<&Arc<Value>> {
        self.collections.get(resource)?.objects.get(&key(namespace, name))
    }

    /// Objects of a resource in the API server's order, of one namespace or of all.
    pub fn list<'a>(
        &'a self,
        resource: &str,
        namespace: Option<&str>,
    ) -> Box<dyn DoubleEndedIterator<Item = &'a Arc<Value>> + 'a> {
        let Some(collection) = self.collections.get(resource) else { return Box::new(std::iter::empty()) };
        match namespace {
            None | Some("") => Box::new(collection.objects.values()),
            // '0' follows '/': the keys of one namespace are one range.
            Some(namespace) => {
                let range = format!("{namespace}/")..format!("{namespace}0");
                Box::new(collection.objects.range(range).map(|(_, object)| object))
            }
        }
    }

    /// Objects of a resource that come after a key in the API server's order, with their keys.
    pub fn list_after<'a>(
        &'a self,
        resource: &str,
        namespace: &str,
        after: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Arc<Value>)> + use<'a> {
        use std::ops::Bound;
        let prefix = if namespace.is_empty() { String::new() } else { format!("{namespace}/") };
        let start = if after > prefix.as_str() { Bound::Excluded(after) } else { Bound::Included(prefix.as_str()) };
        let range = self.collections.get(resource).map(|all| all.objects.range::<str, _>((start, Bound::Unbounded)));
        range
            .into_iter()
            .flatten()
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(key, object)| (key.as_str(), object))
    }

    /// How many objects a resource has.
    pub fn count(&self, resource: &str) -> usize {
        self.collections.get(resource).map_or(0, |all| all.objects.len())
    }

    /// Pods bound to a node, in the API server's order; of the empty name, those bound to none. No scan.
    pub fn pods_on<'a>(&'a self, node: &str) -> impl Iterator<Item = &'a Arc<Value>> + use<'a> {
        self.indexed("pods", node)
    }

    /// Events about an object of that name, in the API server's order. No scan.
    pub fn events_about<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Arc<Value>> + use<'a> {
        self.indexed("events", name)
    }

    fn indexed<'a>(&'a self, resource: &str, term: &str) -> impl Iterator<Item = &'a Arc<Value>> + use<'a> {
        self.collections
            .get(resource)
            .and_then(|all| Some((all, all.index.get(term)?)))
            .into_iter()
            .flat_map(|(all, keys)| keys.iter().filter_map(|key| all.objects.get(key)))
    }

    /// Replaces an object. A `resourceVersion` in it must be the current one; without one the write is
    /// unconditional. `uid` and `creationTimestamp` stay. Writing what is there changes nothing.
    pub fn update(&mut self, resource: &str, mut object: Value) -> Result<Arc<Value>, StoreError> {
        let key = key_of(&object);
        let current =
            self.collections.get(resource).and_then(|all| all.objects.get(&key)).ok_or(StoreError::NotFound)?.clone();
        let metadata = object_mut(&mut object, "metadata");
        if let Some(version) = metadata.get("resourceVersion").and_then(Value::as_str)
            && !version.is_empty()
            && current["metadata"]["resourceVersion"] != version
        {
            return Err(StoreError::Conflict);
        }
        for field in ["uid", "creationTimestamp", "resourceVersion", "generation"] {
            match current["metadata"].get(field) {
                Some(value) => metadata.insert(field.into(), value.clone()),
                None => metadata.shift_remove(field),
            };
        }
        if object == *current {
            return Ok(current);
        }
        if has_generation(resource) && object["spec"] != current["spec"] {
            let generation = current["metadata"]["generation"].as_i64().unwrap_or(1) + 1;
            object["metadata"]["generation"] = generation.into();
        }
        Ok(self.put(resource, key, object))
    }

    /// Changes an object in place.
    pub fn modify(
        &mut self,
        resource: &str,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) -> Result<Arc<Value>, StoreError> {
        let mut object = Value::clone(self.get(resource, namespace, name).ok_or(StoreError::NotFound)?);
        change(&mut object);
        self.update(resource, object)
    }

    /// Removes an object at once and returns its last state.
    pub fn delete(&mut self, resource: &str, namespace: &str, name: &str) -> Result<Arc<Value>, StoreError> {
        let collection = self.collections.get_mut(resource).ok_or(StoreError::NotFound)?;
        let previous = collection.remove(resource, &key(namespace, name)).ok_or(StoreError::NotFound)?;
        self.version += 1;
        self.pod_moved(resource, Some(&previous), None);
        let mut last = Value::clone(&previous);
        last["metadata"]["resourceVersion"] = self.version.to_string().into();
        self.log.push(Change {
            version: self.version,
            resource: resource.to_string(),
            kind: ChangeKind::Deleted,
            object: Arc::new(last),
            previous: Some(previous.clone()),
        });
        Ok(previous)
    }

    /// Changes of a resource after a version, oldest first; `None` when some of them are forgotten.
    pub fn changes_since(&self, resource: &str, version: u64) -> Option<Vec<Change>> {
        self.log.since(resource, version)
    }

    fn put(&mut self, resource: &str, key: String, mut object: Value) -> Arc<Value> {
        self.version += 1;
        object_mut(&mut object, "metadata").insert("resourceVersion".into(), self.version.to_string().into());
        if let Some(fields) = object.as_object_mut() {
            fields.shift_remove("kind");
            fields.shift_remove("apiVersion");
        }
        let object = Arc::new(object);
        let collection = self.collections.entry(resource.to_string()).or_default();
        let previous = collection.put(resource, key, object.clone());
        self.pod_moved(resource, previous.as_deref(), Some(&object));
        self.log.push(Change {
            version: self.version,
            resource: resource.to_string(),
            kind: if previous.is_some() { ChangeKind::Modified } else { ChangeKind::Added },
            object: object.clone(),
            previous,
        });
        object
    }

    /// Notes whose pod has come, gone or changed; without controllers nobody asks.
    fn pod_moved(&mut self, resource: &str, before: Option<&Value>, after: Option<&Value>) {
        if resource == "pods" && !self.still {
            self.touched.pod(before, after);
        }
    }

    /// Random-looking bytes that depend on nothing but seed, purpose and counter.
    fn digest(&self, purpose: &str, counter: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(purpose.as_bytes());
        hash.update(counter.to_be_bytes());
        hash.finalize().into()
    }
}

/// A short name for a text: the first ten letters and digits of its hash.
pub(crate) fn short_hash(text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    suffix(&digest[..10])
}

/// A version 4 UUID from random-looking bytes.
fn uid(digest: &[u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The suffix that the API server appends to `generateName`: no vowels, nothing that looks like another letter.
fn suffix(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;

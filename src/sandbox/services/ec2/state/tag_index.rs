//! From a tag to the resources that carry it, so that a tag filter does not scan.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::cloud::TagMap;

/// Resource ids by tag key, then by value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagIndex(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl TagIndex {
    /// Records a tag.
    pub fn add(&mut self, id: &str, key: &str, value: &str) {
        let values = self.0.entry(key.to_owned()).or_default();
        values.entry(value.to_owned()).or_default().insert(id.to_owned());
    }

    /// Forgets a tag.
    pub fn remove(&mut self, id: &str, key: &str, value: &str) {
        let Some(values) = self.0.get_mut(key) else { return };
        if let Some(ids) = values.get_mut(value) {
            ids.remove(id);
            if ids.is_empty() {
                values.remove(value);
            }
        }
        if values.is_empty() {
            self.0.remove(key);
        }
    }

    /// Records all tags of a resource.
    pub fn add_all(&mut self, id: &str, tags: &TagMap) {
        for (key, value) in tags {
            self.add(id, key, value);
        }
    }

    /// Forgets all tags of a resource.
    pub fn remove_all(&mut self, id: &str, tags: &TagMap) {
        for (key, value) in tags {
            self.remove(id, key, value);
        }
    }

    /// Ids of the resources that have the tag.
    pub fn find<'a>(&'a self, key: &str, value: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.get(key).and_then(|values| values.get(value)).into_iter().flatten().map(String::as_str)
    }

    /// Ids of the resources that have the key, whatever its value.
    pub fn find_key<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.get(key).into_iter().flat_map(BTreeMap::values).flatten().map(String::as_str)
    }

    /// How many resources have the tag.
    pub fn count(&self, key: &str, value: &str) -> usize {
        self.0.get(key).and_then(|values| values.get(value)).map_or(0, BTreeSet::len)
    }
}

//! Labels and tags.

use super::cluster::Surroundings;
use super::{Fields, Reader};
use crate::domain::label;
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::tag;

impl Reader<'_> {
    pub(super) fn labels(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        for (key, (value, at)) in group.text_map("labels") {
            self.keep(at, label::validate_node_label(&key, &value));
            spec.labels.insert(key, value);
        }
    }

    /// The group's tags, then those of the cluster that it does not set itself.
    pub(super) fn tags(&mut self, group: &Fields, around: &Surroundings, spec: &mut NodegroupSpec) {
        let own = group.text_map("tags");
        for (key, (value, at)) in own.iter().chain(around.tags.iter().filter(|(key, _)| !own.contains_key(*key))) {
            self.keep(*at, tag::validate(key, value));
            spec.tags.insert(key.clone(), value.clone());
        }
    }
}

//! `minSize`, `maxSize` and `desiredCapacity`, with eksctl's defaults.

use super::{Fields, Reader};
use crate::domain::nodegroup::{NodegroupSpec, Size};

impl Reader<'_> {
    pub(super) fn size(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let desired = group.int("desiredCapacity");
        let min = group.int("minSize").or(desired).unwrap_or(2);
        let max = group.int("maxSize").or(desired).unwrap_or(min);
        let at = if max < min { "minSize" } else { "desiredCapacity" };
        let written = [at, "desiredCapacity", "minSize", "maxSize"].into_iter().find(|key| group.has(key));
        let at = written.map_or(group.at, |key| group.key_at(key));
        if let Some(size) = self.keep(at, Size::new(min, desired.unwrap_or(min), max)) {
            spec.size = size;
        }
    }
}

//! `minSize`, `maxSize` and `desiredCapacity`, with eksctl's defaults.

use super::{Fields, Reader};
use crate::domain::nodegroup::{NodegroupSpec, Size};

impl Reader<'_> {
    pub(super) fn size(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        let desired = self.int_field(fields, "desiredCapacity");
        let min = self.int_field(fields, "minSize").or(desired).unwrap_or(2);
        let max = self.int_field(fields, "maxSize").or(desired).unwrap_or(min);
        let written = ["desiredCapacity", "minSize", "maxSize"].into_iter().find_map(|key| fields.get(key));
        let at = written.map_or(fields.at, |entry| entry.at);
        if let Some(size) = self.keep(at, Size::new(min, desired.unwrap_or(min), max)) {
            spec.size = size;
        }
    }
}

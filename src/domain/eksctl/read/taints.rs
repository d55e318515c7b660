//! Taints in both of eksctl's spellings: a map of `value:Effect`, and a list.

use super::{Fields, Reader};
use crate::domain::code::Code;
use crate::domain::error::Error;
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::taint::{Taint, TaintEffect, duplicate};
use crate::domain::yaml::Value;

impl Reader<'_> {
    pub(super) fn taints(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let Some(entry) = group.get("taints") else { return };
        let path = group.path("taints");
        let (at, is_map) = (entry.at, matches!(entry.value.value, Value::Map(_)));
        let taints = if is_map { self.map_of_taints(group, &path) } else { self.list_of_taints(group) };
        if let Some(twice) = duplicate(&taints) {
            let message = format!("`{path}` has two taints with key `{}` and effect `{}`", twice.key, twice.effect);
            self.refuse(at, Code::InvalidTaint, message, "Kubernetes allows one of each key and effect");
        }
        spec.taints = taints;
    }

    fn map_of_taints(&mut self, group: &Fields, path: &str) -> Vec<Taint> {
        let entries = group.text_map("taints");
        let is = |key: &str| entries.contains_key(key);
        if is("key") && is("effect") && entries.keys().all(|key| ["key", "value", "effect"].contains(&key.as_str())) {
            let message =
                format!("`{path}` is one taint where a list of taints, or a map of key to `value:Effect`, must be");
            self.refuse(group.key_at("taints"), Code::InvalidTaint, message, "put `- ` before `key`");
            return Vec::new();
        }
        let mut taints = Vec::new();
        for (key, (text, at)) in entries {
            taints.extend(self.keep(at, Taint::from_map_entry(&key, &text)));
        }
        taints
    }

    fn list_of_taints(&mut self, group: &Fields) -> Vec<Taint> {
        let mut taints = Vec::new();
        for fields in group.maps("taints") {
            let Some(key) = fields.filled("key") else {
                let message = format!("`{}` must be set", fields.path("key"));
                self.fault(fields.key_at("key"), Error::new(Code::InvalidTaint, message));
                continue;
            };
            let value = fields.filled("value").unwrap_or_default();
            let effect = fields.filled("effect").unwrap_or_default();
            let Some(effect) = self.keep(fields.value_at("effect"), TaintEffect::parse(&effect)) else { continue };
            taints.extend(self.keep(fields.at, Taint::new(&key, &value, effect)));
        }
        taints
    }
}

//! Taints in both of eksctl's spellings: a map of `value:Effect`, and a list.

use std::rc::Rc;

use super::{Fields, Reader, schema};
use crate::domain::code::Code;
use crate::domain::error::Error;
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::taint::{Taint, TaintEffect, duplicate};
use crate::domain::yaml::{Entry, Mark, Node, Value};

impl Reader<'_> {
    pub(super) fn taints(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        let Some(entry) = fields.get("taints") else { return };
        let path = fields.path("taints");
        let taints = match &entry.value.value {
            Value::Map(entries) => self.map_of_taints(fields, entries, entry.at, &path),
            Value::List(items) => self.list_of_taints(items, &path),
            Value::Scalar { .. } => {
                let message = format!("`{path}` is {}, it must be a list or a map", entry.value.describe());
                self.refuse(
                    entry.value.at,
                    Code::DocumentValue,
                    message,
                    "for example `spotInstance: \"true:PreferNoSchedule\"`",
                );
                return;
            }
        };
        if let Some(twice) = duplicate(&taints) {
            let message = format!("`{path}` has two taints with key `{}` and effect `{}`", twice.key, twice.effect);
            self.refuse(entry.at, Code::InvalidTaint, message, "Kubernetes allows one of each key and effect");
        }
        spec.taints = taints;
    }

    fn map_of_taints(&mut self, fields: &Fields<'_>, entries: &[Entry], at: Mark, path: &str) -> Vec<Taint> {
        let is = |key: &str| entries.iter().any(|entry| entry.key == key);
        if is("key") && is("effect") && entries.iter().all(|entry| schema::TAINT.read.contains(&entry.key.as_str())) {
            let message =
                format!("`{path}` is one taint where a list of taints, or a map of key to `value:Effect`, must be");
            self.refuse(at, Code::InvalidTaint, message, "put `- ` before `key`");
            return Vec::new();
        }
        let mut taints = Vec::new();
        for (key, (text, at)) in self.text_map_field(fields, "taints") {
            taints.extend(self.keep(at, Taint::from_map_entry(&key, &text)));
        }
        taints
    }

    fn list_of_taints(&mut self, items: &[Rc<Node>], path: &str) -> Vec<Taint> {
        let mut taints = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let Some(fields) = self.fields(item, &path, &schema::TAINT) else { continue };
            let mut text = |key: &str| match fields.get(key) {
                Some(_) => self.text_field(&fields, key),
                None => Some((String::new(), fields.at)),
            };
            let (Some((key, _)), Some((value, _)), Some((effect, effect_at))) =
                (text("key"), text("value"), text("effect"))
            else {
                continue;
            };
            if fields.get("key").is_none() {
                self.fault(item.at, Error::new(Code::InvalidTaint, format!("`{path}.key` must be set")));
                continue;
            }
            let Some(effect) = self.keep(effect_at, TaintEffect::parse(&effect)) else { continue };
            taints.extend(self.keep(item.at, Taint::new(&key, &value, effect)));
        }
        taints
    }
}

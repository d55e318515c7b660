//! Instance types by name, and by what they are.

use super::{Fields, Reader};
use crate::domain::catalogue;
use crate::domain::code::Code;
use crate::domain::error::{Error, nearest};
use crate::domain::nodegroup::{InstanceSelector, NodegroupSpec};
use crate::domain::yaml::Mark;

impl Reader<'_> {
    /// Types by name. Those that the catalogue does not know are kept apart: EC2 may know them, or have known them.
    pub(super) fn types(&mut self, names: &[(String, Mark)], spec: &mut NodegroupSpec) {
        let mut known = Vec::new();
        for (name, at) in names {
            match catalogue::get(name) {
                Some(found) => known.push(found.clone()),
                None if is_type_name(name) && !spec.unknown_types.contains(name) => {
                    spec.unknown_types.push(name.clone());
                    let all = || catalogue::all().iter().map(|known| known.name.as_str());
                    let near = nearest(name, all()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    self.note(*at, format!("EC2 had no instance type `{name}` when the catalogue was made{near}"));
                }
                None if spec.unknown_types.contains(name) => {}
                None => {
                    let error = Error::new(Code::UnknownInstanceType, format!("EC2 has no instance type `{name}`"));
                    let all = || catalogue::all().iter().map(|known| known.name.as_str());
                    self.fault(
                        *at,
                        match nearest(name.trim(), all()) {
                            Some(near) => error.help(format!("did you mean `{near}`?")),
                            None => error.help("a type is written like `m5.xlarge`"),
                        },
                    );
                }
            }
        }
        spec.types = known.into_iter().collect();
    }

    /// `instanceSelector`: what it chooses must be what is named, where both are there.
    pub(super) fn selector(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let Some(fields) = group.fields("instanceSelector") else { return };
        let selector = InstanceSelector {
            vcpus: self.count(&fields, "vCPUs").filter(|count| *count > 0),
            memory: fields.filled("memory"),
            gpus: self.count(&fields, "gpus"),
            neuron_devices: self.count(&fields, "neuron_devices"),
            cpu_architecture: self.one_of(&fields, "cpuArchitecture", &["x86_64", "amd64", "arm64"]),
            allow: fields.filled("allow"),
            deny: fields.filled("deny"),
        };
        if selector.is_empty() {
            return;
        }
        let zones = group.bare_texts("availabilityZones");
        let Some(chosen) = self.keep(group.key_at("instanceSelector"), selector.expand(spec.region.as_deref(), &zones))
        else {
            return;
        };
        let mut named: Vec<&str> = spec.types.names();
        let mut matched: Vec<&str> = chosen.names();
        named.sort_unstable();
        matched.sort_unstable();
        if !named.is_empty() && named != matched {
            let message = format!("`{}` does not match the instance types that are named", fields.path);
            let help = format!("leave one of the two out; the selector matches {}", matched.join(", "));
            self.bad(group.key_at("instanceSelector"), message, help);
        }
        spec.types = chosen;
        spec.selector = Some(selector);
    }

    /// Types of two architectures cannot start from one image.
    pub(super) fn one_architecture(&mut self, at: Mark, spec: &NodegroupSpec) {
        let of = |wanted| spec.types.iter().filter(move |known| known.architecture == wanted);
        let Some(first) = spec.types.first() else { return };
        let other: Vec<&str> = spec
            .types
            .iter()
            .filter(|known| known.architecture != first.architecture)
            .map(|k| k.name.as_str())
            .collect();
        if !other.is_empty() {
            let mine: Vec<&str> = of(first.architecture).map(|known| known.name.as_str()).collect();
            let message = format!(
                "`{}` have another processor architecture than `{}`, and a group has one image",
                other.join("`, `"),
                mine.join("`, `")
            );
            self.bad(at, message, "make one group for each architecture");
        }
    }
}

/// A family that could be, of a size that other families have.
fn is_type_name(name: &str) -> bool {
    let Some((family, size)) = name.split_once('.') else { return false };
    let letters = family.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let shaped = letters.len() < family.len()
        && letters.starts_with(|c: char| c.is_ascii_digit())
        && letters.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    shaped && catalogue::all().iter().any(|known| known.size() == size)
}

//! One item of `nodeGroups`, and what it has in common with one of `managedNodeGroups`.

use super::cluster::Surroundings;
use super::{Fields, Reader};
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{Managed, NodegroupSpec, UpdateConfig, validate_name};

impl Reader<'_> {
    /// A self-managed group, or `None` when it has no name; its other faults are told one by one.
    pub(super) fn nodegroup(&mut self, group: &Fields, around: &Surroundings) -> Option<NodegroupSpec> {
        let mut spec = self.named(group, around)?;
        self.keep(group.value_at("name"), validate_name(&spec.name));
        self.image(group, &mut spec);
        self.types_and_distribution(group, &mut spec);
        self.size(group, &mut spec);
        self.base(group, around, &mut spec);
        self.group_settings(group, &mut spec);
        self.cpu_credits(group, &mut spec);
        spec.update_config = group.fields("updateConfig").map(|update| UpdateConfig {
            max_unavailable: update.int("maxUnavailable"),
            max_unavailable_percentage: update.int("maxUnavailablePercentage"),
        });
        // What follows from labels and taints anyway is no tag of the user's own.
        let derived = spec.template_tags();
        spec.tags.retain(|key, value| derived.get(key) != Some(value));
        Some(spec)
    }

    /// A group with a name.
    pub(super) fn named(&mut self, group: &Fields, around: &Surroundings) -> Option<NodegroupSpec> {
        let Some(name) = group.filled("name") else {
            let path = group.path("name");
            if !self.unresolved.contains(&path) {
                let help = "for example `name: dev-4vcpu-16gb-spot`";
                self.bad(group.key_at("name"), format!("`{path}` must be set"), help);
            }
            return None;
        };
        let mut spec = NodegroupSpec::new(name, &around.name, InstanceTypes::default());
        spec.region = around.region.clone();
        if group.path.starts_with("managed") {
            spec.managed = Some(Managed::default());
        }
        Some(spec)
    }

    /// What groups of both kinds have. Image and types are read before.
    pub(super) fn base(&mut self, group: &Fields, around: &Surroundings, spec: &mut NodegroupSpec) {
        self.volumes(group, spec);
        self.ssh(group, spec);
        self.iam(group, spec);
        self.labels(group, spec);
        self.taints(group, spec);
        self.tags(group, around, spec);
        self.network(group, around, spec);
        self.machine(group, spec);
        self.boot(group, spec);
    }
}

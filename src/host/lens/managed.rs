//! Managed node groups as a plan foresees them: what EKS would do to the Auto Scaling group behind one, and to its nodes.

use indexmap::IndexMap;
use k8s_openapi::api::core::v1::{Node, Taint as KubeTaint};

use super::imagined;
use super::plan::Foreseen;
use crate::domain::change::{Resource, State, UNKNOWN};
use crate::domain::cloud::{AutoScalingGroup, ManagedNodegroup};
use crate::domain::mutation::AwsMutation;
use crate::domain::nodegroup::Managed;

/// EKS's label for the name of a group.
const NAME_LABEL: &str = "eks.amazonaws.com/nodegroup";

/// The labels of a group's nodes: its own, and EKS's.
pub(super) fn labels(group: &ManagedNodegroup) -> IndexMap<String, String> {
    let mut labels = group.labels.clone();
    labels.insert(NAME_LABEL.to_owned(), group.name.clone());
    let capacity = if group.spot { "SPOT" } else { "ON_DEMAND" };
    labels.insert("eks.amazonaws.com/capacityType".to_owned(), capacity.to_owned());
    labels
}

/// The Auto Scaling group that EKS would make.
fn auto_scaling_group(group: &ManagedNodegroup, name: &str) -> AutoScalingGroup {
    let owned = || "owned".to_owned();
    AutoScalingGroup {
        name: name.to_owned(),
        arn: UNKNOWN.to_owned(),
        size: group.size,
        types: group.instance_types.clone(),
        distribution: Some(Managed::distribution(group.spot)),
        launch_template: None,
        launch_template_version: None,
        subnet_ids: group.subnet_ids.clone(),
        zones: vec![],
        tags: [
            ("eks:cluster-name".to_owned(), group.cluster.clone()),
            ("eks:nodegroup-name".to_owned(), group.name.clone()),
            ("k8s.io/cluster-autoscaler/enabled".to_owned(), "true".to_owned()),
            (format!("k8s.io/cluster-autoscaler/{}", group.cluster), owned()),
            (format!("kubernetes.io/cluster/{}", group.cluster), owned()),
        ]
        .into(),
        instances: vec![],
        health_check_type: "EC2".to_owned(),
        health_check_grace_seconds: 15,
        default_cooldown_seconds: 300,
        suspended_processes: vec![],
        termination_policies: vec!["Default".to_owned()],
        max_instance_lifetime: None,
        target_group_arns: vec![],
        load_balancers: vec![],
        enabled_metrics: vec![],
        service_linked_role_arn: None,
        status: None,
        created: None,
    }
}

impl Foreseen {
    /// The managed group behind an Auto Scaling group, as it would be.
    pub(super) fn nodegroup_of(&self, group: &AutoScalingGroup) -> Option<&ManagedNodegroup> {
        let (cluster, name) = (group.tags.get("eks:cluster-name")?, group.tags.get("eks:nodegroup-name")?);
        match self.now(&Resource::Nodegroup { cluster: cluster.clone(), name: name.clone() }) {
            Some(Some(State::Nodegroup(managed))) => Some(managed),
            _ => None,
        }
    }

    /// What EKS would do for a request about a managed group.
    pub(super) fn follow(&mut self, change: &AwsMutation, before: Option<&State>, after: Option<&State>) {
        let Some(State::Nodegroup(managed)) = after.or(before) else { return };
        let Some(name) = managed.auto_scaling_groups.first().cloned() else { return };
        let resource = Resource::AutoScalingGroup { name: name.clone() };
        let there = match self.now(&resource) {
            Some(Some(State::AutoScalingGroup(group))) => Some((**group).clone()),
            _ => None,
        };
        let mut then = match change {
            AwsMutation::CreateNodegroup(_) => auto_scaling_group(managed, &name),
            AwsMutation::UpdateNodegroupConfig { .. } => {
                AutoScalingGroup { size: managed.size, ..there.unwrap_or_else(|| auto_scaling_group(managed, &name)) }
            }
            AwsMutation::UpdateNodegroupVersion { .. } => {
                AutoScalingGroup { instances: vec![], ..there.unwrap_or_else(|| auto_scaling_group(managed, &name)) }
            }
            _ => {
                self.then.note(&resource, None);
                return;
            }
        };
        // Its nodes are those of the group as it would be.
        let key = Resource::Nodegroup { cluster: managed.cluster.clone(), name: managed.name.clone() };
        self.then.note(&key, after.cloned());
        let zones = self.zones(&then.subnet_ids);
        imagined::populate(&mut then, &zones);
        self.then.note(&resource, Some(State::AutoScalingGroup(Box::new(then))));
    }

    /// Gives a running node the labels and taints that EKS would give it.
    pub(super) fn as_managed(&self, node: &mut Node) {
        let Some(name) = node.metadata.labels.as_ref().and_then(|labels| labels.get(NAME_LABEL)).cloned() else {
            return;
        };
        let of_name =
            |resource: &&Resource| matches!(resource, Resource::Nodegroup { name: known, .. } if *known == name);
        let Some(resource) = self.then.iter().map(|(resource, _)| resource).find(of_name) else { return };
        let (Some(Some(State::Nodegroup(then))), Some(Some(State::Nodegroup(real)))) =
            (self.then.get(resource), self.real.get(resource))
        else {
            return;
        };
        let labels = node.metadata.labels.get_or_insert_default();
        labels.retain(|key, _| !real.labels.contains_key(key) || then.labels.contains_key(key));
        labels.extend(then.labels.clone());
        let spec = node.spec.get_or_insert_default();
        let mut taints = spec.taints.take().unwrap_or_default();
        let is = |there: &KubeTaint, one: &crate::domain::taint::Taint| {
            there.key == one.key && there.effect == one.effect.as_str()
        };
        taints.retain(|there| !real.taints.iter().chain(&then.taints).any(|one| is(there, one)));
        taints.extend(then.taints.iter().map(|one| KubeTaint {
            key: one.key.clone(),
            value: Some(one.value.clone()).filter(|value| !value.is_empty()),
            effect: one.effect.as_str().to_owned(),
            time_added: None,
        }));
        spec.taints = (!taints.is_empty()).then_some(taints);
    }
}

//! Instances and nodes as a plan foresees them: what is not decided before they start is marked so.

use indexmap::IndexMap;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Node, NodeCondition, NodeSpec, NodeStatus, Taint as KubeTaint};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};

use crate::domain::change::UNKNOWN;
use crate::domain::cloud::{AutoScalingGroup, GroupInstance, Instance, Lifecycle};
use crate::domain::desired::NODEGROUP_TAG;
use crate::domain::taint::Taint;

/// What the nodes of a group have in common.
pub(super) struct NodeTemplate {
    /// From the boot data.
    pub(super) labels: IndexMap<String, String>,
    /// From the boot data.
    pub(super) taints: Vec<Taint>,
    /// Of the group's subnets.
    pub(super) zones: Vec<String>,
}

/// Gives a group the members that it would have once it is at its desired size: those it has, without the surplus, and
/// imagined ones. Which type and zone these get is the allocation strategy's: the first type, and each zone in turn,
/// stand for it.
pub(super) fn populate(group: &mut AutoScalingGroup, zones: &[String]) {
    let desired = group.size.desired as usize;
    group.instances.retain(|one| !one.is_ending());
    group.instances.truncate(desired);
    let mut number = group.instances.len();
    while group.instances.len() < desired {
        number += 1;
        let id = format!("i-{UNKNOWN}-{}", short(group, number));
        // A member that was there has been replaced by one of this number.
        if group.instances.iter().any(|one| one.id == id) {
            continue;
        }
        group.instances.push(GroupInstance {
            id,
            instance_type: group.types.first().cloned().unwrap_or_default(),
            zone: zones.get((number - 1) % zones.len().max(1)).cloned().unwrap_or_default(),
            lifecycle_state: "InService".to_owned(),
            health_status: "Healthy".to_owned(),
            launch_template_version: group.launch_template_version.clone(),
            protected: false,
        });
    }
}

/// Tells the members of all groups apart: the group's own name, not that of its Auto Scaling group, and a number.
fn short(group: &AutoScalingGroup, number: usize) -> String {
    let name = group.tags.get(NODEGROUP_TAG).or_else(|| group.tags.get("eks:nodegroup-name")).unwrap_or(&group.name);
    format!("{name}-{number}")
}

/// EC2's view of an imagined member.
pub(super) fn instance(group: &AutoScalingGroup, id: &str) -> Option<Instance> {
    let index = group.instances.iter().position(|one| one.id == id)?;
    let member = group.instances.get(index)?;
    let on_demand = group.distribution.as_ref().is_none_or(|distribution| {
        let members = u32::try_from(group.instances.len()).unwrap_or(u32::MAX);
        index < distribution.on_demand_of(members) as usize
    });
    Some(Instance {
        id: id.to_owned(),
        instance_type: member.instance_type.clone(),
        zone: member.zone.clone(),
        lifecycle: if on_demand { Lifecycle::OnDemand } else { Lifecycle::Spot },
        state: "running".to_owned(),
        private_dns_name: node_name(member),
        private_ip: None,
        public_ip: None,
        instance_profile_arn: None,
        image_id: None,
        launched: None,
        state_reason: None,
        tags: group.tags.clone(),
    })
}

fn node_name(member: &GroupInstance) -> String {
    member.id.replacen("i-", "node-", 1)
}

/// The node that an imagined member would become.
pub(super) fn node(member: &GroupInstance, template: &NodeTemplate, at: Timestamp) -> Node {
    let name = node_name(member);
    let mut labels: std::collections::BTreeMap<String, String> =
        template.labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, value) in [
        ("kubernetes.io/hostname", &name),
        ("kubernetes.io/os", &"linux".to_owned()),
        ("node.kubernetes.io/instance-type", &member.instance_type),
        ("topology.kubernetes.io/zone", &member.zone),
    ] {
        labels.insert(key.to_owned(), value.clone());
    }
    let taints: Vec<KubeTaint> = template
        .taints
        .iter()
        .map(|taint| KubeTaint {
            key: taint.key.clone(),
            value: Some(taint.value.clone()).filter(|value| !value.is_empty()),
            effect: taint.effect.as_str().to_owned(),
            time_added: None,
        })
        .collect();
    Node {
        metadata: ObjectMeta {
            name: Some(name),
            labels: Some(labels),
            creation_timestamp: Some(Time(at)),
            ..ObjectMeta::default()
        },
        spec: Some(NodeSpec {
            provider_id: Some(format!("aws:///{}/{}", member.zone, member.id)),
            taints: (!taints.is_empty()).then_some(taints),
            ..NodeSpec::default()
        }),
        status: Some(NodeStatus {
            conditions: Some(vec![NodeCondition {
                type_: "Ready".to_owned(),
                status: "True".to_owned(),
                reason: Some("Planned".to_owned()),
                ..NodeCondition::default()
            }]),
            ..NodeStatus::default()
        }),
    }
}

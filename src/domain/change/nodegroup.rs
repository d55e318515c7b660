//! What requests about managed node groups do, and what takes them back.

use super::UNKNOWN;
use super::resource::State;
use crate::domain::cloud::{ManagedNodegroup, NodegroupTemplate};
use crate::domain::mutation::{AwsMutation as A, NodegroupConfig, NodegroupRequest};
use crate::domain::nodegroup::{NodeRepair, UpdateConfig};
use crate::domain::taint::Taint;

/// A group as CreateNodegroup makes it, once EKS is done.
pub(super) fn created(request: &NodegroupRequest, arn: String) -> ManagedNodegroup {
    ManagedNodegroup {
        cluster: request.cluster.clone(),
        name: request.name.clone(),
        arn,
        status: "ACTIVE".to_owned(),
        version: UNKNOWN.to_owned(),
        release_version: request.release_version.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        spot: request.spot,
        ami_type: request.ami_type.clone().unwrap_or_else(|| "CUSTOM".to_owned()),
        instance_types: request.instance_types.clone(),
        subnet_ids: request.subnet_ids.clone(),
        node_role: request.node_role.clone(),
        size: request.size,
        labels: request.labels.clone(),
        taints: request.taints.clone(),
        // What the request leaves to EKS.
        update_config: request
            .update_config
            .unwrap_or(UpdateConfig { max_unavailable: Some(1), max_unavailable_percentage: None }),
        node_repair: request.node_repair.clone(),
        launch_template: request.launch_template.clone(),
        auto_scaling_groups: vec![format!("eks-{}-{UNKNOWN}", request.name)],
        issues: vec![],
        tags: request.tags.clone(),
    }
}

fn same(a: &Taint, b: &Taint) -> bool {
    a.key == b.key && a.effect == b.effect
}

/// Changes of a group.
pub(super) fn change(mutation: &A, group: &mut ManagedNodegroup) {
    match mutation {
        A::UpdateNodegroupConfig { config, .. } => {
            group.size = config.size.unwrap_or(group.size);
            group.labels.retain(|key, _| !config.remove_labels.contains(key));
            group.labels.extend(config.set_labels.clone());
            let touched = config.remove_taints.iter().chain(&config.set_taints);
            let touched: Vec<&Taint> = touched.collect();
            group.taints.retain(|there| !touched.iter().any(|taint| same(taint, there)));
            group.taints.extend(config.set_taints.iter().cloned());
            group.update_config = config.update_config.unwrap_or(group.update_config);
            if config.node_repair.is_some() {
                group.node_repair.clone_from(&config.node_repair);
            }
        }
        A::UpdateNodegroupVersion { version, release_version, launch_template, .. } => {
            if let Some(version) = version {
                group.version.clone_from(version);
            }
            if let Some(release) = release_version {
                group.release_version.clone_from(release);
            }
            if let (Some(template), Some(there)) = (launch_template, &mut group.launch_template) {
                there.version.clone_from(&template.version);
            }
        }
        _ => {}
    }
}

/// The request that restores a group as it was `before`.
pub(super) fn inverse(mutation: &A, before: Option<&State>) -> Option<A> {
    let group = match before {
        Some(State::Nodegroup(group)) => Some(group),
        _ => None,
    };
    match mutation {
        A::CreateNodegroup(request) if group.is_none() => {
            Some(A::DeleteNodegroup { cluster: request.cluster.clone(), name: request.name.clone() })
        }
        A::UpdateNodegroupConfig { cluster, name, config, .. } => Some(A::UpdateNodegroupConfig {
            cluster: cluster.clone(),
            name: name.clone(),
            config: Box::new(restoring(group?, config)),
            client_token: String::new(),
        }),
        A::UpdateNodegroupVersion { cluster, name, release_version, launch_template, force, .. } => {
            let group = group?;
            Some(A::UpdateNodegroupVersion {
                cluster: cluster.clone(),
                name: name.clone(),
                // Kubernetes' version goes up only.
                version: None,
                release_version: release_version.as_ref().map(|_| group.release_version.clone()),
                launch_template: launch_template.as_ref().and(group.launch_template.as_ref()).map(by_name),
                force: *force,
                client_token: String::new(),
            })
        }
        A::DeleteNodegroup { .. } => Some(A::CreateNodegroup(Box::new(request(group?)))),
        _ => None,
    }
}

/// A change that takes `config` back.
fn restoring(group: &ManagedNodegroup, config: &NodegroupConfig) -> NodegroupConfig {
    let keys = || config.set_labels.keys().chain(&config.remove_labels);
    let taints = || config.set_taints.iter().chain(&config.remove_taints);
    let there = |taint: &Taint| group.taints.iter().find(|there| same(there, taint));
    NodegroupConfig {
        size: config.size.map(|_| group.size),
        set_labels: keys().filter_map(|key| Some((key.clone(), group.labels.get(key)?.clone()))).collect(),
        remove_labels: keys().filter(|key| !group.labels.contains_key(*key)).cloned().collect(),
        set_taints: taints().filter_map(there).cloned().collect(),
        remove_taints: taints().filter(|taint| there(taint).is_none()).cloned().collect(),
        update_config: config.update_config.map(|_| group.update_config),
        // A request that says nothing changes nothing: where there was none it is turned off.
        node_repair: config.node_repair.as_ref().map(|_| {
            let off = || NodeRepair { enabled: Some(false), ..NodeRepair::default() };
            group.node_repair.clone().unwrap_or_else(off)
        }),
    }
}

/// A template made anew has another id: its name stays.
fn by_name(template: &NodegroupTemplate) -> NodegroupTemplate {
    let id = template.id.clone().filter(|_| template.name.is_none());
    NodegroupTemplate { id, ..template.clone() }
}

/// The request that makes a group as it was.
fn request(group: &ManagedNodegroup) -> NodegroupRequest {
    let own_image = group.has_own_image();
    NodegroupRequest {
        cluster: group.cluster.clone(),
        name: group.name.clone(),
        node_role: group.node_role.clone(),
        size: group.size,
        spot: group.spot,
        ami_type: (!own_image).then(|| group.ami_type.clone()),
        release_version: (!own_image).then(|| group.release_version.clone()),
        instance_types: group.instance_types.clone(),
        subnet_ids: group.subnet_ids.clone(),
        labels: group.labels.clone(),
        taints: group.taints.clone(),
        launch_template: group.launch_template.as_ref().map(by_name),
        update_config: Some(group.update_config),
        node_repair: group.node_repair.clone(),
        tags: group.tags.clone(),
        client_token: String::new(),
    }
}

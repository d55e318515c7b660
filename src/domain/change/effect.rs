//! From the state before a request to the state after it.

use super::resource::{ConfigMapState, NodeState, State};
use super::{UNKNOWN, nodegroup};
use crate::domain::cloud::{
    AccessEntry, AutoScalingGroup, IngressRule, InstanceProfile, KeyPair, LaunchTemplate, Role, SecurityGroup,
};
use crate::domain::mutation::{AwsMutation as A, GroupRequest, KubeMutation as K, Mutation, Outcome};

/// Stands for every metric of a group: a request that names none enables them all, and AWS knows which.
pub const ALL_METRICS: &str = "all";

/// How a resource is after `mutation`, if it was as `before`. What only AWS can tell comes from `outcome`, or stands as
/// [`UNKNOWN`]. A request that the API would refuse (a thing made twice, a change of what is not there) has no effect.
pub fn effect(mutation: &Mutation, before: Option<&State>, outcome: Option<&Outcome>) -> Option<State> {
    let made =
        |pick: fn(&Outcome) -> Option<&String>| outcome.and_then(pick).cloned().unwrap_or_else(|| UNKNOWN.to_owned());
    let id = || made(|outcome| outcome.id.as_ref());
    let arn = || made(|outcome| outcome.arn.as_ref().or(outcome.id.as_ref()));
    match mutation {
        Mutation::Aws(mutation) => match (mutation, before.cloned()) {
            (A::CreateRole { name, trust_policy, tags, permissions_boundary, .. }, None) => Some(State::Role(Role {
                name: name.clone(),
                arn: arn(),
                trust: trust_policy.clone(),
                attached: Default::default(),
                inline: Default::default(),
                permissions_boundary: permissions_boundary.clone(),
                tags: tags.clone(),
            })),
            (A::CreateInstanceProfile { name, tags }, None) => Some(State::InstanceProfile(InstanceProfile {
                name: name.clone(),
                arn: arn(),
                roles: vec![],
                tags: tags.clone(),
            })),
            (A::CreateAccessEntry { entry_type, tags, .. }, None) => {
                Some(AccessEntry { kind: entry_type.clone(), tags: tags.clone() }.into())
            }
            (A::CreateSecurityGroup { name, vpc_id, tags, .. }, None) => Some(State::SecurityGroup(SecurityGroup {
                id: id(),
                name: name.clone(),
                vpc_id: vpc_id.clone(),
                ingress: vec![],
                tags: tags.clone(),
            })),
            (A::ImportKeyPair { name, public_key, tags }, None) => Some(State::KeyPair(KeyPair {
                name: name.clone(),
                fingerprint: None,
                public_key: Some(public_key.clone()),
                tags: tags.clone(),
            })),
            (A::CreateLaunchTemplate { name, data, tags, .. }, None) => {
                Some(State::LaunchTemplate(Box::new(LaunchTemplate {
                    id: id(),
                    name: name.clone(),
                    latest_version: 1,
                    data: (**data).clone(),
                    tags: tags.clone(),
                })))
            }
            (A::CreateNodegroup(request), None) => Some(State::Nodegroup(Box::new(nodegroup::created(request, arn())))),
            (A::CreateAutoScalingGroup(request), None) => {
                Some(State::AutoScalingGroup(Box::new(group(request, arn()))))
            }
            (
                A::DeleteRole { .. }
                | A::DeleteInstanceProfile { .. }
                | A::DeleteAccessEntry { .. }
                | A::DeleteSecurityGroup { .. }
                | A::DeleteKeyPair { .. }
                | A::DeleteLaunchTemplate { .. }
                | A::DeleteNodegroup { .. }
                | A::DeleteAutoScalingGroup { .. },
                _,
            ) => None,
            (mutation, Some(mut state)) => {
                change(mutation, &mut state);
                Some(state)
            }
            (_, None) => None,
        },
        Mutation::Kube(mutation) => match (mutation, before.cloned()) {
            (K::Evict { .. } | K::DeleteNode { .. } | K::DeleteConfigMap { .. }, _) => None,
            (K::Cordon { unschedulable, .. }, Some(State::Node(node))) => {
                Some(State::Node(NodeState { unschedulable: *unschedulable, ..node }))
            }
            (K::SetTaints { taints, .. }, Some(State::Node(node))) => {
                Some(State::Node(NodeState { taints: taints.clone(), ..node }))
            }
            (K::SetLabels { set, remove, .. }, Some(State::Node(mut node))) => {
                node.labels.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
                node.labels.retain(|key, _| !remove.contains(key));
                Some(State::Node(node))
            }
            (K::PutConfigMap { data, resource_version, .. }, _) => Some(State::ConfigMap(ConfigMapState {
                data: data.clone(),
                resource_version: resource_version.clone(),
            })),
            (_, before) => before,
        },
    }
}

/// Changes of what is there.
fn change(mutation: &A, state: &mut State) {
    match (mutation, state) {
        (A::AttachRolePolicy { policy_arn, .. }, State::Role(role)) => {
            role.attached.insert(policy_arn.clone());
        }
        (A::DetachRolePolicy { policy_arn, .. }, State::Role(role)) => {
            role.attached.remove(policy_arn);
        }
        (A::PutRolePolicy { policy, document, .. }, State::Role(role)) => {
            role.inline.insert(policy.clone(), document.clone());
        }
        (A::DeleteRolePolicy { policy, .. }, State::Role(role)) => {
            role.inline.remove(policy);
        }
        (A::PutRolePermissionsBoundary { permissions_boundary, .. }, State::Role(role)) => {
            role.permissions_boundary = Some(permissions_boundary.clone());
        }
        (A::DeleteRolePermissionsBoundary { .. }, State::Role(role)) => role.permissions_boundary = None,
        (A::AddRoleToInstanceProfile { role, .. }, State::InstanceProfile(profile))
            if !profile.roles.contains(role) =>
        {
            profile.roles.push(role.clone());
        }
        (A::RemoveRoleFromInstanceProfile { role, .. }, State::InstanceProfile(profile)) => {
            profile.roles.retain(|there| there != role);
        }
        (A::AuthorizeSecurityGroupIngress { rules, .. }, State::SecurityGroup(group)) => {
            let new: Vec<_> = rules.iter().filter(|rule| !has(group, rule)).cloned().collect();
            group.ingress.extend(new);
        }
        (A::RevokeSecurityGroupIngress { rules, .. }, State::SecurityGroup(group)) => {
            group.ingress.retain(|there| !rules.iter().any(|rule| there.lets_the_same_in(rule)));
        }
        (A::CreateLaunchTemplateVersion { data, .. }, State::LaunchTemplate(template)) => {
            template.latest_version += 1;
            template.data = (**data).clone();
        }
        (A::DeleteLaunchTemplateVersions { versions, .. }, State::LaunchTemplate(template)) => {
            while template.latest_version > 1 && versions.contains(&template.latest_version) {
                template.latest_version -= 1;
            }
        }
        (
            A::UpdateAutoScalingGroup {
                size,
                types,
                distribution,
                launch_template,
                subnet_ids,
                max_instance_lifetime,
                ..
            },
            State::AutoScalingGroup(group),
        ) => {
            group.size = size.unwrap_or(group.size);
            if let Some(types) = types {
                group.types.clone_from(types);
            }
            if let Some(distribution) = distribution {
                group.distribution = Some(distribution.clone());
            }
            if let Some(template) = launch_template {
                group.launch_template = Some(template.name.clone());
                group.launch_template_version = Some(template.version.clone());
            }
            if let Some(subnets) = subnet_ids {
                group.subnet_ids.clone_from(subnets);
            }
            if let Some(seconds) = max_instance_lifetime {
                group.max_instance_lifetime = Some(*seconds).filter(|seconds| *seconds > 0);
            }
        }
        (mutation, State::Nodegroup(group)) => nodegroup::change(mutation, group),
        (A::SuspendProcesses { processes, .. }, State::AutoScalingGroup(group)) => {
            add(&mut group.suspended_processes, processes);
        }
        (A::ResumeProcesses { processes, .. }, State::AutoScalingGroup(group)) => {
            group.suspended_processes.retain(|there| !processes.contains(there));
        }
        (A::EnableMetricsCollection { metrics, .. }, State::AutoScalingGroup(group)) => {
            let all = [ALL_METRICS.to_owned()];
            add(&mut group.enabled_metrics, if metrics.is_empty() { &all } else { metrics });
        }
        (A::DisableMetricsCollection { metrics, .. }, State::AutoScalingGroup(group)) => {
            group.enabled_metrics.retain(|there| !metrics.contains(there));
        }
        (A::CreateOrUpdateTags { tags, .. }, State::AutoScalingGroup(group)) => {
            group.tags.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        (A::TerminateInstanceInAutoScalingGroup { instance_id, decrement, .. }, State::AutoScalingGroup(group)) => {
            group.instances.retain(|one| one.id != *instance_id);
            group.size.desired = group.size.desired.saturating_sub(u32::from(*decrement));
        }
        (A::DeleteTags { keys, .. }, State::AutoScalingGroup(group)) => {
            group.tags.retain(|key, _| !keys.contains(key));
        }
        _ => {}
    }
}

fn add(list: &mut Vec<String>, more: &[String]) {
    let new: Vec<String> = more.iter().filter(|one| !list.contains(one)).cloned().collect();
    list.extend(new);
}

fn has(group: &SecurityGroup, rule: &IngressRule) -> bool {
    group.ingress.iter().any(|there| there.lets_the_same_in(rule))
}

/// A group as CreateAutoScalingGroup makes it, still without members.
fn group(request: &GroupRequest, arn: String) -> AutoScalingGroup {
    AutoScalingGroup {
        name: request.name.clone(),
        arn,
        size: request.size,
        types: request.types.clone(),
        distribution: Some(request.distribution.clone()),
        launch_template: Some(request.launch_template.name.clone()),
        launch_template_version: Some(request.launch_template.version.clone()),
        subnet_ids: request.subnet_ids.clone(),
        zones: vec![],
        tags: request.tags.clone(),
        instances: vec![],
        // What the request leaves to AWS.
        health_check_type: "EC2".to_owned(),
        health_check_grace_seconds: 0,
        default_cooldown_seconds: 300,
        suspended_processes: vec![],
        termination_policies: vec!["Default".to_owned()],
        max_instance_lifetime: request.max_instance_lifetime,
        target_group_arns: request.target_group_arns.clone(),
        load_balancers: request.load_balancers.clone(),
        enabled_metrics: vec![],
        service_linked_role_arn: None,
        status: None,
        created: None,
    }
}

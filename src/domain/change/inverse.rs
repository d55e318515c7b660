//! What takes a request back.

use super::nodegroup;
use super::resource::State;
use crate::domain::cloud::{AutoScalingGroup, IngressRule, LaunchTemplate, TagMap};
use crate::domain::mutation::{AwsMutation as A, GroupRequest, KubeMutation as K, LaunchTemplateRef, Mutation};

/// The requests that restore `before`, in order. `now` is the resource as it is: it has the id of what was made.
///
/// An eviction, the termination of an instance and the removal of a node object have none: pods come back elsewhere,
/// another instance is started, a node's instance is gone.
pub fn inverse(mutation: &Mutation, before: Option<&State>, now: Option<&State>) -> Vec<Mutation> {
    match (mutation, before) {
        (Mutation::Aws(A::CreateOrUpdateTags { group, tags }), Some(State::AutoScalingGroup(there))) => {
            retag(group, tags, &there.tags)
        }
        (Mutation::Aws(A::DeleteSecurityGroup { group_id }), Some(State::SecurityGroup(group))) => {
            let mut requests = vec![A::CreateSecurityGroup {
                name: group.name.clone(),
                description: "Restored by spotscript".to_owned(),
                vpc_id: group.vpc_id.clone(),
                tags: group.tags.clone(),
            }];
            if !group.ingress.is_empty() {
                let (group_id, rules) = (group_id.clone(), group.ingress.clone());
                requests.push(A::AuthorizeSecurityGroupIngress { group_id, rules });
            }
            requests.into_iter().map(Mutation::Aws).collect()
        }
        (Mutation::Aws(A::DeleteAutoScalingGroup { .. }), Some(State::AutoScalingGroup(there))) => {
            let made = request(there).map(|request| A::CreateAutoScalingGroup(Box::new(request)));
            made.into_iter().flat_map(|made| [made].into_iter().chain(settings(there))).map(Mutation::Aws).collect()
        }
        (Mutation::Aws(mutation), _) => aws(mutation, before, now).map(Mutation::Aws).into_iter().collect(),
        (Mutation::Kube(mutation), _) => kube(mutation, before).map(Mutation::Kube).into_iter().collect(),
    }
}

/// What a group is told once it is there. `Launch` is not suspended again: its nodes are still to come.
fn settings(group: &AutoScalingGroup) -> Vec<A> {
    let name = || group.name.clone();
    let mut requests = vec![];
    let processes = without(&group.suspended_processes, &["Launch".to_owned()]);
    if !processes.is_empty() {
        requests.push(A::SuspendProcesses { group: name(), processes });
    }
    if !group.enabled_metrics.is_empty() {
        let (granularity, metrics) = ("1Minute".to_owned(), group.enabled_metrics.clone());
        requests.push(A::EnableMetricsCollection { group: name(), granularity, metrics });
    }
    requests
}

/// Tags that were set: those that were there get their values back, the others go.
fn retag(group: &str, set: &TagMap, before: &TagMap) -> Vec<Mutation> {
    let old: TagMap = set.keys().filter_map(|key| Some((key.clone(), before.get(key)?.clone()))).collect();
    let new: Vec<String> = set.keys().filter(|key| !before.contains_key(*key)).cloned().collect();
    let mut requests = vec![];
    if !old.is_empty() {
        requests.push(A::CreateOrUpdateTags { group: group.to_owned(), tags: old });
    }
    if !new.is_empty() {
        requests.push(A::DeleteTags { group: group.to_owned(), keys: new });
    }
    requests.into_iter().map(Mutation::Aws).collect()
}

fn kube(mutation: &K, before: Option<&State>) -> Option<K> {
    match (mutation, before) {
        (K::Cordon { node, .. }, Some(State::Node(state))) => {
            Some(K::Cordon { node: node.clone(), unschedulable: state.unschedulable })
        }
        (K::SetTaints { node, .. }, Some(State::Node(state))) => {
            Some(K::SetTaints { node: node.clone(), taints: state.taints.clone(), resource_version: None })
        }
        (K::SetLabels { node, set, remove }, Some(State::Node(state))) => {
            let named = || set.keys().chain(remove);
            let old = named().filter_map(|key| Some((key.clone(), state.labels.get(key)?.clone())));
            let new = named().filter(|key| !state.labels.contains_key(*key)).cloned();
            Some(K::SetLabels { node: node.clone(), set: old.collect(), remove: new.collect() })
        }
        (K::PutConfigMap { namespace, name, .. } | K::DeleteConfigMap { namespace, name }, before) => match before {
            Some(State::ConfigMap(map)) => Some(K::PutConfigMap {
                namespace: namespace.clone(),
                name: name.clone(),
                data: map.data.clone(),
                resource_version: None,
            }),
            _ => Some(K::DeleteConfigMap { namespace: namespace.clone(), name: name.clone() }),
        },
        _ => None,
    }
}

fn aws(mutation: &A, before: Option<&State>, now: Option<&State>) -> Option<A> {
    match mutation {
        A::CreateNodegroup(_)
        | A::UpdateNodegroupConfig { .. }
        | A::UpdateNodegroupVersion { .. }
        | A::DeleteNodegroup { .. } => nodegroup::inverse(mutation, before),
        A::CreateRole { name, .. } if before.is_none() => Some(A::DeleteRole { name: name.clone() }),
        A::DeleteRole { name } => match before? {
            State::Role(role) => Some(A::CreateRole {
                name: name.clone(),
                trust_policy: role.trust.clone(),
                description: "Nodes of a group made by spotscript".to_owned(),
                tags: role.tags.clone(),
                permissions_boundary: role.permissions_boundary.clone(),
            }),
            _ => None,
        },
        A::AttachRolePolicy { role, policy_arn } => match before {
            Some(State::Role(before)) if before.attached.contains(policy_arn) => None,
            _ => Some(A::DetachRolePolicy { role: role.clone(), policy_arn: policy_arn.clone() }),
        },
        A::DetachRolePolicy { role, policy_arn } => match before? {
            State::Role(before) if before.attached.contains(policy_arn) => {
                Some(A::AttachRolePolicy { role: role.clone(), policy_arn: policy_arn.clone() })
            }
            _ => None,
        },
        A::PutRolePolicy { role, policy, .. } | A::DeleteRolePolicy { role, policy } => {
            let document = match before {
                Some(State::Role(before)) => before.inline.get(policy).cloned(),
                _ => None,
            };
            Some(match document {
                Some(document) => A::PutRolePolicy { role: role.clone(), policy: policy.clone(), document },
                None => A::DeleteRolePolicy { role: role.clone(), policy: policy.clone() },
            })
        }
        A::PutRolePermissionsBoundary { role, .. } | A::DeleteRolePermissionsBoundary { role } => match before? {
            State::Role(before) => Some(match before.permissions_boundary.clone() {
                Some(permissions_boundary) => {
                    A::PutRolePermissionsBoundary { role: role.clone(), permissions_boundary }
                }
                None => A::DeleteRolePermissionsBoundary { role: role.clone() },
            }),
            _ => None,
        },
        A::CreateInstanceProfile { name, .. } if before.is_none() => {
            Some(A::DeleteInstanceProfile { name: name.clone() })
        }
        A::DeleteInstanceProfile { name } => match before? {
            State::InstanceProfile(profile) => {
                Some(A::CreateInstanceProfile { name: name.clone(), tags: profile.tags.clone() })
            }
            _ => None,
        },
        A::AddRoleToInstanceProfile { profile, role } => match before {
            Some(State::InstanceProfile(before)) if before.roles.contains(role) => None,
            _ => Some(A::RemoveRoleFromInstanceProfile { profile: profile.clone(), role: role.clone() }),
        },
        A::RemoveRoleFromInstanceProfile { profile, role } => match before? {
            State::InstanceProfile(before) if before.roles.contains(role) => {
                Some(A::AddRoleToInstanceProfile { profile: profile.clone(), role: role.clone() })
            }
            _ => None,
        },
        A::CreateAccessEntry { cluster, principal_arn, .. } if before.is_none() => {
            Some(A::DeleteAccessEntry { cluster: cluster.clone(), principal_arn: principal_arn.clone() })
        }
        A::DeleteAccessEntry { cluster, principal_arn } => match before? {
            State::AccessEntry(state) => Some(A::CreateAccessEntry {
                cluster: cluster.clone(),
                principal_arn: principal_arn.clone(),
                entry_type: state.entry.kind.clone(),
                client_token: String::new(),
                tags: state.entry.tags.clone(),
            }),
            _ => None,
        },
        A::CreateSecurityGroup { .. } if before.is_none() => match now? {
            State::SecurityGroup(group) => Some(A::DeleteSecurityGroup { group_id: group.id.clone() }),
            _ => None,
        },
        A::AuthorizeSecurityGroupIngress { group_id, rules } => {
            let rules = rules_where(rules, before, false);
            (!rules.is_empty()).then(|| A::RevokeSecurityGroupIngress { group_id: group_id.clone(), rules })
        }
        A::RevokeSecurityGroupIngress { group_id, rules } => {
            let rules = rules_where(rules, before, true);
            (!rules.is_empty()).then(|| A::AuthorizeSecurityGroupIngress { group_id: group_id.clone(), rules })
        }
        A::ImportKeyPair { name, .. } if before.is_none() => Some(A::DeleteKeyPair { name: name.clone() }),
        // Without the key there is nothing to import: `undo` says so.
        A::DeleteKeyPair { name } => match before? {
            State::KeyPair(pair) => Some(A::ImportKeyPair {
                name: name.clone(),
                public_key: pair.public_key.clone()?,
                tags: pair.tags.clone(),
            }),
            _ => None,
        },
        A::CreateLaunchTemplate { name, .. } if before.is_none() => {
            Some(A::DeleteLaunchTemplate { name: name.clone() })
        }
        A::CreateLaunchTemplateVersion { name, .. } => match before? {
            State::LaunchTemplate(template) => Some(A::DeleteLaunchTemplateVersions {
                name: name.clone(),
                versions: vec![template.latest_version + 1],
            }),
            _ => None,
        },
        A::DeleteLaunchTemplate { name } => match before? {
            State::LaunchTemplate(template) => Some(A::CreateLaunchTemplate {
                name: name.clone(),
                data: Box::new(template.data.clone()),
                client_token: String::new(),
                tags: own_tags(template),
            }),
            _ => None,
        },
        A::DeleteLaunchTemplateVersions { name, versions } => match before? {
            State::LaunchTemplate(template) if versions.contains(&template.latest_version) => {
                Some(A::CreateLaunchTemplateVersion {
                    name: name.clone(),
                    data: Box::new(template.data.clone()),
                    client_token: String::new(),
                })
            }
            _ => None,
        },
        A::CreateAutoScalingGroup(request) if before.is_none() => {
            Some(A::DeleteAutoScalingGroup { name: request.name.clone(), force: true })
        }
        A::UpdateAutoScalingGroup {
            name,
            size,
            types,
            distribution,
            launch_template,
            subnet_ids,
            max_instance_lifetime,
        } => match before? {
            State::AutoScalingGroup(group) => Some(A::UpdateAutoScalingGroup {
                name: name.clone(),
                size: size.map(|_| group.size),
                types: types.as_ref().map(|_| group.types.clone()),
                distribution: distribution.as_ref().and(group.distribution.clone()),
                launch_template: launch_template.as_ref().and_then(|_| template_of(group)),
                subnet_ids: subnet_ids.as_ref().map(|_| group.subnet_ids.clone()),
                max_instance_lifetime: max_instance_lifetime.map(|_| group.max_instance_lifetime.unwrap_or(0)),
            }),
            _ => None,
        },
        A::SuspendProcesses { group, processes } => match before? {
            State::AutoScalingGroup(there) => {
                let processes = without(processes, &there.suspended_processes);
                (!processes.is_empty()).then(|| A::ResumeProcesses { group: group.clone(), processes })
            }
            _ => None,
        },
        A::ResumeProcesses { group, processes } => match before? {
            State::AutoScalingGroup(there) => {
                let suspended = |one: &&String| there.suspended_processes.contains(one);
                let processes: Vec<String> = processes.iter().filter(suspended).cloned().collect();
                (!processes.is_empty()).then(|| A::SuspendProcesses { group: group.clone(), processes })
            }
            _ => None,
        },
        A::EnableMetricsCollection { group, metrics, .. } => match before? {
            State::AutoScalingGroup(there) => {
                // A request that names none enables them all.
                let enabled = match now {
                    Some(State::AutoScalingGroup(now)) if metrics.is_empty() => &now.enabled_metrics,
                    _ => metrics,
                };
                let metrics = without(enabled, &there.enabled_metrics);
                (!metrics.is_empty()).then(|| A::DisableMetricsCollection { group: group.clone(), metrics })
            }
            _ => None,
        },
        A::DisableMetricsCollection { group, metrics } => Some(A::EnableMetricsCollection {
            group: group.clone(),
            granularity: "1Minute".to_owned(),
            metrics: metrics.clone(),
        }),
        A::DeleteTags { group, keys } => match before? {
            State::AutoScalingGroup(there) => {
                let old = keys.iter().filter_map(|key| Some((key.clone(), there.tags.get(key)?.clone()))).collect();
                Some(A::CreateOrUpdateTags { group: group.clone(), tags: old })
            }
            _ => None,
        },
        // The sizes are restored by what was done to them; a machine that is gone does not come back.
        A::TerminateInstanceInAutoScalingGroup { .. }
        | A::CreateOrUpdateTags { .. }
        | A::DeleteSecurityGroup { .. }
        | A::DeleteAutoScalingGroup { .. }
        | A::CreateRole { .. }
        | A::CreateInstanceProfile { .. }
        | A::CreateAccessEntry { .. }
        | A::CreateSecurityGroup { .. }
        | A::ImportKeyPair { .. }
        | A::CreateLaunchTemplate { .. }
        | A::CreateAutoScalingGroup(_) => None,
    }
}

fn without(these: &[String], there: &[String]) -> Vec<String> {
    these.iter().filter(|one| !there.contains(one)).cloned().collect()
}

/// Of these rules, those that were there before, or those that were not.
fn rules_where(rules: &[IngressRule], before: Option<&State>, there: bool) -> Vec<IngressRule> {
    let old: &[IngressRule] = match before {
        Some(State::SecurityGroup(group)) => &group.ingress,
        _ => &[],
    };
    rules.iter().filter(|rule| old.iter().any(|known| known.lets_the_same_in(rule)) == there).cloned().collect()
}

fn template_of(group: &AutoScalingGroup) -> Option<LaunchTemplateRef> {
    Some(LaunchTemplateRef {
        name: group.launch_template.clone()?,
        version: group.launch_template_version.clone().unwrap_or_else(|| "$Default".to_owned()),
    })
}

/// The request that makes a group as it was. A restored template begins at version 1 again.
fn request(group: &AutoScalingGroup) -> Option<GroupRequest> {
    Some(GroupRequest {
        name: group.name.clone(),
        size: group.size,
        types: group.types.clone(),
        distribution: group.distribution.clone()?,
        launch_template: template_of(group)?,
        subnet_ids: group.subnet_ids.clone(),
        tags: group.tags.clone(),
        max_instance_lifetime: group.max_instance_lifetime,
        target_group_arns: group.target_group_arns.clone(),
        load_balancers: group.load_balancers.clone(),
    })
}

/// The tags of a template itself. AWS's answer about versions does not tell them; what it launches carries the same,
/// beside a name.
fn own_tags(template: &LaunchTemplate) -> TagMap {
    if !template.tags.is_empty() {
        return template.tags.clone();
    }
    let instance = template.data.tag_specifications.iter().find(|one| one.resource_type == "instance");
    let tags = instance.map(|one| one.tags.clone()).unwrap_or_default();
    tags.into_iter().filter(|(key, _)| key != "Name").collect()
}

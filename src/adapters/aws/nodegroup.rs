//! EKS: managed node groups and their updates.

use async_trait::async_trait;
use aws_sdk_eks::types as sdk;
use indexmap::IndexMap;

use super::AwsCloud;
use super::convert::{signed, unsigned};
use super::eks::{NOT_FOUND, sorted};
use super::error::{failed, is};
use crate::domain::Code;
use crate::domain::cloud::{HealthIssue, ManagedNodegroup, NodegroupTemplate, NodegroupUpdate};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{NodegroupConfig, NodegroupRequest, Outcome};
use crate::domain::nodegroup::{NodeRepair, RepairOverride, Size, UpdateConfig};
use crate::domain::taint::{Taint, TaintEffect};
use crate::ports::Nodegroups;

/// What UpdateNodegroupVersion changes; `None` is: unchanged.
pub(super) struct VersionUpdate<'a> {
    pub(super) version: Option<&'a str>,
    pub(super) release_version: Option<&'a str>,
    pub(super) launch_template: Option<&'a NodegroupTemplate>,
    pub(super) force: bool,
}

#[async_trait]
impl Nodegroups for AwsCloud {
    async fn nodegroup(&self, cluster: &str, name: &str) -> Result<Option<ManagedNodegroup>> {
        match self.eks().describe_nodegroup().cluster_name(cluster).nodegroup_name(name).send().await {
            Ok(answer) => Ok(answer.nodegroup.map(from_sdk)),
            Err(e) if is(&e, NOT_FOUND) => Ok(None),
            Err(e) => Err(failed(&format!("describe managed node group `{name}`"), &e)),
        }
    }

    async fn nodegroup_names(&self, cluster: &str) -> Result<Vec<String>> {
        let pages = self.eks().list_nodegroups().cluster_name(cluster).into_paginator().items().send();
        pages.try_collect().await.map_err(|e| failed(&format!("list the managed node groups of `{cluster}`"), &e))
    }

    async fn nodegroup_update(&self, cluster: &str, name: &str, id: &str) -> Result<Option<NodegroupUpdate>> {
        match self.eks().describe_update().name(cluster).nodegroup_name(name).update_id(id).send().await {
            Ok(answer) => Ok(answer.update.map(|update| NodegroupUpdate {
                id: update.id.unwrap_or_default(),
                status: update.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
                errors: update
                    .errors
                    .unwrap_or_default()
                    .into_iter()
                    .map(|error| HealthIssue {
                        code: error.error_code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
                        message: error.error_message.unwrap_or_default(),
                        resource_ids: error.resource_ids.unwrap_or_default(),
                    })
                    .collect(),
            })),
            Err(e) if is(&e, NOT_FOUND) => Ok(None),
            Err(e) => Err(failed(&format!("describe update {id} of node group `{name}`"), &e)),
        }
    }
}

impl AwsCloud {
    pub(super) async fn create_nodegroup(&self, group: &NodegroupRequest) -> Result<Outcome> {
        let capacity = if group.spot { sdk::CapacityTypes::Spot } else { sdk::CapacityTypes::OnDemand };
        let types = Some(group.instance_types.clone()).filter(|types| !types.is_empty());
        let request = self
            .eks()
            .create_nodegroup()
            .cluster_name(&group.cluster)
            .nodegroup_name(&group.name)
            .node_role(&group.node_role)
            .scaling_config(scaling(group.size)?)
            .capacity_type(capacity)
            .set_ami_type(group.ami_type.as_deref().map(sdk::AmiTypes::from))
            .set_release_version(group.release_version.clone())
            .set_instance_types(types)
            .set_subnets(Some(group.subnet_ids.clone()))
            .set_labels(Some(group.labels.clone().into_iter().collect()))
            .set_taints(Some(group.taints.iter().map(taint).collect()))
            .set_launch_template(group.launch_template.as_ref().map(template))
            .set_update_config(group.update_config.map(unavailable).transpose()?)
            .set_node_repair_config(group.node_repair.as_ref().map(repair).transpose()?)
            .set_tags(Some(group.tags.clone().into_iter().collect()))
            .client_request_token(&group.client_token);
        match request.send().await {
            Ok(answer) => Ok(Outcome { id: None, arn: answer.nodegroup.and_then(|group| group.nodegroup_arn) }),
            Err(e) => Err(failed(&format!("create managed node group `{}`", group.name), &e)),
        }
    }

    pub(super) async fn update_nodegroup_config(
        &self,
        cluster: &str,
        name: &str,
        config: &NodegroupConfig,
        client_token: &str,
    ) -> Result<Outcome> {
        let labels = (!config.set_labels.is_empty() || !config.remove_labels.is_empty()).then(|| {
            sdk::UpdateLabelsPayload::builder()
                .set_add_or_update_labels(
                    (!config.set_labels.is_empty()).then(|| config.set_labels.clone().into_iter().collect()),
                )
                .set_remove_labels(some(config.remove_labels.clone()))
                .build()
        });
        let taints = (!config.set_taints.is_empty() || !config.remove_taints.is_empty()).then(|| {
            sdk::UpdateTaintsPayload::builder()
                .set_add_or_update_taints(some(config.set_taints.iter().map(taint).collect()))
                .set_remove_taints(some(config.remove_taints.iter().map(taint).collect()))
                .build()
        });
        let request = self
            .eks()
            .update_nodegroup_config()
            .cluster_name(cluster)
            .nodegroup_name(name)
            .set_scaling_config(config.size.map(scaling).transpose()?)
            .set_labels(labels)
            .set_taints(taints)
            .set_update_config(config.update_config.map(unavailable).transpose()?)
            .set_node_repair_config(config.node_repair.as_ref().map(repair).transpose()?)
            .client_request_token(client_token);
        match request.send().await {
            Ok(answer) => Ok(Outcome { id: answer.update.and_then(|update| update.id), arn: None }),
            Err(e) => Err(failed(&format!("update managed node group `{name}`"), &e)),
        }
    }

    pub(super) async fn update_nodegroup_version(
        &self,
        cluster: &str,
        name: &str,
        update: VersionUpdate<'_>,
        client_token: &str,
    ) -> Result<Outcome> {
        let request = self
            .eks()
            .update_nodegroup_version()
            .cluster_name(cluster)
            .nodegroup_name(name)
            .set_version(update.version.map(str::to_owned))
            .set_release_version(update.release_version.map(str::to_owned))
            .set_launch_template(update.launch_template.map(template))
            .force(update.force)
            .client_request_token(client_token);
        match request.send().await {
            Ok(answer) => Ok(Outcome { id: answer.update.and_then(|update| update.id), arn: None }),
            Err(e) => Err(failed(&format!("replace the nodes of managed node group `{name}`"), &e)),
        }
    }

    pub(super) async fn delete_nodegroup(&self, cluster: &str, name: &str) -> Result<Outcome> {
        match self.eks().delete_nodegroup().cluster_name(cluster).nodegroup_name(name).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete managed node group `{name}`"), &e)),
        }
    }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn scaling(size: Size) -> Result<sdk::NodegroupScalingConfig> {
    Ok(sdk::NodegroupScalingConfig::builder()
        .min_size(signed(size.min, "min")?)
        .max_size(signed(size.max, "max")?)
        .desired_size(signed(size.desired, "desired")?)
        .build())
}

fn template(template: &NodegroupTemplate) -> sdk::LaunchTemplateSpecification {
    sdk::LaunchTemplateSpecification::builder()
        .set_id(template.id.clone())
        // EKS takes the one or the other.
        .set_name(template.name.clone().filter(|_| template.id.is_none()))
        .set_version(Some(template.version.clone()).filter(|version| version != "$Default"))
        .build()
}

fn taint(taint: &Taint) -> sdk::Taint {
    let effect = match taint.effect {
        TaintEffect::NoSchedule => sdk::TaintEffect::NoSchedule,
        TaintEffect::PreferNoSchedule => sdk::TaintEffect::PreferNoSchedule,
        TaintEffect::NoExecute => sdk::TaintEffect::NoExecute,
    };
    let value = Some(taint.value.clone()).filter(|value| !value.is_empty());
    sdk::Taint::builder().key(&taint.key).set_value(value).effect(effect).build()
}

fn number(value: i64, what: &str) -> Result<i32> {
    i32::try_from(value).map_err(|_| Error::new(Code::InvalidValue, format!("`{what}` is {value}")))
}

fn unavailable(config: UpdateConfig) -> Result<sdk::NodegroupUpdateConfig> {
    let of = |value: Option<i64>, what: &str| value.map(|value| number(value, what)).transpose();
    Ok(sdk::NodegroupUpdateConfig::builder()
        .set_max_unavailable(of(config.max_unavailable, "maxUnavailable")?)
        .set_max_unavailable_percentage(of(config.max_unavailable_percentage, "maxUnavailablePercentage")?)
        .build())
}

fn repair(repair: &NodeRepair) -> Result<sdk::NodeRepairConfig> {
    let of = |value: Option<i64>| value.map(|value| number(value, "nodeRepairConfig")).transpose();
    let overrides = repair.overrides.iter().map(|one| {
        Ok(sdk::NodeRepairConfigOverrides::builder()
            .set_node_monitoring_condition(one.condition.clone())
            .set_node_unhealthy_reason(one.reason.clone())
            .set_min_repair_wait_time_mins(of(one.wait_minutes)?)
            .set_repair_action(one.action.as_deref().map(sdk::RepairAction::from))
            .build())
    });
    Ok(sdk::NodeRepairConfig::builder()
        .set_enabled(repair.enabled)
        .set_max_unhealthy_node_threshold_percentage(of(repair.unhealthy_threshold_percentage)?)
        .set_max_unhealthy_node_threshold_count(of(repair.unhealthy_threshold_count)?)
        .set_max_parallel_nodes_repaired_percentage(of(repair.parallel_percentage)?)
        .set_max_parallel_nodes_repaired_count(of(repair.parallel_count)?)
        .set_node_repair_config_overrides(some(overrides.collect::<Result<Vec<_>>>()?))
        .build())
}

fn from_sdk(group: sdk::Nodegroup) -> ManagedNodegroup {
    let size = group.scaling_config;
    let size = Size {
        min: unsigned(size.as_ref().and_then(|size| size.min_size)),
        desired: unsigned(size.as_ref().and_then(|size| size.desired_size)),
        max: unsigned(size.as_ref().and_then(|size| size.max_size)),
    };
    let issues = group.health.and_then(|health| health.issues).unwrap_or_default();
    let resources = group.resources.and_then(|resources| resources.auto_scaling_groups).unwrap_or_default();
    let mut labels: IndexMap<String, String> = group.labels.unwrap_or_default().into_iter().collect();
    // EKS gives them in no order.
    labels.sort_unstable_keys();
    let update = group.update_config;
    ManagedNodegroup {
        cluster: group.cluster_name.unwrap_or_default(),
        name: group.nodegroup_name.unwrap_or_default(),
        arn: group.nodegroup_arn.unwrap_or_default(),
        status: group.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        version: group.version.unwrap_or_default(),
        release_version: group.release_version.unwrap_or_default(),
        spot: group.capacity_type == Some(sdk::CapacityTypes::Spot),
        ami_type: group.ami_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        instance_types: group.instance_types.unwrap_or_default(),
        subnet_ids: group.subnets.unwrap_or_default(),
        node_role: group.node_role.unwrap_or_default(),
        size,
        labels,
        taints: group.taints.unwrap_or_default().into_iter().filter_map(taint_from_sdk).collect(),
        update_config: UpdateConfig {
            max_unavailable: update.as_ref().and_then(|it| it.max_unavailable).map(i64::from),
            max_unavailable_percentage: update.and_then(|it| it.max_unavailable_percentage).map(i64::from),
        },
        node_repair: group.node_repair_config.map(repair_from_sdk),
        launch_template: group.launch_template.map(|template| NodegroupTemplate {
            id: template.id,
            name: template.name,
            version: template.version.unwrap_or_default(),
        }),
        auto_scaling_groups: resources.into_iter().filter_map(|group| group.name).collect(),
        issues: issues
            .into_iter()
            .map(|issue| HealthIssue {
                code: issue.code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
                message: issue.message.unwrap_or_default(),
                resource_ids: issue.resource_ids.unwrap_or_default(),
            })
            .collect(),
        tags: sorted(group.tags.unwrap_or_default()),
    }
}

fn taint_from_sdk(taint: sdk::Taint) -> Option<Taint> {
    let effect = match taint.effect? {
        sdk::TaintEffect::NoSchedule => TaintEffect::NoSchedule,
        sdk::TaintEffect::PreferNoSchedule => TaintEffect::PreferNoSchedule,
        sdk::TaintEffect::NoExecute => TaintEffect::NoExecute,
        _ => return None,
    };
    Some(Taint { key: taint.key.unwrap_or_default(), value: taint.value.unwrap_or_default(), effect })
}

fn repair_from_sdk(repair: sdk::NodeRepairConfig) -> NodeRepair {
    NodeRepair {
        enabled: repair.enabled,
        unhealthy_threshold_percentage: repair.max_unhealthy_node_threshold_percentage.map(i64::from),
        unhealthy_threshold_count: repair.max_unhealthy_node_threshold_count.map(i64::from),
        parallel_percentage: repair.max_parallel_nodes_repaired_percentage.map(i64::from),
        parallel_count: repair.max_parallel_nodes_repaired_count.map(i64::from),
        overrides: repair
            .node_repair_config_overrides
            .unwrap_or_default()
            .into_iter()
            .map(|one| RepairOverride {
                condition: one.node_monitoring_condition,
                reason: one.node_unhealthy_reason,
                wait_minutes: one.min_repair_wait_time_mins.map(i64::from),
                action: one.repair_action.map(|action| action.as_str().to_owned()),
            })
            .collect(),
    }
}

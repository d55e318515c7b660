//! Groups by name and by tag, and scaling activities.

use async_trait::async_trait;
use aws_sdk_autoscaling::types as sdk;
use futures_util::future::try_join_all;

use super::policy;
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::convert::{tag_map, timestamp, unsigned};
use crate::adapters::aws::error::{Failure, failed, is};
use crate::domain::cloud::{ActivityStatus, AutoScalingGroup, GroupInstance, ScalingActivity};
use crate::domain::error::Result;
use crate::domain::nodegroup::Size;
use crate::ports::AutoScaling;

/// How many names go into one request.
const NAMES: usize = 100;

#[async_trait]
impl AutoScaling for AwsCloud {
    async fn group(&self, name: &str) -> Result<Option<AutoScalingGroup>> {
        let request = self.autoscaling().describe_auto_scaling_groups().auto_scaling_group_names(name);
        let answer = request.send().await.map_err(|e| failed(&format!("describe Auto Scaling group `{name}`"), &e))?;
        Ok(answer.auto_scaling_groups.unwrap_or_default().into_iter().next().map(group))
    }

    async fn groups(&self, names: &[String]) -> Result<Vec<AutoScalingGroup>> {
        let batch = async |names: &[String]| -> Result<Vec<AutoScalingGroup>> {
            let request = self.autoscaling().describe_auto_scaling_groups();
            // Without a page as large, AWS takes fifty names.
            let pages =
                request.set_auto_scaling_group_names(Some(names.to_vec())).max_records(100).into_paginator().items();
            let groups: Result<Vec<sdk::AutoScalingGroup>, Failure<_>> = pages.send().try_collect().await;
            let groups = groups.map_err(|e| failed("describe Auto Scaling groups", &e))?;
            Ok(groups.into_iter().map(group).collect())
        };
        let batches = try_join_all(names.chunks(NAMES).map(batch)).await?;
        Ok(batches.into_iter().flatten().collect())
    }

    async fn groups_by_tag(&self, keys: &[&str], value: &str) -> Result<Vec<AutoScalingGroup>> {
        let filter = |name: String| sdk::Filter::builder().name(name);
        let filters = match keys {
            [key] => vec![filter(format!("tag:{key}")).values(value).build()],
            // Together they mean more than is wanted; what is read is looked at once more below.
            keys => vec![
                filter("tag-key".to_owned())
                    .set_values(Some(keys.iter().map(|key| (*key).to_owned()).collect()))
                    .build(),
                filter("tag-value".to_owned()).values(value).build(),
            ],
        };
        let request = self.autoscaling().describe_auto_scaling_groups().set_filters(Some(filters));
        let pages = request.max_records(100).into_paginator().items();
        let groups: Result<Vec<sdk::AutoScalingGroup>, Failure<_>> = pages.send().try_collect().await;
        let groups = groups.map_err(|e| failed("describe Auto Scaling groups", &e))?;
        let groups = groups.into_iter().map(group);
        // Not every endpoint honours the filter.
        let wanted =
            |group: &AutoScalingGroup| keys.iter().any(|key| group.tags.get(*key).is_some_and(|found| found == value));
        Ok(groups.filter(wanted).collect())
    }

    async fn activities(&self, group: &str, limit: usize) -> Result<Vec<ScalingActivity>> {
        let pages = self
            .autoscaling()
            .describe_scaling_activities()
            .auto_scaling_group_name(group)
            .max_records(i32::try_from(limit).unwrap_or(100).clamp(1, 100))
            .into_paginator()
            .items();
        let mut pages = pages.send();
        let mut activities = vec![];
        while activities.len() < limit {
            match pages.next().await {
                Some(Ok(next)) => activities.extend(activity(next)),
                Some(Err(e)) if is(&e, &["ValidationError"]) => break, // the group is gone
                Some(Err(e)) => return Err(failed(&format!("describe scaling activities of `{group}`"), &e)),
                None => break,
            }
        }
        Ok(activities)
    }
}

pub(in crate::adapters::aws) fn group(group: sdk::AutoScalingGroup) -> AutoScalingGroup {
    let policy = group.mixed_instances_policy.as_ref();
    let template = policy
        .and_then(|policy| policy.launch_template.as_ref())
        .and_then(|template| template.launch_template_specification.as_ref())
        .or(group.launch_template.as_ref());
    AutoScalingGroup {
        arn: group.auto_scaling_group_arn.unwrap_or_default(),
        size: Size {
            min: unsigned(group.min_size),
            desired: unsigned(group.desired_capacity),
            max: unsigned(group.max_size),
        },
        types: policy.map(policy::types).unwrap_or_default(),
        distribution: policy.map(|policy| policy::from_sdk(policy, group.capacity_rebalance.unwrap_or_default())),
        launch_template: template.and_then(|template| template.launch_template_name.clone()),
        launch_template_version: template.and_then(|template| template.version.clone()),
        subnet_ids: group
            .vpc_zone_identifier
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect(),
        zones: group.availability_zones.unwrap_or_default(),
        tags: tag_map(group.tags.iter().flatten().map(|tag| (tag.key.as_deref(), tag.value.as_deref()))),
        instances: group.instances.unwrap_or_default().into_iter().map(instance).collect(),
        health_check_type: group.health_check_type.unwrap_or_default(),
        health_check_grace_seconds: group.health_check_grace_period.unwrap_or_default(),
        default_cooldown_seconds: group.default_cooldown.unwrap_or_default(),
        suspended_processes: group
            .suspended_processes
            .unwrap_or_default()
            .into_iter()
            .filter_map(|process| process.process_name)
            .collect(),
        termination_policies: group.termination_policies.unwrap_or_default(),
        max_instance_lifetime: group
            .max_instance_lifetime
            .and_then(|seconds| u32::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0),
        target_group_arns: group.target_group_arns.unwrap_or_default(),
        load_balancers: group.load_balancer_names.unwrap_or_default(),
        enabled_metrics: group.enabled_metrics.unwrap_or_default().into_iter().filter_map(|one| one.metric).collect(),
        service_linked_role_arn: group.service_linked_role_arn,
        status: group.status.filter(|status| !status.is_empty()),
        created: group.created_time.as_ref().and_then(timestamp),
        name: group.auto_scaling_group_name.unwrap_or_default(),
    }
}

fn instance(instance: sdk::Instance) -> GroupInstance {
    GroupInstance {
        id: instance.instance_id.unwrap_or_default(),
        instance_type: instance.instance_type.unwrap_or_default(),
        zone: instance.availability_zone.unwrap_or_default(),
        lifecycle_state: instance.lifecycle_state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        health_status: instance.health_status.unwrap_or_default(),
        launch_template_version: instance.launch_template.and_then(|template| template.version),
        protected: instance.protected_from_scale_in.unwrap_or_default(),
    }
}

fn activity(activity: sdk::Activity) -> Option<ScalingActivity> {
    let code = activity.status_code.map(|code| code.as_str().to_owned()).unwrap_or_default();
    Some(ScalingActivity {
        id: activity.activity_id?,
        description: activity.description.unwrap_or_default(),
        cause: activity.cause.unwrap_or_default(),
        status: match code.as_str() {
            "Successful" => ActivityStatus::Successful,
            "Failed" => ActivityStatus::Failed,
            "Cancelled" => ActivityStatus::Cancelled,
            _ => ActivityStatus::InProgress,
        },
        status_code: code,
        status_message: activity.status_message.filter(|text| !text.is_empty()),
        started: activity.start_time.as_ref().and_then(timestamp)?,
        ended: activity.end_time.as_ref().and_then(timestamp),
    })
}

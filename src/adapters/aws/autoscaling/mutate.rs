//! Changes of groups and their tags.

use aws_sdk_autoscaling::types as sdk;

use super::policy;
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::convert::signed;
use crate::adapters::aws::error::{failed, is, sentence};
use crate::domain::cloud::TagMap;
use crate::domain::desired::ROLL_TAG;
use crate::domain::error::Result;
use crate::domain::mutation::{GroupRequest, LaunchTemplateRef, Outcome};
use crate::domain::nodegroup::{Distribution, Size};

/// What an update of a group changes; `None` is: unchanged.
pub(in crate::adapters::aws) struct GroupUpdate<'a> {
    pub(in crate::adapters::aws) size: Option<Size>,
    pub(in crate::adapters::aws) types: Option<&'a [String]>,
    pub(in crate::adapters::aws) distribution: Option<&'a Distribution>,
    pub(in crate::adapters::aws) launch_template: Option<&'a LaunchTemplateRef>,
    pub(in crate::adapters::aws) subnet_ids: Option<&'a [String]>,
    pub(in crate::adapters::aws) max_instance_lifetime: Option<u32>,
}

impl AwsCloud {
    pub(in crate::adapters::aws) async fn create_group(&self, group: &GroupRequest) -> Result<Outcome> {
        let policy = policy::to_sdk(Some(&group.launch_template), Some(&group.types), Some(&group.distribution))?;
        let request = self
            .autoscaling()
            .create_auto_scaling_group()
            .auto_scaling_group_name(&group.name)
            .min_size(signed(group.size.min, "min")?)
            .max_size(signed(group.size.max, "max")?)
            .desired_capacity(signed(group.size.desired, "desired")?)
            .mixed_instances_policy(policy)
            .capacity_rebalance(group.distribution.capacity_rebalance)
            .vpc_zone_identifier(group.subnet_ids.join(","))
            .set_max_instance_lifetime(lifetime(group.max_instance_lifetime)?)
            .set_target_group_arns(some(&group.target_group_arns))
            .set_load_balancer_names(some(&group.load_balancers))
            .set_tags(Some(tags(&group.name, &group.tags)));
        request.send().await.map_err(|e| failed(&format!("create Auto Scaling group `{}`", group.name), &e))?;
        Ok(Outcome { id: Some(group.name.clone()), arn: None })
    }

    pub(in crate::adapters::aws) async fn update_group(&self, name: &str, update: GroupUpdate<'_>) -> Result<Outcome> {
        let GroupUpdate { size, types, distribution, launch_template, subnet_ids, max_instance_lifetime } = update;
        let mut request = self.autoscaling().update_auto_scaling_group().auto_scaling_group_name(name);
        if let Some(size) = size {
            request = request
                .min_size(signed(size.min, "min")?)
                .max_size(signed(size.max, "max")?)
                .desired_capacity(signed(size.desired, "desired")?);
        }
        if types.is_some() || distribution.is_some() || launch_template.is_some() {
            let distribution = distribution.map(policy::in_full);
            let policy = policy::to_sdk(launch_template, types, distribution.as_ref())?;
            request = request.mixed_instances_policy(policy);
        }
        if let Some(distribution) = distribution {
            request = request.capacity_rebalance(distribution.capacity_rebalance);
        }
        if max_instance_lifetime.is_some() {
            request = request.set_max_instance_lifetime(lifetime(max_instance_lifetime)?);
        }
        if let Some(subnets) = subnet_ids {
            request = request.vpc_zone_identifier(subnets.join(","));
        }
        request.send().await.map_err(|e| failed(&format!("update Auto Scaling group `{name}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn suspend(&self, group: &str, processes: &[String]) -> Result<Outcome> {
        let request = self.autoscaling().suspend_processes().auto_scaling_group_name(group);
        let answer = request.set_scaling_processes(Some(processes.to_vec())).send().await;
        answer.map_err(|e| failed(&format!("suspend processes of Auto Scaling group `{group}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn resume(&self, group: &str, processes: &[String]) -> Result<Outcome> {
        let request = self.autoscaling().resume_processes().auto_scaling_group_name(group);
        let answer = request.set_scaling_processes(Some(processes.to_vec())).send().await;
        answer.map_err(|e| failed(&format!("resume processes of Auto Scaling group `{group}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn enable_metrics(
        &self,
        group: &str,
        granularity: &str,
        metrics: &[String],
    ) -> Result<Outcome> {
        let request = self.autoscaling().enable_metrics_collection().auto_scaling_group_name(group);
        let answer = request.granularity(granularity).set_metrics(some(metrics)).send().await;
        answer.map_err(|e| failed(&format!("enable metrics of Auto Scaling group `{group}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn disable_metrics(&self, group: &str, metrics: &[String]) -> Result<Outcome> {
        let request = self.autoscaling().disable_metrics_collection().auto_scaling_group_name(group);
        let answer = request.set_metrics(some(metrics)).send().await;
        answer.map_err(|e| failed(&format!("disable metrics of Auto Scaling group `{group}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn put_tags(&self, group: &str, map: &TagMap) -> Result<Outcome> {
        let tags = tags(group, map);
        let request = self.autoscaling().create_or_update_tags().set_tags(Some(tags));
        request.send().await.map_err(|e| failed(&format!("tag Auto Scaling group `{group}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn delete_tags(&self, group: &str, keys: &[String]) -> Result<Outcome> {
        let map: TagMap = keys.iter().map(|key| (key.clone(), String::new())).collect();
        let request = self.autoscaling().delete_tags().set_tags(Some(tags(group, &map)));
        request.send().await.map_err(|e| failed(&format!("remove tags of Auto Scaling group `{group}`"), &e))?;
        Ok(Outcome::default())
    }

    /// An instance that is no member any more is what was asked for.
    pub(in crate::adapters::aws) async fn terminate_member(
        &self,
        group: &str,
        id: &str,
        decrement: bool,
    ) -> Result<Outcome> {
        let request = self.autoscaling().terminate_instance_in_auto_scaling_group().instance_id(id);
        match request.should_decrement_desired_capacity(decrement).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, &["ValidationError"]) && sentence(&e).contains("not found") => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("terminate instance `{id}` of Auto Scaling group `{group}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn delete_group(&self, name: &str, force: bool) -> Result<Outcome> {
        let request = self.autoscaling().delete_auto_scaling_group().auto_scaling_group_name(name).force_delete(force);
        match request.send().await {
            Ok(_) => Ok(Outcome::default()),
            // AWS has no code of its own for a group that is gone.
            Err(e) if is(&e, &["ValidationError"]) && sentence(&e).contains("not found") => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete Auto Scaling group `{name}`"), &e)),
        }
    }
}

/// A list that says something.
fn some(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}

fn lifetime(seconds: Option<u32>) -> Result<Option<i32>> {
    seconds.map(|seconds| signed(seconds, "max instance lifetime")).transpose()
}

/// Tags that instances get at launch too, except what is said about the group alone.
fn tags(group: &str, map: &TagMap) -> Vec<sdk::Tag> {
    let build = |(key, value): (&String, &String)| {
        sdk::Tag::builder()
            .resource_id(group)
            .resource_type("auto-scaling-group")
            .key(key)
            .value(value)
            .propagate_at_launch(key != ROLL_TAG)
            .build()
    };
    map.iter().map(build).collect()
}

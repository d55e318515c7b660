//! Listings of everything, with tags.

use async_trait::async_trait;
use aws_sdk_autoscaling::types::AutoScalingGroup as SdkGroup;
use aws_sdk_ec2::types::Filter;
use aws_sdk_iam::types::{InstanceProfile, Role};
use futures_util::future::try_join_all;

use super::AwsCloud;
use super::autoscaling::group_from_sdk;
use super::convert::tag_map;
use super::ec2::security_group_from_sdk;
use super::error::{Failure, failed, is};
use crate::domain::cloud::{AutoScalingGroup, SecurityGroup};
use crate::domain::error::Result;
use crate::domain::inventory::Tagged;
use crate::ports::{Belongings, Clusters, Identities};

#[async_trait]
impl Belongings for AwsCloud {
    async fn tagged_roles(&self, prefix: &str) -> Result<Vec<Tagged>> {
        let pages = self.iam().list_roles().into_paginator().items().send();
        let roles: Result<Vec<Role>, Failure<_>> = pages.try_collect().await;
        let roles = roles.map_err(|e| failed("list roles", &e))?;
        let names = roles.into_iter().map(|role| role.role_name).filter(|name| name.starts_with(prefix));
        // The listing has no tags.
        let tagged = names.map(|name| async move {
            match self.iam().list_role_tags().role_name(&name).send().await {
                Ok(answer) => {
                    let tags = tag_map(answer.tags.iter().map(|tag| (Some(tag.key()), Some(tag.value()))));
                    Ok(Some(Tagged { name, tags }))
                }
                Err(e) if is(&e, &["NoSuchEntity", "NoSuchEntityException"]) => Ok(None),
                Err(e) => Err(failed(&format!("list the tags of role `{name}`"), &e)),
            }
        });
        Ok(try_join_all(tagged).await?.into_iter().flatten().collect())
    }

    async fn tagged_profiles(&self, prefix: &str) -> Result<Vec<Tagged>> {
        let pages = self.iam().list_instance_profiles().into_paginator().items().send();
        let profiles: Result<Vec<InstanceProfile>, Failure<_>> = pages.try_collect().await;
        let profiles = profiles.map_err(|e| failed("list instance profiles", &e))?;
        let names = profiles.into_iter().map(|it| it.instance_profile_name).filter(|name| name.starts_with(prefix));
        let tagged = names.map(|name| async move { self.instance_profile(&name).await });
        let profiles = try_join_all(tagged).await?.into_iter().flatten();
        Ok(profiles.map(|profile| Tagged { name: profile.name, tags: profile.tags }).collect())
    }

    async fn tagged_templates(&self, key: &str) -> Result<Vec<Tagged>> {
        let request = self.ec2().describe_launch_templates().filters(filter("tag-key", key));
        let pages = request.into_paginator().items().send();
        let templates: Result<Vec<_>, Failure<_>> = pages.try_collect().await;
        let templates = templates.map_err(|e| failed("describe launch templates", &e))?;
        Ok(templates
            .into_iter()
            .map(|template| Tagged {
                tags: tag_map(template.tags().iter().map(|tag| (tag.key(), tag.value()))),
                name: template.launch_template_name.unwrap_or_default(),
            })
            .collect())
    }

    async fn tagged_security_groups(&self, key: &str) -> Result<Vec<SecurityGroup>> {
        let request = self.ec2().describe_security_groups().filters(filter("tag-key", key));
        let groups: Result<Vec<_>, Failure<_>> = request.into_paginator().items().send().try_collect().await;
        let groups = groups.map_err(|e| failed("describe security groups", &e))?;
        Ok(groups.into_iter().map(security_group_from_sdk).collect())
    }

    async fn tagged_key_pairs(&self, key: &str) -> Result<Vec<Tagged>> {
        // One request: EC2 has no pages here.
        let answer = self.ec2().describe_key_pairs().filters(filter("tag-key", key)).send().await;
        let pairs = answer.map_err(|e| failed("describe key pairs", &e))?.key_pairs.unwrap_or_default();
        Ok(pairs
            .into_iter()
            .map(|pair| Tagged {
                tags: tag_map(pair.tags().iter().map(|tag| (tag.key(), tag.value()))),
                name: pair.key_name.unwrap_or_default(),
            })
            .collect())
    }

    async fn tagged_access_entries(&self, cluster: &str, prefix: &str) -> Result<Vec<Tagged>> {
        let pages = self.eks().list_access_entries().cluster_name(cluster).into_paginator().items().send();
        let principals: Result<Vec<String>, Failure<_>> = pages.try_collect().await;
        let principals = match principals {
            Ok(principals) => principals,
            // A cluster that only reads `aws-auth` has none, and says so.
            Err(e) if is(&e, &["InvalidRequestException"]) => vec![],
            Err(e) => return Err(failed(&format!("list the access entries of cluster `{cluster}`"), &e)),
        };
        let begins = |arn: &String| arn.rsplit('/').next().is_some_and(|role| role.starts_with(prefix));
        let tagged = principals.into_iter().filter(begins).map(|name| async move {
            let entry = self.access_entry(cluster, &name).await?;
            Ok::<_, crate::domain::Error>(entry.map(|entry| Tagged { name, tags: entry.tags }))
        });
        Ok(try_join_all(tagged).await?.into_iter().flatten().collect())
    }

    async fn all_groups(&self) -> Result<Vec<AutoScalingGroup>> {
        let pages = self.autoscaling().describe_auto_scaling_groups().max_records(100).into_paginator().items();
        let groups: Result<Vec<SdkGroup>, Failure<_>> = pages.send().try_collect().await;
        let groups = groups.map_err(|e| failed("describe Auto Scaling groups", &e))?;
        Ok(groups.into_iter().map(group_from_sdk).collect())
    }

    async fn instances_of_profile(&self, arn: &str) -> Result<Vec<String>> {
        const LIVING: [&str; 5] = ["pending", "running", "shutting-down", "stopping", "stopped"];
        let living =
            LIVING.iter().fold(Filter::builder().name("instance-state-name"), |filter, state| filter.values(*state));
        let living = living.build();
        let request = self.ec2().describe_instances().filters(filter("iam-instance-profile.arn", arn)).filters(living);
        let pages: Result<Vec<_>, Failure<_>> = request.into_paginator().items().send().try_collect().await;
        let reservations = pages.map_err(|e| failed("describe instances", &e))?;
        let instances = reservations.into_iter().flat_map(|reservation| reservation.instances.unwrap_or_default());
        Ok(instances.filter_map(|instance| instance.instance_id).collect())
    }
}

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

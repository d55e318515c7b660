//! Launch templates: reading the newest version, and our data in the SDK's form.

use std::collections::HashSet;

use async_trait::async_trait;
use aws_sdk_ec2::types as sdk;
use futures_util::future::try_join_all;

use super::history;
use super::settings;
use super::{from_tags, to_tags};
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::error::{Failure, failed, is};
use crate::domain::cloud::{
    BlockDevice, LaunchTemplate, LaunchTemplateData, MetadataOptions, TagSpecification, TemplateHistory,
};
use crate::domain::error::Result;
use crate::ports::LaunchTemplates;

const NOT_FOUND: &[&str] = &["InvalidLaunchTemplateName.NotFoundException", "InvalidLaunchTemplateId.NotFound"];

/// Up to so many templates are asked for by name. More are picked from all of the account: two hundred in a request.
const ONE_BY_ONE: usize = 5;

/// There is no such version.
const NO_VERSION: &[&str] = &["InvalidLaunchTemplateId.VersionNotFound"];

#[async_trait]
impl LaunchTemplates for AwsCloud {
    async fn launch_template(&self, name: &str) -> Result<Option<LaunchTemplate>> {
        let request = self.ec2().describe_launch_template_versions().launch_template_name(name).versions("$Latest");
        match request.send().await {
            Ok(answer) => {
                let newest = answer.launch_template_versions.unwrap_or_default().into_iter().next();
                Ok(newest.map(|version| template(version, name)))
            }
            Err(e) if is(&e, NOT_FOUND) => Ok(None),
            Err(e) => Err(failed(&format!("describe launch template `{name}`"), &e)),
        }
    }

    async fn launch_templates(&self, names: &[String]) -> Result<Vec<LaunchTemplate>> {
        if names.len() <= ONE_BY_ONE {
            let found = try_join_all(names.iter().map(|name| self.launch_template(name))).await?;
            return Ok(found.into_iter().flatten().collect());
        }
        // Several cannot be named in one request: the newest version of all is what AWS gives at once.
        let pages = self.ec2().describe_launch_template_versions().versions("$Latest").max_results(200);
        let found: Result<Vec<sdk::LaunchTemplateVersion>, Failure<_>> =
            pages.into_paginator().items().send().try_collect().await;
        let found = found.map_err(|e| failed("describe launch templates", &e))?;
        let wanted: HashSet<&String> = names.iter().collect();
        let named = found.into_iter().map(|version| template(version, ""));
        Ok(named.filter(|template| wanted.contains(&template.name)).collect())
    }

    async fn launch_template_version(&self, name: &str, version: &str) -> Result<Option<LaunchTemplateData>> {
        let request = self.ec2().describe_launch_template_versions().launch_template_name(name).versions(version);
        match request.send().await {
            Ok(answer) => {
                let found = answer.launch_template_versions.unwrap_or_default().into_iter().next();
                Ok(found.and_then(|version| version.launch_template_data).map(from_sdk))
            }
            Err(e) if is(&e, NOT_FOUND) || is(&e, NO_VERSION) => Ok(None),
            Err(e) => Err(failed(&format!("describe version {version} of launch template `{name}`"), &e)),
        }
    }

    async fn template_histories(&self, names: &[String]) -> Result<Vec<TemplateHistory>> {
        history::read(self, names).await
    }
}

/// A template by its newest version.
fn template(version: sdk::LaunchTemplateVersion, name: &str) -> LaunchTemplate {
    LaunchTemplate {
        id: version.launch_template_id.unwrap_or_default(),
        name: version.launch_template_name.unwrap_or_else(|| name.to_owned()),
        latest_version: version.version_number.unwrap_or_default(),
        data: version.launch_template_data.map(from_sdk).unwrap_or_else(empty),
        // A version does not carry the tags of its template, and nothing here needs them.
        tags: Default::default(),
    }
}

pub(super) fn empty() -> LaunchTemplateData {
    LaunchTemplateData {
        image_id: String::new(),
        instance_type: None,
        key_name: None,
        instance_profile_arn: None,
        security_group_ids: vec![],
        user_data: String::new(),
        metadata_options: MetadataOptions { http_tokens: "optional".to_owned(), hop_limit: 1 },
        block_devices: vec![],
        tag_specifications: vec![],
        settings: Default::default(),
    }
}

pub(super) fn from_sdk(data: sdk::ResponseLaunchTemplateData) -> LaunchTemplateData {
    let settings = settings::from_sdk(&data);
    let interface = data.network_interfaces.unwrap_or_default().into_iter().next();
    let groups = interface.and_then(|interface| interface.groups).filter(|groups| !groups.is_empty());
    let blank = empty();
    LaunchTemplateData {
        settings,
        image_id: data.image_id.unwrap_or_default(),
        instance_type: data.instance_type.map(|name| name.as_str().to_owned()),
        key_name: data.key_name,
        instance_profile_arn: data.iam_instance_profile.and_then(|profile| profile.arn),
        security_group_ids: groups.or(data.security_group_ids).unwrap_or_default(),
        user_data: data.user_data.unwrap_or_default(),
        metadata_options: data.metadata_options.map_or(blank.metadata_options, |options| MetadataOptions {
            http_tokens: options.http_tokens.map(|state| state.as_str().to_owned()).unwrap_or("optional".to_owned()),
            hop_limit: options.http_put_response_hop_limit.unwrap_or(1),
        }),
        block_devices: data.block_device_mappings.unwrap_or_default().into_iter().filter_map(block_device).collect(),
        tag_specifications: data
            .tag_specifications
            .unwrap_or_default()
            .into_iter()
            .map(|specification| TagSpecification {
                tags: from_tags(specification.tags.as_deref()),
                resource_type: specification.resource_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
            })
            .collect(),
    }
}

fn block_device(mapping: sdk::LaunchTemplateBlockDeviceMapping) -> Option<BlockDevice> {
    let ebs = mapping.ebs?;
    Some(BlockDevice {
        device_name: mapping.device_name.unwrap_or_default(),
        size_gib: ebs.volume_size.unwrap_or_default(),
        volume_type: ebs.volume_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        iops: ebs.iops,
        throughput: ebs.throughput,
        encrypted: ebs.encrypted,
        kms_key: ebs.kms_key_id,
        snapshot: ebs.snapshot_id,
    })
}

/// Our data as the request has it.
pub(super) fn to_sdk(data: &LaunchTemplateData) -> sdk::RequestLaunchTemplateData {
    let profile = |arn: &String| sdk::LaunchTemplateIamInstanceProfileSpecificationRequest::builder().arn(arn).build();
    let interface = sdk::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
        .device_index(0)
        .network_card_index(0)
        .set_groups(Some(data.security_group_ids.clone()))
        .build();
    let metadata = sdk::LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .http_tokens(sdk::LaunchTemplateHttpTokensState::from(data.metadata_options.http_tokens.as_str()))
        .http_put_response_hop_limit(data.metadata_options.hop_limit)
        .build();
    let devices = data.block_devices.iter().map(|device| {
        let ebs = sdk::LaunchTemplateEbsBlockDeviceRequest::builder()
            .volume_size(device.size_gib)
            .volume_type(sdk::VolumeType::from(device.volume_type.as_str()))
            .set_iops(device.iops)
            .set_throughput(device.throughput)
            .set_encrypted(device.encrypted)
            .set_kms_key_id(device.kms_key.clone())
            .set_snapshot_id(device.snapshot.clone())
            .delete_on_termination(true);
        let mapping = sdk::LaunchTemplateBlockDeviceMappingRequest::builder().device_name(&device.device_name);
        mapping.ebs(ebs.build()).build()
    });
    let specifications = data.tag_specifications.iter().map(|specification| {
        sdk::LaunchTemplateTagSpecificationRequest::builder()
            .resource_type(sdk::ResourceType::from(specification.resource_type.as_str()))
            .set_tags(Some(to_tags(&specification.tags)))
            .build()
    });
    settings::to_sdk(&data.settings)
        // A managed node group's template leaves these to EKS.
        .set_image_id(Some(data.image_id.clone()).filter(|id| !id.is_empty()))
        .set_instance_type(data.instance_type.as_deref().map(sdk::InstanceType::from))
        .set_key_name(data.key_name.clone())
        .set_iam_instance_profile(data.instance_profile_arn.as_ref().map(profile))
        .network_interfaces(interface)
        .set_user_data(Some(data.user_data.clone()).filter(|text| !text.is_empty()))
        .metadata_options(metadata)
        .set_block_device_mappings(Some(devices.collect()))
        .set_tag_specifications(Some(specifications.collect()))
        .build()
}

//! Launch templates with all of their versions, and what of them is not read.

use aws_sdk_ec2::types as sdk;
use futures_util::future::try_join_all;

use super::launch_template::{empty, from_sdk};
use super::{filter, from_tags};
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::error::{Failure, failed};
use crate::domain::cloud::{TemplateHistory, TemplateVersion};
use crate::domain::error::Result;

/// How many names go into one filter.
const BATCH: usize = 200;

/// Reads them by a filter, which does not mind a name that is gone.
pub(super) async fn read(cloud: &AwsCloud, names: &[String]) -> Result<Vec<TemplateHistory>> {
    let batch = async |names: &[String]| -> Result<Vec<sdk::LaunchTemplate>> {
        let request = cloud.ec2().describe_launch_templates().filters(filter("launch-template-name", names));
        let templates: Result<Vec<_>, Failure<_>> = request.into_paginator().items().send().try_collect().await;
        templates.map_err(|e| failed("describe launch templates", &e))
    };
    let found = try_join_all(names.chunks(BATCH).map(batch)).await?.into_iter().flatten();
    // Not every endpoint honours the filter.
    let named =
        found.filter(|template| template.launch_template_name.as_ref().is_some_and(|name| names.contains(name)));
    try_join_all(named.map(|template| history(cloud, template))).await
}

async fn history(cloud: &AwsCloud, template: sdk::LaunchTemplate) -> Result<TemplateHistory> {
    let id = template.launch_template_id.unwrap_or_default();
    let request = cloud.ec2().describe_launch_template_versions().launch_template_id(&id);
    let versions: Result<Vec<_>, Failure<_>> = request.into_paginator().items().send().try_collect().await;
    let versions = versions.map_err(|e| failed(&format!("describe the versions of launch template `{id}`"), &e))?;
    let mut versions: Vec<TemplateVersion> = versions.into_iter().map(version).collect();
    versions.sort_by_key(|version| version.number);
    Ok(TemplateHistory {
        id,
        name: template.launch_template_name.unwrap_or_default(),
        default_version: template.default_version_number.unwrap_or_default(),
        tags: from_tags(template.tags.as_deref()),
        versions,
    })
}

fn version(version: sdk::LaunchTemplateVersion) -> TemplateVersion {
    let number = version.version_number.unwrap_or_default();
    let Some(data) = version.launch_template_data else {
        let (instance_profile_name, public_ip) = (None, None);
        return TemplateVersion { number, data: empty(), instance_profile_name, public_ip, unread: vec![] };
    };
    let profile = data.iam_instance_profile.as_ref().filter(|profile| profile.arn.is_none());
    TemplateVersion {
        number,
        instance_profile_name: profile.and_then(|profile| profile.name.clone()),
        public_ip: data.network_interfaces().first().and_then(|interface| interface.associate_public_ip_address),
        unread: unread(&data).into_iter().map(str::to_owned).collect(),
        data: from_sdk(data),
    }
}

/// Settings that change what an instance is and that nothing here knows.
fn unread(data: &sdk::ResponseLaunchTemplateData) -> Vec<&'static str> {
    let interfaces = data.network_interfaces();
    let placement = data.placement.as_ref();
    let market = data.instance_market_options.as_ref();
    [
        ("KernelId", data.kernel_id.is_some()),
        ("RamDiskId", data.ram_disk_id.is_some()),
        ("NetworkInterfaces", interfaces.len() > 1),
        ("NetworkInterfaces.InterfaceType", interfaces.iter().any(|it| it.interface_type.as_deref() == Some("efa"))),
        (
            "Placement.Tenancy",
            placement.is_some_and(|it| it.tenancy.as_ref().is_some_and(|it| it.as_str() != "default")),
        ),
        ("Placement.HostId", placement.is_some_and(|it| it.host_id.is_some())),
        ("Placement.PartitionNumber", placement.is_some_and(|it| it.partition_number.is_some_and(|it| it > 0))),
        ("InstanceMarketOptions.SpotOptions", market.is_some_and(|it| it.spot_options.is_some())),
        ("CpuOptions", data.cpu_options.is_some()),
        ("LicenseSpecifications", !data.license_specifications().is_empty()),
        ("HibernationOptions", data.hibernation_options.as_ref().is_some_and(|it| it.configured == Some(true))),
        ("InstanceRequirements", data.instance_requirements.is_some()),
        ("PrivateDnsNameOptions", data.private_dns_name_options.is_some()),
        ("MaintenanceOptions", data.maintenance_options.is_some()),
        ("DisableApiTermination", data.disable_api_termination == Some(true)),
        ("DisableApiStop", data.disable_api_stop == Some(true)),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect()
}

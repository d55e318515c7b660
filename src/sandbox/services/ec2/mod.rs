//! Elastic Compute Cloud: the operations that worker groups need.

mod common;
mod filter;
mod images;
mod instance_types;
mod instances;
mod key_material;
mod key_pairs;
mod launch_templates;
mod offerings;
mod page;
mod prices;
mod security_groups;
pub mod state;
mod subnets;
mod tags;
#[cfg(test)]
mod tests;
mod vpcs;
pub(in crate::sandbox) mod zones;

use super::Handler;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[
    ("AuthorizeSecurityGroupEgress", security_groups::rules::authorize_egress),
    ("AuthorizeSecurityGroupIngress", security_groups::rules::authorize_ingress),
    ("CreateKeyPair", key_pairs::create),
    ("CreateLaunchTemplate", launch_templates::create::create),
    ("CreateLaunchTemplateVersion", launch_templates::create::create_version),
    ("CreateSecurityGroup", security_groups::create::create),
    ("CreateTags", tags::create),
    ("DeleteKeyPair", key_pairs::delete),
    ("DeleteLaunchTemplate", launch_templates::delete::delete),
    ("DeleteLaunchTemplateVersions", launch_templates::delete::delete_versions),
    ("DeleteSecurityGroup", security_groups::delete::delete),
    ("DeleteTags", tags::delete),
    ("DescribeAvailabilityZones", zones::describe),
    ("DescribeImages", images::describe),
    ("DescribeInstanceTypeOfferings", offerings::describe),
    ("DescribeInstanceTypes", instance_types::describe),
    ("DescribeInstances", instances::describe::describe),
    ("DescribeKeyPairs", key_pairs::describe),
    ("DescribeLaunchTemplateVersions", launch_templates::describe::versions),
    ("DescribeLaunchTemplates", launch_templates::describe::templates),
    ("DescribeSecurityGroups", security_groups::describe::describe),
    ("DescribeSpotInstanceRequests", instances::spot_requests::describe),
    ("DescribeSpotPriceHistory", prices::describe),
    ("DescribeSubnets", subnets::describe),
    ("DescribeTags", tags::describe),
    ("DescribeVpcs", vpcs::describe),
    ("GetConsoleOutput", instances::console::get),
    ("ImportKeyPair", key_pairs::import),
    ("RevokeSecurityGroupEgress", security_groups::rules::revoke_egress),
    ("RevokeSecurityGroupIngress", security_groups::rules::revoke_ingress),
    ("TerminateInstances", instances::terminate::terminate),
];

//! Security groups with all of their rules.

use aws_sdk_ec2::types as sdk;
use futures_util::future::try_join_all;

use super::{filter, from_tags};
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::error::{Failure, failed};
use crate::domain::cloud::{Firewall, FirewallRule, Peer};
use crate::domain::error::Result;

/// How many ids go into one filter.
const BATCH: usize = 200;

/// Reads them by a filter, which does not mind an id that is gone.
pub(super) async fn read(cloud: &AwsCloud, ids: &[String]) -> Result<Vec<Firewall>> {
    let batch = async |ids: &[String]| -> Result<Vec<sdk::SecurityGroup>> {
        let pages = cloud.ec2().describe_security_groups().filters(filter("group-id", ids)).into_paginator().items();
        let groups: Result<Vec<_>, Failure<_>> = pages.send().try_collect().await;
        groups.map_err(|e| failed("describe security groups", &e))
    };
    let groups = try_join_all(ids.chunks(BATCH).map(batch)).await?.into_iter().flatten().map(group);
    // Not every endpoint honours the filter.
    Ok(groups.filter(|group| ids.contains(&group.id)).collect())
}

fn group(group: sdk::SecurityGroup) -> Firewall {
    let all = |permissions: &[sdk::IpPermission]| permissions.iter().flat_map(rules).collect();
    Firewall {
        ingress: all(group.ip_permissions()),
        egress: all(group.ip_permissions_egress()),
        tags: from_tags(group.tags.as_deref()),
        id: group.group_id.unwrap_or_default(),
        name: group.group_name.unwrap_or_default(),
        description: group.description.unwrap_or_default(),
        vpc_id: group.vpc_id.unwrap_or_default(),
    }
}

/// One permission with several peers is several rules.
fn rules(permission: &sdk::IpPermission) -> Vec<FirewallRule> {
    let v4 = permission.ip_ranges().iter().map(|one| (one.cidr_ip.clone().map(Peer::Ipv4), &one.description));
    let v6 = permission.ipv6_ranges().iter().map(|one| (one.cidr_ipv6.clone().map(Peer::Ipv6), &one.description));
    let groups =
        permission.user_id_group_pairs().iter().map(|one| (one.group_id.clone().map(Peer::Group), &one.description));
    let lists = permission
        .prefix_list_ids()
        .iter()
        .map(|one| (one.prefix_list_id.clone().map(Peer::PrefixList), &one.description));
    let rule = |(peer, description): (Option<Peer>, &Option<String>)| {
        Some(FirewallRule {
            protocol: permission.ip_protocol.clone().unwrap_or_default(),
            from_port: permission.from_port,
            to_port: permission.to_port,
            peer: peer?,
            description: description.clone().unwrap_or_default(),
        })
    };
    v4.chain(v6).chain(groups).chain(lists).filter_map(rule).collect()
}

//! Subnets, VPCs, key pairs, offerings, security groups.

use async_trait::async_trait;
use aws_sdk_ec2::types as sdk;

use super::{filter, firewall, from_tags, key_pairs};
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::convert::unsigned;
use crate::adapters::aws::error::{Failure, failed, is};
use crate::domain::cloud::{Firewall, IngressRule, KeyPair, Offering, SecurityGroup, Subnet};
use crate::domain::error::Result;
use crate::ports::Network;

#[async_trait]
impl Network for AwsCloud {
    async fn subnets(&self, ids: &[String]) -> Result<Vec<Subnet>> {
        if ids.is_empty() {
            return Ok(vec![]); // without ids AWS would list every subnet of the region
        }
        let answer = self.ec2().describe_subnets().set_subnet_ids(Some(ids.to_vec())).send().await;
        let answer = answer.map_err(|e| failed(&format!("describe subnets {}", ids.join(", ")), &e))?;
        Ok(answer.subnets.unwrap_or_default().into_iter().map(subnet).collect())
    }

    async fn vpc_cidrs(&self, vpc_id: &str) -> Result<Vec<String>> {
        let answer = self.ec2().describe_vpcs().vpc_ids(vpc_id).send().await;
        let answer = answer.map_err(|e| failed(&format!("describe VPC `{vpc_id}`"), &e))?;
        let Some(vpc) = answer.vpcs.unwrap_or_default().into_iter().next() else { return Ok(vec![]) };
        let mut cidrs: Vec<String> = vpc.cidr_block.into_iter().collect();
        let further = vpc.cidr_block_association_set.unwrap_or_default().into_iter().filter_map(|set| set.cidr_block);
        cidrs.extend(further);
        let mut seen = std::collections::HashSet::new();
        cidrs.retain(|cidr| seen.insert(cidr.clone()));
        Ok(cidrs)
    }

    async fn key_pairs(&self) -> Result<Vec<KeyPair>> {
        key_pairs::all(self).await
    }

    async fn key_pair(&self, name: &str) -> Result<Option<KeyPair>> {
        key_pairs::named(self, name).await
    }

    async fn key_pairs_beginning(&self, prefix: &str) -> Result<Vec<KeyPair>> {
        key_pairs::beginning(self, prefix).await
    }

    async fn offerings(&self, types: &[String]) -> Result<Vec<Offering>> {
        let pages = self
            .ec2()
            .describe_instance_type_offerings()
            .location_type(sdk::LocationType::AvailabilityZone)
            .filters(filter("instance-type", types))
            .into_paginator()
            .items()
            .send();
        let offerings: Result<Vec<sdk::InstanceTypeOffering>, Failure<_>> = pages.try_collect().await;
        let offerings = offerings.map_err(|e| failed("describe where the instance types are offered", &e))?;
        let mut offerings: Vec<Offering> = offerings
            .into_iter()
            .filter_map(|offering| {
                let instance_type = offering.instance_type?.as_str().to_owned();
                // Not every endpoint honours the filter.
                types.contains(&instance_type).then_some(Offering { instance_type, zone: offering.location? })
            })
            .collect();
        offerings.sort();
        Ok(offerings)
    }

    async fn security_group(&self, vpc_id: &str, name: &str) -> Result<Option<SecurityGroup>> {
        let filters = vec![filter("vpc-id", [vpc_id]), filter("group-name", [name])];
        match self.ec2().describe_security_groups().set_filters(Some(filters)).send().await {
            Ok(answer) => Ok(answer.security_groups.unwrap_or_default().into_iter().next().map(security_group)),
            Err(e) if is(&e, &["InvalidGroup.NotFound"]) => Ok(None),
            Err(e) => Err(failed(&format!("describe security group `{name}`"), &e)),
        }
    }

    async fn security_group_by_id(&self, id: &str) -> Result<Option<SecurityGroup>> {
        match self.ec2().describe_security_groups().group_ids(id).send().await {
            Ok(answer) => Ok(answer.security_groups.unwrap_or_default().into_iter().next().map(security_group)),
            Err(e) if is(&e, &["InvalidGroup.NotFound"]) => Ok(None),
            Err(e) => Err(failed(&format!("describe security group `{id}`"), &e)),
        }
    }

    async fn firewalls(&self, ids: &[String]) -> Result<Vec<Firewall>> {
        firewall::read(self, ids).await
    }
}

fn subnet(subnet: sdk::Subnet) -> Subnet {
    Subnet {
        tags: from_tags(subnet.tags.as_deref()),
        id: subnet.subnet_id.unwrap_or_default(),
        vpc_id: subnet.vpc_id.unwrap_or_default(),
        zone: subnet.availability_zone.unwrap_or_default(),
        cidr: subnet.cidr_block.unwrap_or_default(),
        free_addresses: unsigned(subnet.available_ip_address_count),
        public: subnet.map_public_ip_on_launch.unwrap_or_default(),
    }
}

pub(in crate::adapters::aws) fn security_group(group: sdk::SecurityGroup) -> SecurityGroup {
    SecurityGroup {
        ingress: group.ip_permissions.iter().flatten().flat_map(rules).collect(),
        tags: from_tags(group.tags.as_deref()),
        id: group.group_id.unwrap_or_default(),
        name: group.group_name.unwrap_or_default(),
        vpc_id: group.vpc_id.unwrap_or_default(),
    }
}

/// One permission with several sources is several rules.
fn rules(permission: &sdk::IpPermission) -> Vec<IngressRule> {
    let port = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok());
    let (from_port, to_port) = (port(permission.from_port).unwrap_or(0), port(permission.to_port).unwrap_or(u16::MAX));
    let rule = |cidr: String, source_group: Option<String>, description: &Option<String>| IngressRule {
        protocol: permission.ip_protocol.clone().unwrap_or_default(),
        from_port,
        to_port,
        cidr,
        source_group,
        description: description.clone().unwrap_or_default(),
    };
    let ranges = permission.ip_ranges().iter();
    let by_cidr = ranges.filter_map(|range| Some(rule(range.cidr_ip.clone()?, None, &range.description)));
    let pairs = permission.user_id_group_pairs().iter();
    let by_group = pairs.filter_map(|pair| Some(rule(String::new(), Some(pair.group_id.clone()?), &pair.description)));
    by_cidr.chain(by_group).collect()
}

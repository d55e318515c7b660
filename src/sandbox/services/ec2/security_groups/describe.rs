//! DescribeSecurityGroups.

use serde_json::{Value, json};

use crate::sandbox::services::ec2::common::{not_found, tag_set};
use crate::sandbox::services::ec2::filter::{Field, Filters};
use crate::sandbox::services::ec2::page::Page;
use crate::sandbox::services::ec2::state::{Rule, SecurityGroup, Source};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;

pub(in crate::sandbox::services::ec2) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let mut page = Page::read(&params.0, 1000)?;
    let given = read::strings(&params.0, "GroupId");
    if let Some(id) = given.iter().find(|id| !world.ec2.security_groups.contains_key(*id)) {
        return Err(not_found("InvalidGroup.NotFound", "security group", id));
    }
    let mut ids: Vec<&str> = if !given.is_empty() {
        given.iter().map(String::as_str).collect()
    } else if let (Some(vpcs), Some(names)) = (filters.exact("vpc-id"), filters.exact("group-name")) {
        let keys = vpcs.iter().flat_map(|vpc| names.iter().map(move |name| format!("{vpc}/{name}")));
        keys.filter_map(|key| world.ec2.security_group_names.get(&key)).map(String::as_str).collect()
    } else if let Some(ids) = filters.exact("group-id") {
        ids.iter().map(String::as_str).collect()
    } else if let Some((key, values)) = filters
        .exact_tags()
        .min_by_key(|(key, values)| values.iter().map(|value| world.ec2.tag_index.count(key, value)).sum::<usize>())
    {
        values.iter().flat_map(|value| world.ec2.tag_index.find(key, value)).collect()
    } else {
        world.ec2.security_groups.keys().map(String::as_str).collect()
    };
    ids.sort_unstable();
    for id in ids {
        let Some(group) = world.ec2.security_groups.get(id) else { continue };
        let pass = filters.pass(|name| field(world, group, name))?;
        if pass && !page.seen(id) && !page.push(id, shown(world, group)) {
            break;
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"securityGroupInfo": items, "nextToken": token}))
}

fn field(world: &World, group: &SecurityGroup, name: &str) -> Field {
    match name {
        "group-id" => Field::one(&group.id),
        "group-name" => Field::one(&group.name),
        "vpc-id" => Field::one(&group.vpc_id),
        "description" => Field::one(&group.description),
        "owner-id" => Field::one(&world.account.id),
        "ip-permission.group-id" => Field::Values(
            group
                .ingress
                .iter()
                .filter_map(|rule| match &rule.peer {
                    Source::Group(id) => Some(id.clone()),
                    _ => None,
                })
                .collect(),
        ),
        _ => Field::tag(name, &group.tags),
    }
}

fn shown(world: &World, group: &SecurityGroup) -> Value {
    json!({
        "groupId": group.id, "groupName": group.name, "groupDescription": group.description,
        "ownerId": world.account.id, "vpcId": group.vpc_id, "tagSet": tag_set(&group.tags),
        "securityGroupArn": world.account.arn("ec2", &format!("security-group/{}", group.id)),
        "ipPermissions": permissions(world, &group.ingress), "ipPermissionsEgress": permissions(world, &group.egress),
    })
}

/// Rules of one protocol and port range are shown as one permission.
fn permissions(world: &World, rules: &[Rule]) -> Value {
    let mut shown: Vec<(&Rule, Value)> = Vec::new();
    for rule in rules {
        let same = |(known, _): &(&Rule, Value)| {
            (&known.protocol, known.from_port, known.to_port) == (&rule.protocol, rule.from_port, rule.to_port)
        };
        let index = shown.iter().position(same).unwrap_or_else(|| {
            let permission = json!({
                "ipProtocol": rule.protocol, "fromPort": rule.from_port, "toPort": rule.to_port,
                "groups": [], "ipRanges": [], "ipv6Ranges": [], "prefixListIds": [],
            });
            shown.push((rule, permission));
            shown.len() - 1
        });
        let (list, item) = match &rule.peer {
            Source::Ipv4(cidr) => ("ipRanges", json!({"cidrIp": cidr, "description": rule.description})),
            Source::Ipv6(cidr) => ("ipv6Ranges", json!({"cidrIpv6": cidr, "description": rule.description})),
            Source::Group(id) => {
                ("groups", json!({"groupId": id, "userId": world.account.id, "description": rule.description}))
            }
        };
        if let Some(items) = shown[index].1[list].as_array_mut() {
            items.push(item);
        }
    }
    shown.into_iter().map(|(_, permission)| permission).collect()
}

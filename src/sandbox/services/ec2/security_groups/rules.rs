//! Authorize and revoke, in and out.

use serde_json::{Value, json};

use crate::sandbox::services::ec2::common::not_found;
use crate::sandbox::services::ec2::state::{Rule, SecurityGroup, Source};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(in crate::sandbox::services::ec2) fn authorize_ingress(world: &mut World, params: &Params) -> Reply {
    authorize(world, params, false)
}

pub(in crate::sandbox::services::ec2) fn authorize_egress(world: &mut World, params: &Params) -> Reply {
    authorize(world, params, true)
}

pub(in crate::sandbox::services::ec2) fn revoke_ingress(world: &mut World, params: &Params) -> Reply {
    revoke(world, params, false)
}

pub(in crate::sandbox::services::ec2) fn revoke_egress(world: &mut World, params: &Params) -> Reply {
    revoke(world, params, true)
}

fn authorize(world: &mut World, params: &Params, egress: bool) -> Reply {
    let id = target(world, params)?;
    let mut rules = read_rules(world, &params.0)?;
    if rules.is_empty() {
        return Err(ApiError::client("MissingParameter", "The request must contain the parameter ipPermissions"));
    }
    if (1..rules.len()).any(|at| rules[..at].iter().any(|before| before.same_as(&rules[at]))) {
        let message = "The same permission must not appear multiple times";
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    for rule in &mut rules {
        if known(world, &id, egress).iter().any(|known| known.same_as(rule)) {
            let message = format!(
                "the specified rule \"peer: {}, {}, from port: {}, to port: {}, ALLOW\" already exists",
                peer(&rule.peer),
                rule.protocol.to_uppercase(),
                rule.from_port.unwrap_or(-1),
                rule.to_port.unwrap_or(-1)
            );
            return Err(ApiError::client("InvalidPermission.Duplicate", message));
        }
        rule.id = world.ids.ec2("sgr");
    }
    let shown: Vec<Value> = rules.iter().map(|rule| shown(world, &id, rule, egress)).collect();
    for rule in rules {
        count_reference(world, &id, &rule, true);
        if let Some(list) = list_mut(world, &id, egress) {
            list.push(rule);
        }
    }
    Ok(json!({"return": true, "securityGroupRuleSet": shown}))
}

fn revoke(world: &mut World, params: &Params, egress: bool) -> Reply {
    let id = target(world, params)?;
    let by_id = read::strings(&params.0, "SecurityGroupRuleId");
    let rules = read_rules(world, &params.0)?;
    let doomed = |known: &Rule| by_id.contains(&known.id) || rules.iter().any(|rule| rule.same_as(known));
    let gone: Vec<Rule> = known(world, &id, egress).iter().filter(|rule| doomed(rule)).cloned().collect();
    if gone.len() < rules.len() + by_id.len() {
        let message = "The specified rule does not exist in this security group.";
        return Err(ApiError::client("InvalidPermission.NotFound", message));
    }
    for rule in &gone {
        count_reference(world, &id, rule, false);
    }
    if let Some(list) = list_mut(world, &id, egress) {
        list.retain(|rule| !gone.iter().any(|gone| gone.id == rule.id));
    }
    let shown: Vec<Value> = gone
        .iter()
        .map(|rule| {
            let mut item = shown(world, &id, rule, egress);
            if let Some(item) = item.as_object_mut() {
                item.shift_remove("groupOwnerId");
            }
            item
        })
        .collect();
    Ok(json!({"return": true, "revokedSecurityGroupRuleSet": shown}))
}

fn target(world: &World, params: &Params) -> Result<String, ApiError> {
    match (read::text(&params.0, "GroupId"), read::text(&params.0, "GroupName")) {
        (Some(id), _) if world.ec2.security_groups.contains_key(id) => Ok(id.to_owned()),
        (Some(id), _) => Err(not_found("InvalidGroup.NotFound", "security group", id)),
        (None, Some(name)) => {
            let message = format!("The security group '{name}' does not exist in default VPC 'none'");
            Err(ApiError::client("InvalidGroup.NotFound", message))
        }
        (None, None) => {
            Err(ApiError::client("MissingParameter", "The request must contain the parameter groupName or groupId"))
        }
    }
}

fn known<'a>(world: &'a World, id: &str, egress: bool) -> &'a [Rule] {
    let rules = |group: &'a SecurityGroup| if egress { &group.egress } else { &group.ingress };
    world.ec2.security_groups.get(id).map_or(&[], |group| rules(group).as_slice())
}

fn list_mut<'a>(world: &'a mut World, id: &str, egress: bool) -> Option<&'a mut Vec<Rule>> {
    let group = world.ec2.security_groups.get_mut(id)?;
    Some(if egress { &mut group.egress } else { &mut group.ingress })
}

/// A group that another group's rule names cannot be deleted.
fn count_reference(world: &mut World, id: &str, rule: &Rule, more: bool) {
    if let Source::Group(peer) = &rule.peer
        && peer != id
    {
        let count = world.ec2.security_group_references.entry(peer.clone()).or_insert(0);
        *count = if more { *count + 1 } else { count.saturating_sub(1) };
    }
}

fn read_rules(world: &World, tree: &Value) -> Result<Vec<Rule>, ApiError> {
    let mut rules = Vec::new();
    // The flat form (`IpProtocol`, `CidrIp`) is one permission with one range.
    let flat = read::text(tree, "IpProtocol").map(|_| {
        let mut permission = tree.clone();
        permission["IpRanges"] = json!([{"CidrIp": read::at(tree, "CidrIp")}]);
        permission
    });
    for permission in read::list(tree, "IpPermissions").iter().chain(&flat) {
        let protocol = match read::string(permission, "IpProtocol").as_str() {
            "6" => "tcp".to_owned(),
            "17" => "udp".to_owned(),
            "1" => "icmp".to_owned(),
            "all" => "-1".to_owned(),
            "" => return Err(ApiError::client("MissingParameter", "Protocol must be specified")),
            other => other.to_lowercase(),
        };
        let (mut from_port, mut to_port) = (read::int(permission, "FromPort"), read::int(permission, "ToPort"));
        if protocol == "-1" {
            (from_port, to_port) = (None, None);
        } else if protocol == "tcp" || protocol == "udp" {
            let valid = |port: Option<i64>| port.is_some_and(|port| (0..=65_535).contains(&port));
            if !valid(from_port) || !valid(to_port) || from_port > to_port {
                let message = format!(
                    "Invalid value '{}' for portRange. Must specify both from and to ports with TCP/UDP.",
                    from_port.map_or_else(|| "Must".into(), |port| port.to_string())
                );
                return Err(ApiError::client("InvalidParameterValue", message));
            }
        }
        let mut add = |peer: Source, description: Option<&str>| {
            rules.push(Rule {
                id: String::new(),
                protocol: protocol.clone(),
                from_port,
                to_port,
                peer,
                description: description.map(str::to_owned),
            });
        };
        for range in read::list(permission, "IpRanges") {
            let cidr = read::string(range, "CidrIp");
            let Some(canonical) = canonical(&cidr) else {
                let message = format!("CIDR block {cidr} is malformed");
                return Err(ApiError::client("InvalidParameterValue", message));
            };
            add(Source::Ipv4(canonical), read::text(range, "Description"));
        }
        for range in read::list(permission, "Ipv6Ranges") {
            add(Source::Ipv6(read::string(range, "CidrIpv6")), read::text(range, "Description"));
        }
        for peer in read::list(permission, "Groups") {
            let id = read::string(peer, "GroupId");
            if !world.ec2.security_groups.contains_key(&id) {
                return Err(not_found("InvalidGroup.NotFound", "security group", &id));
            }
            add(Source::Group(id), read::text(peer, "Description"));
        }
    }
    Ok(rules)
}

/// As EC2 keeps a CIDR: without the bits of a host. `None` when it is none.
fn canonical(text: &str) -> Option<String> {
    let (address, prefix) = text.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let prefix: u8 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
    let host_bits = (1_u64 << (32 - prefix)) - 1;
    let base = u64::from(u32::from(address)) & !host_bits;
    Some(format!("{}/{prefix}", std::net::Ipv4Addr::from(u32::try_from(base).ok()?)))
}

fn peer(source: &Source) -> &str {
    match source {
        Source::Ipv4(peer) | Source::Ipv6(peer) | Source::Group(peer) => peer,
    }
}

fn shown(world: &World, id: &str, rule: &Rule, egress: bool) -> Value {
    let mut item = json!({
        "securityGroupRuleId": rule.id, "groupId": id, "groupOwnerId": world.account.id, "isEgress": egress,
        "ipProtocol": rule.protocol, "fromPort": rule.from_port.unwrap_or(-1), "toPort": rule.to_port.unwrap_or(-1),
        "description": rule.description, "tagSet": [],
    });
    match &rule.peer {
        Source::Ipv4(cidr) => item["cidrIpv4"] = cidr.as_str().into(),
        Source::Ipv6(cidr) => item["cidrIpv6"] = cidr.as_str().into(),
        Source::Group(peer) => item["referencedGroupInfo"] = json!({"groupId": peer, "userId": world.account.id}),
    }
    item
}

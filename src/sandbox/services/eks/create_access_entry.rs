//! CreateAccessEntry.

use serde_json::json;

use super::access_entry::{check_mode, written};
use super::cluster::{find, find_mut};
use super::state::AccessEntry;
use crate::domain::cloud::TagMap;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// Types whose user name and groups EKS decides: type, groups.
const NODE_TYPES: &[(&str, &[&str])] = &[
    ("EC2_LINUX", &["system:nodes"]),
    ("EC2_WINDOWS", &["system:nodes", "eks:kube-proxy-windows"]),
    ("FARGATE_LINUX", &["system:nodes", "system:node-proxier"]),
    ("HYBRID_LINUX", &["system:nodes"]),
    ("EC2", &["system:nodes"]),
];

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let name = params.text("clusterName").unwrap_or_default().to_owned();
    let cluster = find(world, &name)?;
    check_mode(cluster)?;
    let principal = params.text("principalArn").ok_or_else(|| invalid("The principalArn parameter is required."))?;
    check_principal(world, principal)?;
    let kind = params.text("type").unwrap_or("STANDARD");
    let token = params.text("clientRequestToken").map(str::to_owned);
    if let Some(entry) = cluster.access_entries.get(principal) {
        if token.is_some() && entry.client_token == token && entry.kind == kind {
            return Ok(json!({"accessEntry": written(entry, &name, &world.clock)}));
        }
        let message = "The specified access entry resource is already in use on this cluster.";
        return Err(ApiError::with_status(409, "ResourceInUseException", message));
    }
    let (username, groups) = identity(params, kind, principal)?;
    let entry = AccessEntry {
        principal_arn: principal.to_owned(),
        arn: arn(world, &name, principal),
        kind: kind.to_owned(),
        username,
        groups,
        tags: tags(params),
        created: world.clock.now,
        modified: world.clock.now,
        client_token: token,
    };
    let reply = json!({"accessEntry": written(&entry, &name, &world.clock)});
    find_mut(world, &name)?.access_entries.insert(principal.to_owned(), entry);
    Ok(reply)
}

/// `access-entry/CLUSTER/role/ACCOUNT/NAME/UUID`.
fn arn(world: &mut World, cluster: &str, principal: &str) -> String {
    let resource = principal.split(':').nth(5).unwrap_or_default();
    let kind = resource.split('/').next().unwrap_or_default();
    let name = resource.rsplit('/').next().unwrap_or_default();
    let uuid = world.ids.uuid("access-entry");
    world.account.arn("eks", &format!("access-entry/{cluster}/{kind}/{}/{name}/{uuid}", world.account.id))
}

/// In the order of their keys: EKS's tags are a map, which the SDK writes in another order each time.
pub(super) fn tags(params: &Params) -> TagMap {
    let members = read::at(&params.0, "tags").as_object().into_iter().flatten();
    let mut tags: TagMap =
        members.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect();
    tags.sort_keys();
    tags
}

/// EKS asks IAM whether the principal is there.
fn check_principal(world: &World, principal: &str) -> Result<(), ApiError> {
    let prefix = format!("arn:{}:iam::{}:", world.account.partition, world.account.id);
    let known = match principal.strip_prefix(&prefix) {
        Some(role) if role.starts_with("role/") => world.iam.role_by_arn(principal).is_some(),
        // Users are not kept, but for the caller.
        Some(user) if user.starts_with("user/") => principal == world.account.caller_arn,
        _ => false,
    };
    if known { Ok(()) } else { Err(invalid("The specified principalArn is invalid: invalid principal.")) }
}

fn identity(params: &Params, kind: &str, principal: &str) -> Result<(String, Vec<String>), ApiError> {
    let (username, groups) = (params.text("username"), params.strings("kubernetesGroups"));
    if kind == "STANDARD" {
        let reserved = ["system:", "eks:", "aws:", "amazon:", "iam:"];
        if let Some(group) = groups.iter().find(|group| reserved.iter().any(|prefix| group.starts_with(prefix))) {
            return Err(invalid(&format!(
                "The kubernetes group name {group} is invalid, it cannot start with system:"
            )));
        }
        let default = match principal.split_once(":iam::") {
            Some((head, tail)) if tail.contains(":role/") => {
                let account = tail.split(':').next().unwrap_or_default();
                let name = tail.rsplit('/').next().unwrap_or_default();
                format!("{head}:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}")
            }
            _ => principal.to_owned(),
        };
        return Ok((username.map_or(default, str::to_owned), groups));
    }
    let Some((_, own)) = NODE_TYPES.iter().find(|(name, _)| *name == kind) else {
        return Err(invalid(&format!("The specified type is invalid: {kind}")));
    };
    if username.is_some() || !groups.is_empty() {
        return Err(invalid(&format!("You cannot specify a username or kubernetesGroups for type {kind}.")));
    }
    let username =
        if kind == "FARGATE_LINUX" { "system:node:{{SessionName}}" } else { "system:node:{{EC2PrivateDNSName}}" };
    Ok((username.to_owned(), own.iter().map(|group| (*group).to_owned()).collect()))
}

fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}

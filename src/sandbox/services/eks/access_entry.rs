//! DescribeAccessEntry, ListAccessEntries, DeleteAccessEntry.

use serde_json::{Value, json};

use super::cluster::{find, find_mut};
use super::state::{AccessEntry, Cluster};
use super::{list as page, not_found};
use crate::domain::cloud::AuthenticationMode;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;
use crate::sandbox::world::clock::Clock;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    check_mode(cluster)?;
    let principal = params.text("principalArn").unwrap_or_default();
    let entry = cluster.access_entries.get(principal).ok_or_else(missing)?;
    Ok(json!({"accessEntry": written(entry, &cluster.name, &world.clock)}))
}

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    check_mode(cluster)?;
    page::reply(params, "accessEntries", cluster.access_entries.keys().map(String::as_str))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let cluster = find_mut(world, params.text("clusterName").unwrap_or_default())?;
    check_mode(cluster)?;
    cluster.access_entries.remove(params.text("principalArn").unwrap_or_default()).ok_or_else(missing)?;
    Ok(Value::Null)
}

fn missing() -> ApiError {
    not_found(
        "The specified principalArn could not be found. You can view your available access entries with \
         'list-access-entries'."
            .into(),
    )
}

/// A cluster that only reads its ConfigMap has no access entries.
pub(super) fn check_mode(cluster: &Cluster) -> Result<(), ApiError> {
    if cluster.authentication_mode != AuthenticationMode::ConfigMap {
        return Ok(());
    }
    Err(ApiError::client(
        "InvalidRequestException",
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    ))
}

/// An entry in an answer.
pub(super) fn written(entry: &AccessEntry, cluster: &str, clock: &Clock) -> Value {
    json!({
        "clusterName": cluster,
        "principalArn": entry.principal_arn,
        "kubernetesGroups": entry.groups,
        "accessEntryArn": entry.arn,
        "createdAt": clock.at(entry.created).as_second(),
        "modifiedAt": clock.at(entry.modified).as_second(),
        "tags": entry.tags,
        "username": entry.username,
        "type": entry.kind,
    })
}

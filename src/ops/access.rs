//! Node authorisation: whether and how the cluster knows the nodes' role.

use indexmap::IndexMap;

use super::insist::{insist, propagation, unknown_yet};
use super::ledger::Ledger;
use crate::domain::Code;
use crate::domain::cloud::{AccessEntry, AuthenticationMode, TagMap};
use crate::domain::desired::aws_auth;
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{AwsMutation, KubeMutation};
use crate::domain::nodegroup::AmiFamily;
use crate::ports::{Cluster, ResourceKind, Verdict};

const MAP_ROLES: &str = "mapRoles";

/// How nodes are let into a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// An access entry for the role.
    AccessEntry,
    /// A row in the `aws-auth` ConfigMap.
    AwsAuth,
}

/// The way of an authentication mode.
pub(super) fn way(mode: AuthenticationMode) -> Way {
    match mode {
        AuthenticationMode::ConfigMap => Way::AwsAuth,
        AuthenticationMode::Api | AuthenticationMode::ApiAndConfigMap => Way::AccessEntry,
    }
}

/// The type of an access entry for nodes of a family on EC2. EKS lets kube-proxy of Windows in by it.
pub(super) fn entry_type(family: AmiFamily) -> &'static str {
    if family.is_windows() { "EC2_WINDOWS" } else { "EC2_LINUX" }
}

/// Makes sure that an access entry of that type for the role exists. `there` is the one that does.
pub(super) async fn ensure_entry(
    ledger: &Ledger<'_>,
    cluster: &str,
    role_arn: &str,
    entry_type: &str,
    there: Option<&AccessEntry>,
    tags: &TagMap,
) -> Result<()> {
    let name = role_name(role_arn);
    match there.map(|entry| entry.kind.as_str()) {
        Some(known) if known == entry_type => ledger.settle(ResourceKind::AccessEntry, name, Verdict::Unchanged),
        Some(other) => {
            return Err(Error::new(
                Code::CannotChangeInPlace,
                format!("the access entry of role `{name}` has type `{other}`, but nodes need `{entry_type}`"),
            )
            .help(format!(
                "remove it first: `aws eks delete-access-entry --cluster-name {cluster} --principal-arn {role_arn}`"
            )));
        }
        None => {
            create_entry(ledger, cluster, role_arn, entry_type, tags).await?;
            ledger.settle(ResourceKind::AccessEntry, name, Verdict::Created);
        }
    }
    Ok(())
}

/// EKS refuses a principal that IAM has not yet told it of: tried again until it knows.
async fn create_entry(
    ledger: &Ledger<'_>,
    cluster: &str,
    role_arn: &str,
    entry_type: &str,
    tags: &TagMap,
) -> Result<()> {
    let request = AwsMutation::CreateAccessEntry {
        cluster: cluster.to_owned(),
        principal_arn: role_arn.to_owned(),
        entry_type: entry_type.to_owned(),
        client_token: ledger.token("access-entry", role_arn),
        tags: tags.clone(),
    };
    let unknown = |refusal: &Error| {
        (refusal.has_cause("InvalidParameterException") && refusal.mentions("rincipal"))
            .then(|| unknown_yet(refusal, "EKS", "the new role"))
    };
    match insist(ledger, request.clone(), &mut propagation(ledger), unknown).await {
        Err(refusal) if refusal.has_cause("ResourceInUseException") => {
            // It belongs to an earlier role of that name, whom EKS does not mistake for this one.
            ledger.aws(delete_request(cluster, role_arn)).await?;
            insist(ledger, request, &mut propagation(ledger), unknown).await
        }
        other => other,
    }
}

/// Makes sure that `aws-auth` has a row for the role, with the groups that nodes of the family need.
pub(super) async fn ensure_row(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    role_arn: &str,
    family: AmiFamily,
) -> Result<()> {
    let verdict = edit(ledger, api, |text| aws_auth::with_node_role(text, role_arn, family)).await?;
    let verdict = if verdict { Verdict::Created } else { Verdict::Unchanged };
    ledger.settle(ResourceKind::AwsAuthMapping, role_name(role_arn), verdict);
    Ok(())
}

/// Removes the role's row from `aws-auth`; tells whether there was one.
pub(super) async fn remove_row(ledger: &Ledger<'_>, api: &dyn Cluster, role_arn: &str) -> Result<bool> {
    edit(ledger, api, |text| aws_auth::without_role(text, role_arn)).await
}

/// Whether `aws-auth` has a row for the role.
pub(super) async fn has_row(api: &dyn Cluster, role_arn: &str) -> Result<bool> {
    let map = api.config_map("kube-system", "aws-auth").await?;
    let text = map.and_then(|map| map.data).and_then(|data| data.get(MAP_ROLES).cloned()).unwrap_or_default();
    aws_auth::contains(&text, role_arn)
}

/// The request that removes an access entry.
pub(super) fn delete_request(cluster: &str, role_arn: &str) -> AwsMutation {
    AwsMutation::DeleteAccessEntry { cluster: cluster.to_owned(), principal_arn: role_arn.to_owned() }
}

/// Reads, edits and writes the ConfigMap. Another writer in between makes the write fail: then all over again, a few times.
async fn edit(ledger: &Ledger<'_>, api: &dyn Cluster, edit: impl Fn(&str) -> Result<String>) -> Result<bool> {
    let mut tries = 0;
    loop {
        let map = api.config_map("kube-system", "aws-auth").await?;
        let resource_version = map.as_ref().and_then(|map| map.metadata.resource_version.clone());
        let mut data: IndexMap<String, String> =
            map.and_then(|map| map.data).map(|data| data.into_iter().collect()).unwrap_or_default();
        let before = data.get(MAP_ROLES).cloned().unwrap_or_default();
        let after = edit(&before)?;
        if after == before {
            return Ok(false);
        }
        data.insert(MAP_ROLES.to_owned(), after);
        let put = KubeMutation::PutConfigMap {
            namespace: "kube-system".to_owned(),
            name: "aws-auth".to_owned(),
            data,
            resource_version,
        };
        match ledger.kube(api, put).await {
            Ok(_) => return Ok(true),
            // Whoever was faster may have been our own request, whose answer was lost.
            Err(error) if tries < 4 && ["has been modified", "already exists"].iter().any(|it| error.mentions(it)) => {
                tries += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The last part of an ARN.
pub(super) fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

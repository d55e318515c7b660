//! Finding the cluster a user names.

use super::Session;
use crate::domain::Code;
use crate::domain::cloud::{CallerIdentity, Cluster};
use crate::domain::error::{Error, Result, nearest};

/// The cluster called `name`.
///
/// # Errors
/// `SPOT-0310` with the nearest name that exists, and what AWS refuses.
pub async fn cluster(session: &Session, name: &str) -> Result<Cluster> {
    match session.cloud.cluster(name).await? {
        Some(cluster) => Ok(cluster),
        None => Err(missing(session, name).await),
    }
}

/// Only now are the other names read: the common path is one request.
async fn missing(session: &Session, name: &str) -> Error {
    let region = session.cloud.region();
    let error = Error::new(Code::ClusterNotFound, format!("no EKS cluster `{name}` in region `{region}`"));
    match session.cloud.cluster_names().await {
        Err(refused) => error.because(format!("the names that exist could not be read: {refused}")),
        Ok(names) if names.is_empty() => error
            .help(format!("region `{region}` has no EKS cluster: choose another with `--region`, or create one first")),
        Ok(names) => match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("clusters here: {}", quoted(&names))),
        },
    }
}

/// `` `a`, `b` ``.
pub(super) fn quoted<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// The account that a cluster's ARN names: saves asking STS.
pub(super) fn account_of(cluster: &Cluster) -> CallerIdentity {
    let account = cluster.arn.split(':').nth(4).unwrap_or_default().to_owned();
    CallerIdentity { account, arn: cluster.arn.clone() }
}

//! EKS: clusters and access entries.

use async_trait::async_trait;
use aws_sdk_eks::types as sdk;

use super::AwsCloud;
use super::error::{failed, is};
use crate::domain::cloud::{AccessEntry, AuthenticationMode, Cluster, ClusterStatus, TagMap};
use crate::domain::error::Result;
use crate::domain::mutation::Outcome;
use crate::ports::Clusters;

pub(super) const NOT_FOUND: &[&str] = &["ResourceNotFoundException"];

#[async_trait]
impl Clusters for AwsCloud {
    async fn cluster(&self, name: &str) -> Result<Option<Cluster>> {
        match self.eks().describe_cluster().name(name).send().await {
            Ok(answer) => Ok(answer.cluster.map(cluster)),
            Err(e) if is(&e, NOT_FOUND) => Ok(None),
            Err(e) => Err(failed(&format!("describe cluster `{name}`"), &e)),
        }
    }

    async fn cluster_names(&self) -> Result<Vec<String>> {
        let pages = self.eks().list_clusters().into_paginator().items().send();
        pages.try_collect().await.map_err(|e| failed("list clusters", &e))
    }

    async fn access_entry(&self, cluster: &str, principal_arn: &str) -> Result<Option<AccessEntry>> {
        match self.eks().describe_access_entry().cluster_name(cluster).principal_arn(principal_arn).send().await {
            Ok(answer) => Ok(answer.access_entry.map(|entry| AccessEntry {
                kind: entry.r#type.unwrap_or_default(),
                tags: sorted(entry.tags.unwrap_or_default()),
            })),
            Err(e) if is(&e, NOT_FOUND) => Ok(None),
            Err(e) => Err(failed(&format!("describe the access entry of `{principal_arn}`"), &e)),
        }
    }
}

impl AwsCloud {
    pub(super) async fn create_access_entry(
        &self,
        cluster: &str,
        principal_arn: &str,
        entry_type: &str,
        client_token: &str,
        tags: &TagMap,
    ) -> Result<Outcome> {
        let request = self
            .eks()
            .create_access_entry()
            .cluster_name(cluster)
            .principal_arn(principal_arn)
            .r#type(entry_type)
            .client_request_token(client_token)
            .set_tags(Some(tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()));
        match request.send().await {
            Ok(answer) => Ok(Outcome { id: None, arn: answer.access_entry.and_then(|entry| entry.access_entry_arn) }),
            Err(e) => Err(failed(&format!("create an access entry for `{principal_arn}`"), &e)),
        }
    }

    pub(super) async fn delete_access_entry(&self, cluster: &str, principal_arn: &str) -> Result<Outcome> {
        match self.eks().delete_access_entry().cluster_name(cluster).principal_arn(principal_arn).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete the access entry of `{principal_arn}`"), &e)),
        }
    }
}

/// Tags in an order of their own: EKS gives none.
pub(super) fn sorted(tags: std::collections::HashMap<String, String>) -> TagMap {
    let mut tags: TagMap = tags.into_iter().collect();
    tags.sort_unstable_keys();
    tags
}

fn cluster(cluster: sdk::Cluster) -> Cluster {
    let network = cluster.resources_vpc_config;
    let mode = cluster.access_config.and_then(|access| access.authentication_mode);
    Cluster {
        name: cluster.name.unwrap_or_default(),
        arn: cluster.arn.unwrap_or_default(),
        version: cluster.version.unwrap_or_default(),
        status: ClusterStatus(cluster.status.map(|status| status.as_str().to_owned()).unwrap_or_default()),
        endpoint: cluster.endpoint.unwrap_or_default(),
        certificate_authority: cluster.certificate_authority.and_then(|ca| ca.data).unwrap_or_default(),
        service_cidr: cluster.kubernetes_network_config.and_then(|config| config.service_ipv4_cidr),
        vpc_id: network.as_ref().and_then(|network| network.vpc_id.clone()).filter(|id| !id.is_empty()),
        cluster_security_group: network
            .as_ref()
            .and_then(|network| network.cluster_security_group_id.clone())
            .filter(|id| !id.is_empty()),
        subnet_ids: network.and_then(|network| network.subnet_ids).unwrap_or_default(),
        authentication_mode: match mode {
            Some(sdk::AuthenticationMode::Api) => AuthenticationMode::Api,
            Some(sdk::AuthenticationMode::ApiAndConfigMap) => AuthenticationMode::ApiAndConfigMap,
            // A cluster from before access entries has no access configuration at all.
            _ => AuthenticationMode::ConfigMap,
        },
    }
}

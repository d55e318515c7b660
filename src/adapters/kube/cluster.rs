//! A cluster, over kube-rs.

use async_trait::async_trait;
use http::{Request, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod};
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::{Client, Resource};
use serde::de::DeserializeOwned;

use super::failure::from_kube;
use super::{change, describe};
use crate::domain::drain::Missing;
use crate::domain::error::Result;
use crate::domain::kubernetes::refusal::Status;
use crate::domain::kubernetes::{FieldSelector, Selector};
use crate::domain::mutation::{KubeMutation, Outcome};
use crate::ports::Cluster;

/// Objects asked for at once: what kubectl asks for.
pub(super) const PAGE: u32 = 500;

/// A cluster's API server.
#[derive(Clone)]
pub struct KubeCluster {
    client: Client,
    zone: TimeZone,
}

impl std::fmt::Debug for KubeCluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KubeCluster")
    }
}

impl KubeCluster {
    /// A cluster that `client` talks to. Makes no request.
    pub fn new(client: Client) -> Self {
        KubeCluster { client, zone: TimeZone::system() }
    }

    /// The same cluster, whose descriptions print times in `zone` instead of the system's (the `TZ` variable).
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        KubeCluster { zone, ..self }
    }

    /// The objects of a resource in a namespace, or in all.
    fn objects<K>(&self, namespace: Option<&str>) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
    {
        match namespace {
            Some(namespace) => Api::namespaced(self.client.clone(), namespace),
            None => Api::all(self.client.clone()),
        }
    }
}

/// Lists all pages.
async fn list_all<K>(api: &Api<K>, what: &str, labels: &str, fields: &str) -> Result<Vec<K>>
where
    K: Clone + DeserializeOwned + std::fmt::Debug,
{
    Selector::parse(labels)?;
    FieldSelector::parse(fields)?;
    let mut params = ListParams::default().labels(labels).fields(fields).limit(PAGE);
    let mut all = Vec::new();
    loop {
        let page = api.list(&params).await.map_err(|error| from_kube(what, error))?;
        all.extend(page.items);
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params.continue_token = Some(token),
            None => return Ok(all),
        }
    }
}

#[async_trait]
impl Cluster for KubeCluster {
    async fn nodes(&self, selector: &str) -> Result<Vec<Node>> {
        list_all(&Api::all(self.client.clone()), "list nodes", selector, "").await
    }

    async fn node(&self, name: &str) -> Result<Option<Node>> {
        let nodes: Api<Node> = Api::all(self.client.clone());
        nodes.get_opt(name).await.map_err(|error| from_kube(&format!("get node `{name}`"), error))
    }

    async fn pods(&self, namespace: Option<&str>, labels: &str, fields: &str) -> Result<Vec<Pod>> {
        list_all(&self.objects(namespace), "list pods", labels, fields).await
    }

    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        let found = self.objects::<Pod>(Some(namespace)).get_opt(name).await;
        found.map_err(|error| from_kube(&format!("get pod `{namespace}/{name}`"), error))
    }

    async fn daemon_set(&self, namespace: &str, name: &str) -> std::result::Result<(), Missing> {
        match self.objects::<DaemonSet>(Some(namespace)).get_metadata(name).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) => Err(Missing { absent: status.code == 404, why: status.message.clone() }),
            Err(error) => {
                let error = from_kube(&format!("get DaemonSet `{namespace}/{name}`"), error);
                Err(Missing { absent: false, why: error.message })
            }
        }
    }

    async fn events(&self, namespace: Option<&str>, fields: &str) -> Result<Vec<Event>> {
        list_all(&self.objects(namespace), "list events", "", fields).await
    }

    async fn config_map(&self, namespace: &str, name: &str) -> Result<Option<ConfigMap>> {
        let found = self.objects::<ConfigMap>(Some(namespace)).get_opt(name).await;
        found.map_err(|error| from_kube(&format!("get ConfigMap `{namespace}/{name}`"), error))
    }

    async fn describe_node(&self, name: &str, now: Timestamp) -> Result<Option<String>> {
        let resource = ApiResource::erase::<Node>(&());
        let nodes: Api<DynamicObject> = Api::all_with(self.client.clone(), &resource);
        let found = nodes.get_opt(name).await.map_err(|error| from_kube(&format!("get node `{name}`"), error))?;
        match found {
            Some(node) => describe::node(&self.client, node, now, &self.zone).await.map(Some),
            None => Ok(None),
        }
    }

    async fn describe_pod(&self, namespace: &str, name: &str, now: Timestamp) -> Result<Option<String>> {
        let resource = ApiResource::erase::<Pod>(&());
        let pods: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), namespace, &resource);
        let what = format!("get pod `{namespace}/{name}`");
        match pods.get_opt(name).await.map_err(|error| from_kube(&what, error))? {
            Some(pod) => describe::pod(self.client.clone(), &pod, now, self.zone.clone()).await.map(Some),
            None => Ok(None),
        }
    }

    async fn read(&self, path: &str, accept: &str) -> Result<std::result::Result<Vec<u8>, Status>> {
        let what = || format!("read `{path}`");
        let request = Request::get(path).header(header::ACCEPT, accept).body(vec![]);
        let request = request.map_err(|error| from_kube(&what(), kube::Error::HttpError(error)))?;
        match self.client.request_text(request).await {
            Ok(text) => Ok(Ok(text.into_bytes())),
            Err(kube::Error::Api(status)) => Ok(Err(Status {
                code: status.code,
                reason: status.reason.clone(),
                message: status.message.clone(),
                details: serde_json::to_value(&status.details).unwrap_or_default(),
            })),
            Err(error) => Err(from_kube(&what(), error)),
        }
    }

    async fn rehearse(&self, mutation: &KubeMutation) -> Result<()> {
        change::make(&self.client, mutation, true).await
    }

    async fn apply(&self, mutation: &KubeMutation) -> Result<Outcome> {
        change::make(&self.client, mutation, false).await?;
        Ok(Outcome::default())
    }
}

//! A cluster whose API server is asked again while it says that it has too much to do, or has just failed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod};

use super::backoff::Backoff;
use crate::domain::Code;
use crate::domain::drain::Missing;
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::refusal::Status;
use crate::domain::mutation::{KubeMutation, Outcome};
use crate::ports::{Clock, Cluster};

/// Longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(5);
/// How long a server may say so.
const PATIENCE: Duration = Duration::from_secs(15);

/// The cluster behind it, asked with patience.
pub(super) struct Patient {
    pub(super) inner: Arc<dyn Cluster>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Patient {
    async fn insist<T, F: Future<Output = Result<T>>>(&self, ask: impl Fn() -> F) -> Result<T> {
        self.until(ask, |answer| matches!(answer, Err(Error { code: Code::KubeBusy, .. }))).await
    }

    async fn until<T, F: Future<Output = T>>(&self, ask: impl Fn() -> F, again: impl Fn(&T) -> bool) -> T {
        let mut pauses = Backoff::new(&*self.clock, LONGEST, PATIENCE);
        loop {
            let answer = ask().await;
            if !again(&answer) || !pauses.pause(&*self.clock).await {
                return answer;
            }
        }
    }
}

#[async_trait]
impl Cluster for Patient {
    async fn nodes(&self, selector: &str) -> Result<Vec<Node>> {
        self.insist(|| self.inner.nodes(selector)).await
    }
    async fn node(&self, name: &str) -> Result<Option<Node>> {
        self.insist(|| self.inner.node(name)).await
    }
    async fn pods(&self, namespace: Option<&str>, labels: &str, fields: &str) -> Result<Vec<Pod>> {
        self.insist(|| self.inner.pods(namespace, labels, fields)).await
    }
    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        self.insist(|| self.inner.pod(namespace, name)).await
    }
    async fn daemon_set(&self, namespace: &str, name: &str) -> std::result::Result<(), Missing> {
        self.inner.daemon_set(namespace, name).await
    }
    async fn events(&self, namespace: Option<&str>, fields: &str) -> Result<Vec<Event>> {
        self.insist(|| self.inner.events(namespace, fields)).await
    }
    async fn config_map(&self, namespace: &str, name: &str) -> Result<Option<ConfigMap>> {
        self.insist(|| self.inner.config_map(namespace, name)).await
    }
    async fn describe_node(&self, name: &str, now: Timestamp) -> Result<Option<String>> {
        self.insist(|| self.inner.describe_node(name, now)).await
    }
    async fn describe_pod(&self, namespace: &str, name: &str, now: Timestamp) -> Result<Option<String>> {
        self.insist(|| self.inner.describe_pod(namespace, name, now)).await
    }
    async fn read(&self, path: &str, accept: &str) -> Result<std::result::Result<Vec<u8>, Status>> {
        let busy = |answer: &Result<std::result::Result<Vec<u8>, Status>>| matches!(answer, Ok(Err(status)) if matches!(status.code, 429 | 500 | 502..=504));
        self.until(|| self.inner.read(path, accept), busy).await
    }
    async fn rehearse(&self, mutation: &KubeMutation) -> Result<()> {
        self.insist(|| self.inner.rehearse(mutation)).await
    }
    async fn apply(&self, mutation: &KubeMutation) -> Result<Outcome> {
        self.insist(|| self.inner.apply(mutation)).await
    }
}

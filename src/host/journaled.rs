//! The journal's seam: ports that write each change down before it is sent, and what came of it after.
//!
//! Reads go through untouched. A change whose intent cannot be written is not sent.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod};

use crate::domain::cloud::{
    AutoScalingGroup, CallerIdentity, Cluster as CloudCluster, Instance, InstanceProfile, KeyPair, LaunchTemplate,
    Offering, Role, ScalingActivity, SecurityGroup, SpotPrice, Subnet,
};
use crate::domain::drain::Missing;
use crate::domain::error::Result;
use crate::domain::kubernetes::refusal::Status;
use crate::domain::mutation::{AwsMutation, KubeMutation, Mutation, Outcome};
use crate::journal::Writer;
use crate::ops::Session;
use crate::ports::{
    AutoScaling, Clock, Cloud, Cluster, ClusterAccess, Clusters, Identities, Images, Instances, LaunchTemplates,
    Mutate, Network, RequestCounts,
};

/// The session with its changes written down.
pub(super) fn journaled(session: Session, writer: Arc<Writer>) -> Session {
    let notes = Notes { writer, clock: Arc::clone(&session.clock) };
    Session {
        cloud: Arc::new(Journaled { inner: session.cloud, notes: notes.clone() }),
        clusters: Arc::new(JournaledAccess { inner: session.clusters, notes }),
        ..session
    }
}

/// Where changes are written down.
#[derive(Clone)]
struct Notes {
    writer: Arc<Writer>,
    clock: Arc<dyn Clock>,
}

impl Notes {
    /// Sends a change between its two lines.
    async fn around(&self, mutation: Mutation, send: impl Future<Output = Result<Outcome>> + Send) -> Result<Outcome> {
        let seq = self.writer.intent(&mutation, self.clock.now())?;
        let outcome = send.await;
        // The change is made: that its outcome could not be noted must not hide it. Reading finds an intent without
        // an answer, which is what a crash leaves too.
        drop(self.writer.outcome(seq, &outcome, self.clock.now()));
        outcome
    }
}

struct Journaled {
    inner: Arc<dyn Cloud>,
    notes: Notes,
}

#[async_trait]
impl Mutate for Journaled {
    async fn apply(&self, mutation: &AwsMutation) -> Result<Outcome> {
        self.notes.around(Mutation::Aws(mutation.clone()), self.inner.apply(mutation)).await
    }
}

#[async_trait]
impl Clusters for Journaled {
    async fn cluster(&self, name: &str) -> Result<Option<CloudCluster>> {
        self.inner.cluster(name).await
    }
    async fn cluster_names(&self) -> Result<Vec<String>> {
        self.inner.cluster_names().await
    }
    async fn access_entry(&self, cluster: &str, principal_arn: &str) -> Result<Option<String>> {
        self.inner.access_entry(cluster, principal_arn).await
    }
}

#[async_trait]
impl Images for Journaled {
    async fn image_parameter(&self, parameter: &str) -> Result<Option<String>> {
        self.inner.image_parameter(parameter).await
    }
}

#[async_trait]
impl Network for Journaled {
    async fn subnets(&self, ids: &[String]) -> Result<Vec<Subnet>> {
        self.inner.subnets(ids).await
    }
    async fn vpc_cidrs(&self, vpc_id: &str) -> Result<Vec<String>> {
        self.inner.vpc_cidrs(vpc_id).await
    }
    async fn key_pairs(&self) -> Result<Vec<KeyPair>> {
        self.inner.key_pairs().await
    }
    async fn offerings(&self, types: &[String]) -> Result<Vec<Offering>> {
        self.inner.offerings(types).await
    }
    async fn security_group(&self, vpc_id: &str, name: &str) -> Result<Option<SecurityGroup>> {
        self.inner.security_group(vpc_id, name).await
    }
}

#[async_trait]
impl Identities for Journaled {
    async fn caller(&self) -> Result<CallerIdentity> {
        self.inner.caller().await
    }
    async fn role(&self, name: &str) -> Result<Option<Role>> {
        self.inner.role(name).await
    }
    async fn role_exists(&self, name: &str) -> Result<bool> {
        self.inner.role_exists(name).await
    }
    async fn instance_profile(&self, name: &str) -> Result<Option<InstanceProfile>> {
        self.inner.instance_profile(name).await
    }
}

#[async_trait]
impl LaunchTemplates for Journaled {
    async fn launch_template(&self, name: &str) -> Result<Option<LaunchTemplate>> {
        self.inner.launch_template(name).await
    }
}

#[async_trait]
impl AutoScaling for Journaled {
    async fn group(&self, name: &str) -> Result<Option<AutoScalingGroup>> {
        self.inner.group(name).await
    }
    async fn groups_by_tag(&self, key: &str, value: &str) -> Result<Vec<AutoScalingGroup>> {
        self.inner.groups_by_tag(key, value).await
    }
    async fn activities(&self, group: &str, limit: usize) -> Result<Vec<ScalingActivity>> {
        self.inner.activities(group, limit).await
    }
}

#[async_trait]
impl Instances for Journaled {
    async fn instances(&self, ids: &[String]) -> Result<Vec<Instance>> {
        self.inner.instances(ids).await
    }
    async fn console_output(&self, id: &str) -> Result<Option<String>> {
        self.inner.console_output(id).await
    }
    async fn spot_prices(&self, types: &[String]) -> Result<Vec<SpotPrice>> {
        self.inner.spot_prices(types).await
    }
}

impl Cloud for Journaled {
    fn region(&self) -> &str {
        self.inner.region()
    }
    fn requests(&self) -> RequestCounts {
        self.inner.requests()
    }
}

struct JournaledAccess {
    inner: Arc<dyn ClusterAccess>,
    notes: Notes,
}

#[async_trait]
impl ClusterAccess for JournaledAccess {
    async fn connect(&self, cluster: &CloudCluster) -> Result<Arc<dyn Cluster>> {
        let inner = self.inner.connect(cluster).await?;
        Ok(Arc::new(JournaledCluster { inner, notes: self.notes.clone() }))
    }
}

struct JournaledCluster {
    inner: Arc<dyn Cluster>,
    notes: Notes,
}

#[async_trait]
impl Cluster for JournaledCluster {
    async fn nodes(&self, selector: &str) -> Result<Vec<Node>> {
        self.inner.nodes(selector).await
    }
    async fn node(&self, name: &str) -> Result<Option<Node>> {
        self.inner.node(name).await
    }
    async fn pods(&self, namespace: Option<&str>, labels: &str, fields: &str) -> Result<Vec<Pod>> {
        self.inner.pods(namespace, labels, fields).await
    }
    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        self.inner.pod(namespace, name).await
    }
    async fn daemon_set(&self, namespace: &str, name: &str) -> std::result::Result<(), Missing> {
        self.inner.daemon_set(namespace, name).await
    }
    async fn events(&self, namespace: Option<&str>, fields: &str) -> Result<Vec<Event>> {
        self.inner.events(namespace, fields).await
    }
    async fn config_map(&self, namespace: &str, name: &str) -> Result<Option<ConfigMap>> {
        self.inner.config_map(namespace, name).await
    }
    async fn describe_node(&self, name: &str, now: Timestamp) -> Result<Option<String>> {
        self.inner.describe_node(name, now).await
    }
    async fn describe_pod(&self, namespace: &str, name: &str, now: Timestamp) -> Result<Option<String>> {
        self.inner.describe_pod(namespace, name, now).await
    }
    async fn read(&self, path: &str, accept: &str) -> Result<std::result::Result<Vec<u8>, Status>> {
        self.inner.read(path, accept).await
    }
    async fn rehearse(&self, mutation: &KubeMutation) -> Result<()> {
        self.inner.rehearse(mutation).await
    }
    async fn apply(&self, mutation: &KubeMutation) -> Result<Outcome> {
        self.notes.around(Mutation::Kube(mutation.clone()), self.inner.apply(mutation)).await
    }
}

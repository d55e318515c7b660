//! The ports as an operation sees them through a lens.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod};

use super::Lens;
use crate::domain::advisor::OperatingSystem;
use crate::domain::change::{ConfigMapState, NodeState, Resource, State, UNKNOWN};
use crate::domain::cloud::{
    AccessEntry, AutoScalingGroup, CallerIdentity, Cluster as CloudCluster, Firewall, Instance, InstanceProfile,
    KeyPair, LaunchTemplate, LaunchTemplateData, ManagedNodegroup, NodegroupUpdate, Offering, Reclaim, Role,
    ScalingActivity, SecurityGroup, SpotPrice, Subnet, TemplateHistory,
};
use crate::domain::drain::Missing;
use crate::domain::error::Result;
use crate::domain::inventory::Tagged;
use crate::domain::kubernetes::refusal::Status;
use crate::domain::mutation::{AwsMutation, KubeMutation, Mutation, Outcome};
use crate::ops::{Session, current, current_in};
use crate::ports::{
    AutoScaling, Belongings, Cloud, Cluster, ClusterAccess, Clusters, Identities, Images, Instances, LaunchTemplates,
    Mutate, Network, Nodegroups, Quotas, RequestCounts,
};

/// The session seen through `lens`.
pub(in crate::host) fn seen_through(session: Session, lens: Arc<dyn Lens>) -> Session {
    Session {
        cloud: Arc::new(SeenCloud { inner: session.cloud, lens: Arc::clone(&lens) }),
        clusters: Arc::new(SeenAccess { inner: session.clusters, lens }),
        ..session
    }
}

struct SeenCloud {
    inner: Arc<dyn Cloud>,
    lens: Arc<dyn Lens>,
}

#[async_trait]
impl Mutate for SeenCloud {
    async fn apply(&self, mutation: &AwsMutation) -> Result<Outcome> {
        let change = Mutation::Aws(mutation.clone());
        let resource = Resource::of(&change);
        if !self.lens.knows(&resource) && !change.creates() {
            let state = current(&*self.inner, None, &resource).await?;
            self.lens.see(&resource, state);
        }
        self.lens.send(change, None, Box::pin(self.inner.apply(mutation))).await
    }
    async fn allows(&self, mutation: &AwsMutation) -> Result<()> {
        self.inner.allows(mutation).await
    }
}

#[async_trait]
impl Clusters for SeenCloud {
    async fn cluster(&self, name: &str) -> Result<Option<CloudCluster>> {
        self.inner.cluster(name).await
    }
    async fn cluster_names(&self) -> Result<Vec<String>> {
        self.inner.cluster_names().await
    }
    async fn access_entry(&self, cluster: &str, principal_arn: &str) -> Result<Option<AccessEntry>> {
        let resource = Resource::AccessEntry { cluster: cluster.to_owned(), principal_arn: principal_arn.to_owned() };
        let real = self.inner.access_entry(cluster, principal_arn).await?;
        Ok(match self.lens.see(&resource, real.map(State::from)) {
            Some(State::AccessEntry(state)) => Some(state.entry),
            _ => None,
        })
    }
}

#[async_trait]
impl Nodegroups for SeenCloud {
    async fn nodegroup(&self, cluster: &str, name: &str) -> Result<Option<ManagedNodegroup>> {
        let resource = Resource::Nodegroup { cluster: cluster.to_owned(), name: name.to_owned() };
        let real = self.inner.nodegroup(cluster, name).await?;
        Ok(match self.lens.see(&resource, real.map(Box::new).map(State::Nodegroup)) {
            Some(State::Nodegroup(group)) => Some(*group),
            _ => None,
        })
    }
    async fn nodegroup_names(&self, cluster: &str) -> Result<Vec<String>> {
        self.inner.nodegroup_names(cluster).await
    }
    async fn nodegroup_update(&self, cluster: &str, name: &str, id: &str) -> Result<Option<NodegroupUpdate>> {
        // What is only planned is done at once.
        if id.contains(UNKNOWN) {
            let (id, status) = (id.to_owned(), "Successful".to_owned());
            return Ok(Some(NodegroupUpdate { id, status, errors: vec![] }));
        }
        self.inner.nodegroup_update(cluster, name, id).await
    }
}

#[async_trait]
impl Images for SeenCloud {
    async fn image_parameter(&self, parameter: &str) -> Result<Option<String>> {
        self.inner.image_parameter(parameter).await
    }
    async fn image_exists(&self, id: &str) -> Result<bool> {
        self.inner.image_exists(id).await
    }
}

#[async_trait]
impl Network for SeenCloud {
    async fn subnets(&self, ids: &[String]) -> Result<Vec<Subnet>> {
        let subnets = self.inner.subnets(ids).await?;
        self.lens.see_subnets(&subnets);
        Ok(subnets)
    }
    async fn vpc_cidrs(&self, vpc_id: &str) -> Result<Vec<String>> {
        self.inner.vpc_cidrs(vpc_id).await
    }
    async fn key_pairs(&self) -> Result<Vec<KeyPair>> {
        let mut pairs = self.inner.key_pairs().await?;
        // Listed without their keys: what is known of one is not replaced by less.
        pairs.retain(|pair| !self.lens.removes(&Resource::KeyPair { name: pair.name.clone() }));
        Ok(self.with_imagined(pairs, ""))
    }
    async fn key_pair(&self, name: &str) -> Result<Option<KeyPair>> {
        let real = self.inner.key_pair(name).await?;
        Ok(self.see_key_pair(name, real))
    }
    async fn key_pairs_beginning(&self, prefix: &str) -> Result<Vec<KeyPair>> {
        let real = self.inner.key_pairs_beginning(prefix).await?;
        let seen = real.into_iter().filter_map(|pair| self.see_key_pair(&pair.name.clone(), Some(pair)));
        let seen = seen.collect();
        Ok(self.with_imagined(seen, prefix))
    }
    async fn offerings(&self, types: &[String]) -> Result<Vec<Offering>> {
        self.inner.offerings(types).await
    }
    async fn security_group(&self, vpc_id: &str, name: &str) -> Result<Option<SecurityGroup>> {
        let resource = Resource::NewSecurityGroup { vpc_id: vpc_id.to_owned(), name: name.to_owned() };
        let real = self.inner.security_group(vpc_id, name).await?;
        Ok(security_group(self.lens.see(&resource, real.map(State::SecurityGroup))))
    }
    async fn security_group_by_id(&self, id: &str) -> Result<Option<SecurityGroup>> {
        let resource = Resource::SecurityGroup { id: id.to_owned() };
        let real = self.inner.security_group_by_id(id).await?;
        Ok(security_group(self.lens.see(&resource, real.map(State::SecurityGroup))))
    }
    async fn firewalls(&self, ids: &[String]) -> Result<Vec<Firewall>> {
        self.inner.firewalls(ids).await
    }
}

#[async_trait]
impl Identities for SeenCloud {
    async fn caller(&self) -> Result<CallerIdentity> {
        self.inner.caller().await
    }
    async fn role(&self, name: &str) -> Result<Option<Role>> {
        let real = self.inner.role(name).await?;
        Ok(match self.lens.see(&Resource::Role { name: name.to_owned() }, real.map(State::Role)) {
            Some(State::Role(role)) => Some(role),
            _ => None,
        })
    }
    async fn role_exists(&self, name: &str) -> Result<bool> {
        self.inner.role_exists(name).await
    }
    async fn instance_profile(&self, name: &str) -> Result<Option<InstanceProfile>> {
        let resource = Resource::InstanceProfile { name: name.to_owned() };
        let real = self.inner.instance_profile(name).await?;
        Ok(match self.lens.see(&resource, real.map(State::InstanceProfile)) {
            Some(State::InstanceProfile(profile)) => Some(profile),
            _ => None,
        })
    }
}

#[async_trait]
impl LaunchTemplates for SeenCloud {
    async fn launch_template(&self, name: &str) -> Result<Option<LaunchTemplate>> {
        let resource = Resource::LaunchTemplate { name: name.to_owned() };
        let real = self.inner.launch_template(name).await?;
        Ok(match self.lens.see(&resource, real.map(Box::new).map(State::LaunchTemplate)) {
            Some(State::LaunchTemplate(template)) => Some(*template),
            _ => None,
        })
    }
    async fn launch_templates(&self, names: &[String]) -> Result<Vec<LaunchTemplate>> {
        let mut real = self.inner.launch_templates(names).await?;
        let seen = names.iter().filter_map(|name| {
            let at = real.iter().position(|template| template.name == *name);
            let one = at.map(|at| Box::new(real.swap_remove(at))).map(State::LaunchTemplate);
            match self.lens.see(&Resource::LaunchTemplate { name: name.clone() }, one) {
                Some(State::LaunchTemplate(template)) => Some(*template),
                _ => None,
            }
        });
        Ok(seen.collect())
    }
    async fn launch_template_version(&self, name: &str, version: &str) -> Result<Option<LaunchTemplateData>> {
        // A version that a plan would make is only the lens's to tell.
        let newest = self.launch_template(name).await?.filter(|newest| newest.latest_version.to_string() == version);
        match newest {
            Some(newest) => Ok(Some(newest.data)),
            None => self.inner.launch_template_version(name, version).await,
        }
    }
    async fn template_histories(&self, names: &[String]) -> Result<Vec<TemplateHistory>> {
        self.inner.template_histories(names).await
    }
}

#[async_trait]
impl AutoScaling for SeenCloud {
    async fn group(&self, name: &str) -> Result<Option<AutoScalingGroup>> {
        Ok(self.see_group(name, self.inner.group(name).await?))
    }
    async fn groups(&self, names: &[String]) -> Result<Vec<AutoScalingGroup>> {
        let mut real = self.inner.groups(names).await?;
        let seen = names.iter().filter_map(|name| {
            let at = real.iter().position(|group| group.name == *name);
            self.see_group(name, at.map(|at| real.swap_remove(at)))
        });
        Ok(seen.collect())
    }
    async fn groups_by_tag(&self, keys: &[&str], value: &str) -> Result<Vec<AutoScalingGroup>> {
        let real = self.inner.groups_by_tag(keys, value).await?;
        let mut groups: Vec<AutoScalingGroup> =
            real.into_iter().filter_map(|group| self.see_group(&group.name.clone(), Some(group))).collect();
        for group in self.lens.imagined_groups() {
            if keys.iter().any(|key| group.tags.get(*key).is_some_and(|there| there == value))
                && groups.iter().all(|there| there.name != group.name)
            {
                groups.push(group);
            }
        }
        Ok(groups)
    }
    async fn activities(&self, group: &str, limit: usize) -> Result<Vec<ScalingActivity>> {
        match self.lens.imagines(&Resource::AutoScalingGroup { name: group.to_owned() }) {
            true => Ok(vec![]),
            false => self.inner.activities(group, limit).await,
        }
    }
}

#[async_trait]
impl Instances for SeenCloud {
    async fn instances(&self, ids: &[String]) -> Result<Vec<Instance>> {
        let (imagined, real) = self.lens.split_instances(ids);
        let mut instances =
            if real.is_empty() && !ids.is_empty() { vec![] } else { self.inner.instances(&real).await? };
        instances.extend(imagined);
        Ok(instances)
    }
    async fn reclaims(&self) -> Result<Vec<Reclaim>> {
        self.inner.reclaims().await
    }
    async fn console_output(&self, id: &str) -> Result<Option<String>> {
        self.inner.console_output(id).await
    }
    async fn spot_prices(&self, types: &[String], os: OperatingSystem) -> Result<Vec<SpotPrice>> {
        self.inner.spot_prices(types, os).await
    }
}

/// Nothing is planned from listings alone: they are as they are.
#[async_trait]
impl Belongings for SeenCloud {
    async fn tagged_roles(&self, prefix: &str) -> Result<Vec<Tagged>> {
        self.inner.tagged_roles(prefix).await
    }
    async fn tagged_profiles(&self, prefix: &str) -> Result<Vec<Tagged>> {
        self.inner.tagged_profiles(prefix).await
    }
    async fn tagged_templates(&self, key: &str) -> Result<Vec<Tagged>> {
        self.inner.tagged_templates(key).await
    }
    async fn tagged_security_groups(&self, key: &str) -> Result<Vec<SecurityGroup>> {
        self.inner.tagged_security_groups(key).await
    }
    async fn tagged_key_pairs(&self, key: &str) -> Result<Vec<Tagged>> {
        self.inner.tagged_key_pairs(key).await
    }
    async fn tagged_access_entries(&self, cluster: &str, prefix: &str) -> Result<Vec<Tagged>> {
        self.inner.tagged_access_entries(cluster, prefix).await
    }
    async fn all_groups(&self) -> Result<Vec<AutoScalingGroup>> {
        self.inner.all_groups().await
    }
    async fn instances_of_profile(&self, arn: &str) -> Result<Vec<String>> {
        self.inner.instances_of_profile(arn).await
    }
}

#[async_trait]
impl Quotas for SeenCloud {
    async fn ec2_quota(&self, code: &str) -> Result<Option<f64>> {
        self.inner.ec2_quota(code).await
    }
}

impl SeenCloud {
    fn see_key_pair(&self, name: &str, real: Option<KeyPair>) -> Option<KeyPair> {
        match self.lens.see(&Resource::KeyPair { name: name.to_owned() }, real.map(State::KeyPair)) {
            Some(State::KeyPair(pair)) => Some(pair),
            _ => None,
        }
    }

    fn with_imagined(&self, mut pairs: Vec<KeyPair>, prefix: &str) -> Vec<KeyPair> {
        for pair in self.lens.imagined_key_pairs() {
            if pair.name.starts_with(prefix) && pairs.iter().all(|there| there.name != pair.name) {
                pairs.push(pair);
            }
        }
        pairs
    }

    fn see_group(&self, name: &str, real: Option<AutoScalingGroup>) -> Option<AutoScalingGroup> {
        let resource = Resource::AutoScalingGroup { name: name.to_owned() };
        match self.lens.see(&resource, real.map(Box::new).map(State::AutoScalingGroup)) {
            Some(State::AutoScalingGroup(group)) => Some(*group),
            _ => None,
        }
    }
}

fn security_group(state: Option<State>) -> Option<SecurityGroup> {
    match state {
        Some(State::SecurityGroup(group)) => Some(group),
        _ => None,
    }
}

impl Cloud for SeenCloud {
    fn region(&self) -> &str {
        self.inner.region()
    }
    fn requests(&self) -> RequestCounts {
        self.inner.requests()
    }
}

struct SeenAccess {
    inner: Arc<dyn ClusterAccess>,
    lens: Arc<dyn Lens>,
}

#[async_trait]
impl ClusterAccess for SeenAccess {
    async fn connect(&self, cluster: &CloudCluster) -> Result<Arc<dyn Cluster>> {
        let inner = self.inner.connect(cluster).await?;
        Ok(self.seen(cluster.name.clone(), inner))
    }

    async fn without_eks(&self, name: Option<&str>) -> Result<Option<(String, Arc<dyn Cluster>)>> {
        let found = self.inner.without_eks(name).await?;
        Ok(found.map(|(name, inner)| (name.clone(), self.seen(name, inner))))
    }
}

impl SeenAccess {
    fn seen(&self, name: String, inner: Arc<dyn Cluster>) -> Arc<dyn Cluster> {
        Arc::new(SeenCluster { inner, name, lens: Arc::clone(&self.lens) })
    }
}

struct SeenCluster {
    inner: Arc<dyn Cluster>,
    name: String,
    lens: Arc<dyn Lens>,
}

#[async_trait]
impl Cluster for SeenCluster {
    async fn nodes(&self, selector: &str) -> Result<Vec<Node>> {
        let real = self.inner.nodes(selector).await?;
        for node in &real {
            let name = node.metadata.name.clone().unwrap_or_default();
            self.lens.see(&Resource::Node { name }, Some(State::Node(NodeState::of(node))));
        }
        self.lens.nodes(real, selector)
    }
    async fn node(&self, name: &str) -> Result<Option<Node>> {
        let real = self.inner.node(name).await?;
        let state = real.as_ref().map(|node| State::Node(NodeState::of(node)));
        self.lens.see(&Resource::Node { name: name.to_owned() }, state);
        let field = |node: &Node| node.metadata.name.as_deref() == Some(name);
        Ok(self.lens.nodes(real.into_iter().collect(), "")?.into_iter().find(field))
    }
    async fn pods(&self, namespace: Option<&str>, labels: &str, fields: &str) -> Result<Vec<Pod>> {
        Ok(self.lens.pods(self.inner.pods(namespace, labels, fields).await?))
    }
    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        let pod = self.inner.pod(namespace, name).await?;
        Ok(self.lens.pods(pod.into_iter().collect()).into_iter().next())
    }
    async fn daemon_set(&self, namespace: &str, name: &str) -> std::result::Result<(), Missing> {
        self.inner.daemon_set(namespace, name).await
    }
    async fn events(&self, namespace: Option<&str>, fields: &str) -> Result<Vec<Event>> {
        self.inner.events(namespace, fields).await
    }
    async fn config_map(&self, namespace: &str, name: &str) -> Result<Option<ConfigMap>> {
        let resource = Resource::ConfigMap { namespace: namespace.to_owned(), name: name.to_owned() };
        let real = self.inner.config_map(namespace, name).await?;
        let state = real.as_ref().map(|map| State::ConfigMap(ConfigMapState::of(map)));
        Ok(match self.lens.see(&resource, state) {
            Some(State::ConfigMap(state)) => {
                let mut map = real.unwrap_or_default();
                map.data = Some(state.data.into_iter().collect());
                Some(map)
            }
            _ => None,
        })
    }
    async fn describe_node(&self, name: &str, now: Timestamp) -> Result<Option<String>> {
        match self.lens.imagines(&Resource::Node { name: name.to_owned() }) {
            true => Ok(Some(format!("Name:               {name}\n{UNKNOWN}\n"))),
            false => self.inner.describe_node(name, now).await,
        }
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
        let change = Mutation::Kube(mutation.clone());
        let resource = Resource::of(&change);
        if !self.lens.knows(&resource) {
            let state = match &resource {
                // Who evicts a pod has just seen it.
                Resource::Pod { .. } => Some(State::Pod {}),
                _ => current_in(&*self.inner, &resource).await?,
            };
            self.lens.see(&resource, state);
        }
        self.lens.send(change, Some(&self.name), Box::pin(self.inner.apply(mutation))).await
    }
}

//! `kube::…`: nodes, pods and events of the cluster that the run is about.

use std::collections::HashMap;
use std::sync::Arc;

use rhai::plugin::*;
use schemars::JsonSchema;
use serde::Deserialize;

use super::eks::current_cluster;
use super::values::{Columns, NodeData, NodeValue, Nodes, Pods};
use crate::domain::Code;
use crate::domain::cloud::Lifecycle;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::kubernetes::FieldSelector;
use crate::domain::kubernetes::kinds::{Kind, NODES};
use crate::domain::kubernetes::node as facts;
use crate::domain::kubernetes::refusal::Refusal;
use crate::host::Host;
use crate::ops::{self, Session, objects};
use crate::ports::Cluster;

/// Options of `kube::nodes`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NodeOptions {
    /// Label selector in kubectl's grammar, such as `lifecycle in (Ec2Spot)`.
    selector: String,
    /// Field selector, such as `spec.unschedulable=true`.
    fields: String,
    /// Name of the cluster; the one that the run is about unless said.
    cluster: Option<String>,
}

/// Options of `kube::objects`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ObjectOptions {
    /// Label selector in kubectl's grammar.
    selector: String,
    /// Field selector, such as `metadata.name=web`.
    fields: String,
    /// Namespace; all unless said.
    namespace: Option<String>,
    /// Name of the cluster; the one that the run is about unless said.
    cluster: Option<String>,
}

/// Options of `kube::pods`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PodOptions {
    /// Label selector in kubectl's grammar.
    selector: String,
    /// Field selector, such as `status.phase=Running`.
    fields: String,
    /// Namespace; all unless said.
    namespace: Option<String>,
    /// Name of the cluster; the one that the run is about unless said.
    cluster: Option<String>,
}

/// The cluster that a call means, with its API server.
pub(super) async fn connect(session: &Session, name: &str) -> Result<Arc<dyn Cluster>> {
    let cluster = ops::cluster(session, name).await?;
    session.connect(&cluster).await
}

fn cluster_of(host: &Host, named: Option<String>) -> Result<String> {
    named.map_or_else(|| current_cluster(host), Ok)
}

pub(super) fn nodes(host: &Host, options: NodeOptions) -> Result<Nodes> {
    let cluster = cluster_of(host, options.cluster.clone())?;
    let (objects, bought, now) = host.ask(async |session| {
        let api = connect(session, &cluster).await?;
        let objects = picked(&*api, &options).await?;
        let bought = lifecycles(session, &objects).await?;
        Ok((objects, bought, session.clock.now()))
    })?;
    let wrap = |node| {
        let lifecycle = facts::instance_id(&node).and_then(|id| bought.get(id).copied());
        NodeValue(NodeData { node, lifecycle, cluster: cluster.clone(), now }.into())
    };
    Ok(Nodes { nodes: Arc::new(objects.into_iter().map(wrap).collect()), columns: Columns::default() })
}

/// The nodes that label and field selectors pick.
async fn picked(api: &dyn Cluster, options: &NodeOptions) -> Result<Vec<k8s_openapi::api::core::v1::Node>> {
    if options.fields.is_empty() {
        return api.nodes(&options.selector).await;
    }
    FieldSelector::parse(&options.fields)?;
    let (labels, fields) = (options.selector.as_str(), options.fields.as_str());
    let found = objects::objects(api, objects::Scope { kind: NODES, namespace: None, labels, fields }).await;
    let found = found.map_err(|refusal| match refusal {
        Refusal::Own(error) => *error,
        refusal => Error::new(Code::KubeRefused, "cannot list nodes").because(refusal.sentence()),
    })?;
    let read = |node| {
        serde_json::from_value(node)
            .map_err(|error| Error::new(Code::KubeRefused, "a node cannot be read").because(error.to_string()))
    };
    found.into_iter().map(read).collect()
}

/// Objects of any kind, as Kubernetes writes them.
pub(super) fn objects_of(host: &Host, kind: &str, options: ObjectOptions) -> Result<Vec<serde_json::Value>> {
    let Some(kind) = Kind::find(kind) else {
        return Err(Error::new(Code::InvalidValue, format!("there is no kind `{kind}`"))
            .help("for example `nodes`, `pods`, `leases`, `daemonsets`"));
    };
    let cluster = cluster_of(host, options.cluster)?;
    let namespace = options.namespace.as_deref();
    let scope = objects::Scope { kind, namespace, labels: &options.selector, fields: &options.fields };
    host.ask(async |session| {
        objects::objects(&*connect(session, &cluster).await?, scope).await.map_err(|refusal| match refusal {
            Refusal::Own(error) => *error,
            refusal => {
                Error::new(Code::KubeRefused, format!("cannot list {}", kind.plural)).because(refusal.sentence())
            }
        })
    })
}

/// How the nodes' instances are bought, from EC2: labels may say anything.
async fn lifecycles(
    session: &Session,
    nodes: &[k8s_openapi::api::core::v1::Node],
) -> Result<HashMap<String, Lifecycle>> {
    let ids: Vec<String> = nodes.iter().filter_map(facts::instance_id).map(str::to_owned).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let instances = session.cloud.instances(&ids).await?;
    Ok(instances.into_iter().map(|instance| (instance.id, instance.lifecycle)).collect())
}

pub(super) fn node(host: &Host, name: &str) -> Result<NodeValue> {
    let cluster = current_cluster(host)?;
    let (node, bought, now) = host.ask(async |session| {
        let api = connect(session, &cluster).await?;
        let Some(node) = api.node(name).await? else {
            let all = api.nodes("").await?;
            let error = Error::new(Code::NodeNotFound, format!("cluster `{cluster}` has no node `{name}`"));
            return Err(match nearest(name, all.iter().map(facts::name)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`kube::nodes()` lists the nodes"),
            });
        };
        let bought = lifecycles(session, std::slice::from_ref(&node)).await?;
        Ok((node, bought, session.clock.now()))
    })?;
    let lifecycle = facts::instance_id(&node).and_then(|id| bought.get(id).copied());
    Ok(NodeValue(NodeData { node, lifecycle, cluster, now }.into()))
}

pub(super) fn describe(host: &Host, node: &NodeValue) -> Result<String> {
    let (cluster, name) = (&node.0.cluster, facts::name(&node.0.node));
    let text =
        host.ask(async |session| connect(session, cluster).await?.describe_node(name, session.clock.now()).await)?;
    text.ok_or_else(|| Error::new(Code::NodeNotFound, format!("node `{name}` is gone")))
}

pub(super) fn pods(host: &Host, options: PodOptions) -> Result<Pods> {
    let cluster = cluster_of(host, options.cluster)?;
    let namespace = options.namespace.as_deref();
    let (pods, now) = host.ask(async |session| {
        let api = connect(session, &cluster).await?;
        Ok((api.pods(namespace, &options.selector, &options.fields).await?, session.clock.now()))
    })?;
    Ok(Pods { pods: pods.into(), now, columns: Columns::default(), all_namespaces: namespace.is_none() })
}

pub(super) fn pods_of_node(host: &Host, node: &NodeValue) -> Result<Pods> {
    let fields = format!("spec.nodeName={}", facts::name(&node.0.node));
    pods(host, PodOptions { fields, cluster: Some(node.0.cluster.clone()), ..PodOptions::default() })
}

/// Nodes, pods and events.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{NodeOptions, ObjectOptions, PodOptions};
    use crate::bindings::call::{Outcome, call};
    use crate::bindings::documents::to_map;
    use crate::bindings::options;
    use crate::bindings::values::{NodeValue, Nodes, Pods};
    use rhai::{Dynamic, Map};

    /// All nodes.
    ///
    /// ```rhai
    /// print(kube::nodes());
    /// ```
    #[rhai_fn(name = "nodes", return_raw)]
    pub fn all_nodes(ctx: NativeCallContext) -> Outcome<Nodes> {
        call(&ctx, |host| super::nodes(host, NodeOptions::default()))
    }

    /// The nodes that a label selector picks, in kubectl's grammar.
    ///
    /// ```rhai
    /// print(kube::nodes("lifecycle in (OnDemand), !zebra").show_labels());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn nodes(ctx: NativeCallContext, selector: &str) -> Outcome<Nodes> {
        let selector = selector.to_owned();
        call(&ctx, |host| super::nodes(host, NodeOptions { selector, ..NodeOptions::default() }))
    }

    /// The nodes that options pick: `selector` (labels), `fields` (such as `spec.unschedulable=true`), `cluster`.
    ///
    /// ```rhai
    /// print(kube::nodes(#{ cluster: "eks-spot-eksct" }));
    /// ```
    #[rhai_fn(name = "nodes", return_raw)]
    pub fn nodes_with(ctx: NativeCallContext, wanted: Map) -> Outcome<Nodes> {
        call(&ctx, |host| super::nodes(host, options::parse("kube::nodes", wanted)?))
    }

    /// The node of that name.
    ///
    /// ```rhai
    /// let name = kube::nodes()[0].name;
    /// print(kube::node(name).describe());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn node(ctx: NativeCallContext, name: &str) -> Outcome<NodeValue> {
        call(&ctx, |host| super::node(host, name))
    }

    /// All pods of all namespaces.
    ///
    /// ```rhai
    /// print(kube::pods());
    /// ```
    #[rhai_fn(name = "pods", return_raw)]
    pub fn all_pods(ctx: NativeCallContext) -> Outcome<Pods> {
        call(&ctx, |host| super::pods(host, PodOptions::default()))
    }

    /// The pods that options pick: `namespace`, `selector` (labels), `fields` (such as `status.phase=Running`), `cluster`.
    ///
    /// ```rhai
    /// print(kube::pods(#{ namespace: "kube-system" }).len);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn pods(ctx: NativeCallContext, wanted: Map) -> Outcome<Pods> {
        call(&ctx, |host| super::pods(host, options::parse("kube::pods", wanted)?))
    }

    /// The pods of a node.
    ///
    /// ```rhai
    /// print(kube::pods(kube::nodes()[0]));
    /// ```
    #[rhai_fn(name = "pods", return_raw)]
    pub fn pods_of_node(ctx: NativeCallContext, node: NodeValue) -> Outcome<Pods> {
        call(&ctx, |host| super::pods_of_node(host, &node))
    }

    /// All objects of a kind, in all namespaces: a list of maps as Kubernetes writes them.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// for lease in kube::objects("leases") { print(lease.metadata.name); }
    /// ```
    #[rhai_fn(name = "objects", return_raw)]
    pub fn all_objects(ctx: NativeCallContext, kind: &str) -> Outcome<Dynamic> {
        call(&ctx, |host| to_map(&super::objects_of(host, kind, ObjectOptions::default())?))
    }

    /// The objects of a kind that options pick: `namespace`, `selector` (labels), `fields`, `cluster`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::objects("daemonsets", #{ namespace: "kube-system" }).len);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn objects(ctx: NativeCallContext, kind: &str, wanted: Map) -> Outcome<Dynamic> {
        call(&ctx, |host| to_map(&super::objects_of(host, kind, options::parse("kube::objects", wanted)?)?))
    }

    /// The events of all namespaces: a list of maps as Kubernetes writes them.
    ///
    /// ```rhai
    /// for event in kube::events() { print(event.reason); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn events(ctx: NativeCallContext) -> Outcome<Dynamic> {
        call(&ctx, |host| {
            let cluster = super::current_cluster(host)?;
            to_map(&host.ask(async |session| super::connect(session, &cluster).await?.events(None, "").await)?)
        })
    }
}

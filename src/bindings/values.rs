//! The values that scripts hold: domain values under the names scripts know them by. None of them changes.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Node, Pod};

use crate::domain::advisor::AdvisorRow;
use crate::domain::cloud::{Cluster, Lifecycle};
use crate::domain::drain::DrainReport;
use crate::domain::feed_source::FeedSource;
use crate::domain::instance_type::InstanceType;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::inventory::{ChangeReport, GroupDetail, GroupSummary, Topology};
use crate::domain::node_change::NodeChange;
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::shape::Shape;
use crate::domain::taint::Taint;

/// `InstanceTypes`.
#[derive(Debug, Clone)]
pub struct Types(pub Arc<InstanceTypes>);

/// `InstanceType`.
#[derive(Debug, Clone)]
pub struct Type(pub Arc<InstanceType>);

/// `Shape`.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeValue(pub Shape);

/// `Taint`.
#[derive(Debug, Clone)]
pub struct TaintValue(pub Arc<Taint>);

/// `Labels`: of a node, or tags.
#[derive(Debug, Clone)]
pub struct Labels(pub Arc<IndexMap<String, String>>);

/// `Nodegroup`.
#[derive(Debug, Clone)]
pub struct Nodegroup(pub Arc<NodegroupSpec>);

/// `Config`: an eksctl document.
#[derive(Debug, Clone)]
pub struct Config(pub Arc<Vec<NodegroupSpec>>);

/// `Report`: what an idempotent verb did.
#[derive(Debug, Clone)]
pub struct Report(pub Arc<ChangeReport>);

/// `Changes`: what a verb did to nodes.
#[derive(Debug, Clone)]
pub struct Changes(pub Arc<Vec<NodeChange>>);

/// `Drain`: what came of a drain.
#[derive(Debug, Clone)]
pub struct Drain(pub Arc<DrainReport>);

/// `Groups`: rows of `eks::list`.
#[derive(Debug, Clone)]
pub struct Groups(pub Arc<Vec<GroupSummary>>);

/// `Group`: what `eks::get` found.
#[derive(Debug, Clone)]
pub struct Group(pub Arc<GroupDetail>);

/// `Cluster`.
#[derive(Debug, Clone)]
pub struct ClusterValue(pub Arc<Cluster>);

/// `Diagram`.
#[derive(Debug, Clone)]
pub struct Diagram(pub Arc<Topology>);

/// `Advice`: rows of the advisor with where they come from.
#[derive(Debug, Clone)]
pub struct Advice(pub Arc<AdviceData>);

/// What [`Advice`] holds.
#[derive(Debug)]
pub struct AdviceData {
    /// Region.
    pub region: String,
    /// Operating system.
    pub os: crate::domain::advisor::OperatingSystem,
    /// Rows.
    pub rows: Vec<AdvisorRow>,
    /// Where they come from.
    pub source: FeedSource,
    /// The target's time when they were read.
    pub now: Timestamp,
}

/// A node, with what only EC2 knows about it.
#[derive(Debug)]
pub struct NodeData {
    /// The Kubernetes object.
    pub node: Node,
    /// How its instance is bought, if EC2 was asked and knows the instance.
    pub lifecycle: Option<Lifecycle>,
    /// The cluster it belongs to.
    pub cluster: String,
    /// The target's time when it was read.
    pub now: Timestamp,
}

/// `Node`.
#[derive(Debug, Clone)]
pub struct NodeValue(pub Arc<NodeData>);

/// How a list of nodes or pods prints.
#[derive(Debug, Clone, Copy, Default)]
pub struct Columns {
    /// kubectl's `-o wide`.
    pub wide: bool,
    /// kubectl's `--show-labels`.
    pub show_labels: bool,
}

/// `Nodes`.
#[derive(Debug, Clone)]
pub struct Nodes {
    /// The nodes, in the server's order.
    pub nodes: Arc<Vec<NodeValue>>,
    /// How they print.
    pub columns: Columns,
}

/// `Pods`.
#[derive(Debug, Clone)]
pub struct Pods {
    /// The pods, in the server's order.
    pub pods: Arc<Vec<Pod>>,
    /// The target's time when they were read.
    pub now: Timestamp,
    /// How they print.
    pub columns: Columns,
    /// Whether they come from more than one namespace.
    pub all_namespaces: bool,
}

/// Tells an engine the names of the types that no module of its own names: `type_of` and errors say them.
pub(super) fn name_types(engine: &mut rhai::Engine) {
    engine
        .register_type_with_name::<Labels>("Labels")
        .register_type_with_name::<Nodegroup>("Nodegroup")
        .register_type_with_name::<Config>("Config")
        .register_type_with_name::<Report>("Report")
        .register_type_with_name::<Groups>("Groups")
        .register_type_with_name::<Group>("Group")
        .register_type_with_name::<ClusterValue>("Cluster")
        .register_type_with_name::<Diagram>("Diagram")
        .register_type_with_name::<Advice>("Advice")
        .register_type_with_name::<NodeValue>("Node")
        .register_type_with_name::<Nodes>("Nodes")
        .register_type_with_name::<Pods>("Pods");
}

/// The name that scripts know a Rust type by, where the two differ.
pub fn script_name(rust: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("Types", "InstanceTypes"),
        ("Type", "InstanceType"),
        ("ShapeValue", "Shape"),
        ("TaintValue", "Taint"),
        ("ClusterValue", "Cluster"),
        ("NodeValue", "Node"),
        ("Failure", "Error"),
        ("SandboxValue", "Sandbox"),
    ];
    NAMES.iter().find(|(name, _)| *name == rust).map(|(_, script)| *script)
}

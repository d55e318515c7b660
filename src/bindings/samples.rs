//! Values of each type, for judging a call whose arguments are not all known: what fails with every sample fails.

use std::sync::Arc;

use jiff::Timestamp;
use rhai::{Array, Dynamic, FnPtr, Map};

use super::sandbox::SandboxValue;
use super::values::{Columns, Labels, NodeData, NodeValue, Nodegroup, Nodes, Pods, Types};
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{Distribution, NodegroupSpec, Size, SpotAllocationStrategy};

/// Values of a type, by the name that scripts know; empty for a type that has no samples.
pub fn samples(kind: &str) -> Vec<Dynamic> {
    match kind {
        "string" => ["x", "1", "10m"].map(Dynamic::from).into(),
        "int" => [0i64, 1, 2, 3, 5, 10, 100, 1000, 10_000].map(Dynamic::from).into(),
        "float" => [1.0f64, 0.0, 100.0].map(Dynamic::from).into(),
        "bool" => [false, true].map(Dynamic::from).into(),
        "list" => vec![Array::new().into()],
        "map" => vec![Map::new().into()],
        // Nobody calls it: the call that takes it is judged before.
        "closure" => FnPtr::new("a_closure").map(Dynamic::from).into_iter().collect(),
        "Sandbox" => vec![Dynamic::from(SandboxValue)],
        "InstanceTypes" => types().map(|types| Dynamic::from(Types(types.into()))).into_iter().collect(),
        "Labels" => vec![Dynamic::from(Labels(Arc::default()))],
        "Nodegroup" => groups().into_iter().map(|spec| Dynamic::from(Nodegroup(spec.into()))).collect(),
        "Node" => vec![Dynamic::from(node())],
        "Nodes" => vec![Dynamic::from(Nodes { nodes: Arc::default(), columns: Columns::default() })],
        "Pods" => vec![Dynamic::from(Pods {
            pods: Arc::default(),
            now: Timestamp::UNIX_EPOCH,
            columns: Columns::default(),
            all_namespaces: false,
        })],
        _ => Vec::new(),
    }
}

fn types() -> Option<InstanceTypes> {
    InstanceTypes::parse(["m5.xlarge"]).ok()
}

/// Groups of many sizes and of each strategy: what a copy may contradict is one way in one, another in the next.
fn groups() -> Vec<NodegroupSpec> {
    let Some(types) = types() else { return Vec::new() };
    let sizes = [(0, 2, 1000), (0, 0, 0), (0, 1000, 1000), (1000, 1000, 1000)];
    let sizes = sizes.into_iter().filter_map(|(min, desired, max)| Size::new(min, desired, max).ok());
    let sized = sizes.map(|size| NodegroupSpec { size, ..NodegroupSpec::new("x", "x", types.clone()) });
    let divided = SpotAllocationStrategy::ALL.into_iter().filter_map(|strategy| Distribution::new(0, 0, strategy).ok());
    let divided =
        divided.map(|distribution| NodegroupSpec { distribution, ..NodegroupSpec::new("x", "x", types.clone()) });
    sized.chain(divided).collect()
}

fn node() -> NodeValue {
    let node = k8s_openapi::api::core::v1::Node::default();
    NodeValue(NodeData { node, lifecycle: None, cluster: "x".to_owned(), now: Timestamp::UNIX_EPOCH }.into())
}

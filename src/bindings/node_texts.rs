//! Lists of nodes and pods in kubectl's other forms: sorted, by template, with columns of one's own.

use std::sync::Arc;

use rhai::plugin::*;
use serde_json::Value;

use super::values::{NodeValue, Nodes, Pods};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::kinds::{Kind, NODES, PODS};
use crate::domain::kubernetes::sort;
use crate::view::kubectl::{self, Objects, Output};

fn refused(what: &str, said: String) -> Error {
    Error::new(Code::InvalidValue, format!("{what} cannot be used")).because(said)
}

/// Objects as the API writes them, each with its kind.
fn objects<'a, T: serde::Serialize + 'a>(kind: Kind, all: impl Iterator<Item = &'a T>) -> Result<Vec<Value>> {
    let typed = |object: &T| {
        let mut value = serde_json::to_value(object)
            .map_err(|error| Error::new(Code::Internal, "an object is not JSON").because(error.to_string()))?;
        value["kind"] = kind.kind.into();
        value["apiVersion"] = kind.api_version().into();
        Ok(value)
    };
    all.map(typed).collect()
}

fn of_nodes(nodes: &Nodes) -> Result<Vec<Value>> {
    objects(NODES, nodes.nodes.iter().map(|node| &node.0.node))
}

fn of_pods(pods: &Pods) -> Result<Vec<Value>> {
    objects(PODS, pods.pods.iter())
}

fn print(objects: Vec<Value>, form: &str, argument: &str) -> Result<String> {
    let what = format!("`{argument}`");
    let output = Output::parse(&format!("{form}={argument}")).map_err(|said| refused(&what, said))?;
    let output = output.ok_or_else(|| refused(&what, "it is empty".to_owned()))?;
    kubectl::output(Objects::List(objects), &output, false, false).map_err(|said| refused(&what, said))
}

fn order(objects: &[Value], path: &str) -> Result<Vec<usize>> {
    let objects: Vec<&Value> = objects.iter().collect();
    sort::order(&objects, path).map_err(|said| refused(&format!("`{path}`"), said))
}

pub(super) fn sort_nodes(nodes: &Nodes, path: &str) -> Result<Nodes> {
    let order = order(&of_nodes(nodes)?, path)?;
    let sorted: Vec<NodeValue> = order.into_iter().filter_map(|at| nodes.nodes.get(at).cloned()).collect();
    Ok(Nodes { nodes: Arc::new(sorted), ..nodes.clone() })
}

pub(super) fn sort_pods(pods: &Pods, path: &str) -> Result<Pods> {
    let order = order(&of_pods(pods)?, path)?;
    let sorted: Vec<_> = order.into_iter().filter_map(|at| pods.pods.get(at).cloned()).collect();
    Ok(Pods { pods: sorted.into(), ..pods.clone() })
}

/// Lists in other forms.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use crate::bindings::call::{Outcome, pure};
    use crate::bindings::values::{Nodes, Pods};

    /// The nodes in the order of a field, as `kubectl get nodes --sort-by` has them. Those without it come first.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes().sort_by(".metadata.creationTimestamp"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn sort_by(ctx: NativeCallContext, nodes: &mut Nodes, path: &str) -> Outcome<Nodes> {
        pure(&ctx, || super::sort_nodes(nodes, path))
    }

    /// The pods in the order of a field, as `kubectl get pods --sort-by` has them. Those without it come first.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::pods().sort_by(".status.podIP"));
    /// ```
    #[rhai_fn(name = "sort_by", return_raw, pure)]
    pub fn sort_pods_by(ctx: NativeCallContext, pods: &mut Pods, path: &str) -> Outcome<Pods> {
        pure(&ctx, || super::sort_pods(pods, path))
    }

    /// What a template makes of the nodes: `kubectl get nodes -o jsonpath=…`. The list is `.items`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes().jsonpath("{.items[*].metadata.name}"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn jsonpath(ctx: NativeCallContext, nodes: &mut Nodes, template: &str) -> Outcome<String> {
        pure(&ctx, || super::print(super::of_nodes(nodes)?, "jsonpath", template))
    }

    /// What a template makes of the pods: `kubectl get pods -o jsonpath=…`. The list is `.items`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::pods().jsonpath("{range .items[*]}{.metadata.name} {end}"));
    /// ```
    #[rhai_fn(name = "jsonpath", return_raw, pure)]
    pub fn jsonpath_of_pods(ctx: NativeCallContext, pods: &mut Pods, template: &str) -> Outcome<String> {
        pure(&ctx, || super::print(super::of_pods(pods)?, "jsonpath", template))
    }

    /// The nodes with columns of one's own: `kubectl get nodes -o custom-columns=…`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::nodes().custom_columns("NAME:.metadata.name,TAINTS:.spec.taints[*].key"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn custom_columns(ctx: NativeCallContext, nodes: &mut Nodes, columns: &str) -> Outcome<String> {
        pure(&ctx, || super::print(super::of_nodes(nodes)?, "custom-columns", columns))
    }

    /// The pods with columns of one's own: `kubectl get pods -o custom-columns=…`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(kube::pods().custom_columns("POD:.metadata.name,NODE:.spec.nodeName"));
    /// ```
    #[rhai_fn(name = "custom_columns", return_raw, pure)]
    pub fn custom_columns_of_pods(ctx: NativeCallContext, pods: &mut Pods, columns: &str) -> Outcome<String> {
        pure(&ctx, || super::print(super::of_pods(pods)?, "custom-columns", columns))
    }
}

//! Methods and properties of `Nodes`, `Node` and `Pods`.

use rhai::plugin::*;

use super::values::{NodeValue, Nodes, Pods};

impl IntoIterator for Nodes {
    type Item = NodeValue;
    type IntoIter = std::vec::IntoIter<NodeValue>;

    fn into_iter(self) -> Self::IntoIter {
        self.nodes.iter().cloned().collect::<Vec<_>>().into_iter()
    }
}

impl IntoIterator for Pods {
    type Item = rhai::Dynamic;
    type IntoIter = std::vec::IntoIter<rhai::Dynamic>;

    fn into_iter(self) -> Self::IntoIter {
        let maps = self.pods.iter().map(|pod| super::documents::to_map(pod).unwrap_or_default());
        maps.collect::<Vec<_>>().into_iter()
    }
}

/// Lists of nodes and pods.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod lists {
    use crate::bindings::call::{Outcome, pure};
    use crate::bindings::documents::to_map;
    use crate::bindings::values::{Columns, NodeValue, Nodes, Pods};
    use crate::domain::kubernetes::node as facts;
    use rhai::{Array, Dynamic, FnPtr, INT};

    /// The nodes that are Ready.
    ///
    /// ```rhai
    /// check("all are", kube::nodes().ready().len == kube::nodes().len);
    /// ```
    #[rhai_fn(pure)]
    pub fn ready(nodes: &mut Nodes) -> Nodes {
        let ready = nodes.nodes.iter().filter(|node| facts::is_ready(&node.0.node)).cloned();
        Nodes { nodes: ready.collect::<Vec<_>>().into(), columns: nodes.columns }
    }

    /// The nodes that a closure says yes to.
    ///
    /// ```rhai
    /// check("none is Spot at first", kube::nodes().filter(|n| n.lifecycle == "spot").len == 0);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn filter(ctx: NativeCallContext, nodes: &mut Nodes, keep: FnPtr) -> Outcome<Nodes> {
        let mut kept = Vec::new();
        for node in nodes.clone() {
            if keep.call_within_context::<bool>(&ctx, (node.clone(),))? {
                kept.push(node);
            }
        }
        Ok(Nodes { nodes: kept.into(), columns: nodes.columns })
    }

    /// Whether a closure says yes to every node. A list without nodes satisfies everything: check its length too.
    ///
    /// ```rhai
    /// check("all On-Demand", kube::nodes().all(|n| n.lifecycle == "on-demand"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn all(ctx: NativeCallContext, nodes: &mut Nodes, claim: FnPtr) -> Outcome<bool> {
        for node in nodes.clone() {
            if !claim.call_within_context::<bool>(&ctx, (node,))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a closure says yes to at least one node.
    ///
    /// ```rhai
    /// check("some in zone a", kube::nodes().any(|n| n.zone.ends_with("a")));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn any(ctx: NativeCallContext, nodes: &mut Nodes, claim: FnPtr) -> Outcome<bool> {
        for node in nodes.clone() {
            if claim.call_within_context::<bool>(&ctx, (node,))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a closure makes of each node: a list.
    ///
    /// ```rhai
    /// print(kube::nodes().map(|n| n.instance_type));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn map(ctx: NativeCallContext, nodes: &mut Nodes, make: FnPtr) -> Outcome<Array> {
        nodes.clone().into_iter().map(|node| make.call_within_context::<Dynamic>(&ctx, (node,))).collect()
    }

    /// The same nodes, printed as `kubectl get nodes -o wide` does.
    ///
    /// ```rhai
    /// print(kube::nodes().wide());
    /// ```
    #[rhai_fn(pure)]
    pub fn wide(nodes: &mut Nodes) -> Nodes {
        Nodes { columns: Columns { wide: true, ..nodes.columns }, ..nodes.clone() }
    }

    /// The same nodes, printed as `kubectl get nodes --show-labels` does.
    ///
    /// ```rhai
    /// print(kube::nodes().show_labels());
    /// ```
    #[rhai_fn(pure)]
    pub fn show_labels(nodes: &mut Nodes) -> Nodes {
        Nodes { columns: Columns { show_labels: true, ..nodes.columns }, ..nodes.clone() }
    }

    /// How many nodes.
    ///
    /// ```rhai
    /// check("two at first", kube::nodes().len == 2);
    /// ```
    #[rhai_fn(name = "len", get = "len", pure)]
    pub fn nodes_len(nodes: &mut Nodes) -> INT {
        INT::try_from(nodes.nodes.len()).unwrap_or(INT::MAX)
    }

    /// The names of the nodes.
    ///
    /// ```rhai
    /// print(kube::nodes().names);
    /// ```
    #[rhai_fn(get = "names", pure)]
    pub fn nodes_names(nodes: &mut Nodes) -> Array {
        nodes.nodes.iter().map(|node| facts::name(&node.0.node).to_owned().into()).collect()
    }

    /// The node at a place, counted from 0; from the end if negative.
    ///
    /// ```rhai
    /// print(kube::nodes()[0].name);
    /// ```
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn nodes_at(ctx: NativeCallContext, nodes: &mut Nodes, index: INT) -> Outcome<NodeValue> {
        pure(&ctx, || {
            let place = crate::bindings::index(index, nodes.nodes.len());
            let node = place.and_then(|place| nodes.nodes.get(place)).cloned();
            node.ok_or_else(|| crate::bindings::out_of_range("node", index, nodes.nodes.len()))
        })
    }

    /// How many pods.
    ///
    /// ```rhai
    /// check("system pods run", kube::pods(#{ namespace: "kube-system" }).len > 0);
    /// ```
    #[rhai_fn(name = "len", get = "len", pure)]
    pub fn pods_len(pods: &mut Pods) -> INT {
        INT::try_from(pods.pods.len()).unwrap_or(INT::MAX)
    }

    /// The names of the pods.
    ///
    /// ```rhai
    /// print(kube::pods().names);
    /// ```
    #[rhai_fn(get = "names", pure)]
    pub fn pods_names(pods: &mut Pods) -> Array {
        pods.pods.iter().map(|pod| pod.metadata.name.clone().unwrap_or_default().into()).collect()
    }

    /// The pod at a place: a map as Kubernetes writes it.
    ///
    /// ```rhai
    /// print(kube::pods()[0].metadata.name);
    /// ```
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn pods_at(ctx: NativeCallContext, pods: &mut Pods, index: INT) -> Outcome<Dynamic> {
        pure(&ctx, || {
            let place = crate::bindings::index(index, pods.pods.len());
            let pod = place.and_then(|place| pods.pods.get(place));
            pod.map_or_else(|| Err(crate::bindings::out_of_range("pod", index, pods.pods.len())), to_map)
        })
    }

    /// The same pods, printed as `kubectl get pods -o wide` does.
    ///
    /// ```rhai
    /// print(kube::pods().wide());
    /// ```
    #[rhai_fn(name = "wide", pure)]
    pub fn pods_wide(pods: &mut Pods) -> Pods {
        Pods { columns: Columns { wide: true, ..pods.columns }, ..pods.clone() }
    }
}

/// Nodes.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod node {
    use crate::bindings::call::{Outcome, call, pure};
    use crate::bindings::documents::to_map;
    use crate::bindings::values::{Labels, NodeValue, Pods, TaintValue};
    use crate::domain::cloud::Lifecycle;
    use crate::domain::kubernetes::node as facts;
    use crate::domain::taint::Taint;
    use rhai::{Array, Dynamic};

    fn text(value: Option<&str>) -> Dynamic {
        value.map_or(Dynamic::UNIT, |value| value.to_owned().into())
    }

    /// The name.
    ///
    /// ```rhai
    /// print(kube::nodes()[0].name);
    /// ```
    #[rhai_fn(get = "name", pure)]
    pub fn name(node: &mut NodeValue) -> String {
        facts::name(&node.0.node).to_owned()
    }

    /// Whether the node is Ready.
    ///
    /// ```rhai
    /// check("it is", kube::nodes()[0].ready);
    /// ```
    #[rhai_fn(get = "ready", pure)]
    pub fn is_ready(node: &mut NodeValue) -> bool {
        facts::is_ready(&node.0.node)
    }

    /// `spot` or `on-demand`, from EC2 and not from a label; `()` when EC2 does not know the instance.
    ///
    /// ```rhai
    /// check("On-Demand", kube::nodes()[0].lifecycle == "on-demand");
    /// ```
    #[rhai_fn(get = "lifecycle", pure)]
    pub fn lifecycle(node: &mut NodeValue) -> Dynamic {
        text(node.0.lifecycle.map(Lifecycle::as_str))
    }

    /// The instance type; `()` when the node does not say.
    ///
    /// ```rhai
    /// print(kube::nodes()[0].instance_type);
    /// ```
    #[rhai_fn(get = "instance_type", pure)]
    pub fn instance_type(node: &mut NodeValue) -> Dynamic {
        text(facts::instance_type(&node.0.node))
    }

    /// The instance id; `()` when the node does not say.
    ///
    /// ```rhai
    /// check("an id", kube::nodes()[0].instance_id.starts_with("i-"));
    /// ```
    #[rhai_fn(get = "instance_id", pure)]
    pub fn instance_id(node: &mut NodeValue) -> Dynamic {
        text(facts::instance_id(&node.0.node))
    }

    /// The zone; `()` when the node does not say.
    ///
    /// ```rhai
    /// print(kube::nodes()[0].zone);
    /// ```
    #[rhai_fn(get = "zone", pure)]
    pub fn zone(node: &mut NodeValue) -> Dynamic {
        text(facts::zone(&node.0.node))
    }

    /// The labels.
    ///
    /// ```rhai
    /// check("Linux", kube::nodes()[0].labels["kubernetes.io/os"] == "linux");
    /// ```
    #[rhai_fn(get = "labels", pure)]
    pub fn labels(node: &mut NodeValue) -> Labels {
        let labels = node.0.node.metadata.labels.iter().flatten();
        Labels(std::sync::Arc::new(labels.map(|(key, value)| (key.clone(), value.clone())).collect()))
    }

    /// The taints: a list.
    ///
    /// ```rhai
    /// check("none", kube::nodes()[0].taints.len == 0);
    /// ```
    #[rhai_fn(get = "taints", pure)]
    pub fn taints(node: &mut NodeValue) -> Array {
        facts::taints(&node.0.node).into_iter().map(|taint| Dynamic::from(TaintValue(taint.into()))).collect()
    }

    /// Whether the node has a taint, written `key=value:Effect`.
    ///
    /// ```rhai
    /// check("not tainted", !kube::nodes()[0].has_taint("spotInstance=true:PreferNoSchedule"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn has_taint(ctx: NativeCallContext, node: &mut NodeValue, taint: &str) -> Outcome<bool> {
        pure(&ctx, || Ok(facts::taints(&node.0.node).contains(&Taint::parse(taint)?)))
    }

    /// The text of `kubectl describe node`.
    ///
    /// ```rhai
    /// check("as kubectl", kube::nodes()[0].describe().starts_with("Name:"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn describe(ctx: NativeCallContext, node: &mut NodeValue) -> Outcome<String> {
        call(&ctx, |host| crate::bindings::kube::describe(host, node))
    }

    /// The pods of the node.
    ///
    /// ```rhai
    /// print(kube::nodes()[0].pods());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn pods(ctx: NativeCallContext, node: &mut NodeValue) -> Outcome<Pods> {
        call(&ctx, |host| crate::bindings::kube::pods_of_node(host, node))
    }

    /// The whole object, as Kubernetes writes it: a map.
    ///
    /// ```rhai
    /// print(kube::nodes()[0].object().status.nodeInfo.kubeletVersion);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn object(ctx: NativeCallContext, node: &mut NodeValue) -> Outcome<Dynamic> {
        pure(&ctx, || to_map(&node.0.node))
    }
}

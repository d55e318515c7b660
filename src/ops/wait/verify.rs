//! Nodes are Ready: but are they what was asked for?

use k8s_openapi::api::core::v1::Node;

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::taint::Taint;

/// Compares labels and taints of every node with the specification.
///
/// # Errors
/// `SPOT-0504` that names each node and what it lacks.
pub(in crate::ops) fn verify(spec: &NodegroupSpec, nodes: &[Node]) -> Result<()> {
    let labels = spec.node_labels();
    let mut lacks: Vec<String> = vec![];
    for node in nodes {
        let name = node.metadata.name.as_deref().unwrap_or("?");
        let there = node.metadata.labels.as_ref();
        for (key, value) in &labels {
            match there.and_then(|labels| labels.get(key)) {
                Some(found) if found == value => {}
                Some(found) => lacks.push(format!("node `{name}` has label `{key}={found}`, not `{key}={value}`")),
                None => lacks.push(format!("node `{name}` lacks label `{key}={value}`")),
            }
        }
        for taint in spec.taints.iter().filter(|taint| !taint.is_startup() && !has_taint(node, taint)) {
            lacks.push(format!("node `{name}` lacks taint `{taint}`"));
        }
    }
    if lacks.is_empty() {
        return Ok(());
    }
    let message = format!("the nodes of group `{}` are Ready but not as asked for", spec.name);
    Err(lacks.into_iter().fold(Error::new(Code::IntentNotMet, message), Error::because).help(
        "something takes them away again, or a node joined while they were changed: run `ensure` again, then look for a \
         controller or a person that changes the nodes",
    ))
}

fn has_taint(node: &Node, taint: &Taint) -> bool {
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    taints.iter().any(|there| {
        there.key == taint.key
            && there.value.as_deref().unwrap_or("") == taint.value
            && there.effect == taint.effect.as_str()
    })
}

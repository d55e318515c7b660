//! What pods must tolerate to be on a node.

use serde_json::Value;

use crate::domain::kubernetes::kinds::NODES;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::taint_change::TaintChange;
use crate::domain::mutation::KubeMutation;
use crate::domain::node_change::{DryRun, NodeChange};
use crate::ops::objects::object;
use crate::ports::Cluster;

/// How often a node that changed under our hands is read again.
const TRIES: usize = 5;

/// Taints and untaints a node, given as the API writes it; nothing is sent when it is so already. Taints are a list that is
/// written as a whole: it is only written over what was read.
///
/// # Errors
/// What stands against it, or what the server says.
pub async fn taint(
    api: &dyn Cluster,
    node: &Value,
    change: &TaintChange,
    dry_run: DryRun,
) -> Result<NodeChange, Refusal> {
    let mut node = node.clone();
    let name = node["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let mut tries = 0;
    loop {
        let before = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
        let refused = |said: Vec<String>| Refusal::Several(said.into_iter().map(Refusal::Plain).collect());
        let (verdict, taints) = change.apply(&name, &before).map_err(|said| match said.as_slice() {
            [one] => Refusal::Plain(one.clone()),
            _ => refused(said),
        })?;
        let changed = !same(&taints, &before);
        let resource_version = node["metadata"]["resourceVersion"].as_str().map(str::to_owned);
        let mutation = KubeMutation::SetTaints { node: name.clone(), taints, resource_version };
        let sent = match dry_run {
            _ if !changed => Ok(()),
            DryRun::Client => Ok(()),
            DryRun::Server => api.rehearse(&mutation).await,
            DryRun::No => api.apply(&mutation).await.map(drop),
        };
        match sent {
            Ok(()) => return Ok(NodeChange { node: name, verdict, changed, dry_run }),
            Err(error) if error.mentions("the object has been modified") && tries < TRIES => {
                tries += 1;
                node = object(api, NODES, None, &name).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether two lists hold the same taints, in any order.
fn same(one: &[Value], other: &[Value]) -> bool {
    one.len() == other.len() && one.iter().all(|taint| other.contains(taint))
}

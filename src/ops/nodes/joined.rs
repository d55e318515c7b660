//! Nodes joined with their instances, groups and pods.

use std::collections::HashMap;

use crate::domain::Code;
use crate::domain::cloud::{Instance, Lifecycle};
use crate::domain::error::Result;
use crate::domain::kubernetes::columns::node_cells;
use crate::domain::kubernetes::node as facts;
use crate::domain::node_row::NodeRow;
use crate::ops::Session;
use crate::ports::Cluster;

/// Where the name of a node group stands, in tags of instances and labels of nodes.
const GROUP_KEYS: [&str; 4] =
    ["alpha.eksctl.io/nodegroup-name", "eks:nodegroup-name", "eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool"];

/// The nodes that a label selector picks, each with its machine. Labels are only believed where EC2 does not know better.
///
/// # Errors
/// `SPOT-0123` for the selector, and what the cluster or AWS refuses.
pub async fn joined(session: &Session, api: &dyn Cluster, selector: &str) -> Result<Vec<NodeRow>> {
    let unended = "status.phase!=Succeeded,status.phase!=Failed";
    let (nodes, pods) = tokio::try_join!(api.nodes(selector), api.pods(None, "", unended))?;
    let ids: Vec<String> = nodes.iter().filter_map(facts::instance_id).map(str::to_owned).collect();
    let instances = if ids.is_empty() { vec![] } else { session.cloud.instances(&ids).await? };
    let instances: HashMap<&str, &Instance> = instances.iter().map(|it| (it.id.as_str(), it)).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for pod in &pods {
        if let Some(node) = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref()) {
            *counts.entry(node).or_default() += 1;
        }
    }
    let spot = instances.values().any(|it| it.lifecycle == Lifecycle::Spot);
    let reclaims = if spot { reclaims(session).await? } else { HashMap::new() };
    let now = session.clock.now();
    let row = |node| {
        let [name, status, _, age, version, ..] = node_cells(node, now);
        let id = facts::instance_id(node);
        let instance = id.and_then(|id| instances.get(id));
        let tagged = instance.and_then(|it| GROUP_KEYS.iter().find_map(|key| it.tags.get(*key).cloned()));
        let labelled = || GROUP_KEYS.iter().find_map(|key| facts::label(node, key)).map(str::to_owned);
        // Groups of other tools have tags of their own; their Auto Scaling group is told by AWS.
        let scaled = || instance.and_then(|it| it.tags.get("aws:autoscaling:groupName").cloned());
        NodeRow {
            lifecycle: instance.map(|it| it.lifecycle),
            instance_type: instance.map_or_else(|| text(facts::instance_type(node)), |it| it.instance_type.clone()),
            zone: instance.map_or_else(|| text(facts::zone(node)), |it| it.zone.clone()),
            group: tagged.or_else(labelled).or_else(scaled).unwrap_or_default(),
            instance: text(id),
            state: instance.map_or_else(String::new, |it| it.state.clone()),
            reclaimed_in: id.and_then(|id| reclaims.get(id)).map(|ends| ends.duration_since(now).as_secs().max(0)),
            pods: counts.get(name.as_str()).copied().unwrap_or_default(),
            node: name,
            status,
            age,
            version,
        }
    };
    Ok(nodes.iter().map(row).collect())
}

/// When EC2 takes instances back, by their ids. Who may not read that is not told.
async fn reclaims(session: &Session) -> Result<HashMap<String, jiff::Timestamp>> {
    match session.cloud.reclaims().await {
        Ok(found) => Ok(found.into_iter().map(|one| (one.instance, one.ends)).collect()),
        Err(error) if error.code == Code::AwsAccessDenied => Ok(HashMap::new()),
        Err(error) => Err(error),
    }
}

fn text(found: Option<&str>) -> String {
    found.unwrap_or_default().to_owned()
}

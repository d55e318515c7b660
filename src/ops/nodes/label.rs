//! What a node is called by.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::kubernetes::label_change::LabelChange;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::mutation::KubeMutation;
use crate::domain::node_change::{DryRun, NodeChange};
use crate::ports::Cluster;

/// Sets and removes labels of a node, given as the API writes it; nothing is sent when it is so already.
///
/// # Errors
/// What stands against it, or what the server says.
pub async fn label(
    api: &dyn Cluster,
    node: &Value,
    change: &LabelChange,
    dry_run: DryRun,
) -> Result<NodeChange, Refusal> {
    let name = node["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let labels = node["metadata"]["labels"].as_object().into_iter().flatten();
    let labels: BTreeMap<String, String> = labels.map(|(key, value)| (key.clone(), text(value))).collect();
    let (verdict, after) = change.apply(&labels).map_err(|said| {
        let all = said.into_iter().map(Refusal::Plain).collect();
        Refusal::all(all).unwrap_or(Refusal::Several(vec![]))
    })?;
    let changed = after != labels;
    let mutation = KubeMutation::SetLabels {
        node: name.clone(),
        set: change.set.iter().filter(|(key, value)| labels.get(*key) != Some(value)).map(pair).collect(),
        remove: change.remove.iter().filter(|key| labels.contains_key(*key)).cloned().collect(),
    };
    match dry_run {
        _ if !changed => {}
        DryRun::Client => {}
        DryRun::Server => api.rehearse(&mutation).await?,
        DryRun::No => drop(api.apply(&mutation).await?),
    }
    Ok(NodeChange { node: name, verdict, changed, dry_run })
}

fn pair((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

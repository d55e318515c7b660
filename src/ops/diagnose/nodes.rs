//! Why a node that is there is not Ready.

use k8s_openapi::api::core::v1::Node;

/// The Ready condition in words: `node `n` is not Ready: KubeletNotReady: …`.
pub(in crate::ops) fn why_not_ready(node: &Node) -> String {
    let name = node.metadata.name.as_deref().unwrap_or("?");
    let conditions = node.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    match conditions.iter().find(|condition| condition.type_ == "Ready") {
        None => format!("node `{name}` has joined but says nothing about being Ready yet"),
        Some(ready) => {
            let words = [ready.reason.as_deref(), ready.message.as_deref()];
            let words: Vec<&str> = words.into_iter().flatten().filter(|text| !text.is_empty()).collect();
            format!("node `{name}` is not Ready: {}", words.join(": "))
        }
    }
}

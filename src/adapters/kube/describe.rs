//! `kubectl describe`'s text for nodes and pods.

use deskribe::RenderOptions;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kube::Client;
use kube::api::{ApiResource, DynamicObject};

use crate::domain::{Code, Error, Result};

/// Describes an object that is there.
pub(super) async fn describe(
    client: Client,
    resource: &ApiResource,
    object: &DynamicObject,
    now: Timestamp,
    zone: TimeZone,
) -> Result<String> {
    let failed = |why: String| {
        let name = object.metadata.name.as_deref().unwrap_or_default();
        Error::new(Code::KubeRefused, format!("cannot describe {} `{name}`", resource.kind.to_lowercase())).because(why)
    };
    let description = deskribe::gather(client, resource, object).await.map_err(failed)?;
    let text = description.render(&RenderOptions { now, timezone: zone }).map_err(failed)?;
    Ok(if resource.kind == "Node" { with_kube_proxy_line(text) } else { text })
}

/// kubectl 1.32 has a line for the kube-proxy version even where the node reports none; the renderer follows later
/// versions, which leave it out.
fn with_kube_proxy_line(text: String) -> String {
    const ABOVE: &str = "\n  Kubelet Version:";
    const LABEL: &str = "  Kube-Proxy Version:";
    let (Some(at), false) = (text.find(ABOVE).map(|at| at + 1), text.contains(&format!("\n{LABEL}"))) else {
        return text;
    };
    let line = text[at..].lines().next().unwrap_or_default();
    let end = at + line.len();
    // Where values begin: the label is padded up to there.
    let column = match line[ABOVE.len() - 1..].find(|character| character != ' ') {
        Some(gap) => ABOVE.len() - 1 + gap,
        None => line.len(),
    };
    format!("{}\n{LABEL:<column$}{}", &text[..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_kube_proxy_line_is_put_in_and_a_present_one_left() {
        let without = "System Info:\n  Machine ID:                 x\n  Kubelet Version:            v1.33.0\nPodCIDR:                      y\n";
        let with = without.replace("v1.33.0\n", "v1.33.0\n  Kube-Proxy Version:         \n");
        assert_eq!(with_kube_proxy_line(without.to_string()), with);
        assert_eq!(with_kube_proxy_line(with.clone()), with);
        assert_eq!(with_kube_proxy_line("Name: x\n".to_string()), "Name: x\n");
    }
}

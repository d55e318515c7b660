//! User data for Bottlerocket: its settings, in TOML.

use serde_json::{Map, Value, json};

use super::{BootInput, toml};
use crate::domain::taint::Taint;

/// The user data, before base64. The user's settings come first; those that make the node join win.
pub(super) fn bottlerocket(input: &BootInput<'_>) -> String {
    let given = input.boot.bottlerocket.clone().unwrap_or_default();
    let mut settings = Value::Object(given.settings.unwrap_or_default());
    overlay(&mut settings, json!({ "kubernetes": kubernetes(input) }));
    if let Some(enabled) = given.enable_admin_container {
        overlay(&mut settings, json!({ "host-containers": { "admin": { "enabled": enabled } } }));
    }
    toml::render(&json!({ "settings": settings }))
}

fn kubernetes(input: &BootInput<'_>) -> Map<String, Value> {
    let mut kubernetes = Map::new();
    let mut put = |key: &str, value: Value| {
        kubernetes.insert(key.to_owned(), value);
    };
    put("cluster-name", input.cluster.into());
    put("api-server", input.endpoint.into());
    put("cluster-certificate", input.certificate_authority.into());
    if let Some(dns) = &input.boot.cluster_dns {
        put("cluster-dns-ip", dns.as_str().into());
    }
    if let Some(pods) = input.max_pods {
        put("max-pods", pods.into());
    }
    if !input.labels.is_empty() {
        put("node-labels", json!(input.labels));
    }
    let mut taints: Map<String, Value> = Map::new();
    for Taint { key, value, effect } in input.taints {
        let list = taints.entry(key.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(format!("{value}:{effect}").into());
        }
    }
    if !taints.is_empty() {
        put("node-taints", taints.into());
    }
    kubernetes
}

/// Puts `over` over `under`: maps are merged, anything else is replaced.
fn overlay(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                overlay(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::domain::nodegroup::{Boot, Bottlerocket};

    #[test]
    fn settings_of_the_user_and_of_the_group_are_one_document() {
        let settings = json!({
            "motd": "say \"hi\"\n", "kubernetes": {"registry-qps": 10, "cluster-name": "other"},
            "ntp": {"time-servers": ["a", "b"]}, "kernel": {"sysctl": {"net.core.somaxconn": "1024"}}, "unset": null,
        });
        let boot = Boot {
            bottlerocket: Some(Bottlerocket {
                enable_admin_container: Some(true),
                settings: settings.as_object().cloned(),
            }),
            ..Boot::default()
        };
        let labels = IndexMap::from([("aws.amazon.com/spot".to_owned(), "true".to_owned())]);
        let taints = ["a=b:NoSchedule", "a:NoExecute"].map(|text| Taint::parse(text).unwrap());
        let input = BootInput {
            cluster: "c",
            endpoint: "https://ABC.eks.amazonaws.com",
            certificate_authority: "LS0t",
            labels: &labels,
            taints: &taints,
            max_pods: Some(20),
            boot: &boot,
            ..BootInput::default()
        };
        insta::assert_snapshot!(bottlerocket(&input), @r#"
        [settings]
        motd = "say \"hi\"\n"

        [settings.kubernetes]
        registry-qps = 10
        cluster-name = "c"
        api-server = "https://ABC.eks.amazonaws.com"
        cluster-certificate = "LS0t"
        max-pods = 20

        [settings.kubernetes.node-labels]
        "aws.amazon.com/spot" = "true"

        [settings.kubernetes.node-taints]
        a = ["b:NoSchedule", ":NoExecute"]

        [settings.ntp]
        time-servers = ["a", "b"]

        [settings.kernel.sysctl]
        "net.core.somaxconn" = "1024"

        [settings.host-containers.admin]
        enabled = true
        "#);
    }
}

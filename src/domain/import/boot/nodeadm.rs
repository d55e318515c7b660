//! NodeConfigs, alone or in a multipart document with scripts.

use serde_json::{Map, Value};

use super::{BootRead, flags};
use crate::domain::boot_syntax::mime;
use crate::domain::nodegroup::Bootstrap;

const MEDIA_TYPE: &str = "application/node.eks.aws";
/// Settings of the kubelet that eksctl's files cannot have.
const RESERVED: [&str; 7] =
    ["kind", "apiVersion", "address", "clusterDomain", "authentication", "authorization", "serverTLSBootstrap"];

pub(super) fn read(text: &str) -> BootRead {
    let mut boot = BootRead::new(Bootstrap::Nodeadm);
    let mut configs = vec![];
    match mime::parts(text) {
        None => configs.push(text.to_owned()),
        Some(parts) => {
            for part in parts {
                match part.media_type.as_str() {
                    MEDIA_TYPE => configs.push(part.body),
                    "text/x-shellscript" => command(&part.body, &mut boot),
                    other => boot.note(format!("a part of type `{other}` in the boot data")),
                }
            }
        }
    }
    let mut others: Vec<(String, Value)> = vec![];
    let mut main = None;
    for text in configs {
        let Ok(config) = serde_yaml::from_str::<Value>(&text) else {
            boot.note("a NodeConfig that is no YAML");
            continue;
        };
        match main {
            None if config["spec"]["cluster"]["name"].is_string() => main = Some(config),
            _ => others.push((text, config)),
        }
    }
    let rest = main.map_or(Value::Null, |config| own(config, &mut boot));
    boot.boot.override_command = match (others.as_slice(), rest) {
        ([], Value::Null) => None,
        ([(text, _)], Value::Null) => Some(format!("{}\n", text.trim())),
        (others, mut all) => {
            // nodeadm merges what comes later over what was before.
            others.iter().for_each(|(_, config)| overlay(&mut all, config["spec"].clone()));
            let config = serde_json::json!({"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": all});
            serde_yaml::to_string(&config).ok()
        }
    };
    boot
}

/// A script that runs before the node joins.
fn command(text: &str, boot: &mut BootRead) {
    let text = text.trim_end();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if first.trim_end() == "#!/bin/bash" {
        boot.boot.pre_bootstrap_commands.push(rest.to_owned());
        return;
    }
    if first.starts_with("#!") {
        boot.note(format!("a script for `{}` runs under bash", first.trim_start_matches("#!").trim()));
    }
    boot.boot.pre_bootstrap_commands.push(text.to_owned());
}

/// The NodeConfig that makes the node join. Gives what of it has no words of its own, as a `spec`.
fn own(config: Value, boot: &mut BootRead) -> Value {
    let Value::Object(mut spec) = config["spec"].clone() else { return Value::Null };
    spec.shift_remove("cluster");
    let kubelet = spec.shift_remove("kubelet").unwrap_or_default();
    let lines: Vec<String> =
        kubelet["flags"].as_array().into_iter().flatten().filter_map(|flag| flag.as_str().map(str::to_owned)).collect();
    let unknown = flags::take(lines.iter().flat_map(|line| line.split_ascii_whitespace()), boot);
    let mut rest = Map::new();
    if let Value::Object(mut config) = kubelet["config"].clone() {
        if let Some(pods) = config.get("maxPods").and_then(Value::as_u64).and_then(|pods| u32::try_from(pods).ok()) {
            config.shift_remove("maxPods");
            boot.max_pods = Some(pods);
        }
        if let Some([Value::String(dns)]) = config.get("clusterDNS").and_then(Value::as_array).map(Vec::as_slice) {
            boot.boot.cluster_dns = Some(dns.clone());
            config.shift_remove("clusterDNS");
        }
        let reserved: Map<String, Value> =
            RESERVED.iter().filter_map(|key| Some(((*key).to_owned(), config.shift_remove(*key)?))).collect();
        if !reserved.is_empty() {
            rest.insert("config".to_owned(), reserved.into());
        }
        boot.boot.kubelet_extra_config = Some(config).filter(|config| !config.is_empty());
    }
    if !unknown.is_empty() {
        rest.insert("flags".to_owned(), unknown.into());
    }
    if !rest.is_empty() {
        spec.insert("kubelet".to_owned(), rest.into());
    }
    if spec.is_empty() { Value::Null } else { spec.into() }
}

/// Puts `over` over `under`: maps are merged, lists are joined, anything else is replaced.
fn overlay(under: &mut Value, over: Value) {
    match (under, over) {
        (_, Value::Null) => {}
        (Value::Object(under), Value::Object(over)) => {
            over.into_iter().for_each(|(key, value)| overlay(under.entry(key).or_insert(Value::Null), value));
        }
        (Value::Array(under), Value::Array(over)) => under.extend(over),
        (under, over) => *under = over,
    }
}

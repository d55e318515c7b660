//! Bottlerocket's settings.

use serde_json::{Map, Value};

use super::{BootRead, flags};
use crate::domain::boot_syntax::toml;
use crate::domain::nodegroup::{Boot, Bootstrap, Bottlerocket};

pub(super) fn read(text: &str) -> Option<BootRead> {
    let Value::Object(mut settings) = toml::parse(text).ok()?["settings"].clone() else { return None };
    let mut boot = BootRead::new(Bootstrap::Bottlerocket);
    if let Some(Value::Object(kubernetes)) = settings.get_mut("kubernetes") {
        own(kubernetes, &mut boot);
        if kubernetes.is_empty() {
            settings.shift_remove("kubernetes");
        }
    }
    // Whether the admin container has a key of its own or stands among the settings, only the order tells.
    let whole = with(None, settings.clone());
    let admin = settings.get("host-containers").and_then(|it| it["admin"]["enabled"].as_bool());
    if admin.is_some() {
        prune(&mut settings, &["host-containers", "admin", "enabled"]);
    }
    let dns = boot.boot.cluster_dns.take();
    let made = |bottlerocket: Option<Bottlerocket>| Boot { cluster_dns: dns.clone(), bottlerocket, ..Boot::default() };
    boot.boot = made(with(admin, settings));
    if admin.is_some() {
        boot.others.push(made(whole));
    }
    Some(boot)
}

fn with(admin: Option<bool>, settings: Map<String, Value>) -> Option<Bottlerocket> {
    let settings = Some(settings).filter(|settings| !settings.is_empty());
    (admin.is_some() || settings.is_some()).then_some(Bottlerocket { enable_admin_container: admin, settings })
}

/// What makes the node join, and what the group has words for.
fn own(kubernetes: &mut Map<String, Value>, boot: &mut BootRead) {
    for key in ["cluster-name", "api-server", "cluster-certificate"] {
        kubernetes.shift_remove(key);
    }
    if let Some(Value::Object(labels)) = kubernetes.shift_remove("node-labels") {
        for (key, value) in labels {
            boot.labels.insert(key, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
    }
    if let Some(Value::Object(taints)) = kubernetes.shift_remove("node-taints") {
        for (key, value) in taints {
            let list = match value {
                Value::Array(items) => items,
                one => vec![one],
            };
            for one in list.iter().filter_map(Value::as_str) {
                flags::taints(&format!("{key}={one}"), boot);
            }
        }
    }
    if let Some(pods) = kubernetes.get("max-pods").and_then(Value::as_u64) {
        kubernetes.shift_remove("max-pods");
        boot.max_pods = u32::try_from(pods).ok();
    }
    if let Some(dns) = kubernetes.get("cluster-dns-ip").and_then(Value::as_str).map(str::to_owned) {
        kubernetes.shift_remove("cluster-dns-ip");
        boot.boot.cluster_dns = Some(dns);
    }
}

/// Takes a value out, and the maps that are empty then.
fn prune(map: &mut Map<String, Value>, path: &[&str]) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        map.shift_remove(*first);
        return;
    }
    if let Some(Value::Object(inner)) = map.get_mut(*first) {
        prune(inner, rest);
        if inner.is_empty() {
            map.shift_remove(*first);
        }
    }
}

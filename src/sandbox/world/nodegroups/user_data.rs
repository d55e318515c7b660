//! The boot data that EKS gives nodes of a managed group: what the user's launch template has, and what makes them join.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::sandbox::services::eks::state::{Cluster, Nodegroup};
use crate::sandbox::world::kubelet::bottlerocket_settings;

/// What the nodes are told, in base64. `given` is the template's own user data, in base64 too.
///
/// # Errors
/// EKS's sentence about user data that it cannot merge with its own.
pub(super) fn merged(
    family: &str,
    cluster: &Cluster,
    group: &Nodegroup,
    image: &str,
    given: Option<&str>,
) -> Result<String, String> {
    let given = given.and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
    let given = String::from_utf8_lossy(&given).into_owned();
    let labels = labels(group, image);
    let text = match family {
        "bottlerocket" => bottlerocket(cluster, group, &labels, &given)?,
        windows if windows.starts_with("windows") => powershell(cluster, group, &labels, &given)?,
        "al2023" => multipart(&given, "application/node.eks.aws", &node_config(cluster, group, &labels))?,
        _ => multipart(&given, "text/x-shellscript", &script(cluster, group, &labels))?,
    };
    Ok(STANDARD.encode(text))
}

/// The group's labels and EKS's own, by key.
pub(super) fn labels(group: &Nodegroup, image: &str) -> Vec<(String, String)> {
    let mut labels = group.labels.clone();
    for (key, value) in own_labels(group, image) {
        labels.insert(key, value);
    }
    labels.into_iter().collect()
}

/// Labels that EKS puts on every node of a group.
pub(super) fn own_labels(group: &Nodegroup, image: &str) -> Vec<(String, String)> {
    let mut labels = vec![
        ("eks.amazonaws.com/nodegroup".to_owned(), group.name.clone()),
        ("eks.amazonaws.com/nodegroup-image".to_owned(), image.to_owned()),
        ("eks.amazonaws.com/capacityType".to_owned(), group.capacity_type.clone()),
    ];
    if let Some(source) = &group.source {
        labels.push(("eks.amazonaws.com/sourceLaunchTemplateId".to_owned(), source.id.clone()));
        labels.push(("eks.amazonaws.com/sourceLaunchTemplateVersion".to_owned(), source.version.to_string()));
    }
    labels
}

fn flags(group: &Nodegroup, labels: &[(String, String)]) -> Vec<String> {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut flags = vec![format!("--node-labels={}", labels.join(","))];
    if !group.taints.is_empty() {
        let taints: Vec<String> =
            group.taints.iter().map(|it| format!("{}={}:{}", it.key, it.value, it.effect)).collect();
        flags.push(format!("--register-with-taints={}", taints.join(",")));
    }
    flags
}

fn node_config(cluster: &Cluster, group: &Nodegroup, labels: &[(String, String)]) -> String {
    let flags: Vec<String> = flags(group, labels).iter().map(|flag| format!("    - \"{flag}\"\n")).collect();
    format!(
        "---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    apiServerEndpoint: {}\n    \
         certificateAuthority: {}\n    cidr: {}\n    name: {}\n  kubelet:\n    flags:\n{}",
        cluster.endpoint,
        cluster.certificate_authority,
        cluster.service_cidr,
        cluster.name,
        flags.concat()
    )
}

fn script(cluster: &Cluster, group: &Nodegroup, labels: &[(String, String)]) -> String {
    format!(
        "#!/bin/bash\nset -ex\n/etc/eks/bootstrap.sh {} --kubelet-extra-args '{}' --b64-cluster-ca {} \
         --apiserver-endpoint {}\n",
        cluster.name,
        flags(group, labels).join(" "),
        cluster.certificate_authority,
        cluster.endpoint
    )
}

/// Puts the call of EKS's script behind the commands that are there.
fn powershell(
    cluster: &Cluster,
    group: &Nodegroup,
    labels: &[(String, String)],
    given: &str,
) -> Result<String, String> {
    let invalid = || "User data was not a valid PowerShell format and could not be processed.".to_owned();
    let given = match given.trim() {
        "" => "",
        text => {
            let inside = text.strip_prefix("<powershell>").and_then(|text| text.strip_suffix("</powershell>"));
            inside.ok_or_else(invalid)?.trim_matches('\n')
        }
    };
    let dns = cluster.service_cidr.rsplit_once('.').map_or("", |(head, _)| head);
    Ok(format!(
        "<powershell>\n{given}\n& \"$env:ProgramFiles\\Amazon\\EKS\\Start-EKSBootstrap.ps1\" -EKSClusterName '{}' \
         -APIServerEndpoint '{}' -Base64ClusterCA '{}' -DNSClusterIP '{dns}.10' -KubeletExtraArgs '{}' 3>&1 4>&1 5>&1 \
         6>&1\n</powershell>\n",
        cluster.name,
        cluster.endpoint,
        cluster.certificate_authority,
        flags(group, labels).join(" ")
    ))
}

/// Puts a part behind those that are there.
fn multipart(given: &str, media_type: &str, part: &str) -> Result<String, String> {
    let part = |boundary: &str| format!("--{boundary}\nContent-Type: {media_type}\n\n{part}\n--{boundary}--\n");
    if given.trim().is_empty() {
        let head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n";
        return Ok(format!("{head}{}", part("//")));
    }
    let boundary = given.split_once("boundary=").map(|(_, rest)| {
        let rest = rest.lines().next().unwrap_or_default().trim();
        let rest = rest.split(';').next().unwrap_or_default().trim();
        rest.trim_matches('"').to_owned()
    });
    match boundary.filter(|_| given.to_ascii_lowercase().contains("multipart/")) {
        Some(boundary) => {
            let close = format!("--{boundary}--");
            let parts = given.rsplit_once(&close).map_or(given, |(parts, _)| parts);
            Ok(format!("{}\n{}", parts.trim_end(), part(&boundary)))
        }
        None => Err("User data was not in the MIME multipart format.".to_owned()),
    }
}

/// Settings are merged as what they mean: TOML knows each table once.
fn bottlerocket(
    cluster: &Cluster,
    group: &Nodegroup,
    labels: &[(String, String)],
    given: &str,
) -> Result<String, String> {
    let mut document =
        bottlerocket_settings(given).map_err(|error| format!("User data was not in the TOML format. {error}"))?;
    let own = json!({
        "cluster-name": cluster.name, "api-server": cluster.endpoint,
        "cluster-certificate": cluster.certificate_authority,
    });
    let kubernetes = table(table(&mut document, "settings"), "kubernetes");
    let mut all: Map<String, Value> = kubernetes.as_object().cloned().unwrap_or_default();
    all.extend(own.as_object().cloned().unwrap_or_default());
    let mut node_labels = all.get("node-labels").and_then(Value::as_object).cloned().unwrap_or_default();
    node_labels.extend(labels.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))));
    all.insert("node-labels".to_owned(), node_labels.into());
    let mut taints = all.get("node-taints").and_then(Value::as_object).cloned().unwrap_or_default();
    for taint in &group.taints {
        let list = taints.entry(taint.key.clone()).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(format!("{}:{}", taint.value, taint.effect).into());
        }
    }
    if !taints.is_empty() {
        all.insert("node-taints".to_owned(), taints.into());
    }
    *kubernetes = all.into();
    let mut lines = String::new();
    flattened(&mut Vec::new(), &document, &mut lines);
    Ok(lines)
}

fn table<'v>(value: &'v mut Value, key: &str) -> &'v mut Value {
    if !value.is_object() {
        *value = json!({});
    }
    &mut value[key]
}

/// One line per value, under its whole path.
fn flattened(path: &mut Vec<String>, value: &Value, lines: &mut String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                path.push(Value::from(key.as_str()).to_string());
                flattened(path, value, lines);
                path.pop();
            }
        }
        Value::Null => {}
        value => lines.push_str(&format!("{} = {value}\n", path.join("."))),
    }
}

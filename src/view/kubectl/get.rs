//! `kubectl get nodes` and `kubectl get pods`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Node, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::text_table::lay_out;
use crate::domain::kubernetes::columns::{Column, NODE_COLUMNS, POD_COLUMNS, node_cells, pod_cells};

/// What `kubectl get`'s flags choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GetOptions {
    /// `-o wide`
    pub wide: bool,
    /// `--show-labels`
    pub show_labels: bool,
    /// `-L`: labels that get a column of their own.
    pub label_columns: Vec<String>,
    /// `--no-headers`
    pub no_headers: bool,
    /// `-A`: a column for the namespace.
    pub all_namespaces: bool,
}

/// The text of `kubectl get nodes`; empty when there is none (see [`none_found`]).
pub fn nodes(nodes: &[Node], now: Timestamp, options: &GetOptions) -> String {
    let options = GetOptions { all_namespaces: false, ..options.clone() };
    let rows = nodes.iter().map(|node| (&node.metadata, node_cells(node, now).to_vec()));
    table(&NODE_COLUMNS, rows, &options)
}

/// The text of `kubectl get pods`; empty when there is none (see [`none_found`]).
pub fn pods(pods: &[Pod], now: Timestamp, options: &GetOptions) -> String {
    table(&POD_COLUMNS, pods.iter().map(|pod| (&pod.metadata, pod_cells(pod, now).to_vec())), options)
}

/// What kubectl says on stderr when a list is empty; `namespace` is the one asked for, if any.
pub fn none_found(namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("No resources found in {namespace} namespace."),
        None => "No resources found".to_string(),
    }
}

fn table<'a>(
    columns: &[Column],
    objects: impl Iterator<Item = (&'a ObjectMeta, Vec<String>)>,
    options: &GetOptions,
) -> String {
    let shown = |column: &Column| options.wide || !column.wide;
    let mut rows: Vec<Vec<String>> = objects
        .map(|(metadata, cells)| {
            let labels = metadata.labels.as_ref();
            let namespace = options.all_namespaces.then(|| metadata.namespace.clone().unwrap_or_default());
            let cells = columns.iter().zip(cells).filter(|(column, _)| shown(column)).map(|(_, cell)| cell);
            let own = options.label_columns.iter().map(|key| value(labels, key));
            let all = options.show_labels.then(|| all_labels(labels));
            namespace.into_iter().chain(cells).chain(own).chain(all).collect()
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    if !options.no_headers {
        let namespace = options.all_namespaces.then(|| "NAMESPACE".to_string());
        let names = columns.iter().filter(|column| shown(column)).map(|column| column.name.to_uppercase());
        let own = options.label_columns.iter().map(|key| key.rsplit('/').next().unwrap_or(key).to_uppercase());
        let all = options.show_labels.then(|| "LABELS".to_string());
        rows.insert(0, namespace.into_iter().chain(names).chain(own).chain(all).collect());
    }
    lay_out(&rows)
}

fn value(labels: Option<&BTreeMap<String, String>>, key: &str) -> String {
    labels.and_then(|labels| labels.get(key)).cloned().unwrap_or_default()
}

fn all_labels(labels: Option<&BTreeMap<String, String>>) -> String {
    let mut pairs: Vec<String> = labels.into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
    // By the whole pair, as kubectl does: `a-b=…` comes before `a=…`.
    pairs.sort_unstable();
    if pairs.is_empty() { "<none>".to_string() } else { pairs.join(",") }
}

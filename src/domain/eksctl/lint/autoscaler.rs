//! What the Cluster Autoscaler is told, above all of a group with no nodes.

use super::finding::{Context, Severity};
use crate::domain::autoscaler_tags::{self, ENABLED, LABEL_PREFIX, TAINT_PREFIX};
use crate::domain::code::Code;
use crate::domain::eksctl::Change;

const RESOURCES: &str = "k8s.io/cluster-autoscaler/node-template/resources/";

pub(super) fn lint(it: &mut Context<'_>) {
    let spec = it.spec;
    let tags = it.fields.text_map("tags");
    let speaks = tags.keys().any(|key| key.starts_with("k8s.io/cluster-autoscaler/"));
    let propagates = spec.settings.propagate_tags == Some(true);
    if propagates && !spec.taints.is_empty() {
        it.find(
            Severity::Warning,
            Code::LintPropagate,
            it.fields.key_at("propagateASGTags"),
            "eksctl writes taint tags without their effect, which the Cluster Autoscaler then ignores",
            "write the taint tags yourself (`value:Effect`), or make the group with spotscript",
        );
    }
    if !speaks && !spec.addons.auto_scaler && !propagates {
        return;
    }
    mirror(it, &tags);
    let discovered = spec.addons.auto_scaler
        || (tags.contains_key(ENABLED) && tags.contains_key(&format!("k8s.io/cluster-autoscaler/{}", spec.cluster)));
    if !discovered {
        let fix = autoscaler_tags::discovery(&spec.cluster)
            .into_iter()
            .filter(|(key, _)| !tags.contains_key(key))
            .map(|(key, value)| Change::Set(format!("{}[\"{key}\"]", it.fields.path("tags")), value.into()))
            .collect();
        it.mendable(
            Severity::Warning,
            Code::LintDiscovery,
            it.fields.key_at("tags"),
            "the Cluster Autoscaler is told what nodes are like, but finds no group without its two discovery tags",
            "set `k8s.io/cluster-autoscaler/enabled` and `k8s.io/cluster-autoscaler/CLUSTER`",
            fix,
        );
    }
    if it.spec.size.min == 0 && !tags.keys().any(|key| key.starts_with(&format!("{RESOURCES}ephemeral-storage"))) {
        let key = format!("{RESOURCES}ephemeral-storage");
        let size = format!("{}Gi", it.spec.volume.size_gib);
        let fix = vec![Change::Set(format!("{}[\"{key}\"]", it.fields.path("tags")), size.into())];
        it.mendable(
            Severity::Advice,
            Code::LintEphemeralStorage,
            it.fields.key_at("minSize"),
            "from zero nodes, the Cluster Autoscaler knows no disk: pods that ask for ephemeral storage never start one",
            "set the tag `k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage`",
            fix,
        );
    }
}

/// Tags that foretell labels and taints must say what nodes will have.
fn mirror(it: &mut Context<'_>, tags: &indexmap::IndexMap<String, (String, crate::domain::yaml::Mark)>) {
    let wanted = autoscaler_tags::derive(&it.spec.labels, &it.spec.taints);
    let path = |key: &str| format!("{}[\"{key}\"]", it.fields.path("tags"));
    let mut wrong: Vec<(crate::domain::yaml::Mark, String, Vec<Change>)> = Vec::new();
    for (key, (value, at)) in
        tags.iter().filter(|(key, _)| key.starts_with(LABEL_PREFIX) || key.starts_with(TAINT_PREFIX))
    {
        match wanted.get(key) {
            Some(right) if right == value => {}
            Some(right) => wrong.push((
                *at,
                format!("tag `{key}` is `{value}`, nodes will have `{right}`"),
                vec![Change::Set(path(key), right.clone().into())],
            )),
            None => wrong.push((
                *at,
                format!("tag `{key}` foretells what no node of the group will have"),
                vec![Change::Remove(path(key))],
            )),
        }
    }
    // Those that are missing matter only where nobody derives them, from zero nodes.
    if it.spec.size.min == 0 && it.spec.settings.propagate_tags != Some(true) {
        let missing: Vec<(&String, &String)> = wanted.iter().filter(|(key, _)| !tags.contains_key(*key)).collect();
        if !missing.is_empty() {
            let names: Vec<&str> = missing
                .iter()
                .map(|(key, _)| key.rsplit_once("node-template/").map_or(key.as_str(), |(_, name)| name))
                .collect();
            let fix = missing.iter().map(|(key, value)| Change::Set(path(key), (*value).clone().into())).collect();
            wrong.push((
                it.fields.key_at("tags"),
                format!("from zero nodes, the Cluster Autoscaler is not told of {}", names.join(", ")),
                fix,
            ));
        }
    }
    for (at, message, fix) in wrong {
        let help = "let the tags say what labels and taints say; a taint's is `value:Effect`";
        it.mendable(Severity::Warning, Code::LintTags, at, message, help, fix);
    }
}

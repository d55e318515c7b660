//! The group itself: its image, access, taints, policies, zones.

use serde_json::{Value, json};

use super::finding::{Context, Severity};
use super::set;
use crate::domain::code::Code;
use crate::domain::eksctl::Change;
use crate::domain::nodegroup::AmiFamily;
use crate::domain::taint::TaintEffect;

pub(super) fn lint(it: &mut Context<'_>) {
    taints(it);
    policies(it);
    access(it);
    image(it);
    size(it);
    if it.is_spot() && !it.is_managed() {
        let at = it.fields.at;
        it.find(
            Severity::Advice,
            Code::LintInterruptions,
            at,
            "nothing in this file drains nodes that are interrupted: EKS does it for managed groups only",
            "run aws-node-termination-handler (or Karpenter) in the cluster",
        );
        it.find(
            Severity::Advice,
            Code::LintSelfManaged,
            at,
            "a self-managed Spot group: no label for the capacity type, no draining, no health checks by EKS",
            "use `managedNodeGroups` with `spot: true`, unless a base of On-Demand or the strategy must be yours",
        );
    }
    lifecycle_label(it);
}

fn taints(it: &mut Context<'_>) {
    let Some(entry) = it.fields.get("taints") else { return };
    let at = entry.at;
    if matches!(entry.value.to_json(), Value::Object(_)) {
        let list: Vec<Value> = it
            .spec
            .taints
            .iter()
            .map(|taint| match taint.value.as_str() {
                "" => json!({"key": taint.key, "effect": taint.effect.as_str()}),
                value => json!({"key": taint.key, "value": value, "effect": taint.effect.as_str()}),
            })
            .collect();
        let fix = if list.is_empty() { Vec::new() } else { set(it.fields.path("taints"), list) };
        it.mendable(
            Severity::Warning,
            Code::LintTaintMap,
            at,
            "taints as a map: eksctl's schema has lists only, and managed groups refuse maps",
            "write a list of `key`, `value` and `effect`",
            fix,
        );
    }
    if it.spec.taints.iter().any(|taint| taint.effect == TaintEffect::PreferNoSchedule) {
        it.find(
            Severity::Advice,
            Code::LintSoftTaint,
            at,
            "`PreferNoSchedule` keeps no pod away when other nodes are full, and the Cluster Autoscaler ignores it",
            "use `NoSchedule` if only pods that tolerate it may run here",
        );
    }
}

fn policies(it: &mut Context<'_>) {
    let Some(addons) = it.fields.fields("iam").and_then(|iam| iam.fields("withAddonPolicies")) else { return };
    if addons.has("albIngress") {
        it.mendable(
            Severity::Warning,
            Code::LintOldAddonName,
            addons.key_at("albIngress"),
            "`albIngress` is the old name of `awsLoadBalancerController`",
            "write `awsLoadBalancerController`",
            vec![Change::Rename(addons.path("albIngress"), "awsLoadBalancerController".to_owned())],
        );
    }
    let on: Vec<&str> = addons.keys().filter(|key| addons.bool(key) == Some(true)).collect();
    if !on.is_empty() {
        let message = format!("every pod on these nodes gets what the role is allowed: {}", on.join(", "));
        it.find(
            Severity::Advice,
            Code::LintNodePolicies,
            it.fields.fields("iam").map_or(addons.at, |iam| iam.key_at("withAddonPolicies")),
            message,
            "give the add-ons roles of their own (Pod Identity, IRSA); keep the autoscaler's two discovery tags in `tags`",
        );
    }
}

fn access(it: &mut Context<'_>) {
    let Some(ssh) = it.spec.ssh.as_ref().filter(|ssh| !ssh.closed) else { return };
    let open = ssh.source_security_groups.is_empty() && !it.spec.private_networking;
    let (severity, what) = match open {
        true => (Severity::Warning, "eksctl opens port 22 of nodes with public addresses to the whole world"),
        false => (Severity::Advice, "port 22 of the nodes is open"),
    };
    it.find(
        severity,
        Code::LintSsh,
        it.fields.key_at("ssh"),
        what,
        "leave `ssh` out: Session Manager reaches every node without a key or a port",
    );
}

fn image(it: &mut Context<'_>) {
    let has_template = it.spec.has_own_template();
    if !it.fields.has("amiFamily") && !has_template {
        it.mendable(
            Severity::Advice,
            Code::LintImplicitFamily,
            it.fields.at,
            "no `amiFamily`: the default has changed before (Amazon Linux 2 to 2023), and with it labels and boot data",
            "write `amiFamily: AmazonLinux2023`",
            set(it.fields.path("amiFamily"), "AmazonLinux2023"),
        );
    } else if it.spec.ami_family == AmiFamily::AmazonLinux2 {
        it.find(
            Severity::Warning,
            Code::LintEndedFamily,
            it.fields.key_at("amiFamily"),
            "EKS has made no Amazon Linux 2 images since 2025-11-26, and none for Kubernetes 1.33 and later",
            "move to `AmazonLinux2023`; a `node-lifecycle` label is not set there",
        );
    }
}

fn size(it: &mut Context<'_>) {
    let size = it.spec.size;
    if size.min == 0 && size.desired > 0 && it.fields.has("minSize") && !it.is_managed() {
        it.find(
            Severity::Warning,
            Code::LintMinZero,
            it.fields.key_at("minSize"),
            format!("eksctl waits for `minSize` nodes, which is none, not for the {} that are desired", size.desired),
            "verify that nodes are Ready, or make the group with spotscript, which waits for them",
        );
    }
    if size.max > 1 && it.fields.items("availabilityZones").len() != 1 && it.fields.items("subnets").len() != 1 {
        it.find(
            Severity::Advice,
            Code::LintZones,
            it.fields.at,
            "one group in several zones: the Cluster Autoscaler cannot choose the zone for a pod that is bound to one",
            "make a group for each zone where pods use EBS volumes or zone selectors",
        );
    }
}

fn lifecycle_label(it: &mut Context<'_>) {
    let distribution = &it.spec.distribution;
    let mixed = it.is_spot() && (distribution.on_demand_base > 0 || distribution.on_demand_percentage > 0);
    let says_spot = |key: &str, value: &str| {
        let value = value.to_ascii_lowercase();
        value.contains("spot") || (key.to_ascii_lowercase().contains("spot") && value == "true")
    };
    let label = it
        .spec
        .labels
        .iter()
        .find(|(key, value)| says_spot(key, value))
        .map(|(key, value)| (key.clone(), value.clone()));
    if let (true, Some((key, value))) = (mixed, label) {
        let labels = it.fields.fields("labels");
        let at = labels.map_or(it.fields.at, |labels| labels.key_at(&key));
        it.find(
            Severity::Warning,
            Code::LintLifecycleLabel,
            at,
            format!("every node gets `{key}={value}`, the On-Demand ones of this group too"),
            "split the group, or ask EC2: `spotscript nodes` shows how each node is bought",
        );
    }
}

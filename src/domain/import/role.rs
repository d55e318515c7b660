//! Who the nodes are: a role that can be made again from words, or one that is named.

use serde_json::Value;

use super::Facts;
use crate::domain::desired::{OWNER_TAG, ResourceNames};
use crate::domain::nodegroup::{AddonPolicies, NodeRole, NodegroupSpec};
use crate::domain::policies;

pub(super) fn read(facts: &Facts, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let names = ResourceNames::of(&facts.cluster.name, &facts.name);
    let managed = facts.managed.is_some();
    let Some(role) = &facts.role else {
        return unread(facts, spec, notes);
    };
    let ours = role.tags.contains_key(OWNER_TAG);
    let own_profile = managed || facts.profile.as_ref().is_none_or(|it| it.tags.contains_key(OWNER_TAG));
    let foreign_group = facts.owner != crate::domain::inventory::Owner::Spotscript && !ours;
    // A role that somebody gave to a group of ours stays given.
    if !ours && !foreign_group {
        if own_profile {
            spec.role.role_arn = Some(role.arn.clone());
        } else {
            spec.role.instance_profile_arn = facts.profile.as_ref().map(|profile| profile.arn.clone());
        }
        return;
    }
    match worded(facts, spec) {
        Ok((addons, made, mut told)) => {
            spec.addons = addons;
            spec.role = made;
            if ours && role.name != names.role {
                spec.role.role_name = Some(role.name.clone());
            }
            if foreign_group {
                notes.push(format!(
                    "its role `{}` stays its own: a group of this file gets one with the same policies",
                    role.name
                ));
            }
            notes.append(&mut told);
        }
        Err(why) => {
            notes.push(format!("role `{}` is named, for {why}", role.name));
            match facts.profile.as_ref().filter(|_| !managed) {
                Some(profile) => spec.role.instance_profile_arn = Some(profile.arn.clone()),
                None => spec.role.role_arn = Some(role.arn.clone()),
            }
        }
    }
}

/// A role that may not be read is named, as far as its name is known.
fn unread(facts: &Facts, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let by_template = facts.template.as_ref().and_then(|version| version.data.instance_profile_arn.clone());
    match &facts.managed {
        Some(managed) => spec.role.role_arn = Some(managed.node_role.clone()),
        None => spec.role.instance_profile_arn = facts.profile.as_ref().map(|it| it.arn.clone()).or(by_template),
    }
    notes.push("its role could not be read, so it is named; what it may do is not known".to_owned());
}

/// What it may do, in words that make an equal role.
fn worded(facts: &Facts, spec: &NodegroupSpec) -> Result<(AddonPolicies, NodeRole, Vec<String>), String> {
    let role = facts.role.as_ref().ok_or("it is not known")?;
    let partition = facts.cluster.arn.split(':').nth(1).unwrap_or("aws");
    let arn = |name: &str| format!("arn:{partition}:iam::aws:policy/{name}");
    let mut addons = AddonPolicies::default();
    let mut notes = vec![];
    let mut left = role.attached.clone();
    addons.image_builder = left.remove(&arn("AmazonEC2ContainerRegistryPowerUser"));
    let pulls = left.remove(&arn("AmazonEC2ContainerRegistryPullOnly")) || addons.image_builder;
    addons.cloud_watch = left.remove(&arn("CloudWatchAgentServerPolicy"));
    addons.ebs = left.remove(&arn("service-role/AmazonEBSCSIDriverPolicy"));
    let usual: std::collections::BTreeSet<String> =
        ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonSSMManagedInstanceCore"].map(arn).into();
    let own: Vec<String> = if left == usual { vec![] } else { left.into_iter().collect() };
    if own.is_empty() && role.attached.is_empty() {
        return Err("it has no managed policy, and a role that is made always has".to_owned());
    }
    if !pulls {
        notes.push("its role has no policy `AmazonEC2ContainerRegistryPullOnly`; one that is made has".to_owned());
    }
    let mut attach_policy = None;
    for (name, document) in &role.inline {
        // CloudFormation puts the stack's name before.
        let is = |known: &str| name == known || name.ends_with(&format!("-{known}"));
        let flag = [
            ("PolicyAutoScaling", &mut addons.auto_scaler),
            ("PolicyAWSLoadBalancerController", &mut addons.aws_load_balancer_controller),
            ("PolicyExternalDNS", &mut addons.external_dns),
            ("PolicyCertManager", &mut addons.cert_manager),
            ("PolicyXRay", &mut addons.x_ray),
            ("PolicyAppMesh", &mut addons.app_mesh),
            ("PolicyAppMeshPreview", &mut addons.app_mesh_preview),
            ("PolicyEFS", &mut addons.efs),
            ("PolicyFSX", &mut addons.fsx),
        ]
        .into_iter()
        .find(|(known, _)| is(known));
        match (flag, document) {
            (Some((_, flag)), _) => *flag = true,
            // Parts of the add-ons above that eksctl keeps in documents of their own.
            (None, _)
                if [
                    "PolicyEFSEC2",
                    "PolicyServiceLinkRole",
                    "PolicyCertManagerGetChange",
                    "PolicyCertManagerHostedZones",
                    "PolicyExternalDNSChangeSet",
                    "PolicyExternalDNSHostedZones",
                ]
                .iter()
                .any(|part| is(part)) => {}
            (None, Value::Object(policy)) if is("Policy1") => attach_policy = Some(policy.clone()),
            (None, _) => return Err(format!("its inline policy `{name}` is of no add-on")),
        }
    }
    if spec.machine.disable_pod_imds == Some(true) && addons != AddonPolicies::default() {
        return Err(
            "a file refuses policies of add-ons together with a metadata service that pods do not reach".to_owned()
        );
    }
    for (name, document) in policies::inline(partition, &addons) {
        let there = role.inline.iter().find(|(known, _)| **known == name || known.ends_with(&format!("-{name}")));
        if there.is_some_and(|(_, there)| *there != document) {
            notes.push(format!("inline policy `{name}` has another text than one that is made"));
        }
    }
    let made = NodeRole {
        attach_policy,
        attach_policy_arns: own,
        permissions_boundary: role.permissions_boundary.clone(),
        ..NodeRole::default()
    };
    Ok((addons, made, notes))
}

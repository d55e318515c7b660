//! What would fail later is refused now, before the first write.

use super::observe::Facts;
use super::{keys, room, ssh};
use crate::domain::Code;
use crate::domain::cloud::AutoScalingGroup;
use crate::domain::desired::{
    CLUSTER_TAG, NODEGROUP_TAG, Placement, ResourceNames, group_tags, key_pair_name, nodegroup_tags, place,
};
use crate::domain::error::{Error, Result, nearest};
use crate::domain::inventory::Owner;
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::Session;
use crate::ops::clusters::quoted;
use crate::ops::inventory::owner_of;
use crate::ops::managed;

/// What the checks found out.
pub(super) struct Plan {
    pub(super) names: ResourceNames,
    pub(super) placement: Placement,
    pub(super) image_id: String,
    /// The group, when it is there and ours.
    pub(super) group: Option<AutoScalingGroup>,
}

/// Checks everything, in the order in which a user would want to know.
///
/// # Errors
/// All that was found at once.
pub(super) fn check(session: &Session, spec: &NodegroupSpec, facts: &Facts, denials: Vec<Error>) -> Result<Plan> {
    let names = ResourceNames::of_spec(spec);
    let mut found = vec![];
    let mut note = |result: Result<()>| found.extend(result.err());
    note(active(facts));
    let (group, others) = match ours(spec, facts, &names) {
        Ok(group) => (group, Ok(())),
        Err(error) => (None, Err(error)),
    };
    note(others);
    note(key_pair(session, spec, facts));
    note(keys::check(spec, facts, &names));
    note(ssh::source_groups(spec, facts));
    let placement = place(spec, &facts.subnets, &facts.offerings);
    match &placement {
        Ok(placement) => note(room::addresses(session, spec, placement, group.as_ref())),
        Err(error) => note(Err(error.clone())),
    }
    note(room::spot_quota(session, spec, facts));
    note(image(session.cloud.region(), spec, facts));
    note(network(facts));
    note(spot_role(session, facts));
    note(given_role(spec, facts));
    note(group_tags(spec).map(drop));
    found.extend(denials);
    if let Some(error) = Error::together(found) {
        return Err(error);
    }
    Ok(Plan { names, placement: placement?, image_id: facts.image.clone().unwrap_or_default(), group })
}

/// The same for a group that EKS manages.
///
/// # Errors
/// All that was found at once.
pub(super) fn check_managed(session: &Session, spec: &NodegroupSpec, facts: &Facts) -> Result<Plan> {
    let (mut found, names) = (vec![], ResourceNames::of_spec(spec));
    let mut note = |result: Result<()>| found.extend(result.err());
    note(active(facts));
    note(ours_managed(spec, facts));
    note(key_pair(session, spec, facts));
    note(keys::check(spec, facts, &names));
    note(ssh::source_groups(spec, facts));
    let placement = place(spec, &facts.subnets, &facts.offerings);
    let there = facts.namesakes.iter().find(|group| group.tags.contains_key("eks:nodegroup-name"));
    match &placement {
        Ok(placement) => note(room::addresses(session, spec, placement, there)),
        Err(error) => note(Err(error.clone())),
    }
    if facts.nodegroup.is_none() {
        note(room::spot_quota(session, spec, facts));
    }
    if !spec.has_own_template() {
        note(image(session.cloud.region(), spec, facts));
    }
    note(network(facts));
    note(spot_role(session, facts));
    note(given_role(spec, facts));
    note(nodegroup_tags(spec).map(drop));
    if let Some(error) = Error::together(found) {
        return Err(error);
    }
    Ok(Plan { names, placement: placement?, image_id: facts.image.clone().unwrap_or_default(), group: None })
}

/// No group of that name but ours, and that at EKS.
fn ours_managed(spec: &NodegroupSpec, facts: &Facts) -> Result<()> {
    let ours = facts.nodegroup.as_ref().is_some_and(managed::is_ours);
    let of_eks = |group: &&AutoScalingGroup| group.tags.get("eks:nodegroup-name") == Some(&spec.name);
    if let Some(group) = facts.namesakes.iter().find(|group| !(ours && of_eks(group))) {
        let self_managed = owner_of(group) == Owner::Spotscript
            && group.tags.get(CLUSTER_TAG) == Some(&spec.cluster)
            && group.tags.get(NODEGROUP_TAG) == Some(&spec.name);
        if !self_managed {
            return Err(not_ours(&spec.cluster, &spec.name, group));
        }
        let message = format!("group `{}` is there, and is not managed by EKS", spec.name);
        return Err(Error::new(Code::CannotChangeInPlace, message)
            .help("give this one another name; or `ensure` with `replace`, which drains and deletes the other first"));
    }
    match &facts.nodegroup {
        Some(group) if !ours => {
            let message =
                format!("cluster `{}` has a node group `{}` that spotscript did not make", spec.cluster, spec.name);
            Err(Error::new(Code::NotOurs, message)
                .because(format!("managed node group `{}` does not carry the tags of spotscript", group.name))
                .help("change it with whatever made it, or choose another name"))
        }
        Some(group) if group.status == "DELETING" => {
            Err(Error::new(Code::NotOurs, format!("group `{}` is being deleted", spec.name))
                .help("wait until it is gone, then repeat"))
        }
        _ => foreign(spec, facts, &ResourceNames::of_spec(spec)),
    }
}

fn active(facts: &Facts) -> Result<()> {
    let cluster = &facts.cluster;
    if cluster.status.is_active() {
        return Ok(());
    }
    let message = format!("cluster `{}` is {} and takes no node groups now", cluster.name, cluster.status.0);
    Err(Error::new(Code::ClusterNotReady, message).help("wait until it is ACTIVE"))
}

fn image(region: &str, spec: &NodegroupSpec, facts: &Facts) -> Result<()> {
    if facts.image.is_some() {
        return Ok(());
    }
    if let Some(ami) = &spec.ami {
        return Err(Error::new(Code::ImageNotFound, format!("there is no image `{ami}` in region `{region}`"))
            .help("images are of one region: copy it here, or name one that is here and shared with this account"));
    }
    Err(image_not_found(spec, &facts.cluster.version, &facts.image_parameter))
}

/// AWS has no image of the family for that version of Kubernetes.
pub(in crate::ops) fn image_not_found(spec: &NodegroupSpec, version: &str, parameter: &str) -> Error {
    Error::new(Code::ImageNotFound, format!("no {} image for Kubernetes {version}", spec.ami_family.as_str()))
        .because(format!("SSM parameter `{parameter}` does not exist"))
        .help("upgrade the cluster to a version that EKS supports, or name an image with `ami`")
}

fn network(facts: &Facts) -> Result<()> {
    let cluster = &facts.cluster;
    if cluster.cluster_security_group.is_some() || facts.vpc_id.is_some() {
        return Ok(());
    }
    Err(Error::new(Code::SubnetNotFound, format!("cluster `{}` names no VPC and no subnets", cluster.name)))
}

fn spot_role(session: &Session, facts: &Facts) -> Result<()> {
    match &facts.spot_role {
        Some(Ok(false)) => Err(Error::new(
            Code::SpotServiceLinkedRoleMissing,
            format!("the account has no service-linked role for Spot (`{}`)", super::observe::SPOT_ROLE),
        )
        .because("without it EC2 refuses every Spot request of an Auto Scaling group")
        .help(
            "create it once per account: `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`",
        )),
        Some(Err(error)) if error.code == Code::AwsAccessDenied => {
            session
                .warn(format!("whether the account has the service-linked role for Spot could not be read: {error}"));
            Ok(())
        }
        Some(Err(error)) => Err(error.clone()),
        Some(Ok(true)) | None => Ok(()),
    }
}

/// A role or profile that is given must be there.
fn given_role(spec: &NodegroupSpec, facts: &Facts) -> Result<()> {
    let absent = |what: &str, arn: &str| {
        let error = Error::new(Code::InstanceProfileInvalid, format!("{what} `{arn}` does not exist"));
        Err(error.help("correct the ARN, or leave it out and let a role be made"))
    };
    match (&spec.role.instance_profile_arn, &spec.role.role_arn) {
        (Some(arn), _) => match &facts.profile {
            None => absent("instance profile", arn),
            Some(profile) if profile.roles.is_empty() => {
                let message = format!("instance profile `{arn}` has no role");
                Err(Error::new(Code::InstanceProfileInvalid, message).help("put a role into it"))
            }
            Some(_) => Ok(()),
        },
        (None, Some(arn)) if facts.role.is_none() => absent("role", arn),
        _ => Ok(()),
    }
}

/// The group, if it is there. Someone else's of that name, or one of ours for another group, is left alone.
fn ours(spec: &NodegroupSpec, facts: &Facts, names: &ResourceNames) -> Result<Option<AutoScalingGroup>> {
    let mut found = None;
    for group in &facts.namesakes {
        let is_ours = owner_of(group) == Owner::Spotscript
            && group.tags.get(CLUSTER_TAG) == Some(&spec.cluster)
            && group.tags.get(NODEGROUP_TAG) == Some(&spec.name);
        if !is_ours {
            return Err(not_ours(&spec.cluster, &spec.name, group));
        }
        if group.name == names.auto_scaling_group {
            found = Some(group.clone());
        }
    }
    if let Some(group) = &found
        && group.status.is_some()
    {
        return Err(Error::new(Code::NotOurs, format!("group `{}` is being deleted", spec.name))
            .help("wait until it is gone, then repeat"));
    }
    foreign(spec, facts, names)?;
    Ok(found)
}

/// A role or profile of our name that is another's.
fn foreign(spec: &NodegroupSpec, facts: &Facts, names: &ResourceNames) -> Result<()> {
    for (what, name, tags) in [
        ("role", &names.role, facts.role.as_ref().filter(|_| !spec.role.is_given()).map(|role| &role.tags)),
        ("instance profile", &names.instance_profile, facts.profile.as_ref().map(|profile| &profile.tags)),
    ] {
        if what == "instance profile" && spec.role.instance_profile_arn.is_some() {
            continue;
        }
        let of = |tag: &str| tags.and_then(|tags| tags.get(tag));
        if tags.is_some() && (of(CLUSTER_TAG) != Some(&spec.cluster) || of(NODEGROUP_TAG) != Some(&spec.name)) {
            let owner = match (of(CLUSTER_TAG), of(NODEGROUP_TAG)) {
                (Some(cluster), Some(group)) => format!("its tags say group `{group}` of cluster `{cluster}`"),
                _ => "its tags do not say that spotscript made it".to_owned(),
            };
            return Err(Error::new(Code::NotOurs, format!("{what} `{name}` exists and is not this group's"))
                .because(owner)
                .help("remove or rename it, or give the group another name"));
        }
    }
    Ok(())
}

/// A group of that name that belongs to someone else.
pub(in crate::ops) fn not_ours(cluster: &str, name: &str, group: &AutoScalingGroup) -> Error {
    let error = Error::new(
        Code::NotOurs,
        format!("cluster `{cluster}` has a node group `{name}` that spotscript did not make"),
    );
    let tag = |key: &str| group.tags.get(key).map(String::as_str).unwrap_or_default();
    match owner_of(group) {
        Owner::CloudFormation => error
            .because(format!(
                "Auto Scaling group `{}` belongs to CloudFormation stack `{}`",
                group.name,
                tag("aws:cloudformation:stack-name")
            ))
            .help(format!("change it through eksctl (`eksctl get nodegroup --cluster {cluster} --name {name}`), or choose another name")),
        Owner::Managed => error
            .because("it is an EKS managed node group")
            .help(format!("change it through EKS (`aws eks update-nodegroup-config --cluster-name {cluster} --nodegroup-name {name} …`), or choose another name")),
        Owner::Spotscript | Owner::Other => error
            .because(format!("Auto Scaling group `{}` carries that name in its tags", group.name))
            .help("choose another name"),
    }
}

fn key_pair(session: &Session, spec: &NodegroupSpec, facts: &Facts) -> Result<()> {
    let (Some(ssh), Some(pairs)) = (&spec.ssh, &facts.key_pairs) else { return Ok(()) };
    if let (true, None, Some(path)) = (ssh.key_name.is_empty(), &ssh.public_key, &ssh.public_key_path) {
        return Err(Error::new(Code::File, format!("the public key in `{path}` was not read"))
            .help("read it, and give its text as the key"));
    }
    if ssh.public_key.is_some() || pairs.iter().any(|pair| pair.name == ssh.key_name) {
        return Ok(());
    }
    let region = session.cloud.region();
    let error = Error::new(Code::KeyPairNotFound, format!("no key pair `{}` in region `{region}`", ssh.key_name));
    let names = || pairs.iter().map(|pair| pair.name.as_str());
    Err(match nearest(&ssh.key_name, names()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if pairs.is_empty() => error.help(format!(
            "the region has none: `aws ec2 create-key-pair --region {region} --key-name {}`, or leave SSH out",
            ssh.key_name
        )),
        None => error.help(format!("key pairs here: {}", quoted(names()))),
    })
}

/// The head of a create log, as users of eksctl know it.
pub(super) fn tell(session: &Session, spec: &NodegroupSpec, facts: &Facts, plan: &Plan) {
    session.note(format!("spotscript version {}", env!("CARGO_PKG_VERSION")));
    session.note(format!("using region {}", session.cloud.region()));
    session.note(format!("cluster \"{}\" runs Kubernetes version {}", facts.cluster.name, facts.cluster.version));
    session.note(format!(
        "nodegroup \"{}\" will use \"{}\" [{}/{}]",
        spec.name,
        plan.image_id,
        spec.ami_family.as_str(),
        facts.cluster.version
    ));
    if let Some(name) = key_pair_name(spec) {
        session.note(format!("using EC2 key pair \"{name}\""));
    }
    let mut zones: Vec<(&str, Vec<&str>)> = vec![];
    for subnet in &plan.placement.subnets {
        match zones.last_mut() {
            Some((zone, ids)) if *zone == subnet.zone => ids.push(&subnet.id),
            _ => zones.push((&subnet.zone, vec![&subnet.id])),
        }
    }
    for (zone, ids) in zones {
        let kind = if spec.private_networking { "private" } else { "public" };
        let missing =
            plan.placement.missing.get(zone).map(|types| format!("; not offered there: {}", types.join(", ")));
        session.note(format!("subnets for {zone} - {kind}: {}{}", ids.join(", "), missing.unwrap_or_default()));
    }
    for zone in &plan.placement.skipped_zones {
        session.warn(format!("zone {zone} is left out: it offers none of the instance types"));
    }
    for name in &plan.placement.nowhere {
        session.warn(format!("instance type {name} is offered in none of the zones: it will never be started"));
    }
}

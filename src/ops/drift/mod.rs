//! How groups differ from what they should be: many at once, in requests whose number hardly grows with theirs.
//!
//! Looked at is what Auto Scaling or EKS and the launch template say. Not looked at: IAM, rules of security groups, nodes
//! that run.

mod managed;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::future::try_join_all;

use super::Session;
use super::clusters::{account_of, cluster};
use super::ensure::{image_not_found, opens_ssh};
use super::inventory::owner_of;
use crate::domain::cloud::{
    AutoScalingGroup, CallerIdentity, Cluster, LaunchTemplate, ManagedNodegroup, Offering, Subnet,
};
use crate::domain::desired::{
    CLUSTER_TAG, NAME_PREFIX, NODEGROUP_TAG, ResourceNames, attached_security_groups, group_difference, group_request,
    has_own_image, image_parameter, instance_profile_arn, key_pair_name, launch_template_data, place,
    template_difference,
};
use crate::domain::error::Result;
use crate::domain::inventory::{Drift, Owner};
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::roll::lasting_size;

/// How many instance types go into one request.
const TYPES: usize = 100;

/// What was read for the groups of one cluster.
struct Facts {
    cluster: Cluster,
    caller: CallerIdentity,
    subnets: Vec<Subnet>,
    offerings: Vec<Offering>,
    /// By SSM parameter.
    images: HashMap<String, Option<String>>,
    /// By name.
    groups: HashMap<String, AutoScalingGroup>,
    /// By name.
    templates: HashMap<String, LaunchTemplate>,
    /// Those that EKS manages, by name.
    nodegroups: HashMap<String, ManagedNodegroup>,
    /// Names of the key pairs that were made for groups; not read when no key is given.
    key_pairs: BTreeSet<String>,
}

/// How each of `specs` differs from what is there, in their order. Nothing is changed.
///
/// # Errors
/// `SPOT-0310` when there is no such cluster, `SPOT-0314` and `SPOT-0317` for groups that could be nowhere, and what AWS
/// refuses.
pub async fn drift(session: &Session, specs: &[NodegroupSpec]) -> Result<Vec<Drift>> {
    let mut facts = BTreeMap::new();
    for spec in specs {
        session.same_region(spec.region.as_deref())?;
        if !facts.contains_key(&spec.cluster) {
            let of_cluster: Vec<&NodegroupSpec> = specs.iter().filter(|other| other.cluster == spec.cluster).collect();
            facts.insert(spec.cluster.clone(), read(session, &of_cluster).await?);
        }
    }
    specs.iter().map(|spec| compare(spec, &facts[&spec.cluster])).collect()
}

/// Reads what the comparison of all of them needs.
async fn read(session: &Session, specs: &[&NodegroupSpec]) -> Result<Facts> {
    let cloud = &*session.cloud;
    let name = specs.first().map_or("", |spec| spec.cluster.as_str());
    let types: BTreeSet<String> = specs.iter().flat_map(|spec| spec.types.names()).map(str::to_owned).collect();
    let types: Vec<String> = types.into_iter().collect();
    let own = specs.iter().filter(|spec| spec.managed.is_none());
    let groups: Vec<String> = own.map(|spec| ResourceNames::of_spec(spec).auto_scaling_group).collect();
    let templates = specs.iter().filter(|spec| !spec.has_own_template());
    let templates: Vec<String> = templates.map(|spec| ResourceNames::of_spec(spec).launch_template).collect();
    let managed = specs.iter().filter(|spec| spec.managed.is_some());
    let gives_key = |spec: &&NodegroupSpec| spec.ssh.as_ref().is_some_and(|ssh| ssh.public_key.is_some());
    let (cluster, offerings, groups, templates, nodegroups, key_pairs) = tokio::try_join!(
        cluster(session, name),
        try_join_all(types.chunks(TYPES).map(|types| cloud.offerings(types))),
        cloud.groups(&groups),
        cloud.launch_templates(&templates),
        // EKS describes one at a time.
        try_join_all(managed.map(|spec| cloud.nodegroup(name, &spec.name))),
        async {
            match specs.iter().any(gives_key) {
                true => cloud.key_pairs_beginning(NAME_PREFIX).await,
                false => Ok(vec![]),
            }
        },
    )?;
    let mut subnet_ids = cluster.subnet_ids.clone();
    for id in specs.iter().flat_map(|spec| &spec.subnets) {
        if !subnet_ids.contains(id) {
            subnet_ids.push(id.clone());
        }
    }
    let unpinned = specs.iter().filter(|spec| spec.ami.is_none() && (spec.managed.is_none() || has_own_image(spec)));
    let parameters: BTreeSet<String> = unpinned.map(|spec| image_parameter(spec, &cluster.version)).collect();
    let image = async |parameter: &String| Ok((parameter.clone(), cloud.image_parameter(parameter).await?));
    let (subnets, images) = tokio::try_join!(cloud.subnets(&subnet_ids), try_join_all(parameters.iter().map(image)))?;
    Ok(Facts {
        caller: account_of(&cluster),
        cluster,
        key_pairs: key_pairs.into_iter().map(|pair| pair.name).collect(),
        subnets,
        offerings: offerings.into_iter().flatten().collect(),
        images: images.into_iter().collect(),
        groups: groups.into_iter().map(|group| (group.name.clone(), group)).collect(),
        templates: templates.into_iter().map(|template| (template.name.clone(), template)).collect(),
        nodegroups: nodegroups.into_iter().flatten().map(|group| (group.name.clone(), group)).collect(),
    })
}

/// Compares one group with what was read.
fn compare(spec: &NodegroupSpec, facts: &Facts) -> Result<Drift> {
    let names = ResourceNames::of_spec(spec);
    let answer = |there: bool, differences: Vec<String>| Drift {
        cluster: spec.cluster.clone(),
        name: spec.name.clone(),
        there,
        differences,
    };
    if spec.managed.is_some() {
        let differences = managed::differences(spec, &names, facts)?;
        return Ok(answer(facts.nodegroups.contains_key(&spec.name), differences));
    }
    let Some(group) = facts.groups.get(&names.auto_scaling_group) else {
        return Ok(answer(false, vec!["there is no such group".to_owned()]));
    };
    let is = |key: &str, value: &String| group.tags.get(key) == Some(value);
    if owner_of(group) != Owner::Spotscript || !is(CLUSTER_TAG, &spec.cluster) || !is(NODEGROUP_TAG, &spec.name) {
        return Ok(answer(true, vec![format!("the Auto Scaling group `{}` is not this group's", group.name)]));
    }
    let mut differences = vec![];
    let Some(template) = facts.templates.get(&names.launch_template) else {
        return Ok(answer(true, vec![format!("there is no launch template `{}`", names.launch_template)]));
    };
    let profile = spec.role.instance_profile_arn.clone();
    let profile = profile.unwrap_or_else(|| instance_profile_arn(&facts.caller, &names.instance_profile));
    let wanted =
        launch_template_data(spec, &facts.cluster, &image(spec, facts)?, &profile, secured(spec, facts, template))?;
    differences.extend(
        template_difference(&template.data, &wanted).into_iter().map(|what| format!("launch template: {what}")),
    );

    differences.extend(without_key_pair(spec, facts));
    let placement = place(spec, &facts.subnets, &facts.offerings)?;
    let wanted = group_request(spec, &names, &placement, template.latest_version)?;
    // What a roll has added it takes away itself.
    let difference = group_difference(&AutoScalingGroup { size: lasting_size(group), ..group.clone() }, &wanted);
    differences.extend(difference.changes);
    differences.extend(difference.set_tags.keys().map(|key| format!("tag `{key}`")));
    differences.extend(difference.remove_tags.iter().map(|key| format!("tag `{key}` that should not be there")));
    differences.extend(difference.fixed);
    let running =
        spec.settings.suspended_processes.iter().filter(|process| !group.suspended_processes.contains(process));
    differences.extend(running.map(|process| format!("process {process} is not suspended")));
    let unmeasured = spec.settings.metrics.iter().any(|one| match one.metrics.as_slice() {
        [] => group.enabled_metrics.is_empty(),
        wanted => wanted.iter().any(|metric| !group.enabled_metrics.contains(metric)),
    });
    if unmeasured {
        differences.push("metrics are not collected".to_owned());
    }
    Ok(answer(true, differences))
}

/// Without its key pair no node can be started.
fn without_key_pair(spec: &NodegroupSpec, facts: &Facts) -> Option<String> {
    spec.ssh.as_ref().filter(|ssh| ssh.public_key.is_some())?;
    let name = key_pair_name(spec).filter(|name| !facts.key_pairs.contains(name))?;
    Some(format!("there is no key pair `{name}`: new nodes cannot be started"))
}

/// The image that it starts with: the one that was named, or the newest one.
fn image(spec: &NodegroupSpec, facts: &Facts) -> Result<String> {
    if let Some(ami) = &spec.ami {
        return Ok(ami.clone());
    }
    let parameter = image_parameter(spec, &facts.cluster.version);
    let found = facts.images.get(&parameter).cloned().flatten();
    found.ok_or_else(|| image_not_found(spec, &facts.cluster.version, &parameter))
}

/// The security groups that it should have. The one for SSH is the group's own: whichever stands there is taken for it.
fn secured(spec: &NodegroupSpec, facts: &Facts, template: &LaunchTemplate) -> Vec<String> {
    let mut ids = attached_security_groups(spec, &facts.cluster);
    if opens_ssh(spec) {
        let own = template.data.security_group_ids.iter().find(|id| !ids.contains(id)).cloned();
        ids.extend(own);
    }
    ids
}

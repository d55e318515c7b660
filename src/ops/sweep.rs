//! Removes what is left of groups that are gone, once nothing shows that it is needed.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Session;
use super::backoff::Backoff;
use super::delete::inventory::{Inventory, take, take_without_cluster};
use super::delete::remove::{Home, remove};
use super::ledger::Ledger;
use crate::domain::cloud::{AutoScalingGroup, SecurityGroup};
use crate::domain::desired::{NAME_PREFIX, NODEGROUP_TAG, ResourceNames};
use crate::domain::error::Result;
use crate::domain::inventory::{GroupRef, LeftAlone, Orphan, Sweep};

/// Longest pause while something is let go of.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long something may still be held: the network interfaces of instances that have just ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// Groups of which our tags tell and which have no Auto Scaling group, of all clusters or of one; sorted.
///
/// # Errors
/// What the listings fail with.
pub async fn groups_without_members(session: &Session, cluster: Option<&str>) -> Result<Vec<GroupRef>> {
    let cloud = &*session.cloud;
    let (roles, profiles, templates, security_groups, key_pairs, clusters, groups) = tokio::try_join!(
        cloud.tagged_roles(NAME_PREFIX),
        cloud.tagged_profiles(NAME_PREFIX),
        cloud.tagged_templates(NODEGROUP_TAG),
        cloud.tagged_security_groups(NODEGROUP_TAG),
        cloud.tagged_key_pairs(NODEGROUP_TAG),
        cloud.cluster_names(),
        cloud.all_groups(),
    )?;
    let mut found: BTreeSet<GroupRef> = BTreeSet::new();
    let tagged = roles.iter().chain(&profiles).chain(&templates).chain(&key_pairs).map(|one| &one.tags);
    found.extend(tagged.chain(security_groups.iter().map(|group| &group.tags)).filter_map(GroupRef::of_tags));
    for name in clusters.iter().filter(|name| cluster.is_none_or(|wanted| wanted == *name)) {
        let entries = cloud.tagged_access_entries(name, NAME_PREFIX).await?;
        // An entry of this cluster that is tagged for another is nobody's.
        found.extend(
            entries.iter().filter_map(|entry| GroupRef::of_tags(&entry.tags)).filter(|group| group.cluster == *name),
        );
    }
    found.retain(|group| cluster.is_none_or(|wanted| wanted == group.cluster));
    found.retain(|group| !groups.iter().any(|there| is_of(there, group)));
    Ok(found.into_iter().collect())
}

/// Removes what is left of `groups`. Each is read again: what is needed by then is left alone, and told why. Roles know no
/// region: those for a cluster that is not in this one are left alone, unless it is the one that was `named`.
///
/// # Errors
/// What reading fails with, and AWS's refusal to remove something that it knows to be used.
pub async fn sweep(session: &Session, groups: &[GroupRef], named: Option<&str>) -> Result<Sweep> {
    let ledger = Ledger::new(session);
    let mut deadline = Backoff::new(&*session.clock, LONGEST_PAUSE, PATIENCE);
    let (living, security_groups) =
        tokio::try_join!(session.cloud.all_groups(), session.cloud.tagged_security_groups(NODEGROUP_TAG))?;
    let mut sweep = Sweep::default();
    for group in groups {
        let cluster = session.cloud.cluster(&group.cluster).await?;
        let api = match &cluster {
            Some(cluster) => Some(session.connect(cluster).await?),
            None => None,
        };
        let inventory = match (&cluster, &api) {
            (Some(cluster), Some(api)) => take(session, &**api, cluster, &group.name, true).await?,
            _ => take_without_cluster(session, group, of(&security_groups, group)).await?,
        };
        if inventory.is_empty() {
            continue;
        }
        let left_alone = |why: String| LeftAlone { group: group.clone(), why };
        if cluster.is_none() && named != Some(group.cluster.as_str()) {
            let why = format!(
                "cluster `{}` is not in region `{}`, and IAM knows no region: say `--cluster {}` when it is gone",
                group.cluster,
                session.cloud.region(),
                group.cluster
            );
            sweep.left_alone.push(left_alone(why));
            continue;
        }
        match needed(session, &inventory, &living, group).await? {
            Some(why) => sweep.left_alone.push(left_alone(why)),
            None => {
                let proof = proof(&inventory, cluster.is_some(), group);
                let resources = inventory.describe();
                let home = api.as_deref().map(|api| Home { api, cluster: &group.cluster });
                remove(&ledger, home, &inventory, &mut deadline).await?;
                sweep.orphans.push(Orphan { group: group.clone(), resources, proof });
            }
        }
    }
    Ok(sweep)
}

/// Whether an Auto Scaling group is one's: by our tags, or by EKS's.
fn is_of(there: &AutoScalingGroup, group: &GroupRef) -> bool {
    let tag = |key: &str, value: &str| there.tags.get(key).is_some_and(|known| known == value);
    GroupRef::of_tags(&there.tags).as_ref() == Some(group)
        || tag("eks:cluster-name", &group.cluster) && tag("eks:nodegroup-name", &group.name)
}

/// Why something of it is needed, if it is.
async fn needed(
    session: &Session,
    inventory: &Inventory,
    living: &[AutoScalingGroup],
    group: &GroupRef,
) -> Result<Option<String>> {
    let names = &inventory.names;
    if let Some(group) = &inventory.nodegroup {
        return Ok(Some(format!("managed node group `{}` is there", group.name)));
    }
    if inventory.group.is_some() || living.iter().any(|there| is_of(there, group)) {
        return Ok(Some(format!("Auto Scaling group `{}` is there", names.auto_scaling_group)));
    }
    let uses = |there: &&AutoScalingGroup| there.launch_template.as_ref() == Some(&names.launch_template);
    if let Some(user) = living.iter().find(uses) {
        return Ok(Some(format!(
            "Auto Scaling group `{}` uses launch template `{}`",
            user.name, names.launch_template
        )));
    }
    if let Some(profile) = &inventory.profile {
        let instances = session.cloud.instances_of_profile(&profile.arn).await?;
        if let Some(one) = instances.first() {
            let more = match instances.len() {
                1 => String::new(),
                number => format!(" and {} more", number - 1),
            };
            return Ok(Some(format!("instance `{one}`{more} has instance profile `{}`", profile.name)));
        }
    }
    Ok(None)
}

/// What shows that nothing of it is needed.
fn proof(inventory: &Inventory, has_cluster: bool, group: &GroupRef) -> Vec<String> {
    let names = &inventory.names;
    let mut proof = vec![
        format!("its tags say group `{}` of cluster `{}`", group.name, group.cluster),
        format!("there is no Auto Scaling group `{}`", names.auto_scaling_group),
    ];
    if !has_cluster {
        proof.push(format!("there is no cluster `{}`", group.cluster));
    }
    if inventory.template.is_some() {
        proof.push(format!("no Auto Scaling group uses launch template `{}`", names.launch_template));
    }
    if let Some(profile) = &inventory.profile {
        proof.push(format!("no instance has instance profile `{}`", profile.name));
    }
    if !inventory.key_pairs.is_empty() {
        proof.push("nodes that run need no key pair, and nothing of the group's starts more".to_owned());
    }
    if inventory.security_group.is_some() || inventory.role.is_some() {
        proof.push("AWS refuses to delete a security group or a role that is in use".to_owned());
    }
    proof
}

fn of(security_groups: &[SecurityGroup], group: &GroupRef) -> Option<SecurityGroup> {
    let name = ResourceNames::of(&group.cluster, &group.name).security_group;
    security_groups
        .iter()
        .find(|there| there.name == name && GroupRef::of_tags(&there.tags).as_ref() == Some(group))
        .cloned()
}

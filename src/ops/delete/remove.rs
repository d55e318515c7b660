//! Removal in dependency order, each thing only when nothing needs it any more.

use super::inventory::Inventory;
use crate::domain::Code;
use crate::domain::cloud::Role;
use crate::domain::error::{Error, Result};
use crate::domain::mutation::AwsMutation;
use crate::ops::access;
use crate::ops::backoff::Backoff;
use crate::ops::insist::insist;
use crate::ops::ledger::Ledger;
use crate::ops::managed;
use crate::ports::{self, Event, ResourceKind, Verdict, Wait, polling};

/// The cluster of a group, if it is there.
#[derive(Clone, Copy)]
pub(in crate::ops) struct Home<'a> {
    pub(in crate::ops) api: &'a dyn ports::Cluster,
    pub(in crate::ops) cluster: &'a str,
}

/// Removes what the inventory lists.
pub(in crate::ops) async fn remove(
    ledger: &Ledger<'_>,
    home: Option<Home<'_>>,
    inventory: &Inventory,
    deadline: &mut Backoff,
) -> Result<()> {
    let names = &inventory.names;
    if let Some(group) = &inventory.nodegroup {
        managed::remove(ledger, &group.cluster, &group.name, deadline).await?;
    }
    if inventory.group.is_some() {
        remove_group(ledger, &names.auto_scaling_group, deadline).await?;
    }
    if inventory.template.is_some() {
        ledger.aws(AwsMutation::DeleteLaunchTemplate { name: names.launch_template.clone() }).await?;
        ledger.settle(ResourceKind::LaunchTemplate, &names.launch_template, Verdict::Deleted);
    }
    if inventory.access_entry
        && let Some(home) = home
    {
        ledger.aws(access::delete_request(home.cluster, &inventory.role_arn)).await?;
        ledger.settle(ResourceKind::AccessEntry, access::role_name(&inventory.role_arn), Verdict::Deleted);
    }
    if inventory.aws_auth_row
        && let Some(home) = home
        && access::remove_row(ledger, home.api, &inventory.role_arn).await?
    {
        ledger.settle(ResourceKind::AwsAuthMapping, access::role_name(&inventory.role_arn), Verdict::Deleted);
    }
    if let Some(group) = &inventory.security_group {
        // The network interfaces of the last instances let go of it some seconds after they are gone.
        let request = AwsMutation::DeleteSecurityGroup { group_id: group.id.clone() };
        once_free(ledger, request, "DependencyViolation", deadline).await?;
        ledger.settle(ResourceKind::SecurityGroup, &group.name, Verdict::Deleted);
    }
    if let Some(profile) = &inventory.profile {
        for role in &profile.roles {
            let (profile, role) = (profile.name.clone(), role.clone());
            ledger.aws(AwsMutation::RemoveRoleFromInstanceProfile { profile, role }).await?;
        }
        let request = AwsMutation::DeleteInstanceProfile { name: profile.name.clone() };
        once_free(ledger, request, "DeleteConflict", deadline).await?;
        ledger.settle(ResourceKind::InstanceProfile, &profile.name, Verdict::Deleted);
    }
    if let Some(role) = &inventory.role {
        remove_role(ledger, role, deadline).await?;
    }
    for pair in &inventory.key_pairs {
        ledger.aws(AwsMutation::DeleteKeyPair { name: pair.name.clone() }).await?;
        ledger.settle(ResourceKind::KeyPair, &pair.name, Verdict::Deleted);
    }
    Ok(())
}

async fn remove_role(ledger: &Ledger<'_>, role: &Role, deadline: &mut Backoff) -> Result<()> {
    for policy in role.inline.keys() {
        let (role, policy) = (role.name.clone(), policy.clone());
        ledger.aws(AwsMutation::DeleteRolePolicy { role, policy }).await?;
    }
    for policy_arn in &role.attached {
        let (role, policy_arn) = (role.name.clone(), policy_arn.clone());
        ledger.aws(AwsMutation::DetachRolePolicy { role, policy_arn }).await?;
    }
    once_free(ledger, AwsMutation::DeleteRole { name: role.name.clone() }, "DeleteConflict", deadline).await?;
    ledger.settle(ResourceKind::IamRole, &role.name, Verdict::Deleted);
    Ok(())
}

/// Deletes the group with its instances and waits until both are gone.
pub(in crate::ops) async fn remove_group(ledger: &Ledger<'_>, name: &str, deadline: &mut Backoff) -> Result<()> {
    let session = ledger.session();
    ledger.aws(AwsMutation::DeleteAutoScalingGroup { name: name.to_owned(), force: true }).await?;
    deadline.hurry();
    let began = session.clock.now();
    let mut told = None;
    let _wait = Wait::told_to(&*session.operator);
    while let Some(group) = polling(session.cloud.group(name)).await? {
        let left = u32::try_from(group.instances.len()).unwrap_or(u32::MAX);
        let most = *told.get_or_insert(left);
        session.operator.tell(&Event::Progress {
            what: format!("instances of \"{name}\" to end"),
            done: most.saturating_sub(left),
            wanted: most,
            since: began,
        });
        if !deadline.pause(&*session.clock).await {
            return Err(Error::new(
                Code::InventoryNotEmpty,
                format!("Auto Scaling group `{name}` is still being deleted"),
            )
            .because(format!("{left} of its instances are still there"))
            .help("repeat the delete later: it goes on where it stopped"));
        }
    }
    ledger.settle(ResourceKind::AutoScalingGroup, name, Verdict::Deleted);
    Ok(())
}

/// Repeats a request as long as AWS says with `code` that something still depends on the thing.
pub(in crate::ops) async fn once_free(
    ledger: &Ledger<'_>,
    request: AwsMutation,
    code: &str,
    deadline: &mut Backoff,
) -> Result<()> {
    insist(ledger, request, deadline, |refusal| refusal.has_cause(code).then(|| refusal.clone())).await
}

//! The node role and its instance profile.

use crate::domain::cloud::{InstanceProfile, Role, TagMap};
use crate::domain::desired::{DesiredRole, ResourceNames};
use crate::domain::error::Result;
use crate::domain::mutation::AwsMutation;
use crate::ops::ledger::Ledger;
use crate::ports::{ResourceKind, Verdict};

/// Makes the role be there with its policies. Inline ones of ours that are no longer asked for go. Attached ones stay and
/// are named: nothing tells those that the file had from those that someone else attached, as Systems Manager does.
pub(super) async fn ensure_role(ledger: &Ledger<'_>, wanted: &DesiredRole, there: Option<&Role>) -> Result<()> {
    let mut verdict = Verdict::Unchanged;
    if there.is_none() {
        ledger
            .aws(AwsMutation::CreateRole {
                name: wanted.name.clone(),
                trust_policy: wanted.trust.clone(),
                description: "Nodes of a group made by spotscript".to_owned(),
                tags: wanted.tags.clone(),
                permissions_boundary: wanted.boundary.clone(),
            })
            .await?;
        verdict = Verdict::Created;
    }
    if let Some(there) = there.filter(|role| role.permissions_boundary != wanted.boundary) {
        let role = wanted.name.clone();
        let request = match wanted.boundary.clone() {
            Some(permissions_boundary) => AwsMutation::PutRolePermissionsBoundary { role, permissions_boundary },
            None => AwsMutation::DeleteRolePermissionsBoundary { role },
        };
        if let (Some(gone), None) = (&there.permissions_boundary, &wanted.boundary) {
            ledger.session().note(format!("role \"{}\" is no longer bounded by {gone}", wanted.name));
        }
        ledger.aws(request).await?;
        verdict = at_least_changed(verdict);
    }
    for policy_arn in &wanted.managed {
        if there.is_none_or(|role| !role.attached.contains(policy_arn)) {
            let (role, policy_arn) = (wanted.name.clone(), policy_arn.clone());
            ledger.aws(AwsMutation::AttachRolePolicy { role, policy_arn }).await?;
            verdict = at_least_changed(verdict);
        }
    }
    let more: Vec<&str> =
        there.iter().flat_map(|role| role.attached.difference(&wanted.managed)).map(String::as_str).collect();
    if !more.is_empty() {
        ledger.session().warn(format!(
            "role \"{}\" has more policies attached than are asked for, and they stay: {} (`aws iam detach-role-policy` takes one away)",
            wanted.name,
            more.join(", ")
        ));
    }
    for (policy, document) in &wanted.inline {
        if there.is_none_or(|role| role.inline.get(policy) != Some(document)) {
            let (role, policy, document) = (wanted.name.clone(), policy.clone(), document.clone());
            ledger.aws(AwsMutation::PutRolePolicy { role, policy, document }).await?;
            verdict = at_least_changed(verdict);
        }
    }
    for policy in there.map(|role| &role.inline).into_iter().flatten().map(|(name, _)| name) {
        if !wanted.inline.contains_key(policy) {
            let (role, policy) = (wanted.name.clone(), policy.clone());
            ledger.aws(AwsMutation::DeleteRolePolicy { role, policy }).await?;
            verdict = at_least_changed(verdict);
        }
    }
    ledger.settle(ResourceKind::IamRole, &wanted.name, verdict);
    Ok(())
}

/// Makes the instance profile be there with exactly the role in it.
pub(super) async fn ensure_profile(
    ledger: &Ledger<'_>,
    names: &ResourceNames,
    tags: &TagMap,
    there: Option<&InstanceProfile>,
) -> Result<()> {
    let (profile, role) = (names.instance_profile.clone(), names.role.clone());
    let mut verdict = Verdict::Unchanged;
    if there.is_none() {
        ledger.aws(AwsMutation::CreateInstanceProfile { name: profile.clone(), tags: tags.clone() }).await?;
        verdict = Verdict::Created;
    }
    let roles = there.map(|profile| profile.roles.as_slice()).unwrap_or_default();
    for other in roles.iter().filter(|other| **other != role) {
        let (profile, role) = (profile.clone(), other.clone());
        ledger.aws(AwsMutation::RemoveRoleFromInstanceProfile { profile, role }).await?;
        verdict = at_least_changed(verdict);
    }
    if !roles.contains(&role) {
        ledger.aws(AwsMutation::AddRoleToInstanceProfile { profile: profile.clone(), role }).await?;
        verdict = at_least_changed(verdict);
    }
    ledger.settle(ResourceKind::InstanceProfile, &profile, verdict);
    Ok(())
}

/// What was created stays created; what was unchanged is changed now.
pub(super) fn at_least_changed(verdict: Verdict) -> Verdict {
    if verdict == Verdict::Unchanged { Verdict::Changed } else { verdict }
}

//! What the record of a run says of its changes.

use super::Undone;
use crate::domain::Code;
use crate::domain::change::{ALL_METRICS, Resource, State};
use crate::domain::cloud::AutoScalingGroup;
use crate::domain::error::Error;
use crate::domain::mutation::{AwsMutation as A, Mutation};
use crate::ops::insist::unknown_yet;

/// Whether a change is of a security group that the run itself made: that is known by its name before it has an id.
pub(super) fn is_of_made_group(change: &Undone, all: &[Undone]) -> bool {
    let (Mutation::Aws(_), Some(State::SecurityGroup(group))) = (&change.mutation, &change.before) else {
        return false;
    };
    let made = Resource::NewSecurityGroup { vpc_id: group.vpc_id.clone(), name: group.name.clone() };
    all.iter().any(|other| other.before.is_none() && Resource::of(&other.mutation) == made)
}

/// A size that a run set, less the members that the run has taken away since.
pub(super) fn less_ended(after: &mut AutoScalingGroup, now: &AutoScalingGroup, later: &[Undone]) {
    let ends = |change: &&Undone| match &change.mutation {
        Mutation::Aws(A::TerminateInstanceInAutoScalingGroup { group, decrement: true, .. }) => *group == after.name,
        _ => false,
    };
    let ended = u32::try_from(later.iter().filter(ends).count()).unwrap_or(u32::MAX);
    let (most, least) = (after.size.desired, after.size.desired.saturating_sub(ended));
    if (least..most).contains(&now.size.desired) {
        after.size.desired = now.size.desired;
    }
}

/// All metrics of a group are those that AWS has by now.
pub(super) fn all_metrics(after: &mut AutoScalingGroup, now: &AutoScalingGroup) {
    if after.enabled_metrics.iter().any(|one| one == ALL_METRICS) && !now.enabled_metrics.is_empty() {
        after.enabled_metrics.clone_from(&now.enabled_metrics);
    }
}

/// Whether a new version of a launch template was asked for and never came to be: what came next met the template as it was
/// before. Told by the record, for a plan does not know the data of the version that is left when one is removed.
pub(super) fn never_reached(change: &Undone, later: &[Undone]) -> bool {
    let (Mutation::Aws(A::CreateLaunchTemplateVersion { .. }), Some(State::LaunchTemplate(before))) =
        (&change.mutation, &change.before)
    else {
        return false;
    };
    let resource = Resource::of(&change.mutation);
    let next = later.iter().find(|other| Resource::of(&other.mutation) == resource);
    matches!(
        next.and_then(|next| next.before.as_ref()),
        Some(State::LaunchTemplate(there)) if there.latest_version == before.latest_version
    )
}

/// Whether a delete met a group that was on its way out already: it is the delete before it that is taken back.
pub(super) fn goes_already(change: &Undone) -> bool {
    match (&change.mutation, &change.before) {
        (Mutation::Aws(A::DeleteAutoScalingGroup { .. }), Some(State::AutoScalingGroup(group))) => {
            group.status.is_some()
        }
        (Mutation::Aws(A::DeleteNodegroup { .. }), Some(State::Nodegroup(group))) => group.status == "DELETING",
        _ => false,
    }
}

/// What passes by itself: IAM has not spread what was just restored.
pub(super) fn passing(refusal: &Error) -> Option<Error> {
    if refusal.code == Code::InstanceProfileInvalid {
        return Some(unknown_yet(refusal, "Auto Scaling", "the restored instance profile"));
    }
    (refusal.has_cause("InvalidParameterException") && refusal.mentions("rincipal"))
        .then(|| unknown_yet(refusal, "EKS", "the restored role"))
}

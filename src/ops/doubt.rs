//! What a refusal says that is none: the request was done already, or will be taken in a moment.
//!
//! A request whose answer was lost is sent again by the SDK. Where AWS takes no idempotency token, the second one is
//! refused for what the first one did.

use super::resource::current;
use super::{Session, resource};
use crate::domain::change::{Resource, Standing, State, effect, standing};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{AwsMutation as A, Mutation, Outcome};

/// Codes for something that is there already.
const EXISTS: [&str; 5] = [
    "EntityAlreadyExists",
    "InvalidGroup.Duplicate",
    "InvalidKeyPair.Duplicate",
    "AlreadyExists",
    "AlreadyExistsFault",
];
/// Codes for another change of the same thing that AWS is still busy with.
const BUSY: [&str; 6] = [
    "ResourceContention",
    "ResourceContentionFault",
    "ScalingActivityInProgress",
    "ScalingActivityInProgressFault",
    "ConcurrentModification",
    "ConcurrentModificationException",
];

/// What a refused request had done, when an earlier sending of it was done: what it makes is there as it makes it.
///
/// # Errors
/// What reading the resource fails with.
pub(super) async fn done_already(session: &Session, mutation: &A, refusal: &Error) -> Result<Option<Outcome>> {
    let exists = || EXISTS.iter().any(|code| refusal.has_cause(code));
    let change = Mutation::Aws(mutation.clone());
    let now = match mutation {
        A::CreateRole { .. }
        | A::CreateInstanceProfile { .. }
        | A::CreateSecurityGroup { .. }
        | A::ImportKeyPair { .. }
        | A::CreateAutoScalingGroup(_)
            if exists() =>
        {
            current(&*session.cloud, None, &Resource::of(&change)).await?
        }
        A::AddRoleToInstanceProfile { role, .. } if exists() || refusal.has_cause("LimitExceeded") => {
            // A profile takes one role: the second time it is full.
            let now = current(&*session.cloud, None, &Resource::of(&change)).await?;
            let has = matches!(&now, Some(State::InstanceProfile(profile)) if profile.roles.contains(role));
            return Ok(has.then(Outcome::default));
        }
        _ => return Ok(None),
    };
    let made = resource::identity(now.as_ref());
    let after = effect(&change, None, Some(&made));
    Ok((now.is_some() && standing(None, after.as_ref(), now.as_ref()) == Standing::InForce).then_some(made))
}

/// Whether AWS takes the request once it is done with an earlier one.
pub(super) fn is_busy(refusal: &Error) -> bool {
    // EKS changes one thing of a managed group at a time.
    (refusal.has_cause("InvalidRequestException") && refusal.mentions("not in Active State"))
        || BUSY.iter().any(|code| refusal.has_cause(code))
}

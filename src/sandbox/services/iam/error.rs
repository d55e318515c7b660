//! IAM's refusals.

use crate::sandbox::wire::api::ApiError;

pub(super) fn no_such(message: String) -> ApiError {
    ApiError::with_status(404, "NoSuchEntity", message)
}

pub(super) fn no_role(name: &str) -> ApiError {
    no_such(format!("The role with name {name} cannot be found."))
}

pub(super) fn no_profile(name: &str) -> ApiError {
    no_such(format!("Instance Profile {name} cannot be found."))
}

pub(super) fn exists(what: &str, name: &str) -> ApiError {
    ApiError::with_status(409, "EntityAlreadyExists", format!("{what} {name} already exists."))
}

pub(super) fn conflict(first: &str) -> ApiError {
    ApiError::with_status(409, "DeleteConflict", format!("Cannot delete entity, must {first} first."))
}

pub(super) fn limit(message: String) -> ApiError {
    ApiError::with_status(409, "LimitExceeded", message)
}

pub(super) fn malformed(why: &str) -> ApiError {
    ApiError::client("MalformedPolicyDocument", why)
}

pub(super) fn protected(name: &str) -> ApiError {
    ApiError::client(
        "UnmodifiableEntity",
        format!("Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"),
    )
}

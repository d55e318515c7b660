//! Names and paths, by IAM's rules.

use crate::sandbox::wire::api::{ApiError, Params};

/// A name that must be given: letters, digits and `+=,.@_-`, at most `longest`.
pub(super) fn required(params: &Params, member: &str, longest: usize) -> Result<String, ApiError> {
    let wire_name = || {
        let mut name = member.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        name
    };
    let invalid = |value: &str, constraint: String| {
        let at = wire_name();
        let message = format!(
            "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {constraint}"
        );
        ApiError::client("ValidationError", message)
    };
    let Some(name) = params.text(member) else {
        return Err(invalid("null", "not be null".into()));
    };
    let legal = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if !name.chars().all(legal) {
        return Err(invalid(name, "satisfy regular expression pattern: [\\w+=,.@-]+".into()));
    }
    if name.len() > longest {
        return Err(invalid(name, format!("have length less than or equal to {longest}")));
    }
    Ok(name.to_owned())
}

/// `/` when not given.
pub(super) fn path(params: &Params) -> Result<String, ApiError> {
    let path = params.text("Path").unwrap_or("/");
    if path.starts_with('/') && path.ends_with('/') && path.len() <= 512 {
        return Ok(path.to_owned());
    }
    Err(ApiError::client(
        "ValidationError",
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric \
         characters and/or / characters.",
    ))
}

//! What many operations share: tags in and out, and EC2's usual refusals.

use serde_json::{Value, json};

use crate::domain::cloud::TagMap;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::ApiError;

/// `tagSet`.
pub(super) fn tag_set(tags: &TagMap) -> Value {
    tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

/// Tags of a resource type from `TagSpecification.N`; refuses what EC2 refuses.
pub(super) fn tags_for(tree: &Value, resource_type: &str) -> Result<TagMap, ApiError> {
    let mut tags = TagMap::new();
    for specification in read::list(tree, "TagSpecification") {
        let given = read::string(specification, "ResourceType");
        if given != resource_type {
            let message = format!("'{given}' is not a valid taggable resource type for this operation.");
            return Err(ApiError::client("InvalidParameterValue", message));
        }
        tags.extend(read::tags(specification, "Tag"));
    }
    check_tags(&tags)?;
    Ok(tags)
}

/// EC2's rules for user tags.
pub(super) fn check_tags(tags: &TagMap) -> Result<(), ApiError> {
    if tags.len() > 50 {
        return Err(ApiError::client("TagLimitExceeded", "More than 50 tags specified"));
    }
    for (key, value) in tags {
        if key.starts_with("aws:") {
            let message = "Tag keys starting with 'aws:' are reserved for internal use";
            return Err(ApiError::client("InvalidParameterValue", message));
        }
        if key.is_empty() || key.chars().count() > 128 {
            let message = format!("Tag key exceeds the maximum length of 128 characters: {key}");
            return Err(ApiError::client("InvalidParameterValue", message));
        }
        if value.chars().count() > 256 {
            let message = format!("Tag value exceeds the maximum length of 256 characters: {value}");
            return Err(ApiError::client("InvalidParameterValue", message));
        }
    }
    Ok(())
}

/// EC2's "does not exist".
pub(super) fn not_found(code: &str, kind: &str, name: &str) -> ApiError {
    ApiError::client(code, format!("The {kind} '{name}' does not exist"))
}

/// A required member.
pub(super) fn required<'a>(tree: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    read::text(tree, name)
        .ok_or_else(|| ApiError::client("MissingParameter", format!("The request must contain the parameter {name}")))
}

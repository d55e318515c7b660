//! IAM's lists: `Marker`, `MaxItems`, `IsTruncated`.

use serde_json::{Value, json};

use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::wire::page;

/// Answers one page of (key, item) pairs in the order of their keys.
pub(super) fn reply(params: &Params, member: &str, all: impl Iterator<Item = (String, Value)>) -> Reply {
    let limit = match params.int("MaxItems")? {
        None => 100,
        Some(limit @ 1..=1000) => usize::try_from(limit).unwrap_or(100),
        Some(_) => return Err(ApiError::client("ValidationError", "MaxItems must be from 1 to 1000")),
    };
    let after = page::after(params.text("Marker"), "ValidationError")?;
    let rest = all.filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let page = page::take(rest, limit, |(key, _)| key);
    let items: Vec<Value> = page.items.into_iter().map(|(_, item)| item).collect();
    Ok(json!({member: items, "IsTruncated": page.next.is_some(), "Marker": page.next}))
}

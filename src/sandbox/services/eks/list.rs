//! EKS's lists of names: `maxResults`, `nextToken`.

use serde_json::json;

use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::wire::page;

/// Answers one page of names in their order.
pub(super) fn reply<'a>(params: &Params, member: &str, names: impl Iterator<Item = &'a str>) -> Reply {
    let limit = match params.int("maxResults")? {
        None => 100,
        Some(limit @ 1..=100) => usize::try_from(limit).unwrap_or(100),
        Some(_) => return Err(ApiError::client("InvalidParameterException", "maxResults must be from 1 to 100")),
    };
    let after = page::after(params.text("nextToken"), "InvalidParameterException")?;
    let rest = names.filter(|name| after.as_ref().is_none_or(|after| *name > after.as_str()));
    let page = page::take(rest, limit, |name| name);
    Ok(json!({member: page.items, "nextToken": page.next}))
}

//! Paging by key: a page begins after the last key of the one before, whatever came or went meanwhile.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::api::ApiError;

/// A page and the token of the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Items in the order of their keys.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<String>,
}

/// The key after which a page begins.
///
/// # Errors
/// `code` when the token is none of ours.
pub fn after(token: Option<&str>, code: &str) -> Result<Option<String>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let key = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match key.as_deref().and_then(|key| key.strip_prefix("after:")) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(ApiError::client(code, "The token is not valid.")),
    }
}

/// The token of the page that begins after `key`.
pub fn token(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("after:{key}"))
}

/// Takes one page from items sorted by key, of which those up to the token's key were already left out.
pub fn take<T>(items: impl IntoIterator<Item = T>, limit: usize, key: impl Fn(&T) -> &str) -> Page<T> {
    let mut rest = items.into_iter();
    let items: Vec<T> = rest.by_ref().take(limit.max(1)).collect();
    let next = match items.last() {
        Some(last) if rest.next().is_some() => Some(token(key(last))),
        _ => None,
    };
    Page { items, next }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{after, take, token};

    #[test]
    fn pages_join_to_the_whole_even_when_the_last_item_is_gone() {
        let all = ["a", "b", "c", "d", "e"];
        let first = take(all, 2, |item| item);
        assert_eq!(first.items, ["a", "b"]);
        let key = after(first.next.as_deref(), "InvalidNextToken").unwrap().unwrap();
        let rest = take(all.into_iter().filter(|item| *item != "b" && **item > *key), 9, |item| item);
        assert_eq!((rest.items.as_slice(), rest.next), (["c", "d", "e"].as_slice(), None));
        assert_eq!(after(Some("zzz"), "InvalidNextToken").unwrap_err().code, "InvalidNextToken");
        assert_eq!(after(Some(&token("")), "X").unwrap().as_deref(), Some(""));
    }
}

//! `MaxResults` and `NextToken`: a token is the key of the last item shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::sandbox::services::read;
use crate::sandbox::wire::api::ApiError;

/// A page that is being filled.
pub(super) struct Page {
    /// Skip items up to and with this key.
    pub after: Option<String>,
    limit: usize,
    items: Vec<Value>,
    last: String,
    more: bool,
}

impl Page {
    pub(super) fn read(tree: &Value, default_limit: usize) -> Result<Page, ApiError> {
        let after = match read::text(tree, "NextToken") {
            None => None,
            Some(token) => Some(
                URL_SAFE_NO_PAD
                    .decode(token)
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok())
                    .ok_or_else(|| ApiError::client("InvalidNextToken", "The specified NextToken is not valid"))?,
            ),
        };
        let limit = read::int(tree, "MaxResults").and_then(|n| usize::try_from(n).ok()).unwrap_or(default_limit);
        Ok(Page { after, limit: limit.max(1), items: Vec::new(), last: String::new(), more: false })
    }

    /// Whether this key was shown on an earlier page.
    pub(super) fn seen(&self, key: &str) -> bool {
        self.after.as_deref().is_some_and(|after| key <= after)
    }

    /// Adds an item; `false` when the page was full and the item did not go in.
    pub(super) fn push(&mut self, key: &str, item: Value) -> bool {
        if self.items.len() == self.limit {
            self.more = true;
            return false;
        }
        key.clone_into(&mut self.last);
        self.items.push(item);
        true
    }

    /// Items and, when there are more, the token that goes on.
    pub(super) fn finish(self) -> (Vec<Value>, Option<String>) {
        let token = self.more.then(|| URL_SAFE_NO_PAD.encode(self.last));
        (self.items, token)
    }
}

//! Public feeds: fetched over HTTPS and kept on disk, read from a file, or made up for the sandbox.
//!
//! What a feed's bytes mean is the domain's business.

mod advisor;
mod cache;
mod fetch;
mod file;
mod synthetic;

pub use advisor::{ADVISOR_URL, AdvisorFeed, Freshness};
pub use file::read as read_file;
pub use synthetic::advisor as synthetic_advisor;

use crate::domain::advisor::Feed;
use crate::domain::error::{Error, Result};
use crate::domain::feed_source::FeedSource;

/// A feed as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The feed's content.
    pub bytes: Vec<u8>,
    /// Where it comes from.
    pub source: FeedSource,
    /// Why it is not as fresh as was asked for.
    pub warning: Option<Error>,
}

impl Loaded {
    /// The advisor feed in it, with its origin.
    ///
    /// # Errors
    /// `SPOT-0802` when the content is no advisor feed.
    pub fn feed(&self) -> Result<Feed> {
        Ok(Feed::parse(&self.bytes)?.with_source(self.source.clone()))
    }
}

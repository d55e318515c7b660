//! Where the data of a feed comes from and how old it is: printed wherever the data is.

use jiff::Timestamp;
use serde::Serialize;

/// Kinds of origin, from the most to the least trustworthy as of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedOrigin {
    /// Fetched, or confirmed unchanged by the publisher, just now.
    Live,
    /// A copy fetched earlier.
    Cache,
    /// A file that the user named.
    File,
    /// Made up for the sandbox: says nothing about AWS.
    Synthetic,
}

/// The origin of a feed's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedSource {
    /// Kind.
    pub origin: FeedOrigin,
    /// URL, file name, or what the data was made from.
    pub place: String,
    /// When the publisher last changed the data, as far as is known.
    pub published: Option<Timestamp>,
    /// When this copy was fetched.
    pub fetched: Option<Timestamp>,
}

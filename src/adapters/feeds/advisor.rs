//! The public Spot Instance Advisor feed, with a copy on disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Loaded;
use super::cache::{self, Cache, Copy, Validators};
use super::fetch::{self, Answer};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::feed_source::{FeedOrigin, FeedSource};

/// Where AWS publishes the data behind the Spot Instance Advisor page.
pub const ADVISOR_URL: &str = "https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json";

/// A copy this young is used without asking: the data behind it covers a whole month.
const FRESH: SignedDuration = SignedDuration::from_hours(6);

/// Which copy will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Freshness {
    /// A copy of some hours; an older one only when there is no answer.
    #[default]
    Recent,
    /// Ask the publisher, whatever there is.
    Refresh,
    /// Never use the network.
    Offline,
}

/// The feed at a URL, with its copy in a folder.
#[derive(Debug, Clone)]
pub struct AdvisorFeed {
    url: String,
    cache: Option<Cache>,
    timeout: Duration,
}

impl Default for AdvisorFeed {
    fn default() -> Self {
        Self::at(ADVISOR_URL, cache::folder())
    }
}

impl AdvisorFeed {
    /// The feed at `url`, its copy kept in `folder`, or not kept.
    pub fn at(url: &str, folder: Option<PathBuf>) -> Self {
        let cache = folder.as_deref().map(|folder: &Path| Cache::new(folder, "spot-advisor"));
        AdvisorFeed { url: url.to_owned(), cache, timeout: Duration::from_secs(15) }
    }

    /// The feed, as fresh as asked for. When the publisher cannot be reached the copy does, with a warning.
    ///
    /// # Errors
    /// `SPOT-0802` when there is neither an answer nor a copy.
    pub async fn load(&self, freshness: Freshness, now: Timestamp) -> Result<Loaded> {
        let copy = self.cache.as_ref().and_then(|cache| cache.read(&self.url));
        match (freshness, copy) {
            (Freshness::Offline, Some(copy)) => Ok(loaded(copy, FeedOrigin::Cache, None)),
            (Freshness::Offline, None) => Err(self.absent()),
            (Freshness::Recent, Some(copy)) if young(&copy, now) => Ok(loaded(copy, FeedOrigin::Cache, None)),
            (_, copy) => self.ask(copy, now).await,
        }
    }

    async fn ask(&self, copy: Option<Copy>, now: Timestamp) -> Result<Loaded> {
        let known = copy.as_ref().map(|copy| copy.facts.validators.clone()).unwrap_or_default();
        match (fetch::get(&self.url, &known, self.timeout).await, copy) {
            (Ok(Answer::Content { bytes, validators }), _) => Ok(self.keep(bytes, validators, now)),
            (Ok(Answer::Unchanged), Some(copy)) => Ok(self.keep(copy.bytes, copy.facts.validators, now)),
            (Ok(Answer::Unchanged), None) => {
                Err(Error::new(Code::Feed, format!("`{}` says `304 Not Modified` to a first request", self.url)))
            }
            (Err(error), Some(copy)) => Ok(loaded(copy, FeedOrigin::Cache, Some(error))),
            (Err(error), None) => {
                Err(error.help("name a file with `--feed`, or set HTTPS_PROXY when a proxy is needed"))
            }
        }
    }

    /// Keeping a copy is a convenience: that it failed is a warning.
    fn keep(&self, bytes: Vec<u8>, validators: Validators, now: Timestamp) -> Loaded {
        let copy = Copy::new(&self.url, bytes, validators, now);
        let warning = self.cache.as_ref().and_then(|cache| cache.write(&copy).err());
        loaded(copy, FeedOrigin::Live, warning)
    }

    fn absent(&self) -> Error {
        Error::new(Code::Feed, format!("no copy of `{}` on this machine", self.url))
            .because("`--offline` allows only a copy")
            .help("run once without `--offline`, or name a file with `--feed`")
    }
}

fn young(copy: &Copy, now: Timestamp) -> bool {
    let age = now.duration_since(copy.facts.fetched);
    !age.is_negative() && age < FRESH
}

fn loaded(copy: Copy, origin: FeedOrigin, warning: Option<Error>) -> Loaded {
    let source = FeedSource {
        origin,
        place: copy.facts.url,
        published: copy.facts.validators.published(),
        fetched: Some(copy.facts.fetched),
    };
    Loaded { bytes: copy.bytes, source, warning }
}

//! A feed in a file.

use std::path::Path;

use jiff::Timestamp;

use super::Loaded;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::feed_source::{FeedOrigin, FeedSource};

/// Reads a feed from `path`. Its date is the file's, which is all that is known of it.
///
/// # Errors
/// `SPOT-0801` when the file cannot be read.
pub fn read(path: &Path) -> Result<Loaded> {
    let failed = |error: std::io::Error| {
        Error::new(Code::File, format!("cannot read the feed `{}`", path.display())).because(error.to_string())
    };
    let bytes = std::fs::read(path).map_err(failed)?;
    let changed = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let source = FeedSource {
        origin: FeedOrigin::File,
        place: path.display().to_string(),
        published: None,
        fetched: changed.and_then(|at| Timestamp::try_from(at).ok()),
    };
    Ok(Loaded { bytes, source, warning: None })
}

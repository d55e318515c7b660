//! Conversions that several services share.

use jiff::Timestamp;

use crate::domain::Code;
use crate::domain::cloud::TagMap;
use crate::domain::error::{Error, Result};

/// The SDK's time as ours.
pub(super) fn timestamp(time: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// Tags from pairs that AWS may leave half empty.
pub(super) fn tag_map<'a>(pairs: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>) -> TagMap {
    pairs.filter_map(|(key, value)| Some((key?.to_owned(), value.unwrap_or_default().to_owned()))).collect()
}

/// A number of ours in the signed form of AWS's models.
pub(super) fn signed(value: u32, what: &str) -> Result<i32> {
    i32::try_from(value).map_err(|_| {
        Error::new(Code::InvalidValue, format!("`{what}` is {value}"))
            .help(format!("AWS takes at most {} here", i32::MAX))
    })
}

/// A count that AWS gives as a signed number.
pub(super) fn unsigned(value: Option<i32>) -> u32 {
    value.and_then(|value| u32::try_from(value).ok()).unwrap_or_default()
}

/// A request that could not be built from our own values.
pub(super) fn unbuildable(operation: &str, error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Internal, format!("the request `{operation}` could not be built")).because(error.to_string())
}

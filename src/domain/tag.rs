//! AWS's rules for tags.

use super::cloud::TagMap;
use super::code::Code;
use super::error::{Error, Result};

/// Most tags on one resource.
pub const MAX_TAGS: usize = 50;
/// Longest key, in characters.
pub const MAX_KEY: usize = 128;
/// Longest value, in characters.
pub const MAX_VALUE: usize = 256;

/// Checks one tag.
///
/// # Errors
/// `SPOT-0122` with the rule, and the length where that is the rule.
pub fn validate(key: &str, value: &str) -> Result<()> {
    let refuse = |message: String| Err(Error::new(Code::InvalidTag, message));
    let key_length = key.chars().count();
    let value_length = value.chars().count();
    if key.is_empty() {
        refuse("a tag key must not be empty".to_owned())
    } else if key_length > MAX_KEY {
        refuse(format!("tag key `{key}` has {key_length} characters, AWS allows {MAX_KEY}"))
    } else if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        refuse(format!("tag key `{key}`: keys that begin with `aws:` are AWS's own"))
    } else if value_length > MAX_VALUE {
        refuse(format!("the value of tag `{key}` has {value_length} characters, AWS allows {MAX_VALUE}"))
    } else if let Some(bad) = key.chars().chain(value.chars()).find(|c| !is_allowed(*c)) {
        Err(Error::new(Code::InvalidTag, format!("tag `{key}` contains {bad:?}"))
            .help("tags may have letters, digits, spaces and `_ . : / = + - @`"))
    } else {
        Ok(())
    }
}

/// Checks that a resource does not get more tags than AWS allows.
///
/// # Errors
/// `SPOT-0122` with the count.
pub fn validate_count(tags: &TagMap) -> Result<()> {
    if tags.len() > MAX_TAGS {
        return Err(Error::new(
            Code::InvalidTag,
            format!("{} tags, AWS allows {MAX_TAGS} on one resource", tags.len()),
        )
        .help(format!("leave out {} or more", tags.len() - MAX_TAGS)));
    }
    Ok(())
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(key: &str, value: &str) -> String {
        let error = validate(key, value).unwrap_err();
        assert_eq!(error.code, Code::InvalidTag);
        error.message
    }

    #[test]
    fn limits_are_stated_with_the_count() {
        validate(&"k".repeat(128), &"v".repeat(256)).unwrap();
        assert!(message(&"k".repeat(129), "v").ends_with("has 129 characters, AWS allows 128"));
        assert!(message("k", &"é".repeat(257)).ends_with("has 257 characters, AWS allows 256"));
        let tags = |n: usize| (0..n).map(|i| (i.to_string(), String::new())).collect::<TagMap>();
        validate_count(&tags(50)).unwrap();
        assert_eq!(validate_count(&tags(51)).unwrap_err().message, "51 tags, AWS allows 50 on one resource");
    }

    #[test]
    fn reserved_and_odd_keys_are_refused() {
        assert!(message("aws:x", "").contains("AWS's own"));
        assert!(message("AWS:x", "").contains("AWS's own"));
        assert!(message("", "").contains("empty"));
        assert!(message("a\nb", "").contains("'\\n'"));
        validate("awsome:x", "éà 1").unwrap();
        validate("k8s.io/cluster-autoscaler/node-template/taint/spotInstance", "true:PreferNoSchedule").unwrap();
    }
}

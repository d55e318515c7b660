//! Policy documents.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::error::malformed;
use crate::sandbox::wire::api::ApiError;

/// What RFC 3986 leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a document is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Who may assume a role: statements name a principal.
    Trust,
    /// What a role may do: statements name none.
    Permissions,
}

/// Reads a document as strictly as IAM does where it matters: JSON, statements, effects, principals, actions.
pub(super) fn parse(text: &str, kind: Kind) -> Result<Value, ApiError> {
    let document: Value = serde_json::from_str(text).map_err(|_| malformed("This policy contains invalid Json"))?;
    if !document.is_object() {
        return Err(malformed("Syntax errors in policy."));
    }
    if !matches!(document["Version"].as_str(), None | Some("2012-10-17" | "2008-10-17")) {
        return Err(malformed("The policy must contain a valid version string"));
    }
    let statements = match &document["Statement"] {
        Value::Array(statements) if !statements.is_empty() => statements.as_slice(),
        statement @ Value::Object(_) => std::slice::from_ref(statement),
        _ => return Err(malformed("Syntax errors in policy.")),
    };
    for statement in statements {
        check(statement, kind)?;
    }
    Ok(document)
}

fn check(statement: &Value, kind: Kind) -> Result<(), ApiError> {
    let has = |member: &str| !statement[member].is_null();
    if !matches!(statement["Effect"].as_str(), Some("Allow" | "Deny")) {
        return Err(malformed("Missing required field Effect"));
    }
    if !has("Action") && !has("NotAction") {
        return Err(malformed("Policy statement must contain actions."));
    }
    match kind {
        Kind::Trust if !has("Principal") && !has("NotPrincipal") => Err(malformed("Missing required field Principal")),
        Kind::Trust if has("Resource") => Err(malformed("Has prohibited field Resource")),
        Kind::Permissions if has("Principal") || has("NotPrincipal") => {
            Err(malformed("Policy document should not specify a principal."))
        }
        Kind::Permissions if !has("Resource") && !has("NotResource") => {
            Err(malformed("Policy statement must contain resources."))
        }
        _ => Ok(()),
    }
}

/// As IAM answers with it: percent-encoded JSON.
pub(super) fn encoded(document: &Value) -> String {
    utf8_percent_encode(&document.to_string(), ENCODED).to_string()
}

/// Size by IAM's count: characters without white space.
pub(super) fn size(document: &Value) -> usize {
    document.to_string().chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn documents_that_iam_refuses() {
        let statement = |members: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#);
        for (text, kind, why) in [
            ("{".to_owned(), Kind::Trust, "invalid Json"),
            ("[]".to_owned(), Kind::Trust, "Syntax"),
            (r#"{"Statement":[]}"#.to_owned(), Kind::Trust, "Syntax"),
            (r#"{"Version":"2020-01-01","Statement":[]}"#.to_owned(), Kind::Trust, "version"),
            (statement(r#""Effect":"Allow","Action":"sts:AssumeRole""#), Kind::Trust, "Principal"),
            (statement(r#""Effect":"allow","Action":"a:b","Resource":"*""#), Kind::Permissions, "Effect"),
            (statement(r#""Effect":"Allow","Action":"a:b""#), Kind::Permissions, "resources"),
            (statement(r#""Effect":"Allow","Resource":"*""#), Kind::Permissions, "actions"),
        ] {
            let error = parse(&text, kind).unwrap_err();
            assert_eq!(error.code, "MalformedPolicyDocument");
            assert!(error.message.contains(why), "{text}: {}", error.message);
        }
    }

    #[test]
    fn documents_are_answered_percent_encoded() {
        let document = parse(r#"{"Statement": {"Effect":"Allow","Action":"a:*","Resource":"*"}}"#, Kind::Permissions);
        assert_eq!(
            encoded(&document.unwrap()),
            "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22a%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"
        );
    }
}

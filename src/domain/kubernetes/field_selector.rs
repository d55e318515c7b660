//! Field selectors: `spec.nodeName=ip-…,status.phase!=Failed`.
//!
//! The grammar only; which fields a resource has is known to the API server.

use crate::domain::{Code, Error, Result};

/// One condition on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Path of the field.
    pub field: String,
    /// Whether the value must differ.
    pub negated: bool,
    /// The value.
    pub value: String,
}

/// A field selector: all its terms must hold. The empty one matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelector {
    /// The terms, in order.
    pub terms: Vec<Term>,
}

impl FieldSelector {
    /// Parses a selector.
    ///
    /// # Errors
    /// [`Code::InvalidSelector`], with the API server's own sentence as the cause.
    pub fn parse(text: &str) -> Result<Self> {
        FieldSelector::parse_as_server(text).map_err(|sentence| {
            Error::new(Code::InvalidSelector, format!("field selector `{text}` does not parse"))
                .because(sentence)
                .help("write terms joined by commas: `field=value`, `field!=value`")
        })
    }

    /// Parses a selector; the error is the API server's sentence alone.
    pub fn parse_as_server(text: &str) -> Result<Self, String> {
        let mut terms = Vec::new();
        for part in split(text).into_iter().filter(|part| !part.is_empty()) {
            let not_understood = || format!("invalid selector: '{text}'; can't understand '{part}'");
            let at = part.find('=').ok_or_else(not_understood)?;
            let (field, negated, value) = match (part[..at].strip_suffix('!'), part[at + 1..].strip_prefix('=')) {
                (Some(field), _) => (field, true, &part[at + 1..]),
                (None, Some(value)) => (&part[..at], false, value),
                (None, None) => (&part[..at], false, &part[at + 1..]),
            };
            terms.push(Term { field: field.to_string(), negated, value: unescape(value)? });
        }
        Ok(FieldSelector { terms })
    }

    /// The value that a field must have, if the selector fixes one.
    pub fn exact(&self, field: &str) -> Option<&str> {
        self.terms.iter().find(|term| term.field == field && !term.negated).map(|term| term.value.as_str())
    }

    /// Whether an object satisfies all terms; `get` gives a field's printed value, empty when unset.
    pub fn matches(&self, get: impl Fn(&str) -> String) -> bool {
        self.terms.iter().all(|term| (get(&term.field) == term.value) != term.negated)
    }
}

/// Splits at commas that no backslash precedes.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Undoes the escapes `\\`, `\,` and `\=`.
fn unescape(text: &str) -> Result<String, String> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped @ ('\\' | ',' | '=')) => plain.push(escaped),
                _ => return Err(format!("invalid field selector: invalid escape sequence in value: {text}")),
            },
            ',' | '=' => return Err(format!("invalid field selector: unescaped character in value: {character}")),
            other => plain.push(other),
        }
    }
    Ok(plain)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terms_are_equal_or_not() {
        let selector = FieldSelector::parse("spec.nodeName=a,status.phase!=Failed,metadata.name==b\\,c,").unwrap();
        assert_eq!(selector.terms.len(), 3);
        assert_eq!(selector.exact("metadata.name"), Some("b,c"));
        assert_eq!(selector.exact("status.phase"), None);
        let pod = |phase: &'static str| {
            move |field: &str| match field {
                "spec.nodeName" => "a".to_string(),
                "metadata.name" => "b,c".to_string(),
                _ => phase.to_string(),
            }
        };
        assert!(selector.matches(pod("Running")));
        assert!(!selector.matches(pod("Failed")));
    }

    #[test]
    fn what_is_wrong_is_said_as_the_server_says_it() {
        assert_eq!(
            FieldSelector::parse_as_server("spec.nodeName"),
            Err("invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'".to_string())
        );
        assert_eq!(FieldSelector::parse("a=b=c").unwrap_err().code, Code::InvalidSelector);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a.=!,\\\\]{0,12}|.{0,12}") {
            let _ = FieldSelector::parse_as_server(&text);
        }
    }
}

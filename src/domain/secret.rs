//! Texts that are shown and written down nowhere: wherever one stands, `***` is put.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::error::Error;

/// What is shown instead.
pub const MASK: &str = "***";
/// Characters from which on a line of a secret of several lines is one of its own: a brace alone is none.
const LINE: usize = 4;

/// Secrets, in every form in which they come out: as they are, as JSON and `debug` quote them, and line by line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The longest first: one may be a part of another.
    forms: Vec<String>,
}

impl Secrets {
    /// Secrets of these texts. An empty one is none.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut secrets = Secrets::default();
        secrets.add(texts);
        secrets
    }

    /// Adds others.
    pub fn extend(&mut self, others: Secrets) {
        self.add(others.forms);
    }

    fn add(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            let quoted = [format!("{text:?}"), Value::from(text.as_str()).to_string()];
            self.forms.extend(quoted.iter().filter_map(|text| text.get(1..text.len() - 1)).map(str::to_owned));
            if text.contains('\n') {
                let lines = text.lines().map(str::trim).filter(|line| line.chars().count() >= LINE);
                self.forms.extend(lines.map(str::to_owned));
            }
            self.forms.push(text);
        }
        self.forms.retain(|form| !form.is_empty());
        self.forms.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        self.forms.dedup();
    }

    /// The text without secrets.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        for form in &self.forms {
            if masked.contains(form.as_str()) {
                masked = Cow::Owned(masked.replace(form.as_str(), MASK));
            }
        }
        masked
    }

    /// The value without secrets in its texts.
    #[must_use]
    pub fn mask_json(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.mask(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.mask_json(item)).collect(),
            Value::Object(map) => map.into_iter().map(|(key, value)| (key, self.mask_json(value))).collect(),
            other => other,
        }
    }

    /// The error without secrets.
    #[must_use]
    pub fn mask_error(&self, error: Error) -> Error {
        let mask = |text: String| self.mask(&text).into_owned();
        Error {
            message: mask(error.message),
            causes: error.causes.into_iter().map(mask).collect(),
            help: error.help.map(mask),
            detail: error.detail.map(mask),
            ..error
        }
    }
}

/// The text with stars in place of private keys in PEM, every other byte where it was: places in it still hold. One without
/// an end goes to the end of the text.
pub fn cover_private_keys(text: &str) -> Cow<'_, str> {
    const BEGIN: &str = "-----BEGIN ";
    let mut covered = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let (before, block) = rest.split_at(at);
        let body = block[BEGIN.len()..].find("-----").map_or(block.len(), |end| BEGIN.len() + end + 5);
        let (head, after) = block.split_at(body);
        covered.push_str(before);
        covered.push_str(head);
        rest = after;
        if head.contains("PRIVATE KEY") {
            let (key, tail) = after.split_at(after.find("-----END").unwrap_or(after.len()));
            let star = |c: char| if c.is_whitespace() { c.to_string() } else { "*".repeat(c.len_utf8()) };
            covered.extend(key.chars().map(star));
            rest = tail;
        }
    }
    if covered.is_empty() {
        return Cow::Borrowed(text);
    }
    covered.push_str(rest);
    Cow::Owned(covered)
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.forms.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Code;
    use proptest::prelude::*;
    use serde_json::json;

    fn secrets(texts: &[&str]) -> Secrets {
        Secrets::new(texts.iter().map(|text| (*text).to_owned()))
    }

    #[test]
    fn every_form_is_masked() {
        let secrets = secrets(&["hush", "hush-hush", "a \"b\"\\c", "", "{\nfirst line\n}"]);
        assert_eq!(secrets.mask("say hush-hush, hush!"), "say ***, ***!");
        assert_eq!(secrets.mask("a \"b\"\\c"), "***");
        assert_eq!(secrets.mask(&format!("{:?}", "a \"b\"\\c")), "\"***\"");
        assert_eq!(secrets.mask("│ first line"), "│ ***");
        assert_eq!(secrets.mask("{ nothing }"), "{ nothing }");
        assert_eq!(secrets.mask_json(json!({ "hush": ["hush", 1] })), json!({ "hush": ["***", 1] }));
        let error = Error::new(Code::File, "hush").because("hush").help("hush").detail("hush");
        assert!(!format!("{:?}", secrets.mask_error(error)).contains("hush"));
        assert!(!format!("{secrets:?}").contains("hush"));
    }

    #[test]
    fn private_keys_are_covered_where_they_stand() {
        let text =
            "key: \"-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bé\n x\n-----END OPENSSH PRIVATE KEY-----\"\nafter: 1";
        let covered = cover_private_keys(text);
        assert_eq!(
            covered,
            "key: \"-----BEGIN OPENSSH PRIVATE KEY-----*******\n *\n-----END OPENSSH PRIVATE KEY-----\"\nafter: 1"
        );
        assert_eq!(covered.len(), text.len());
        for plain in ["", "a: 1", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"] {
            assert_eq!(cover_private_keys(plain), plain);
        }
        assert_eq!(cover_private_keys("-----BEGIN RSA PRIVATE KEY-----abc"), "-----BEGIN RSA PRIVATE KEY-----***");
    }

    proptest! {
        #[test]
        fn no_secret_is_left(secret in "[a-z\"\\\\é\n]{1,8}", before in "[a-z]{0,4}") {
            let masked = secrets(&[&secret]).mask(&format!("{before}{secret}")).into_owned();
            prop_assert!(!masked.contains(&secret), "{masked:?}");
        }
    }
}

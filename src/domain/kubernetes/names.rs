//! What Kubernetes accepts as a label key, a label value and an object's name, with its own sentences.
//!
//! Each check returns the sentences of the rules that are broken; none means valid.

const NAME_RULE: &str =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_EXAMPLES: &str = "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
                             '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or \
                          '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or \
                          'my_value',  or '12345', regex used for validation is \
                          '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const SUBDOMAIN_RULE: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' \
                              or '.', and must start and end with an alphanumeric character (e.g. 'example.com', \
                              regex used for validation is \
                              '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

fn too_long(limit: usize) -> String {
    format!("must be no more than {limit} characters")
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    ends(bytes.first())
        && ends(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_dns_label(text: &str) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(allowed)
        && bytes.last().is_some_and(allowed)
        && bytes.iter().all(|byte| allowed(byte) || *byte == b'-')
}

/// Rules of a DNS-1123 subdomain that `text` breaks: names of nodes, pods and most objects.
pub fn subdomain(text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if text.len() > 253 {
        broken.push(too_long(253));
    }
    if !text.split('.').all(is_dns_label) {
        broken.push(SUBDOMAIN_RULE.to_string());
    }
    broken
}

/// Rules of a qualified name (a label, annotation or taint key) that `text` breaks.
pub fn qualified_name(text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let (prefix, name) = match text.split_once('/') {
        None => (None, text),
        Some((prefix, name)) if !name.contains('/') => (Some(prefix), name),
        Some(_) => {
            return vec![format!(
                "a qualified name {NAME_RULE} {NAME_EXAMPLES} with an optional DNS subdomain prefix and '/' \
                 (e.g. 'example.com/MyName')"
            )];
        }
    };
    match prefix {
        Some("") => broken.push("prefix part must be non-empty".to_string()),
        Some(prefix) => broken.extend(subdomain(prefix).into_iter().map(|rule| format!("prefix part {rule}"))),
        None => {}
    }
    if name.is_empty() {
        broken.push("name part must be non-empty".to_string());
    } else if name.len() > 63 {
        broken.push(format!("name part {}", too_long(63)));
    }
    if !is_name(name) {
        broken.push(format!("name part {NAME_RULE} {NAME_EXAMPLES}"));
    }
    broken
}

/// Rules of a label value that `text` breaks.
pub fn label_value(text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if text.len() > 63 {
        broken.push(too_long(63));
    }
    if !text.is_empty() && !is_name(text) {
        broken.push(VALUE_RULE.to_string());
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for good in ["lifecycle", "aws.amazon.com/spot", "a", "k8s.io/cloud-provider-aws"] {
            assert!(qualified_name(good).is_empty(), "{good}");
        }
        for bad in ["", "/a", "a/", "a/b/c", "-a", "Upper.Case/a", "a b", &"x".repeat(64)] {
            assert!(!qualified_name(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn values() {
        assert!(label_value("").is_empty());
        assert!(label_value("Ec2Spot").is_empty());
        assert_eq!(label_value(&format!("{}-", "x".repeat(63))).len(), 2);
    }
}

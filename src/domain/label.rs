//! Kubernetes' rules for names and values of labels, and the kubelet's for labels of its own node.

use super::code::Code;
use super::error::{Error, Result};

/// Longest name part of a key, and longest value.
const NAME_MAX: usize = 63;
/// Longest prefix of a key.
const PREFIX_MAX: usize = 253;

/// Keys under `kubernetes.io` and `k8s.io` that a kubelet may set on its own node.
const KUBELET_KEYS: [&str; 11] = [
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
];

/// Checks a qualified name: an optional DNS prefix and `/`, then a name of at most 63 characters.
///
/// # Errors
/// `SPOT-0121` with the rule that is broken.
pub fn validate_key(key: &str) -> Result<()> {
    key_fault(key).map_or(Ok(()), |rule| Err(Error::new(Code::InvalidLabel, format!("label key `{key}`: {rule}"))))
}

/// Checks a label value: empty, or at most 63 characters.
///
/// # Errors
/// `SPOT-0121` with the rule that is broken.
pub fn validate_value(value: &str) -> Result<()> {
    value_fault(value)
        .map_or(Ok(()), |rule| Err(Error::new(Code::InvalidLabel, format!("label value `{value}`: {rule}"))))
}

/// Checks a label that a kubelet shall set on its own node: key, value, and no reserved prefix.
///
/// # Errors
/// `SPOT-0121` with the rule that is broken.
pub fn validate_node_label(key: &str, value: &str) -> Result<()> {
    validate_key(key)?;
    value_fault(value).map_or(Ok(()), |rule| {
        Err(Error::new(Code::InvalidLabel, format!("label `{key}` has the value `{value}`: {rule}")))
    })?;
    if is_reserved(key) {
        let error = Error::new(Code::InvalidLabel, format!("label key `{key}`: a node may not set this key on itself"))
            .because("prefixes in `kubernetes.io` and `k8s.io` are reserved; a kubelet told to set one does not start");
        return Err(if key.starts_with("node-role.kubernetes.io/") {
            error.help(format!(
                "use a key of your own, or set it after the nodes have joined: kubectl label node NAME {key}={value}"
            ))
        } else {
            error.help("use a key of your own, or one under `node.kubernetes.io/`")
        });
    }
    Ok(())
}

/// Whether the API server refuses this key on a node that sets it on itself.
fn is_reserved(key: &str) -> bool {
    let Some((prefix, _)) = key.split_once('/') else { return false };
    let under = |domain: &str| prefix == domain || prefix.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'));
    (under("kubernetes.io") || under("k8s.io"))
        && !under("kubelet.kubernetes.io")
        && !under("node.kubernetes.io")
        && !KUBELET_KEYS.contains(&key)
}

/// The rule that a qualified name breaks.
pub(super) fn key_fault(key: &str) -> Option<String> {
    let (prefix, name) = match key.split_once('/') {
        None => (None, key),
        Some((_, name)) if name.contains('/') => return Some("only one `/` is allowed".to_owned()),
        Some((prefix, name)) => (Some(prefix), name),
    };
    prefix.and_then(prefix_fault).or_else(|| {
        if name.is_empty() { Some("the name must not be empty".to_owned()) } else { text_fault("the name", name) }
    })
}

/// The rule that a label value breaks.
pub(super) fn value_fault(value: &str) -> Option<String> {
    if value.is_empty() { None } else { text_fault("it", value) }
}

fn text_fault(what: &str, text: &str) -> Option<String> {
    let length = text.chars().count();
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if length > NAME_MAX {
        Some(format!("{what} has {length} characters, at most {NAME_MAX} are allowed"))
    } else if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.".contains(*c))) {
        Some(format!("{what} contains {bad:?}; letters, digits, `-`, `_` and `.` are allowed"))
    } else if !edge(text.chars().next()) || !edge(text.chars().last()) {
        Some(format!("{what} must begin and end with a letter or digit"))
    } else {
        None
    }
}

fn prefix_fault(prefix: &str) -> Option<String> {
    let part_is_bad = |part: &str| {
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !part.chars().all(|c| edge(c) || c == '-') || !part.starts_with(edge) || !part.ends_with(edge)
    };
    if prefix.is_empty() {
        Some("the prefix before `/` must not be empty".to_owned())
    } else if prefix.len() > PREFIX_MAX {
        Some(format!("the prefix has {} characters, at most {PREFIX_MAX} are allowed", prefix.chars().count()))
    } else if prefix.split('.').any(part_is_bad) {
        Some(format!("the prefix `{prefix}` is not a DNS name of lower-case letters, digits, `-` and `.`"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<()>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.code, Code::InvalidLabel);
        error.message
    }

    #[test]
    fn keys_and_values_that_kubernetes_takes() {
        for key in
            ["lifecycle", "aws.amazon.com/spot", "A_b.c-9", "node.kubernetes.io/pool", "x.kubelet.kubernetes.io/y"]
        {
            validate_node_label(key, "true").unwrap();
        }
        validate_key(&format!("{}/{}", ["a".repeat(63).as_str(); 3].join("."), "n".repeat(63))).unwrap();
        validate_value("").unwrap();
        validate_value(&"v".repeat(63)).unwrap();
        validate_node_label("kubernetes.io/arch", "arm64").unwrap();
        validate_node_label("notkubernetes.io/arch", "x").unwrap();
    }

    #[test]
    fn keys_that_kubernetes_refuses() {
        insta::assert_snapshot!(message(validate_key("a/b/c")), @"label key `a/b/c`: only one `/` is allowed");
        insta::assert_snapshot!(message(validate_key("/b")), @"label key `/b`: the prefix before `/` must not be empty");
        insta::assert_snapshot!(message(validate_key("b/")), @"label key `b/`: the name must not be empty");
        insta::assert_snapshot!(message(validate_key("Aws.com/x")), @"label key `Aws.com/x`: the prefix `Aws.com` is not a DNS name of lower-case letters, digits, `-` and `.`");
        insta::assert_snapshot!(message(validate_key("-a")), @"label key `-a`: the name must begin and end with a letter or digit");
        insta::assert_snapshot!(message(validate_key("spot instance")), @"label key `spot instance`: the name contains ' '; letters, digits, `-`, `_` and `.` are allowed");
        assert!(message(validate_key(&"k".repeat(64))).ends_with("the name has 64 characters, at most 63 are allowed"));
        assert!(message(validate_key(&format!("{}/x", "p".repeat(254)))).contains("254 characters, at most 253"));
    }

    #[test]
    fn values_that_kubernetes_refuses() {
        insta::assert_snapshot!(message(validate_value("a b")), @"label value `a b`: it contains ' '; letters, digits, `-`, `_` and `.` are allowed");
        assert!(message(validate_value(&"v".repeat(64))).ends_with("it has 64 characters, at most 63 are allowed"));
        assert!(message(validate_value("é")).contains("'é'"));
        assert!(message(validate_node_label("k", "v.")).starts_with("label `k` has the value `v.`"));
    }

    #[test]
    fn reserved_prefixes_are_refused() {
        for key in ["kubernetes.io/role", "node-role.kubernetes.io/spot", "k8s.io/x", "a.b.k8s.io/x"] {
            let error = validate_node_label(key, "").unwrap_err();
            assert!(error.message.contains("may not set"), "{error}");
            assert!(error.help.is_some());
        }
    }
}

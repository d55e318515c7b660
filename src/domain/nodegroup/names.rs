//! Rules for names and addresses in a specification.

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// Longest group name: it is the value of a node label.
pub(super) const MAX_NAME: usize = 63;

/// Checks a group's name: letters, digits and `-`, a label's value. eksctl's documentation wants a letter
/// first, its parser takes a digit too; so do files in use.
///
/// # Errors
/// `SPOT-0101` with the rule.
pub fn validate_name(name: &str) -> Result<()> {
    let refuse = |rule: String| Err(Error::new(Code::InvalidValue, format!("group name `{name}`: {rule}")));
    let bad = name.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-');
    if name.is_empty() {
        Err(Error::new(Code::InvalidValue, "the group has no name"))
    } else if let Some(bad) = bad {
        refuse(format!("it contains {bad:?}; letters, digits and `-` are allowed"))
    } else if name.starts_with('-') || name.ends_with('-') {
        refuse("it must begin and end with a letter or digit, as it is a label's value".to_owned())
    } else if name.len() > MAX_NAME {
        refuse(format!("it has {} characters, at most {MAX_NAME} are allowed, as it is a label's value", name.len()))
    } else {
        Ok(())
    }
}

/// Checks a cluster's name by EKS's rule.
///
/// # Errors
/// `SPOT-0101` with the rule.
pub fn validate_cluster_name(name: &str) -> Result<()> {
    let refuse = |rule: String| Err(Error::new(Code::InvalidValue, format!("cluster name `{name}`: {rule}")));
    if name.is_empty() {
        Err(Error::new(Code::InvalidValue, "the cluster has no name"))
    } else if let Some(bad) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !"-_".contains(*c)) {
        refuse(format!("it contains {bad:?}; letters, digits, `-` and `_` are allowed"))
    } else if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        refuse("it must begin with a letter or digit".to_owned())
    } else if name.len() > 100 {
        refuse(format!("it has {} characters, EKS allows 100", name.len()))
    } else {
        Ok(())
    }
}

/// Checks the id of a security group.
///
/// # Errors
/// `SPOT-0101` with the form.
pub fn validate_security_group(id: &str) -> Result<()> {
    let digits = id.strip_prefix("sg-").unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Error::new(Code::InvalidValue, format!("`{id}` is not the id of a security group"))
        .help("an id is written like `sg-0a1b2c3d4e5f60718`"))
}

/// Checks an IPv4 CIDR block such as `10.0.0.0/8`.
///
/// # Errors
/// `SPOT-0101` with the form.
pub fn validate_cidr(cidr: &str) -> Result<()> {
    let valid = cidr.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<std::net::Ipv4Addr>().is_ok()
            && bits.chars().all(|c| c.is_ascii_digit())
            && bits.parse::<u8>().is_ok_and(|bits| bits <= 32)
    });
    if valid {
        return Ok(());
    }
    Err(Error::new(Code::InvalidValue, format!("`{cidr}` is not an IPv4 CIDR block"))
        .help("for example `203.0.113.7/32`"))
}

/// Checks an image id such as `ami-0123456789abcdef0`.
///
/// # Errors
/// `SPOT-0101` with the form.
pub fn validate_ami(ami: &str) -> Result<()> {
    let id = ami.strip_prefix("ami-").unwrap_or_default();
    if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Error::new(Code::InvalidValue, format!("`{ami}` is not an image id"))
        .help("for example `ami-0123456789abcdef0`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule() {
        validate_name("dev-4vcpu-16gb-spot").unwrap();
        validate_name("1-gpu").unwrap();
        for bad in ["", "-a", "a-", "a_b", "a.b", "ä", &"a".repeat(64)] {
            assert_eq!(validate_name(bad).unwrap_err().code, Code::InvalidValue, "{bad}");
        }
        validate_cluster_name("eks_spot-1").unwrap();
        for bad in ["", "-a", "a b", &"a".repeat(101)] {
            assert_eq!(validate_cluster_name(bad).unwrap_err().code, Code::InvalidValue, "{bad}");
        }
    }

    #[test]
    fn addresses_and_images_follow_their_forms() {
        for good in ["0.0.0.0/0", "10.0.0.0/8", "203.0.113.7/32"] {
            validate_cidr(good).unwrap();
        }
        for bad in ["", "10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/", "::/0"] {
            assert_eq!(validate_cidr(bad).unwrap_err().code, Code::InvalidValue, "{bad}");
        }
        validate_ami("ami-05ecac759c81e0b0c").unwrap();
        for bad in ["", "ami-", "my-image", "ami-x y"] {
            assert_eq!(validate_ami(bad).unwrap_err().code, Code::InvalidValue, "{bad}");
        }
    }
}

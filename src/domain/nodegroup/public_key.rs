//! Public SSH keys as OpenSSH writes them: one line with the kind, the key, and who it is of.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// Kinds of keys that EC2 takes.
const KINDS: [&str; 2] = ["ssh-rsa", "ssh-ed25519"];
/// How to get the line that is wanted.
const HOW: &str = "give the line of the file that ends in `.pub`, such as `ssh-ed25519 AAAA… me@example.com`";
/// Digits of the hash that tells the pairs of a group apart.
const ID: usize = 16;

/// A public key that EC2 takes. Two are equal when the key is the same, whoever they are said to be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: &'static str,
    /// As it goes over the wire: length-prefixed fields, the first of them the kind.
    blob: Vec<u8>,
}

impl PublicKey {
    /// Reads a key. What is wrong is told without a word of the text: it may be a private key.
    ///
    /// # Errors
    /// `SPOT-0133` for everything that is not one public key of a kind that EC2 takes.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str, help: &str| Err(Error::new(Code::InvalidPublicKey, why).help(help));
        // Editors of Windows put a mark of the byte order before a text.
        let text = text.trim_start_matches('\u{feff}');
        if text.contains("PRIVATE KEY") {
            return refuse(
                "this is a private key, and the public one is wanted",
                "give the file of the same name that ends in `.pub`; `ssh-keygen -y -f FILE` prints it anew. The private \
                 key was neither sent nor kept",
            );
        }
        if text.trim_start().starts_with("--") {
            return refuse(
                "the public key is not in the form of OpenSSH",
                "write it as one line: `ssh-keygen -i -m PKCS8 -f FILE`, or `-m RFC4716`",
            );
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let Some(line) = lines.next() else { return refuse("there is no public key", HOW) };
        if lines.next().is_some() {
            return refuse("there are several lines, and a node has one key", "keep one of them");
        }
        let mut words = line.split_ascii_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Some(kind) = KINDS.into_iter().find(|kind| *kind == first) else {
            let known = ["ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "ssh-dss"].iter().any(|other| first.starts_with(other));
            return match known {
                true => refuse(
                    "EC2 takes RSA and Ed25519 keys, and this one is of another kind",
                    "make one that it takes: `ssh-keygen -t ed25519`",
                ),
                false => refuse("this is not a public key in the form of OpenSSH", HOW),
            };
        };
        match STANDARD.decode(second).ok().filter(|blob| is_whole(kind, blob)) {
            Some(blob) => Ok(PublicKey { kind, blob }),
            None => refuse("the public key is cut off, or not as it was made", HOW),
        }
    }

    /// `ssh-rsa` or `ssh-ed25519`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The line without the name behind it, which is of a person or a machine and no part of the key.
    pub fn openssh(&self) -> String {
        format!("{} {}", self.kind, STANDARD.encode(&self.blob))
    }

    /// SHA-256 as `ssh-keygen -l` writes it, without its name before it.
    pub fn fingerprint(&self) -> String {
        STANDARD_NO_PAD.encode(Sha256::digest(&self.blob))
    }

    /// What tells this key from others in a name: the beginning of its SHA-256.
    pub fn id(&self) -> String {
        let digits: String = Sha256::digest(&self.blob).iter().map(|byte| format!("{byte:02x}")).collect();
        digits.chars().take(ID).collect()
    }
}

/// Whether a name ends as that of a pair which was made of a key; gives what stands before that.
pub fn before_key_id(name: &str) -> Option<&str> {
    let (before, id) = name.rsplit_once('-')?;
    (id.len() == ID && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))).then_some(before)
}

/// Whether the fields of a key are all there, and no more: RSA has two numbers, Ed25519 has 32 bytes.
fn is_whole(kind: &str, blob: &[u8]) -> bool {
    let mut rest = blob;
    let mut fields = vec![];
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some((field, after)) = after.split_at_checked(length) else { return false };
        fields.push(field);
        rest = after;
    }
    rest.is_empty()
        && match fields.as_slice() {
            [named, exponent, modulus] => {
                kind == "ssh-rsa" && *named == kind.as_bytes() && !exponent.is_empty() && modulus.len() >= 128
            }
            [named, point] => kind == "ssh-ed25519" && *named == kind.as_bytes() && point.len() == 32,
            _ => false,
        }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ED25519: &str = include_str!("../../../tests/fixtures/node_key_ed25519.pub");
    const RSA: &str = include_str!("../../../tests/fixtures/node_key_rsa.pub");

    #[test]
    fn a_mark_of_the_byte_order_is_no_part_of_a_key() {
        let plain = PublicKey::parse(ED25519).unwrap();
        assert_eq!(PublicKey::parse(&format!("\u{feff}{ED25519}\r\n")).unwrap(), plain);
    }

    #[test]
    fn keys_of_ssh_keygen_are_read_and_have_its_fingerprints() {
        let (ed25519, rsa) = (PublicKey::parse(ED25519).unwrap(), PublicKey::parse(RSA).unwrap());
        assert_eq!(ed25519.fingerprint(), "rP3oViBVMQKQLCGh+fQOTKnAz7JQkHs2eG154XIdf1g");
        assert_eq!(rsa.fingerprint(), "l0ocdELakDatVr0YgMyc/zblSeEpf4s+OqjpU7qODUM");
        assert_eq!((ed25519.kind(), ed25519.id().len()), ("ssh-ed25519", 16));
        assert_eq!(PublicKey::parse(&ed25519.openssh()).unwrap(), ed25519, "the comment is no part of it");
        assert!(!rsa.openssh().contains('@'));
        let name = format!("spotscript-c-g-{}", rsa.id());
        assert_eq!((before_key_id(&name), before_key_id("spotscript-c-g")), (Some("spotscript-c-g"), None));
    }

    #[test]
    fn what_is_no_public_key_is_refused_without_repeating_it() {
        let private = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
        for (text, why) in [
            (private, "this is a private key, and the public one is wanted"),
            ("", "there is no public key"),
            ("-----BEGIN PUBLIC KEY-----\nc2VjcmV0\n", "the public key is not in the form of OpenSSH"),
            (&format!("{ED25519}{RSA}"), "there are several lines, and a node has one key"),
            ("ssh-rsa AAAAB3Nz…(truncated)", "the public key is cut off, or not as it was made"),
            (&RSA[..200], "the public key is cut off, or not as it was made"),
            (&ED25519.replace("ssh-ed25519", "ssh-rsa"), "the public key is cut off, or not as it was made"),
            ("ecdsa-sha2-nistp256 AAAA", "EC2 takes RSA and Ed25519 keys, and this one is of another kind"),
            ("c2VjcmV0", "this is not a public key in the form of OpenSSH"),
        ] {
            let error = PublicKey::parse(text).unwrap_err();
            assert_eq!((error.message.as_str(), error.code), (why, Code::InvalidPublicKey), "{text}");
            let all = format!("{error:?}");
            assert!(!all.contains("c2VjcmV0") && !all.contains("AAAAB3"), "{all}");
        }
    }
}

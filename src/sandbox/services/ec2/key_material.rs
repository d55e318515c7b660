//! The material of an imported key, read as EC2 reads it. Shares nothing with the reader of what is sent.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::sandbox::wire::api::ApiError;

/// What EC2 keeps of a public key.
pub(super) struct Material {
    /// `rsa` or `ed25519`.
    pub(super) kind: &'static str,
    /// As EC2 computes it for a key that was imported.
    pub(super) fingerprint: String,
    /// Kind and key, without the comment.
    pub(super) public_key: String,
}

/// DER of the algorithm `rsaEncryption` (1.2.840.113549.1.1.1) without parameters.
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Reads `PublicKeyMaterial`: base64 of an OpenSSH public key.
pub(super) fn read(base64: &str) -> Result<Material, ApiError> {
    let bad = || ApiError::client("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    let text = STANDARD.decode(base64.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad)?;
    let mut words = text.trim().lines().next().unwrap_or_default().split_whitespace();
    let (Some(name), Some(encoded)) = (words.next(), words.next()) else { return Err(bad()) };
    let blob = STANDARD.decode(encoded).map_err(|_| bad())?;
    let fields = fields(&blob).ok_or_else(bad)?;
    let (kind, fingerprint) = match (name, fields.as_slice()) {
        ("ssh-rsa", [b"ssh-rsa", exponent, modulus]) if !exponent.is_empty() && !modulus.is_empty() => {
            let digest = Md5::digest(subject_public_key_info(modulus, exponent));
            let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            ("rsa", digits.join(":"))
        }
        ("ssh-ed25519", [b"ssh-ed25519", point]) if point.len() == 32 => {
            ("ed25519", STANDARD_NO_PAD.encode(Sha256::digest(&blob)))
        }
        _ => return Err(bad()),
    };
    Ok(Material { kind, fingerprint, public_key: format!("{name} {encoded}") })
}

/// The length-prefixed fields of the wire form; `None` when one is cut off.
fn fields(mut blob: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !blob.is_empty() {
        let (length, rest) = blob.split_first_chunk::<4>()?;
        let (field, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        fields.push(field);
        blob = rest;
    }
    Some(fields)
}

/// DER of an RSA key. Numbers of the wire form are written as DER's integers are.
fn subject_public_key_info(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = [der(0x02, modulus), der(0x02, exponent)].concat();
    let key = der(0x30, &numbers);
    // No bits of the last byte are unused.
    let bits = der(0x03, &[&[0], key.as_slice()].concat());
    der(0x30, &[RSA_ENCRYPTION.as_slice(), &bits].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let short: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match content.len() {
        ..0x80 => out.push(short.first().copied().unwrap_or(0)),
        _ => {
            out.push(0x80 | short.len() as u8);
            out.extend(&short);
        }
    }
    out.extend(content);
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_those_of_openssl_and_ssh_keygen() {
        let ed25519 = include_str!("../../../../tests/fixtures/node_key_ed25519.pub");
        let rsa = include_str!("../../../../tests/fixtures/node_key_rsa.pub");
        let read = |text: &str| read(&STANDARD.encode(text));
        assert_eq!(read(ed25519).unwrap().fingerprint, "rP3oViBVMQKQLCGh+fQOTKnAz7JQkHs2eG154XIdf1g");
        assert_eq!(read(rsa).unwrap().fingerprint, "a8:4b:19:58:02:2c:83:e5:ae:95:64:f2:2f:14:ea:5d");
        assert_eq!((read(rsa).unwrap().kind, read(ed25519).unwrap().kind), ("rsa", "ed25519"));
        for wrong in ["", "ssh-rsa", "ssh-rsa AAAA", &rsa[..300], &ed25519.replace("ssh-ed25519 ", "ssh-rsa ")] {
            assert_eq!(read(wrong).err().unwrap().code, "InvalidKey.Format", "{wrong}");
        }
    }
}

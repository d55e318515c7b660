//! What an instance is told when it boots, so that it joins its cluster with its labels and taints.

mod nodeadm;

pub use nodeadm::{NodeadmInput, nodeadm};

use base64::Engine;

use super::code::Code;
use super::error::{Error, Result};

/// EC2's limit, in bytes before base64.
pub const MAX_BYTES: usize = 16 * 1024;

/// Checks EC2's limit on user data before base64.
///
/// # Errors
/// `SPOT-0132` with the count.
pub fn check_size(user_data: &str) -> Result<()> {
    let count = user_data.len();
    if count > MAX_BYTES {
        return Err(Error::new(Code::UserDataTooLarge, format!("user data has {count} bytes, EC2 allows {MAX_BYTES}"))
            .help("labels and taints are part of it: use fewer or shorter ones"));
    }
    Ok(())
}

/// Checks the limit and encodes for a launch template.
///
/// # Errors
/// `SPOT-0132` with the count.
pub fn encode(user_data: &str) -> Result<String> {
    check_size(user_data)?;
    Ok(base64::engine::general_purpose::STANDARD.encode(user_data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_before_base64() {
        assert!(encode(&"x".repeat(MAX_BYTES)).unwrap().len() > MAX_BYTES);
        let error = encode(&"x".repeat(MAX_BYTES + 1)).unwrap_err();
        assert_eq!(error.code, Code::UserDataTooLarge);
        assert_eq!(error.message, "user data has 16385 bytes, EC2 allows 16384");
    }
}

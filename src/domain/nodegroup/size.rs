//! Min, desired and max of a group.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// The greatest number that AWS's API can hold.
const MOST: u32 = i32::MAX as u32;

/// Sizes of a group that agree with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Fewest instances.
    pub min: u32,
    /// Instances wanted now.
    pub desired: u32,
    /// Most instances.
    pub max: u32,
}

impl Size {
    /// Checks `0 ≤ min ≤ desired ≤ max`.
    ///
    /// # Errors
    /// `SPOT-0130` that names the two sizes which contradict each other.
    pub fn new(min: i64, desired: i64, max: i64) -> Result<Self> {
        let fit = |name: &str, value: i64| {
            u32::try_from(value).ok().filter(|value| *value <= MOST).ok_or_else(|| {
                Error::new(Code::InvalidSize, format!("`{name}` is {value}"))
                    .help(format!("`{name}` is a number of nodes from 0 to {MOST}"))
            })
        };
        let size = Size { min: fit("min", min)?, desired: fit("desired", desired)?, max: fit("max", max)? };
        let contradiction = if size.min > size.max {
            Some(format!("`min` {min} is greater than `max` {max}"))
        } else if size.desired < size.min {
            Some(format!("`desired` {desired} is lower than `min` {min}"))
        } else if size.desired > size.max {
            Some(format!("`desired` {desired} is greater than `max` {max}"))
        } else {
            None
        };
        match contradiction {
            Some(message) => Err(Error::new(Code::InvalidSize, message).help("sizes must satisfy min ≤ desired ≤ max")),
            None => Ok(size),
        }
    }
}

/// `0/5/2`: min, max, desired, the order of eksctl's columns.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.min, self.max, self.desired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_must_agree() {
        assert_eq!(Size::new(0, 2, 5).unwrap().to_string(), "0/5/2");
        assert!(Size::new(0, 0, 0).is_ok());
        for (min, desired, max, message) in [
            (3, 3, 2, "`min` 3 is greater than `max` 2"),
            (2, 1, 3, "`desired` 1 is lower than `min` 2"),
            (0, 6, 5, "`desired` 6 is greater than `max` 5"),
            (-1, 0, 0, "`min` is -1"),
            (0, 0, i64::MAX, "`max` is 9223372036854775807"),
            (0, 0, 2_147_483_648, "`max` is 2147483648"),
        ] {
            let error = Size::new(min, desired, max).unwrap_err();
            assert_eq!((error.code, error.message.as_str()), (Code::InvalidSize, message));
        }
    }
}

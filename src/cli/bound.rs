//! A number on the command line that is meant exactly (`4`) or as the least (`4+`).

use std::str::FromStr;

/// What a number must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// This.
    Exactly(f64),
    /// This or more.
    AtLeast(f64),
}

impl Bound {
    /// Whether a number is allowed.
    pub fn allows(self, number: f64) -> bool {
        match self {
            Bound::Exactly(wanted) => number == wanted,
            Bound::AtLeast(least) => number >= least,
        }
    }
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, least) = text.strip_suffix('+').map_or((text, false), |digits| (digits, true));
        match digits.parse() {
            Ok(number) if f64::is_finite(number) && number >= 0.0 => {
                Ok(if least { Bound::AtLeast(number) } else { Bound::Exactly(number) })
            }
            _ => Err("write a number such as `4`, or `4+` for four or more".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_means_at_least() {
        assert_eq!("4".parse(), Ok(Bound::Exactly(4.0)));
        assert_eq!("0.5+".parse(), Ok(Bound::AtLeast(0.5)));
        assert!(Bound::AtLeast(4.0).allows(8.0) && !Bound::Exactly(4.0).allows(8.0));
        for wrong in ["", "+", "-1", "NaN", "inf", "four"] {
            assert!(wrong.parse::<Bound>().is_err(), "{wrong}");
        }
    }
}

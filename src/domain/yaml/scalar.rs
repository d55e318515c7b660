//! What a plain scalar means to eksctl, whose parser follows YAML 1.1.

/// The type of a plain scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Int(i64),
    /// A number that is no 64-bit integer.
    Float(f64),
    Text,
}

impl Kind {
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Int(_) | Kind::Float(_) => "a number",
            Kind::Text => "text",
        }
    }
}

/// The type of a plain scalar: `yes`, `on` and `y` are booleans, `010` is eight, `1_000` a thousand.
pub(crate) fn kind(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Kind::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Kind::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Kind::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Kind::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Kind::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Kind::Text;
    }
    let bare = text.replace('_', "");
    if let Some(int) = int(&bare) {
        return int;
    }
    if is_float(&bare) {
        return bare.parse().map_or(Kind::Text, Kind::Float);
    }
    Kind::Text
}

fn int(text: &str) -> Option<Kind> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let radix = |prefixes: [&str; 2]| prefixes.into_iter().find_map(|prefix| digits.strip_prefix(prefix));
    let (digits, radix) = if let Some(rest) = radix(["0x", "0X"]) {
        (rest, 16)
    } else if let Some(rest) = radix(["0b", "0B"]) {
        (rest, 2)
    } else if let Some(rest) = radix(["0o", "0O"]) {
        (rest, 8)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (&digits[1..], 8)
    } else {
        (digits, 10)
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok().map(|value| sign * value);
    Some(match value {
        Some(value) => i64::try_from(value).map_or(Kind::Float(value as f64), Kind::Int),
        None => Kind::Float(f64::INFINITY),
    })
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_yaml_1_1_says() {
        for (text, is) in [
            ("", Kind::Null),
            ("~", Kind::Null),
            ("yes", Kind::Bool(true)),
            ("Off", Kind::Bool(false)),
            ("5", Kind::Int(5)),
            ("-5", Kind::Int(-5)),
            ("010", Kind::Int(8)),
            ("0x1F", Kind::Int(31)),
            ("1_000", Kind::Int(1000)),
            ("0.017", Kind::Float(0.017)),
            ("1e3", Kind::Float(1000.0)),
            (".5", Kind::Float(0.5)),
            ("99999999999999999999", Kind::Float(99_999_999_999_999_999_999.0)),
            ("1.2.3", Kind::Text),
            ("2026-01-01", Kind::Text),
            (".", Kind::Text),
            ("-", Kind::Text),
            ("+", Kind::Text),
            ("0x", Kind::Text),
            ("12:30:45", Kind::Text),
            ("tRUE", Kind::Text),
            ("true:NoSchedule", Kind::Text),
        ] {
            assert_eq!(kind(text), is, "{text}");
        }
    }
}

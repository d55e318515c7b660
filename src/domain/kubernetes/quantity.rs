//! Quantities such as `500m`, `1930m`, `7244736Ki`, `1.5Gi`.

/// Whether a text is a quantity, of any size.
pub fn is_quantity(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = number.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(number.len());
    let (digits, suffix) = number.split_at(end);
    digits.bytes().any(|byte| byte.is_ascii_digit()) && digits.matches('.').count() <= 1 && unit(suffix).is_some()
}

/// A quantity in thousandths, rounded up; `None` for what is not a quantity.
pub fn parse_milli(text: &str) -> Option<i128> {
    let end = text.find(|character: char| !matches!(character, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (numerator, denominator): (i128, i128) = match suffix {
        "" => (1000, 1),
        "n" => (1, 1_000_000),
        "u" => (1, 1000),
        "m" => (1, 1),
        "k" => (1_000_000, 1),
        "M" => (1_000_000_000, 1),
        "G" => (10_i128.pow(12), 1),
        "T" => (10_i128.pow(15), 1),
        "P" => (10_i128.pow(18), 1),
        "E" => (10_i128.pow(21), 1),
        "Ki" => (1000 << 10, 1),
        "Mi" => (1000 << 20, 1),
        "Gi" => (1000 << 30, 1),
        "Ti" => (1000 << 40, 1),
        "Pi" => (1000 << 50, 1),
        "Ei" => (1000 << 60, 1),
        exponent => {
            let power: u32 = exponent.strip_prefix(['e', 'E'])?.parse().ok().filter(|power| *power <= 18)?;
            (1000 * 10_i128.pow(power), 1)
        }
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 9 || whole.len() > 19 || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let negative = whole.starts_with('-');
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let scale = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse::<u64>().ok()?.into() };
    let units = whole * scale + if negative { -fraction } else { fraction };
    let (numerator, denominator) = (units.checked_mul(numerator)?, denominator * scale);
    Some(numerator.div_euclid(denominator) + i128::from(numerator.rem_euclid(denominator) != 0))
}

/// How a quantity is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Form {
    /// `500m`, `3G`
    #[default]
    Decimal,
    /// `2Gi`
    Binary,
    /// `1e3`
    Exponent,
}

/// What a suffix stands for: a power of ten, one of two, and how such quantities are written. `None` for what is none.
fn unit(suffix: &str) -> Option<(i32, u32, Form)> {
    Some(match suffix {
        "n" => (-9, 0, Form::Decimal),
        "u" => (-6, 0, Form::Decimal),
        "m" => (-3, 0, Form::Decimal),
        "" => (0, 0, Form::Decimal),
        "k" => (3, 0, Form::Decimal),
        "M" => (6, 0, Form::Decimal),
        "G" => (9, 0, Form::Decimal),
        "T" => (12, 0, Form::Decimal),
        "P" => (15, 0, Form::Decimal),
        "E" => (18, 0, Form::Decimal),
        "Ki" => (0, 10, Form::Binary),
        "Mi" => (0, 20, Form::Binary),
        "Gi" => (0, 30, Form::Binary),
        "Ti" => (0, 40, Form::Binary),
        "Pi" => (0, 50, Form::Binary),
        "Ei" => (0, 60, Form::Binary),
        _ => (suffix.strip_prefix(['e', 'E'])?.parse().ok()?, 0, Form::Exponent),
    })
}

/// A quantity as Kubernetes computes with it and prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quantity {
    nanos: i128,
    form: Form,
    /// How it was written, where Kubernetes prints it so until it has computed with it.
    written: Option<Written>,
}

/// A short text. Kubernetes keeps those of at most 18 digits; longer ones than this one have needless zeros before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Written {
    bytes: [u8; 31],
    length: u8,
}

impl Written {
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; 31];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Written { bytes, length: u8::try_from(text.len()).ok()? })
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl Quantity {
    /// Reads a quantity, to the billionth; what is less is rounded away from zero. `None` for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(|character: char| !matches!(character, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
        let (number, suffix) = text.split_at(end);
        let (power, shift, form) = unit(suffix)?;
        let negative = number.starts_with('-');
        let number = number.strip_prefix(['+', '-']).unwrap_or(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        let value = digits.parse::<i128>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        let value = value.checked_mul(1_i128 << shift)?;
        let scale = power.checked_add(9)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let factor = 10_i128.checked_pow(scale.unsigned_abs())?;
        let mut nanos = if scale >= 0 { value.checked_mul(factor)? } else { divided(value, factor) };
        if form == Form::Binary {
            nanos = nanos.min(i128::from(i64::MAX) * 1_000_000_000); // Kubernetes' own cap; sums go beyond it.
        }
        let written = stays_as_written(whole, fraction, power, shift).then(|| Written::new(text)).flatten();
        Some(Quantity { nanos: if negative { -nanos } else { nanos }, form, written })
    }

    /// Adds another; nothing takes the other's form.
    pub fn add(&mut self, other: Quantity) {
        self.written = None;
        if self.nanos == 0 {
            self.form = other.form;
        }
        self.nanos = self.nanos.saturating_add(other.nanos);
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// Whether it is less than another, however both are written.
    pub fn is_less_than(self, other: Quantity) -> bool {
        self.nanos < other.nanos
    }

    /// Whole units, rounded away from zero; beyond 64 bits it wraps around.
    pub fn value(self) -> i64 {
        divided(self.nanos, 1_000_000_000) as i64
    }

    /// Thousandths, rounded away from zero; beyond 64 bits it wraps around.
    pub fn milli_value(self) -> i64 {
        divided(self.nanos, 1_000_000) as i64
    }
}

/// Whether Kubernetes prints a number as it was written: one of few digits, whose canonical suffix is the one that it has, be
/// it as `2.345` (in thousandths, where the canonical form is `2345m`) or as `+5`. Found by asking kubectl 1.33.
fn stays_as_written(whole: &str, fraction: &str, power: i32, shift: u32) -> bool {
    let whole = whole.trim_start_matches('0');
    if whole.is_empty() || whole.len() + fraction.len() > 18 {
        return false;
    }
    let Ok(value) = format!("{whole}{fraction}").parse::<u64>() else { return false };
    if shift > 0 {
        let digits = 14 - i64::try_from(whole.len()).unwrap_or(i64::MAX) - i64::from(shift * 3 / 10);
        return fraction.is_empty() && digits >= 0 && value % 1024 != 0;
    }
    let power = power - i32::try_from(fraction.len()).unwrap_or(i32::MAX);
    power >= -9 && power % 3 == 0 && value % 1000 != 0
}

/// Divided, rounded away from zero.
fn divided(value: i128, by: i128) -> i128 {
    value / by + (value % by).signum()
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const UNIT: i128 = 1_000_000_000;
        if let Some(written) = &self.written {
            return f.write_str(written.as_str());
        }
        if self.nanos == 0 {
            return f.write_str("0");
        }
        if self.form == Form::Binary && self.nanos.abs() >= 1024 * UNIT && self.nanos % UNIT == 0 {
            let (mut number, mut step) = (self.nanos / UNIT, 0);
            let suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
            while number % 1024 == 0 && step + 1 < suffixes.len() {
                (number, step) = (number / 1024, step + 1);
            }
            return write!(f, "{number}{}", suffixes[step]);
        }
        let (mut number, mut step) = (self.nanos, 0);
        let suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
        while number % 1000 == 0 && step + 1 < suffixes.len() {
            (number, step) = (number / 1000, step + 1);
        }
        match self.form {
            Form::Exponent if step == 3 => write!(f, "{number}"),
            Form::Exponent => write!(f, "{number}e{}", i32::try_from(step).unwrap_or_default() * 3 - 9),
            _ => write!(f, "{number}{}", suffixes[step]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_as_kubernetes_does() {
        for (text, canonical) in [
            ("0.5", "500m"),
            ("1.5Gi", "1536Mi"),
            ("1000", "1k"),
            ("1000m", "1"),
            ("1023", "1023"),
            ("0.5Ki", "512"),
            ("1e3", "1e3"),
            ("1e0", "1e0"),
            ("0.159221e3", "159221e-3"),
            ("0.1n", "1n"),
            ("-0.1n", "-1n"),
            ("0", "0"),
            ("4Ei", "4Ei"),
            ("8Ei", "9223372036854775807"),
            ("12345678901", "12345678901"),
            // As kubectl 1.33 printed them.
            ("2.345", "2.345"),
            ("2.3450", "2345m"),
            ("1.100", "1.100"),
            ("1.000", "1"),
            ("0.123", "123m"),
            ("00012", "00012"),
            ("+5k", "+5k"),
            ("5.", "5."),
            ("1.234k", "1.234k"),
            ("0.100k", "100"),
            ("01024", "01024"),
            ("1024Mi", "1Gi"),
            ("0100Mi", "0100Mi"),
            ("+1.5Gi", "1536Mi"),
            ("1E3", "1E3"),
            ("1000e0", "1e3"),
            ("2.345u", "2.345u"),
            ("1.234567891", "1.234567891"),
            ("3.14159", "3141590u"),
            ("1.23456789012345678901", "1234567891n"),
        ] {
            assert_eq!(Quantity::parse(text).map(|it| it.to_string()).as_deref(), Some(canonical), "{text}");
        }
        assert_eq!(Quantity::parse("1.1").map(Quantity::value), Some(2));
        let mut twice = Quantity::parse("2.345").unwrap_or_default();
        twice.add(twice);
        assert_eq!(twice.to_string(), "4690m");
        let mut sum = Quantity::parse("4Ei").unwrap_or_default();
        sum.add(sum);
        assert_eq!((sum.to_string().as_str(), sum.value()), ("8Ei", i64::MIN));
        for text in ["", "x", "1x", "--1", "1.2.3", "Ki", "1e"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn suffixes() {
        for (text, milli) in [
            ("1", 1000),
            ("500m", 500),
            ("1.5", 1500),
            ("0.1m", 1),
            ("2Ki", 2_048_000),
            ("1e3", 1_000_000),
            ("-1", -1000),
            ("1n", 1),
        ] {
            assert_eq!(parse_milli(text), Some(milli), "{text}");
        }
        for text in ["", "x", "1x", "1.2.3", "--1", "Ki"] {
            assert_eq!(parse_milli(text), None, "{text}");
        }
    }
}

//! Numbers exactly as written: text to decimal without a binary float between.

use lanbi_model::Decimal;

/// Marks that devices and publications write where there is no value.
const MISSING: [&str; 5] = ["", "-", "--", "—", "*"];

/// Whether the text says that nothing was measured.
pub(crate) fn is_missing(text: &str) -> bool {
    let begins_with_digit = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    !begins_with_digit && MISSING.contains(&text.trim())
}

/// Reads a finite decimal number such as `35`, `-0.60`, `.5` or `1.2e3`; none for anything else and for a number of
/// 10^15 or more, which no instrument sends, the stores do not hold exactly and sums could not bear. Digits behind the
/// 28th decimal are rounded away.
pub(crate) fn parse_number(text: &str) -> Option<Decimal> {
    if let Some(plain) = parse_plain(text) {
        return Some(plain);
    }
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (text, 0),
    };
    let digits = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let value: Decimal = mantissa.parse().ok()?;
    let value = scale(value, exponent)?;
    (value.abs() < Decimal::from(1_000_000_000_000_000_u64)).then_some(value)
}

/// The common case, exactly as the long way reads it: 1 to 15 digits with one point at most, and no sign.
fn parse_plain(text: &str) -> Option<Decimal> {
    if text.len() > 16 {
        return None;
    }
    let (mut number, mut digits, mut point) = (0_i64, 0_u32, None);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                number = number * 10 + i64::from(byte - b'0');
                digits += 1;
            }
            b'.' if point.is_none() => point = Some(digits),
            _ => return None,
        }
    }
    let scale = point.map_or(0, |point| digits - point);
    (1..=15).contains(&digits).then(|| Decimal::new(number, scale))
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // An exponent beyond four digits is as good as infinite in either direction.
    let magnitude = digits.parse::<i32>().map_or(9999, |magnitude| magnitude.min(9999));
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// `value` times 10^`exponent`: none where it overflows, rounded where it has more than 28 decimals.
fn scale(value: Decimal, exponent: i32) -> Option<Decimal> {
    if value.is_zero() || exponent == 0 {
        return Some(value);
    }
    let mut value = value;
    let ten = Decimal::TEN;
    for _ in 0..exponent.unsigned_abs() {
        value = if exponent > 0 { value.checked_mul(ten)? } else { value.checked_div(ten)? };
        if value.is_zero() {
            break;
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_written() {
        for (text, expected) in [
            ("35", "35"),
            ("0.60", "0.60"),
            ("-0.3", "-0.3"),
            ("+7", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "7"),
            (" 12.5 ", "12.5"),
            ("1.2e3", "1200"),
            ("1E-5", "0.00001"),
            ("12E+0", "12"),
            ("0e999999999999", "0"),
            ("1e-400", "0"),
            ("1.2345678901234567e-17", "0.0000000000000000123456789012"),
            ("999999999999999", "999999999999999"),
            ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231"),
        ] {
            assert_eq!(parse_number(text), Some(expected.parse().unwrap()), "{text}");
        }
        assert_eq!(parse_number("0.60").unwrap().scale(), 2, "trailing zeros stay");
        assert_eq!(parse_number("0.600000000000000000").unwrap().scale(), 18, "the long way too");
    }

    #[test]
    fn what_is_no_finite_number_is_none() {
        for text in [
            "",
            ".",
            "-",
            "+",
            "e5",
            "1e",
            "1e+",
            "NaN",
            "nan",
            "inf",
            "-Infinity",
            "1e400",
            "1e15",
            "-1e15",
            "1,5",
            "1_000",
            "0x10",
            "12abc",
            "<0.05",
            "３５",
            "1 2",
            "--5",
            "1e99999999999999999999",
            "1000000000000000",
        ] {
            assert_eq!(parse_number(text), None, "{text}");
        }
        assert_eq!(parse_number(&"9".repeat(100_000)), None);
        assert_eq!(parse_number(&format!("0.{}", "1".repeat(100_000))).map(|d| d.scale()), Some(28));
    }

    #[test]
    fn marks_of_missing_values() {
        for text in ["", " ", "-", "--", "—", "*"] {
            assert!(is_missing(text), "{text}");
        }
        for text in ["0", "NaN", "---", "null"] {
            assert!(!is_missing(text), "{text}");
        }
    }
}

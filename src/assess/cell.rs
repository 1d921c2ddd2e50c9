//! One cell of a table as a number.

use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, Parameter};

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell<T = Decimal> {
    /// Nothing.
    Missing,
    /// A value.
    Value(T),
    /// Below a detection limit; half of it.
    Censored(T),
    /// Nothing that can be a value, and why.
    Invalid(&'static str),
}

/// Reads a trimmed cell of a parameter. `<0.05` and `0.05L` are below that detection limit.
pub(crate) fn read(law: &Standards, parameter: Parameter, text: &str) -> Cell {
    read_within(text, parameter.may_be_negative(), |value| law.is_plausible(parameter, value))
}

/// Reads a trimmed cell of a quantity that is no parameter of its own, as [`read`] does.
pub(crate) fn read_within(text: &str, may_be_negative: bool, is_plausible: impl Fn(Decimal) -> bool) -> Cell {
    if text.is_empty() {
        return Cell::Missing;
    }
    let limit = detection_limit(text);
    let Some(value) = number(limit.unwrap_or(text)) else {
        return Cell::Invalid(NO_NUMBER);
    };
    if value < Decimal::ZERO && (limit.is_some() || !may_be_negative) {
        return Cell::Invalid(NEGATIVE);
    }
    if !is_plausible(value) {
        return Cell::Invalid("is outside the plausible range");
    }
    if limit.is_some() { Cell::Censored(value / Decimal::TWO) } else { Cell::Value(value) }
}

/// Reads a trimmed cell of any quantity; it may be negative, but not beyond 1e300, where differences are lost.
pub(crate) fn read_real(text: &str) -> Cell<f64> {
    if text.is_empty() {
        return Cell::Missing;
    }
    let limit = detection_limit(text);
    let digits = limit.unwrap_or(text);
    // The parser would take `inf` and `nan`, too.
    let written = digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    match digits.parse::<f64>() {
        Ok(value) if written && value.abs() <= 1e300 => match limit {
            Some(_) if value < 0.0 => Cell::Invalid(NEGATIVE),
            Some(_) => Cell::Censored(value / 2.0),
            None => Cell::Value(value),
        },
        _ => Cell::Invalid(NO_NUMBER),
    }
}

const NO_NUMBER: &str = "is not a finite number";
const NEGATIVE: &str = "is negative";

fn detection_limit(text: &str) -> Option<&str> {
    text.strip_prefix('<').or_else(|| text.strip_suffix('L')).map(str::trim)
}

/// A decimal number with optional sign, fraction and exponent; none for anything else, and for what is too large.
pub(crate) fn number(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let mantissa: Decimal = mantissa.parse().ok()?;
    let Some(exponent) = exponent else { return Some(mantissa) };
    let size = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if size.is_empty() || !digits(size) {
        return None;
    }
    let power = size.parse().ok().and_then(power_of_ten);
    match (power, exponent.starts_with('-')) {
        (Some(power), false) => mantissa.checked_mul(power),
        (Some(power), true) => mantissa.checked_div(power),
        // Beyond 10^28: too small to differ from zero, or too large for any instrument.
        (None, true) => Some(Decimal::ZERO),
        (None, false) => mantissa.is_zero().then_some(Decimal::ZERO),
    }
}

/// The digits of a plainly written number and how many of them are decimals: at most 15 digits, without sign and exponent.
pub(crate) fn plain(text: &str) -> Option<(i64, u32)> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 15 || bytes == b"." {
        return None;
    }
    let (mut number, mut places, mut in_fraction) = (0, 0, false);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                number = number * 10 + i64::from(byte - b'0');
                places += u32::from(in_fraction);
            }
            b'.' if !in_fraction => in_fraction = true,
            _ => return None,
        }
    }
    Some((number, places))
}

/// Ten to the power `exponent`; none beyond what a decimal holds.
fn power_of_ten(exponent: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(10_i128.checked_pow(exponent)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn cells_are_numbers_limits_or_nothing() {
        let law = lanbi_config::standards::builtin().unwrap();
        let check = |parameter, text: &str, expected: Cell| {
            assert_eq!(read(&law, parameter, text), expected, "{parameter} {text}");
        };
        let value = |text: &str| Cell::Value(dec(text));
        let censored = |text: &str| Cell::Censored(dec(text));
        let no_number = Cell::Invalid("is not a finite number");
        let negative = Cell::Invalid("is negative");
        let outside = Cell::Invalid("is outside the plausible range");
        let co = Parameter::Co;
        check(co, "", Cell::Missing);
        check(co, "2.2", value("2.2"));
        check(co, "+2.2", value("2.2"));
        check(co, "-0", value("0"));
        check(co, ".5", value("0.5"));
        check(co, "5.", value("5"));
        check(co, "1.2e1", value("12"));
        check(co, "12E-1", value("1.2"));
        check(co, "1e-40", value("0"));
        check(co, "0e99", value("0"));
        check(co, "2.2000000000000000000000000000000000000000001", value("2.2"));
        for text in
            ["NaN", "nan", "inf", "-inf", "Infinity", "NA", "—", "1_0", "1,0", "0x10", "1e", "e5", ".", "-"]
        {
            check(co, text, no_number);
        }
        for text in
            ["1 2", "1e400", "1e99999999999", "99999999999999999999999999999999", "2.2.2", "--1", "<", "L"]
        {
            check(co, text, no_number);
        }
        check(co, "-0.1", negative);
        check(co, "<-1", negative);
        check(co, "200", value("200"));
        check(co, "200.1", outside);
        check(Parameter::WaterTemperature, "-0.1", value("-0.1"));
        check(Parameter::Ph, "14.1", outside);
        check(Parameter::Nh3n, "<0.05", censored("0.025"));
        check(Parameter::Nh3n, "< 0.05", censored("0.025"));
        check(Parameter::Nh3n, "0.05L", censored("0.025"));
        check(Parameter::Nh3n, "<0.05L", no_number);
    }

    #[test]
    fn plain_numbers_are_the_same_numbers() {
        for text in ["0", "35", "35.5", ".5", "5.", "007.50", "123456789.01234", "999999999999999"] {
            let (digits, places) = plain(text).unwrap();
            assert_eq!(Decimal::new(digits, places), number(text).unwrap(), "{text}");
        }
        for text in ["", ".", "-1", "+1", "1e3", "1.2.3", " 1", "1 ", "NaN", "１", "1234567890123456"] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn any_quantity_may_be_negative_but_must_be_finite() {
        let check = |text: &str, expected: Cell<f64>| assert_eq!(read_real(text), expected, "{text}");
        check("", Cell::Missing);
        check("-1.05", Cell::Value(-1.05));
        check("37.38356164383562", Cell::Value(37.383_561_643_835_62));
        check("+.5e1", Cell::Value(5.0));
        check("<0.05", Cell::Censored(0.025));
        check("0.05L", Cell::Censored(0.025));
        check("<-0.05", Cell::Invalid(NEGATIVE));
        for text in
            ["NaN", "inf", "-Infinity", "NA", "1e400", "1e301", "1_0", "1,0", "0x10", ".", "-", "<", "—"]
        {
            check(text, Cell::Invalid(NO_NUMBER));
        }
    }
}

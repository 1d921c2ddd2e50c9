//! Exact numbers. Devices send decimals; standards round decimals. Values therefore are [`Decimal`] from the first
//! byte to the report, and binary floats appear only in the database column and on charts.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// Largest integer that a binary float holds exactly.
const MAX_EXACT: i128 = 1 << 53;

/// Powers of ten that a binary float holds exactly.
const POW10: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Rounds half to even at `places` decimals (GB/T 8170-2008, 3.2 "四舍六入五成双").
#[must_use]
pub fn round_half_even(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven)
}

/// Rounds towards positive infinity to an integer (HJ 633-2026, 4.2.6).
#[must_use]
pub fn round_up(value: Decimal) -> Decimal {
    value.ceil()
}

/// The decimal a binary float was made from: the shortest one that reads back as the same float.
///
/// Exact for every decimal of up to 15 significant digits, which covers any measuring instrument. None for NaN and
/// the infinities.
#[must_use]
pub fn from_f64(value: f64) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    for (places, power) in (0_u32..).zip(POW10) {
        let scaled = (value * power).round();
        if scaled.abs() >= 9.007_199_254_740_992e15 {
            break;
        }
        if scaled / power == value {
            #[expect(clippy::cast_possible_truncation, reason = "an integer below 2^53, checked above")]
            return Some(Decimal::new(scaled as i64, places));
        }
    }
    let text = format!("{value}");
    text.parse().ok().or_else(|| Decimal::from_scientific(&format!("{value:e}")).ok())
}

/// The nearest binary float; `from_f64` gives the same decimal back (up to 15 significant digits).
#[must_use]
pub fn to_f64(value: Decimal) -> f64 {
    let value = value.normalize();
    let mantissa = value.mantissa();
    if mantissa.abs() <= MAX_EXACT
        && let Some(power) = usize::try_from(value.scale()).ok().and_then(|s| POW10.get(s))
        && let Some(mantissa) = i64::try_from(mantissa).ok()
    {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53, checked above")]
        return mantissa as f64 / power;
    }
    value.to_string().parse().unwrap_or_else(|_| value.to_f64().unwrap_or(f64::NAN))
}

/// Arithmetic mean, exact up to 28 digits; none for no values.
#[must_use]
pub fn mean(values: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    let mut n: u32 = 0;
    for value in values {
        sum += value;
        n += 1;
    }
    (n > 0).then(|| sum / Decimal::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn half_goes_to_even() {
        for (value, places, expected) in [
            ("60.5", 0, "60"),
            ("35.5", 0, "36"),
            ("60.6", 0, "61"),
            ("0.0045", 3, "0.004"),
            ("2.25", 1, "2.2"),
        ] {
            assert_eq!(round_half_even(dec(value), places), dec(expected), "{value} at {places}");
        }
    }

    #[test]
    fn floats_give_back_their_decimals() {
        for text in [
            "0",
            "0.1",
            "2.2",
            "65.4",
            "-0.3",
            "1013.25",
            "0.00005",
            "123456789.123",
            "99999999999999",
            "0.035",
        ] {
            let exact = dec(text);
            let float: f64 = text.parse().unwrap();
            assert_eq!(to_f64(exact), float, "{text} to float");
            assert_eq!(from_f64(float).unwrap(), exact, "{text} from float");
        }
        assert_eq!(from_f64(f64::NAN), None);
        assert_eq!(from_f64(f64::INFINITY), None);
    }

    #[test]
    fn a_mean_of_nothing_is_missing() {
        assert_eq!(mean([]), None);
        assert_eq!(mean([dec("60.4"), dec("60.6")]), Some(dec("60.5")));
    }
}

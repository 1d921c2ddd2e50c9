//! Means and rounding before a class is given (环办〔2011〕22号; 环办监测函〔2020〕82号): average, round, then class.

use lanbi_model::{Decimal, decimal};
use rust_decimal::RoundingStrategy;

/// Decimals kept of a mean pH; more than any evaluation looks at, fewer than the binary float can spoil.
pub(super) const PH_DECIMALS: u32 = 6;

/// The mean pH by hydrogen ions, −lg of the mean of 10^−pH; none for no values.
///
/// Logarithms have no exact decimal, so this one mean is computed on binary floats and rounded to six decimals.
#[must_use]
pub fn mean_ph(values: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    let (mut sum, mut n) = (0.0, 0_u32);
    for value in values {
        sum += 10_f64.powf(-decimal::to_f64(value));
        n += 1;
    }
    if n == 0 {
        return None;
    }
    let mean = -(sum / f64::from(n)).log10();
    decimal::from_f64(mean).map(|mean| decimal::round_half_even(mean, PH_DECIMALS))
}

/// Rounds half to even at `decimals`; what would become zero keeps one significant digit.
#[must_use]
pub fn round_for_evaluation(value: Decimal, decimals: u32) -> Decimal {
    let rounded = decimal::round_half_even(value, decimals);
    if !rounded.is_zero() {
        return rounded;
    }
    value.round_sf_with_strategy(1, RoundingStrategy::MidpointNearestEven).unwrap_or(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn rounding_keeps_one_digit_where_nothing_would_be_left() {
        let check = |value: &str, decimals: u32, expected: &str| {
            assert_eq!(round_for_evaluation(dec(value), decimals), dec(expected), "{value} at {decimals}");
        };
        check("0.0034", 3, "0.003");
        check("0.0035", 3, "0.004");
        check("0.0045", 3, "0.004");
        check("0.00005", 3, "0.00005");
        check("0.000347", 3, "0.0003");
        check("0.0005", 3, "0.0005");
        check("0", 3, "0");
        check("9.4", 0, "9");
        check("0.006", 2, "0.01");
    }

    #[test]
    fn ph_is_averaged_by_hydrogen_ions() {
        let mean = mean_ph(["6.5", "7.9", "8.8", "9.0", "6.78", "8.87"].map(dec)).unwrap();
        assert_eq!(decimal::round_half_even(mean, 4), dec("7.0803"));
        assert_eq!(mean_ph([dec("7.25"), dec("7.25")]), Some(dec("7.25")));
        assert_eq!(mean_ph([]), None);
    }
}

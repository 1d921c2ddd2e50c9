//! Measured values as whole numbers: what long histories are added up from, exactly and without the cost of decimals.

use lanbi_model::{Decimal, decimal::round_half_even};

/// Decimals that are kept of a value; no instrument gives as many.
pub(crate) const DECIMALS: u32 = 9;

/// The largest value that is taken, far above any plausible ceiling; sums of years of it fit.
const LARGEST: i64 = 1_000_000;

/// Billionths in one unit of the last of so many decimals.
const BILLIONTHS: [i64; 10] =
    [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Stands for no value in a table of whole numbers.
pub(crate) const MISSING: i64 = i64::MIN;

/// A value as a whole number of billionths of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixedValue(pub(crate) i64);

impl FixedValue {
    /// Takes a decimal, half to even at nine decimals; none for what is beyond a million.
    #[must_use]
    pub fn from_decimal(value: Decimal) -> Option<Self> {
        if value.abs() > Decimal::from(LARGEST) {
            return None;
        }
        let mut fixed = round_half_even(value, DECIMALS);
        fixed.rescale(DECIMALS);
        i64::try_from(fixed.mantissa()).ok().map(Self)
    }

    /// Takes `digits` divided by ten to the power `places`; none for more than nine places and beyond a million.
    #[must_use]
    pub fn from_digits(digits: i64, places: u32) -> Option<Self> {
        let power = BILLIONTHS.get(usize::try_from(places).ok()?)?;
        let fixed = digits.checked_mul(*power)?;
        (fixed.unsigned_abs() <= LARGEST.unsigned_abs() * 1_000_000_000).then_some(Self(fixed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn values_are_kept_to_the_billionth() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(FixedValue::from_decimal(dec(text)).map(|v| v.0), expected, "{text}");
        };
        check("35.5", Some(35_500_000_000));
        check("-0.3", Some(-300_000_000));
        check("0.0000000025", Some(2));
        check("0.0000000035", Some(4));
        check("1000000", Some(1_000_000_000_000_000));
        check("1000001", None);
        assert_eq!(FixedValue::from_digits(355, 1), FixedValue::from_decimal(dec("35.5")));
        assert_eq!(FixedValue::from_digits(1, 10), None);
        assert_eq!(FixedValue::from_digits(1_000_001, 0), None);
    }
}

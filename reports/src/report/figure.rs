//! One printed number: an exact decimal with its unit, or the sign for why there is none.
//!
//! HJ 633-2026, note under Tables 4 and 5: a missing item is printed `NA`, one the site does not measure by design `/`.

use lanbi_model::{Decimal, Parameter, decimal::round_half_even};
use serde::Serialize;

/// A measured item as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// There is a valid value.
    Value(Decimal),
    /// It should be there and is missing or invalid: `NA`.
    Missing,
    /// The station does not measure it by design: `/`.
    NotEquipped,
}

impl From<Option<Decimal>> for Reading {
    fn from(value: Option<Decimal>) -> Self {
        value.map_or(Self::Missing, Self::Value)
    }
}

impl Reading {
    /// The value if there is one.
    #[must_use]
    pub const fn value(self) -> Option<Decimal> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::NotEquipped => None,
        }
    }
}

/// A parameter with its value and the decimals it is printed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Parameter; gives the unit.
    pub parameter: Parameter,
    /// Value in the parameter's unit.
    pub reading: Reading,
    /// Decimals for printing, half to even: those of the standard that assessed the value.
    pub decimals: u32,
}

impl Measured {
    /// A value with the decimals of a single value of its parameter.
    #[must_use]
    pub fn new(parameter: Parameter, reading: impl Into<Reading>) -> Self {
        Self { parameter, reading: reading.into(), decimals: parameter.decimals() }
    }

    /// The same value with other decimals.
    #[must_use]
    pub const fn with_decimals(self, decimals: u32) -> Self {
        Self { decimals, ..self }
    }

    /// As printed.
    #[must_use]
    pub fn figure(&self) -> Figure {
        Figure::reading(self.reading, self.decimals, self.parameter.unit().symbol())
    }
}

/// One printed number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The decimal as printed; none where there is no value.
    pub value: Option<String>,
    /// Unit; empty for counts and indices.
    pub unit: &'static str,
    /// What stands in place of a value: `NA`, `/` or `—`; empty where there is one.
    pub sign: &'static str,
}

impl Figure {
    /// A reading, rounded half to even and padded to `decimals`.
    #[must_use]
    pub fn reading(reading: Reading, decimals: u32, unit: &'static str) -> Self {
        match reading {
            Reading::Value(value) => Self { value: Some(fixed(value, decimals)), unit, sign: "" },
            Reading::Missing => Self { value: None, unit, sign: "NA" },
            Reading::NotEquipped => Self { value: None, unit, sign: "/" },
        }
    }

    /// A value that may be missing, printed as it is.
    #[must_use]
    pub fn plain(value: Option<Decimal>, unit: &'static str) -> Self {
        match value {
            Some(value) => Self { value: Some(value.to_string()), unit, sign: "" },
            None => Self { value: None, unit, sign: "NA" },
        }
    }

    /// An index or level number; `NA` where it may not be published.
    #[must_use]
    pub fn index(value: Option<u32>) -> Self {
        Self::plain(value.map(Decimal::from), "")
    }

    /// A count.
    #[must_use]
    pub fn count(value: impl Into<Decimal>) -> Self {
        Self { value: Some(value.into().to_string()), unit: "", sign: "" }
    }

    /// The share `part / whole` in percent with one decimal; a dash where the whole is empty.
    #[must_use]
    pub fn percent(part: u64, whole: u64) -> Self {
        match share(part, whole) {
            Some(share) => Self { value: Some(fixed(share, 1)), unit: "%", sign: "" },
            None => Self::dash(),
        }
    }

    /// Nothing to print here.
    #[must_use]
    pub const fn dash() -> Self {
        Self { value: None, unit: "", sign: "—" }
    }

    /// Value with unit, for sentences: `35 μg/m³`; the sign alone where there is no value.
    #[must_use]
    pub fn with_unit(&self) -> String {
        match (&self.value, self.unit) {
            (Some(value), "" | "无量纲") => value.clone(),
            (Some(value), "%" | "天") => format!("{value}{}", self.unit),
            (Some(value), unit) => format!("{value} {unit}"),
            (None, _) => self.sign.to_owned(),
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.value.as_deref().unwrap_or(self.sign))
    }
}

/// The decimal with exactly `decimals` places, half to even (GB/T 8170-2008, 3.2).
///
/// A value that would print as zero keeps one significant digit, as the rounding rule of surface-water evaluation asks
/// (环办监测函〔2020〕82号).
#[must_use]
pub fn fixed(value: Decimal, decimals: u32) -> String {
    let rounded = round_half_even(value, decimals);
    let places = usize::try_from(decimals).unwrap_or(0);
    if rounded.is_zero() && !value.is_zero() {
        return value
            .round_sf_with_strategy(1, rust_decimal::RoundingStrategy::MidpointNearestEven)
            .unwrap_or(value)
            .normalize()
            .to_string();
    }
    // A value that rounds to nothing from below is printed without its sign.
    let rounded = if rounded.is_zero() { Decimal::ZERO } else { rounded };
    format!("{rounded:.places$}")
}

/// `part / whole` in percent, one decimal, half to even; none where the whole is empty.
#[must_use]
pub fn share(part: u64, whole: u64) -> Option<Decimal> {
    (whole > 0).then(|| round_half_even(Decimal::from(part) * Decimal::ONE_HUNDRED / Decimal::from(whole), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_exactly_the_places_of_the_standard() {
        let check = |value: &str, decimals, expected| {
            assert_eq!(fixed(value.parse().unwrap(), decimals), expected, "{value} at {decimals}");
        };
        check("60.5", 0, "60");
        check("35.5", 0, "36");
        check("2", 1, "2.0");
        check("0.0034", 3, "0.003");
        check("0.00005", 3, "0.00005");
        check("0", 2, "0.00");
        check("-120.4", 0, "-120");
    }

    #[test]
    fn missing_and_not_equipped_stay_different() {
        let figure = |reading| Measured { parameter: Parameter::Co, reading, decimals: 1 }.figure();
        assert_eq!(figure(Reading::Missing).to_string(), "NA");
        assert_eq!(figure(Reading::NotEquipped).to_string(), "/");
        assert_eq!(figure(Reading::Value(Decimal::ONE)).with_unit(), "1.0 mg/m³");
        assert_eq!(Figure::percent(1, 3).with_unit(), "33.3%");
        assert_eq!(Figure::percent(0, 0).to_string(), "—");
    }
}

//! How the values of one parameter become one value: most are averaged, rain is summed, wind directions are averaged
//! as vectors and pH as hydrogen ions.
//!
//! Decimal arithmetic is exact. Only directions and pH need binary functions (sine, power of ten); a direction is
//! rounded half to even at [`ROUNDED_AT`] decimals, far beyond any instrument, so that it is the same on every machine;
//! the mean pH is rounded where it is computed.

use crate::water::mean_ph;
use lanbi_model::{
    Decimal, Parameter,
    decimal::{from_f64, round_half_even, to_f64},
};

/// Decimals of what can only be computed in binary.
pub const ROUNDED_AT: u32 = 4;

/// Shortest mean wind vector that still has a direction; opposite winds cancel to rounding noise below it.
const NO_DIRECTION: f64 = 1e-9;

/// The way values of a parameter are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// Arithmetic mean (GB 3095-2026, 3.7-3.13; water: 环办〔2011〕22号).
    Mean,
    /// Sum: rain falls in addition to earlier rain.
    Sum,
    /// Direction of the mean unit vector, in degrees from 0 up to 360; none where the directions cancel.
    Direction,
    /// -log10 of the mean hydrogen ion activity: pH is a logarithm, its arithmetic mean has no meaning
    /// (环办监测函〔2020〕82号, one source).
    HydrogenIon,
}

impl Combine {
    /// The way of a parameter.
    #[must_use]
    pub const fn of(parameter: Parameter) -> Self {
        match parameter {
            Parameter::Rain => Self::Sum,
            Parameter::WindDirection => Self::Direction,
            Parameter::Ph => Self::HydrogenIon,
            _ => Self::Mean,
        }
    }

    /// One value for many; none for no values, for directions that cancel, and where the sum does not fit a decimal.
    #[must_use]
    pub fn apply(self, values: &[Decimal]) -> Option<Decimal> {
        let count = u32::try_from(values.len()).ok().filter(|&n| n > 0)?;
        match self {
            Self::Mean => sum(values)?.checked_div(Decimal::from(count)),
            Self::Sum => sum(values),
            Self::Direction => direction(values, count),
            Self::HydrogenIon => mean_ph(values.iter().copied()),
        }
    }

    /// Whether a smallest and a largest value mean anything.
    #[must_use]
    pub const fn is_ordered(self) -> bool {
        !matches!(self, Self::Direction)
    }
}

/// Values of one parameter summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The combined value, not rounded.
    pub value: Option<Decimal>,
    /// Smallest value; none for directions.
    pub min: Option<Decimal>,
    /// Largest value; none for directions.
    pub max: Option<Decimal>,
    /// Number of values.
    pub count: u32,
}

impl Tally {
    /// Sums up values the way of their parameter.
    #[must_use]
    pub fn of(parameter: Parameter, values: &[Decimal]) -> Self {
        let combine = Combine::of(parameter);
        let ordered = combine.is_ordered();
        Self {
            value: combine.apply(values),
            min: values.iter().copied().min().filter(|_| ordered),
            max: values.iter().copied().max().filter(|_| ordered),
            count: u32::try_from(values.len()).unwrap_or(u32::MAX),
        }
    }
}

/// The sum; none where it does not fit. Devices do send absurd numbers, and an overflow must not end the program.
fn sum(values: &[Decimal]) -> Option<Decimal> {
    values.iter().try_fold(Decimal::ZERO, |sum, &value| sum.checked_add(value))
}

fn direction(degrees: &[Decimal], count: u32) -> Option<Decimal> {
    let (east, north) = degrees.iter().fold((0.0, 0.0), |(east, north), &degree| {
        let (sin, cos) = to_f64(degree).to_radians().sin_cos();
        (east + sin, north + cos)
    });
    if f64::hypot(east, north) / f64::from(count) < NO_DIRECTION {
        return None;
    }
    let angle = round_half_even(from_f64(east.atan2(north).to_degrees())?, ROUNDED_AT);
    let full = Decimal::from(360);
    let angle = if angle < Decimal::ZERO { angle + full } else { angle };
    Some(if angle >= full { angle - full } else { angle }.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parameter: Parameter, values: &[&str], expected: Option<&str>) {
        let values: Vec<Decimal> = values.iter().map(|v| v.parse().unwrap()).collect();
        let expected: Option<Decimal> = expected.map(|e| e.parse().unwrap());
        assert_eq!(Combine::of(parameter).apply(&values), expected, "{parameter} {values:?}");
    }

    #[test]
    fn means_are_exact() {
        check(Parameter::Pm25, &["60.4", "60.6"], Some("60.5"));
        check(Parameter::Co, &["0.1", "0.2", "0.2"], Some("0.1666666666666666666666666667"));
        check(Parameter::Pm25, &[], None);
    }

    #[test]
    fn rain_is_summed() {
        check(Parameter::Rain, &["0.5", "0", "1.2"], Some("1.7"));
        check(Parameter::Rain, &[], None);
    }

    #[test]
    fn directions_are_averaged_over_north() {
        check(Parameter::WindDirection, &["350", "10"], Some("0"));
        check(Parameter::WindDirection, &["350", "350", "350"], Some("350"));
        check(Parameter::WindDirection, &["90", "180"], Some("135"));
        check(Parameter::WindDirection, &["0", "180"], None);
        check(Parameter::WindDirection, &["0", "90", "180", "270"], None);
    }

    /// Test vector of a public library for 环办监测函〔2020〕82号: the arithmetic mean would be 7.975.
    #[test]
    fn ph_is_averaged_as_hydrogen_ions() {
        check(Parameter::Ph, &["6.5", "7.9", "8.8", "9.0", "6.78", "8.87"], Some("7.080304"));
        check(Parameter::Ph, &["7.2", "7.2"], Some("7.2"));
    }

    #[test]
    fn an_absurd_value_gives_no_mean_and_no_end_of_the_program() {
        let largest = Decimal::MAX.to_string();
        check(Parameter::Pm25, &[&largest, &largest], None);
        check(Parameter::Ph, &[&largest, &largest], None);
    }
}

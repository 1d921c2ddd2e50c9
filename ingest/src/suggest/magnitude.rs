//! Whether numbers rather speak of another unit than their code has.
//!
//! The table of HJ 212-2017, Appendix B is not what all devices send: particles come in ng/m³ as well as in μg/m³,
//! gases in μg/m³ where the table has mg/m³, pressure in hPa or kPa, conductivity in mS/cm or μS/cm. Here stand the
//! magnitudes that ambient air and surface water can have; they are no limits of any standard. A doubt is a hint for a
//! person, nothing is converted by it.

use lanbi_model::{Decimal, Parameter, Unit};

use Parameter as P;
use Unit as U;

/// What numbers probably are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Median as sent.
    pub median: Decimal,
    /// Unit by the code or key.
    pub unit: Unit,
    /// The unit in which the median has a magnitude that occurs.
    pub probably: Unit,
}

/// A magnitude in thousandths of the parameter's own unit, both ends inside, and the units that devices send, the more
/// usual first.
struct Magnitude {
    parameters: &'static [Parameter],
    least: i64,
    largest: i64,
    units: &'static [Unit],
}

const MAGNITUDES: &[Magnitude] = &[
    Magnitude {
        parameters: &[P::Pm25, P::Pm10],
        least: 500,
        largest: 2_000_000,
        units: &[U::NanogramPerCubicMetre, U::MicrogramPerCubicMetre, U::MilligramPerCubicMetre],
    },
    Magnitude {
        parameters: &[P::So2, P::No2, P::O3],
        least: 100,
        largest: 2_000_000,
        units: &[U::MicrogramPerCubicMetre, U::MilligramPerCubicMetre],
    },
    Magnitude {
        parameters: &[P::Co],
        least: 10,
        largest: 100_000,
        units: &[U::MicrogramPerCubicMetre, U::MilligramPerCubicMetre],
    },
    Magnitude {
        parameters: &[P::AirPressure],
        least: 500_000,
        largest: 1_100_000,
        units: &[U::Hectopascal, U::Kilopascal, U::Pascal],
    },
    Magnitude {
        parameters: &[P::Conductivity],
        least: 20_000,
        largest: 100_000_000,
        units: &[U::MillisiemensPerCentimetre, U::MicrosiemensPerCentimetre],
    },
];

/// The doubt in a median, where there is one: as read it does not occur, in another unit it does. Zero tells nothing.
pub(super) fn doubt((parameter, unit): (Parameter, Unit), median: Decimal) -> Option<Doubt> {
    let magnitude = MAGNITUDES.iter().find(|magnitude| magnitude.parameters.contains(&parameter))?;
    let occurs = |unit: Unit| {
        unit.convert(median, parameter.unit()).is_some_and(|value| {
            (Decimal::new(magnitude.least, 3)..=Decimal::new(magnitude.largest, 3)).contains(&value)
        })
    };
    if median <= Decimal::ZERO || occurs(unit) {
        return None;
    }
    let probably = magnitude.units.iter().copied().find(|&other| occurs(other))?;
    Some(Doubt { median, unit, probably })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_another_unit_are_noticed() {
        let check = |parameter: P, unit: U, median: &str, expected: Option<U>| {
            let found = doubt((parameter, unit), median.parse().unwrap()).map(|doubt| doubt.probably);
            assert_eq!(found, expected, "{parameter} {median} {}", unit.key());
        };
        let (ng, ug, mg) = (U::NanogramPerCubicMetre, U::MicrogramPerCubicMetre, U::MilligramPerCubicMetre);
        check(P::Pm25, ug, "35", None);
        check(P::Pm25, ug, "2000", None);
        check(P::Pm25, ug, "2001", Some(ng));
        check(P::Pm10, ug, "0.035", Some(mg));
        check(P::Pm25, ug, "0", None);
        check(P::Pm25, ug, "-3", None);
        check(P::O3, mg, "0.08", None);
        check(P::O3, mg, "80", Some(ug));
        check(P::No2, ug, "0.04", Some(mg));
        check(P::Co, mg, "0.6", None);
        check(P::Co, mg, "101", Some(ug));
        check(P::AirPressure, U::Kilopascal, "101.3", None);
        check(P::AirPressure, U::Kilopascal, "1002", Some(U::Hectopascal));
        check(P::AirPressure, U::Hectopascal, "101325", Some(U::Pascal));
        check(P::Conductivity, U::MicrosiemensPerCentimetre, "7.8", Some(U::MillisiemensPerCentimetre));
        check(P::Conductivity, U::MicrosiemensPerCentimetre, "300", None);
        check(P::Tp, U::MilligramPerLitre, "99999", None);
    }
}

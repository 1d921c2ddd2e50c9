//! Gases at another reference state: since 2018-09-01 they are reported at 298.15 K, before at 0 °C (GB 3095-2012 and its 2018
//! amendment; GB 3095-2026, 4.3). Limits did not move with it, so a figure is judged as it was reported; only a comparison across
//! the date wants one state.

use lanbi_model::standard::AirStandard;
use lanbi_model::{Decimal, Parameter};

use super::period_statistics::AirDay;

/// Whether an item's concentration depends on the reference state; particles are reported at ambient conditions.
#[must_use]
pub const fn is_gas(item: Parameter) -> bool {
    matches!(item, Parameter::So2 | Parameter::No2 | Parameter::Co | Parameter::O3 | Parameter::O3EightHour)
}

/// The day with its gases at `kelvin` instead of the state that `standard` gives for the day: a volume grows with its
/// temperature, so a concentration falls by the ratio of the two. None where the day's state is not known.
#[must_use]
pub fn at_reference(day: &AirDay, standard: &AirStandard, kelvin: Decimal) -> Option<AirDay> {
    let reported = standard.reference_kelvin(day.day)?;
    let mut converted = *day;
    if reported != kelvin {
        for (item, value) in Parameter::AQI.into_iter().zip(&mut converted.values.0) {
            if let Some(value) = value.as_mut().filter(|_| is_gas(item)) {
                *value = value.checked_mul(reported)?.checked_div(kelvin)?;
            }
        }
    }
    Some(converted)
}

#[cfg(test)]
mod tests {
    use super::super::assess::Concentrations;
    use super::super::test_law::standard;
    use super::*;

    #[test]
    fn gases_of_the_old_state_shrink_and_particles_stay() {
        let law = standard(35, 70);
        let check = |day: &str, kelvin: &str, ozone: &str| {
            let values = Concentrations([Some(Decimal::ONE_HUNDRED); 6]);
            let day = AirDay { day: day.parse().unwrap(), values };
            let [pm25, pm10, gases @ ..] =
                at_reference(&day, &law, kelvin.parse().unwrap()).unwrap().values.0;
            assert_eq!([pm25, pm10], [Some(Decimal::ONE_HUNDRED); 2]);
            let rounded = gases.map(|gas| gas.map(|v| v.round_dp(3).normalize().to_string()));
            assert_eq!(rounded, [const { None::<String> }; 4].map(|_| Some(ozone.to_owned())));
        };
        check("2018-08-31", "298.15", "91.615");
        check("2018-09-01", "298.15", "100");
        check("2018-09-01", "273.15", "109.152");
        check("2018-08-31", "273.15", "100");
        let before = AirDay { day: "1969-12-31".parse().unwrap(), values: Concentrations::default() };
        assert_eq!(at_reference(&before, &law, Decimal::from(298)), None);
    }
}

//! Values that cannot be: outside the plausible range (`RANGE`), or below zero where nature has no negative
//! (`NEGATIVE`).
//!
//! Zero and a little below it are noise of an instrument in clean air, not an error: HJ 817-2018 and HJ 818-2018 keep zero
//! and negative values within the instrument's performance. Such a value is marked (`LOW_LEVEL`), stays valid and counts as
//! sent. That statistics take a small value instead (2 ug/m³, or half the detection limit) is recalled and not confirmed;
//! the mark shows which values it would concern.

use lanbi_model::{Decimal, Flags, Parameter, standard::Plausible};

use super::settings::QcSettings;

/// Flags of a single value. Both ends of the plausible range are inside; no range means any size is plausible.
#[must_use]
pub fn flag_range(
    parameter: Parameter,
    value: Decimal,
    plausible: Option<&Plausible>,
    settings: &QcSettings,
) -> Flags {
    let mut flags = Flags::empty();
    if value <= Decimal::ZERO && settings.zero_noise.get(&parameter).is_some_and(|lowest| value >= *lowest) {
        return Flags::LOW_LEVEL;
    }
    if value < Decimal::ZERO && !parameter.may_be_negative() {
        flags |= Flags::NEGATIVE;
    }
    if plausible.is_some_and(|range| value < range.low || range.high < value) {
        flags |= Flags::RANGE;
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::test_settings::settings;

    fn check(parameter: Parameter, value: &str, range: Option<(i64, i64)>, expected: Flags) {
        let plausible =
            range.map(|(low, high)| Plausible { low: Decimal::from(low), high: Decimal::from(high) });
        let flags = flag_range(parameter, value.parse().unwrap(), plausible.as_ref(), &settings());
        assert_eq!(flags, expected, "{parameter} {value}");
    }

    #[test]
    fn a_mark_for_noise_keeps_a_value_valid() {
        assert!(Flags::LOW_LEVEL.is_valid());
        assert!(!Flags::DOUBTFUL.contains(Flags::LOW_LEVEL));
    }

    #[test]
    fn impossible_values_are_flagged_and_noise_is_marked() {
        let air = Some((0, 1000));
        check(Parameter::Pm25, "35", air, Flags::empty());
        check(Parameter::Pm25, "0.1", air, Flags::empty());
        check(Parameter::Pm25, "0", air, Flags::LOW_LEVEL);
        check(Parameter::Pm25, "1000", air, Flags::empty());
        check(Parameter::Pm25, "1000.1", air, Flags::RANGE);
        check(Parameter::Pm25, "-5", air, Flags::LOW_LEVEL);
        check(Parameter::Pm25, "-5.1", air, Flags::NEGATIVE | Flags::RANGE);
        check(Parameter::Pm25, "-5.1", None, Flags::NEGATIVE);
        check(Parameter::Co, "-0.6", None, Flags::NEGATIVE);
        check(Parameter::Nh3n, "-0.001", Some((0, 300)), Flags::NEGATIVE | Flags::RANGE);
        check(Parameter::Rain, "0", Some((0, 500)), Flags::empty());
        check(Parameter::Nh3n, "0", Some((0, 300)), Flags::empty());
        check(Parameter::AirTemperature, "-18", Some((-50, 50)), Flags::empty());
        check(Parameter::AirTemperature, "-51", Some((-50, 50)), Flags::RANGE);
        check(Parameter::Orp, "-300", None, Flags::empty());
        check(Parameter::Tp, "99999", None, Flags::empty());
    }
}

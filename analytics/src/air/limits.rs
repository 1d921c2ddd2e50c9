//! Comparison with the limits of GB 3095. A value equal to its limit attains it.

use lanbi_model::standard::{AirStandard, LimitTime};
use lanbi_model::{Decimal, Parameter, decimal};

/// Decimals of an exceedance multiple of the air, as official monthly reports print it.
pub const MULTIPLE_DECIMALS: u32 = 2;

/// Functional class of an area (GB 3095-2026, 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AirClass {
    /// 一类区: parks and reserves, 一级 limits.
    One,
    /// 二类区: where people live and work, 二级 limits.
    Two,
}

/// A value above its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitExceedance {
    /// Item.
    pub parameter: Parameter,
    /// The value compared, ug/m³ (CO mg/m³).
    pub value: Decimal,
    /// The limit it exceeds.
    pub limit: Decimal,
    /// Exceedance multiple, see [`exceedance_multiple`].
    pub multiple: Decimal,
}

/// `(value − limit) / limit`, half to even at two decimals; none where the limit is not exceeded or is zero.
#[must_use]
pub fn exceedance_multiple(value: Decimal, limit: Decimal) -> Option<Decimal> {
    let multiple = (value > limit).then(|| (value - limit).checked_div(limit)).flatten()?;
    Some(decimal::round_half_even(multiple, MULTIPLE_DECIMALS))
}

/// The values above the limits of one averaging time, in the order given. Items without such a limit (PM has none for
/// an hour) are passed over. The daily maximum 8-hour mean of ozone goes under [`Parameter::O3EightHour`].
#[must_use]
pub fn limit_exceedances(
    standard: &AirStandard,
    time: LimitTime,
    class: AirClass,
    values: &[(Parameter, Decimal)],
) -> Vec<LimitExceedance> {
    let exceedance = |&(parameter, value): &(Parameter, Decimal)| {
        let [one, two] = *standard.limits.get(&(parameter, time))?;
        let limit = match class {
            AirClass::One => one,
            AirClass::Two => two,
        };
        let multiple = exceedance_multiple(value, limit)?;
        Some(LimitExceedance { parameter, value, limit, multiple })
    };
    values.iter().filter_map(exceedance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Multiples printed by Tianjin's monthly reports 2016-2022.
    #[test]
    fn multiples_are_those_of_published_reports() {
        let check = |value: i64, limit: i64, expected: Option<&str>| {
            let expected = expected.map(|text| text.parse().unwrap());
            assert_eq!(exceedance_multiple(value.into(), limit.into()), expected, "{value} / {limit}");
        };
        check(54, 35, Some("0.54"));
        check(38, 35, Some("0.09"));
        check(78, 70, Some("0.11"));
        check(56, 40, Some("0.40"));
        check(222, 160, Some("0.39"));
        check(162, 160, Some("0.01"));
        check(160, 160, None);
        check(20, 35, None);
        check(1, 0, None);
    }
}

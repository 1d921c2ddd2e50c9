//! What the duty officer reads about a limit: `示例1号排污口 氨氮 小时值 6.52mg/L，超过限值 1.5mg/L，超标3.35倍`.

use lanbi_model::{Decimal, Parameter, Unit, decimal::round_half_even};

use super::test::Test;

/// Stands behind the text of an alarm that nobody saw at its time.
pub(super) const FOUND_LATER: &str = "（迟到或修订数据补判）";

/// Stands behind the text of an alarm whose beginning, end or worst value is another one than at its time.
pub(super) const CORRECTED: &str = "（迟到或修订数据更正）";

/// Decimals of an exceedance multiple (as official reports print it; half to even, GB/T 8170).
const MULTIPLE_DECIMALS: u32 = 2;

/// A value with its unit: as sent, a computed mean with one decimal more than a single value; pH stands without a unit.
pub(super) fn quantity(parameter: Parameter, value: Decimal) -> String {
    let unit = match parameter.unit() {
        Unit::PhUnit => "",
        unit => unit.symbol(),
    };
    format!("{}{unit}", round_half_even(value, parameter.decimals() + 1).normalize())
}

/// The sentence about a value in breach.
pub(super) fn breach(station: &str, label: &str, parameter: Parameter, value: Decimal, test: Test) -> String {
    let shown = |value| quantity(parameter, value);
    let verdict = match test {
        Test::Above(limit) => {
            let multiple =
                multiple(parameter, value, limit).map_or_else(String::new, |m| format!("，超标{m}倍"));
            format!("超过限值 {}{multiple}", shown(limit))
        }
        Test::Below(limit) => format!("低于限值 {}", shown(limit)),
        Test::Outside { low, high } => format!("超出范围 {}～{}", low.normalize(), shown(high)),
    };
    format!("{station} {label} {}，{verdict}", shown(value))
}

/// (C - S) / S, for concentrations only (no multiple for pH, DO and temperature: 环办〔2011〕22号); none where it
/// rounds to zero.
fn multiple(parameter: Parameter, value: Decimal, limit: Decimal) -> Option<Decimal> {
    let concentration = matches!(
        parameter.unit(),
        Unit::MilligramPerLitre
            | Unit::MicrogramPerLitre
            | Unit::MicrogramPerCubicMetre
            | Unit::MilligramPerCubicMetre
    );
    if !concentration || limit <= Decimal::ZERO {
        return None;
    }
    let exact = value.checked_sub(limit)?.checked_div(limit)?;
    Some(round_half_even(exact, MULTIPLE_DECIMALS).normalize()).filter(|m| !m.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_value_limit_and_unit() {
        let dec = |text: &str| text.parse::<Decimal>().unwrap();
        let check = |label: &str, parameter, value: &str, test, expected: &str| {
            assert_eq!(breach("示例1号排污口", label, parameter, dec(value), test), expected);
        };
        check(
            "氨氮 小时值",
            Parameter::Nh3n,
            "6.520",
            Test::Above(dec("1.5")),
            "示例1号排污口 氨氮 小时值 6.52mg/L，超过限值 1.5mg/L，超标3.35倍",
        );
        check(
            "氨氮 小时值",
            Parameter::Nh3n,
            "1.501",
            Test::Above(dec("1.5")),
            "示例1号排污口 氨氮 小时值 1.501mg/L，超过限值 1.5mg/L",
        );
        check(
            "溶解氧",
            Parameter::DissolvedOxygen,
            "1.4",
            Test::Below(dec("2.0")),
            "示例1号排污口 溶解氧 1.4mg/L，低于限值 2mg/L",
        );
        check(
            "pH值",
            Parameter::Ph,
            "9.6",
            Test::Outside { low: dec("6"), high: dec("9") },
            "示例1号排污口 pH值 9.6，超出范围 6～9",
        );
        check(
            "水温",
            Parameter::WaterTemperature,
            "41",
            Test::Above(dec("40")),
            "示例1号排污口 水温 41℃，超过限值 40℃",
        );
    }
}

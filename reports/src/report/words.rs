//! Sentences from numbers, in the wording of official reports. No sentence is kept anywhere else, so a word cannot
//! disagree with its number.

use lanbi_analytics::air::{percent_change, points_change};
use lanbi_model::{Decimal, Parameter};

use super::figure::fixed;

/// Joins with the enumeration comma.
#[must_use]
pub fn list(parts: &[String]) -> String {
    parts.join("、")
}

/// Name of a pollutant in running text: PM2.5 and PM10 by symbol, the rest by Chinese name.
#[must_use]
pub const fn pollutant(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::Pm25 | Parameter::Pm10 => parameter.symbol(),
        Parameter::O3EightHour | Parameter::O3 => "臭氧",
        other => other.zh(),
    }
}

/// Short symbol of an air pollutant in a table; the daily maximum 8-hour mean is printed as O3 (HJ 633-2026, Table 4).
#[must_use]
pub const fn symbol(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::O3EightHour => "O3",
        other => other.symbol(),
    }
}

/// Primary pollutants as printed; ties are all listed (HJ 633-2026, 4.3.1), a dash where there are none.
#[must_use]
pub fn primary(parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return "—".to_owned();
    }
    list(&parameters.iter().map(|p| symbol(*p).to_owned()).collect::<Vec<_>>())
}

/// `同比下降10.9%`, `环比持平`, `同比无可比数据`. `versus` is 同比 or 环比.
#[must_use]
pub fn change(versus: &str, now: Option<Decimal>, before: Option<Decimal>) -> String {
    let Some((now, before)) = now.zip(before) else {
        return format!("{versus}无可比数据");
    };
    if now == before {
        return format!("{versus}持平");
    }
    match percent_change(now, before) {
        None => format!("{versus}无可比数据"),
        Some(change) if change.is_zero() => format!("{versus}基本持平"),
        Some(change) => format!("{versus}{}{}%", direction(change), fixed(change.abs(), 1)),
    }
}

/// The change of a share: `同比上升6.5个百分点`. Both shares are percentages with one decimal.
#[must_use]
pub fn points(versus: &str, now: Option<Decimal>, before: Option<Decimal>) -> String {
    match now.zip(before) {
        None => format!("{versus}无可比数据"),
        Some((now, before)) if now == before => format!("{versus}持平"),
        Some((now, before)) => {
            let change = points_change(now, before);
            format!("{versus}{}{}个百分点", direction(change), fixed(change.abs(), 1))
        }
    }
}

/// The signed change for a table cell: `+7.9%`, `-10.9%`, `0.0%`; a dash where there is nothing to compare.
#[must_use]
pub fn signed_change(now: Option<Decimal>, before: Option<Decimal>) -> String {
    match now.zip(before).and_then(|(now, before)| percent_change(now, before)) {
        None => "—".to_owned(),
        Some(change) if change.is_sign_positive() && !change.is_zero() => format!("+{}%", fixed(change, 1)),
        Some(change) => format!("{}%", fixed(change, 1)),
    }
}

const fn direction(change: Decimal) -> &'static str {
    if change.is_sign_negative() { "下降" } else { "上升" }
}

/// An exceeded item with its multiple, `氨氮(1.3)`; items without a multiple (pH, DO) by name alone
/// (环办〔2011〕22号, main pollutants).
#[must_use]
pub fn exceeded(parameter: Parameter, multiple: Option<Decimal>, decimals: u32) -> String {
    match multiple {
        Some(multiple) => format!("{}({})", parameter.zh(), fixed(multiple, decimals)),
        None => parameter.zh().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Option<Decimal> {
        (!text.is_empty()).then(|| text.parse().unwrap())
    }

    #[test]
    fn changes_are_worded_as_official_reports_do() {
        let check = |now: &str, before: &str, expected: &str| {
            assert_eq!(change("同比", dec(now), dec(before)), expected, "{now} after {before}");
        };
        check("41", "46", "同比下降10.9%");
        check("41", "38", "同比上升7.9%");
        check("41", "41.0", "同比持平");
        check("1000.1", "1000", "同比基本持平");
        check("41", "", "同比无可比数据");
        check("", "41", "同比无可比数据");
        check("41", "0", "同比无可比数据");
        // Dongli 2022-07 as published: 23 to 19.
        check("19", "23", "同比下降17.4%");
    }

    #[test]
    fn shares_change_in_points_not_in_percent() {
        let check = |now: &str, before: &str, expected: &str| {
            assert_eq!(points("环比", dec(now), dec(before)), expected);
        };
        check("77.4", "70.9", "环比上升6.5个百分点");
        check("70.9", "77.4", "环比下降6.5个百分点");
        check("70.9", "70.9", "环比持平");
        check("70.9", "", "环比无可比数据");
    }

    #[test]
    fn table_cells_carry_their_sign() {
        for (now, before, expected) in
            [("41", "38", "+7.9%"), ("41", "46", "-10.9%"), ("5", "5", "0.0%"), ("5", "", "—")]
        {
            assert_eq!(signed_change(dec(now), dec(before)), expected);
        }
    }

    #[test]
    fn exceeded_items_print_their_multiple_where_there_is_one() {
        assert_eq!(exceeded(Parameter::Nh3n, dec("1.3"), 1), "氨氮(1.3)");
        assert_eq!(exceeded(Parameter::DissolvedOxygen, None, 1), "溶解氧");
        assert_eq!(primary(&[Parameter::Pm25, Parameter::O3EightHour]), "PM2.5、O3");
        assert_eq!(primary(&[]), "—");
    }
}

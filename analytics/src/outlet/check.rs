//! One value of an effluent against one limit.

use chrono::{Datelike, NaiveDate};
use lanbi_model::standard::{EffluentLimit, Winter};
use lanbi_model::{Decimal, decimal};

/// Decimals of an exceedance multiple.
const MULTIPLE_DECIMALS: u32 = 2;

/// What a value is a mean of. The limits are day means: an hour above them warns, a day above them exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutletTime {
    /// Hourly value.
    Hour,
    /// Effective day mean.
    Day,
}

/// What decides whether the winter value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// Local day of the value.
    pub day: NaiveDate,
    /// Water temperature in ℃; without it the stricter value holds where the rule goes by temperature.
    pub temperature: Option<Decimal>,
}

/// What follows from a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Within the limit; equal to it is within.
    Within,
    /// 预警: an hourly value beyond the limit of the day.
    Warning,
    /// 超标: a day mean beyond its limit.
    Exceeds,
}

/// The comparison of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutletCheck {
    /// Verdict.
    pub verdict: Verdict,
    /// Lower limit, where there is one (pH).
    pub low: Option<Decimal>,
    /// Upper limit used.
    pub high: Decimal,
    /// Whether `high` is the winter value.
    pub winter: bool,
    /// `(value − limit) / limit` at two decimals, half to even; none within, and none for a band (pH).
    pub multiple: Option<Decimal>,
}

/// Compares a value with its limit, `winter` being the rule of the standard the limit belongs to.
#[must_use]
pub fn check(
    limit: &EffluentLimit,
    winter: Option<Winter>,
    conditions: Conditions,
    time: OutletTime,
    value: Decimal,
) -> OutletCheck {
    let in_winter = winter.is_some_and(|rule| is_winter(rule, conditions));
    let winter_high = limit.winter.filter(|_| in_winter);
    let high = winter_high.unwrap_or(limit.high);
    let beyond = value > high || limit.low.is_some_and(|low| value < low);
    let verdict = match (beyond, time) {
        (false, _) => Verdict::Within,
        (true, OutletTime::Hour) => Verdict::Warning,
        (true, OutletTime::Day) => Verdict::Exceeds,
    };
    let multiple = (beyond && limit.low.is_none())
        .then(|| (value - high).checked_div(high))
        .flatten()
        .map(|m| decimal::round_half_even(m, MULTIPLE_DECIMALS));
    OutletCheck { verdict, low: limit.low, high, winter: winter_high.is_some(), multiple }
}

fn is_winter(rule: Winter, conditions: Conditions) -> bool {
    match rule {
        Winter::Temperature(edge) => conditions.temperature.is_some_and(|t| t <= edge),
        Winter::Dates { from, to } => {
            let day = (conditions.day.month(), conditions.day.day());
            if from <= to { from <= day && day <= to } else { day >= from || day <= to }
        }
    }
}

#[cfg(test)]
mod tests {
    use lanbi_model::Parameter;
    use lanbi_model::standard::Confidence;

    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn ammonia() -> EffluentLimit {
        EffluentLimit {
            parameter: Parameter::Nh3n,
            low: None,
            high: dec("1.5"),
            winter: Some(dec("3.0")),
            confidence: Confidence::Unverified,
        }
    }

    #[test]
    fn the_winter_value_holds_by_date_or_by_temperature() {
        let dates = Winter::Dates { from: (11, 1), to: (3, 31) };
        let cold = Winter::Temperature(dec("12"));
        let check = |rule: Winter, day: &str, temperature: Option<&str>, winter: bool| {
            let conditions = Conditions { day: day.parse().unwrap(), temperature: temperature.map(dec) };
            let result = check(&ammonia(), Some(rule), conditions, OutletTime::Day, dec("2"));
            assert_eq!(result.winter, winter, "{day} {temperature:?}");
            let expected =
                if winter { (Verdict::Within, None) } else { (Verdict::Exceeds, Some(dec("0.33"))) };
            assert_eq!((result.verdict, result.multiple), expected, "{day} {temperature:?}");
        };
        check(dates, "2026-10-31", Some("5"), false);
        check(dates, "2026-11-01", None, true);
        check(dates, "2027-01-15", None, true);
        check(dates, "2027-03-31", None, true);
        check(dates, "2027-04-01", None, false);
        check(cold, "2026-07-01", Some("12"), true);
        check(cold, "2027-01-15", Some("12.1"), false);
        check(cold, "2027-01-15", None, false);
    }

    #[test]
    fn an_hour_warns_and_a_day_exceeds() {
        let day = Conditions { day: "2026-07-01".parse().unwrap(), temperature: None };
        let ph = EffluentLimit {
            parameter: Parameter::Ph,
            low: Some(dec("6")),
            high: dec("9"),
            winter: None,
            confidence: Confidence::Unverified,
        };
        let run = |limit: &EffluentLimit, time, value: &str, verdict, multiple: Option<&str>| {
            let result = check(limit, None, day, time, dec(value));
            assert_eq!((result.verdict, result.multiple), (verdict, multiple.map(dec)), "{value}");
        };
        run(&ammonia(), OutletTime::Day, "1.5", Verdict::Within, None);
        run(&ammonia(), OutletTime::Hour, "1.6", Verdict::Warning, Some("0.07"));
        run(&ammonia(), OutletTime::Day, "3.0", Verdict::Exceeds, Some("1"));
        run(&ph, OutletTime::Day, "6", Verdict::Within, None);
        run(&ph, OutletTime::Day, "5.9", Verdict::Exceeds, None);
        run(&ph, OutletTime::Hour, "9.1", Verdict::Warning, None);
    }
}

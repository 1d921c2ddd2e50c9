//! A day of an outlet: its effective mean against the limit of the day, its hours that warn, its load.
//!
//! Concentrations are weighted by flow, `Σ C·Q / Σ Q`; pH is the arithmetic mean (HJ 356-2019 clause 7, 未核实). A single hour
//! beyond the limit warns, the day exceeds. How many hours make an effective day the standard was not seen to say: the caller
//! gives the number, and a day with fewer is shown and not judged. Nothing is filled; for a day without an effective mean the
//! load of another day may stand (clause 8, 未核实), see [`substitute`].

use chrono::NaiveDate;
use lanbi_model::standard::{EffluentLimit, EffluentStandard, Winter};
use lanbi_model::{Decimal, Parameter, decimal};

use super::check::{Conditions, OutletCheck, OutletTime, Verdict, check};
use super::load::LoadSum;
use crate::aggregate::flow_weighted_mean;

const SECONDS_PER_HOUR: i64 = 3_600;

/// Valid values of an hour; none where there is no valid one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutletHour {
    /// In the parameter's unit.
    pub value: Option<Decimal>,
    /// m³/h; below zero is no discharge.
    pub flow: Option<Decimal>,
}

/// A judged day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutletDay {
    /// Effective day mean; none without an hour to make it of.
    pub mean: Option<Decimal>,
    /// Hours in the mean.
    pub hours: u32,
    /// The mean against its limit; none for a day with too few hours.
    pub check: Option<OutletCheck>,
    /// Hours beyond the limit.
    pub warnings: u32,
    /// Load of the hours with both value and flow; nothing in it for pH.
    pub load: LoadSum,
}

/// Judges a day by its hours, of which `least_hours` make it effective.
#[must_use]
pub fn judge_day(
    limit: &EffluentLimit,
    winter: Option<Winter>,
    conditions: Conditions,
    hours: &[OutletHour],
    least_hours: u32,
) -> OutletDay {
    let values = || hours.iter().filter_map(|hour| hour.value);
    let warns = |value: &Decimal| {
        check(limit, winter, conditions, OutletTime::Hour, *value).verdict == Verdict::Warning
    };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut load = LoadSum::default();
    let (mean, used) = if limit.parameter == Parameter::Ph {
        (decimal::mean(values()), values().count())
    } else {
        let both = hours.iter().filter_map(|hour| hour.value.zip(hour.flow));
        let pairs: Vec<(Decimal, Decimal)> = both.filter(|(_, flow)| *flow >= Decimal::ZERO).collect();
        for (value, flow) in &pairs {
            // An hourly mean in m³/h is the water of that hour. What does not fit a decimal is no measurement.
            let _ = load.add(*value, *flow, SECONDS_PER_HOUR.into());
        }
        // Where nothing flows nothing was measured of the effluent: such an hour has its load, which is none, and no part in the
        // mean, nor in the number of hours that make it effective (HJ 356-2019 as recalled; so do the days of the roll-up).
        let flowing = pairs.iter().filter(|(_, flow)| *flow > Decimal::ZERO).count();
        (flow_weighted_mean(&pairs), flowing)
    };
    let check = mean
        .filter(|_| count(used) >= least_hours)
        .map(|mean| check(limit, winter, conditions, OutletTime::Day, mean));
    OutletDay { mean, hours: count(used), check, warnings: count(values().filter(warns).count()), load }
}

/// A stretch of days between two checks of the instruments (HJ 355-2019).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckPeriod {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Whether the check was passed.
    pub passed: bool,
}

/// The load (kg) that stands for a day without an effective mean: the highest effective day's load of the last passed check
/// period that began before it (HJ 356-2019 clause 8, 未核实). Concentration and flow of the day stay missing.
#[must_use]
pub fn substitute(
    day: NaiveDate,
    periods: &[CheckPeriod],
    loads: &[(NaiveDate, Decimal)],
) -> Option<Decimal> {
    let last = periods.iter().filter(|p| p.passed && p.from < day).max_by_key(|p| p.from)?;
    let within = loads.iter().filter(|(other, _)| last.from <= *other && *other <= last.to && *other != day);
    within.map(|(_, load)| *load).max()
}

/// The clause of limits for single values that hold for an item on a day and whose numbers are not at hand: single values
/// cannot be judged, and the reader is to be told so.
#[must_use]
pub fn unjudged_instantaneous(
    standard: &EffluentStandard,
    parameter: Parameter,
    day: NaiveDate,
) -> Option<&str> {
    let limits = standard.instantaneous.as_ref()?;
    let holds = limits.from <= day && limits.parameters.contains(&parameter);
    holds.then(|| standard.clauses.get("instantaneous").map(String::as_str)).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lanbi_model::standard::{Confidence, Edition, Instantaneous};

    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Hours such as `28.5@410 -@400 30@-`.
    fn hours(text: &str) -> Vec<OutletHour> {
        let hour = |word: &str| {
            let (value, flow) = word.split_once('@').unwrap();
            OutletHour { value: value.parse().ok(), flow: flow.parse().ok() }
        };
        text.split_whitespace().map(hour).collect()
    }

    fn judge(parameter: Parameter, text: &str) -> OutletDay {
        let is_ph = parameter == Parameter::Ph;
        let limit = EffluentLimit {
            parameter,
            low: is_ph.then(|| dec("6")),
            high: dec(if is_ph { "9" } else { "30" }),
            winter: None,
            confidence: Confidence::Unverified,
        };
        let conditions = Conditions { day: day("2026-07-01"), temperature: None };
        judge_day(&limit, None, conditions, &hours(text), 3)
    }

    #[test]
    fn hours_warn_and_the_weighted_day_exceeds() {
        let check = |text: &str, hours: u32, verdict: Option<Verdict>, warnings: u32| {
            let found = judge(Parameter::Cod, text);
            let got = (found.hours, found.check.map(|c| c.verdict), found.warnings);
            assert_eq!(got, (hours, verdict, warnings), "{text}");
        };
        check("28.5@410 31.2@395 26.0@430 35.4@380", 4, Some(Verdict::Exceeds), 2);
        check("28.5@410 31.2@100 26.0@430 35.4@100", 4, Some(Verdict::Within), 2);
        // An hour without flow warns and is not in the mean; one without value is nothing.
        check("28@100 28@100 28@100 90@- -@100", 3, Some(Verdict::Within), 1);
        check("28@100 28@100 90@-", 2, None, 1);
        // Where nothing flows nothing is measured of the effluent, and its load is none.
        check("28@100 28@100 40@0", 2, None, 1);
        assert_eq!(judge(Parameter::Cod, "28@100 40@0").load.coverage(dec("7200")), Decimal::ONE);
        // Water that runs back is no discharge.
        check("28@100 28@100 28@100 90@-50", 3, Some(Verdict::Within), 1);
        check("-@- -@-", 0, None, 0);
        let vector = judge(Parameter::Cod, "28.5@410 31.2@395 26.0@430 35.4@380");
        assert_eq!(vector.load.load_kg(), Some(dec("48.641")));
        assert_eq!(vector.mean.map(|m| decimal::round_half_even(m, 4)), Some(dec("30.1183")));
    }

    #[test]
    fn ph_is_a_plain_mean_against_its_band() {
        let found = judge(Parameter::Ph, "5.8@1 6.2@1000 6.3@- 6.1@5");
        assert_eq!((found.mean, found.hours, found.warnings), (Some(dec("6.1")), 4, 1));
        assert_eq!(found.check.map(|c| c.verdict), Some(Verdict::Within));
        assert_eq!(found.load.load_kg(), None);
    }

    #[test]
    fn the_highest_day_of_the_last_passed_period_stands_for_a_missing_one() {
        let period = |from: &str, to: &str, passed| CheckPeriod { from: day(from), to: day(to), passed };
        let periods = [
            period("2026-01-01", "2026-01-07", true),
            period("2026-01-08", "2026-01-14", true),
            period("2026-01-15", "2026-01-21", false),
        ];
        let loads = [("2026-01-03", "90"), ("2026-01-09", "50"), ("2026-01-12", "60"), ("2026-01-16", "80")];
        let loads = loads.map(|(at, load)| (day(at), dec(load)));
        let check = |at: &str, expected: Option<&str>| {
            assert_eq!(substitute(day(at), &periods, &loads), expected.map(dec), "{at}");
        };
        check("2026-01-10", Some("60"));
        check("2026-01-18", Some("60"));
        check("2026-01-05", Some("90"));
        check("2026-01-01", None);
    }

    #[test]
    fn limits_without_numbers_are_named_from_their_first_day() {
        let standard = EffluentStandard {
            edition: Edition {
                id: "GB18918-2002".to_owned(),
                number: "GB 18918-2002".to_owned(),
                title: String::new(),
                from: day("2003-07-01"),
                until: None,
                jurisdiction: "全国".to_owned(),
                confidence: Confidence::Unverified,
            },
            grades: BTreeMap::new(),
            winter: None,
            instantaneous: Some(Instantaneous { from: day("2026-03-01"), parameters: vec![Parameter::Cod] }),
            clauses: BTreeMap::from([("instantaneous".to_owned(), "修改单：数值未取得".to_owned())]),
        };
        let named = |parameter, at| unjudged_instantaneous(&standard, parameter, day(at));
        assert_eq!(named(Parameter::Cod, "2026-02-28"), None);
        assert_eq!(named(Parameter::Cod, "2026-03-01"), Some("修改单：数值未取得"));
        assert_eq!(named(Parameter::Bod5, "2026-03-01"), None);
    }
}

//! Means of day means over a month, a quarter or a year (GB 3095-2026, 3.10-3.13: month, quarter and year are means of
//! the *daily* means of the calendar period, not of each other).

use chrono::{Datelike, NaiveDate};
use lanbi_model::{DailyMean, Decimal, Parameter, ReportPeriod, Validity, standard::AirValidity};

use super::combine::Tally;

/// How many valid days make the mean of a period valid.
#[derive(Clone, Copy, Debug)]
pub enum Completeness<'a> {
    /// GB 3095-2026, Table 4, see [`shortfalls`].
    Air(&'a AirValidity),
    /// At least this percentage of the days (water; configured, no standard gives it).
    Percent(u32),
}

/// The mean of a period with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodMean {
    /// Mean of the valid day means, not rounded (rain: sum of the days).
    pub value: Option<Decimal>,
    /// Smallest valid day mean.
    pub min: Option<Decimal>,
    /// Largest valid day mean.
    pub max: Option<Decimal>,
    /// Valid days.
    pub days: u32,
    /// Days of the period.
    pub expected: u32,
    /// Whether the days are enough.
    pub validity: Validity,
}

/// The mean of a parameter's valid day means in a period. Pass the days of one station (or one city's city means);
/// other parameters and days are passed over.
#[must_use]
pub fn period_mean(
    parameter: Parameter,
    period: ReportPeriod,
    days: &[DailyMean],
    completeness: Completeness<'_>,
) -> PeriodMean {
    let (first, last) = (period.first(), period.last());
    let valid: Vec<(NaiveDate, Decimal)> = days
        .iter()
        .filter(|d| d.parameter == parameter && first <= d.day && d.day <= last)
        .filter_map(|d| Some((d.day, d.valid_value()?)))
        .collect();
    let values: Vec<Decimal> = valid.iter().map(|(_, value)| *value).collect();
    let tally = Tally::of(parameter, &values);
    let expected = u32::try_from(period.days().count()).unwrap_or(u32::MAX);
    let enough = tally.value.is_some()
        && match completeness {
            Completeness::Air(rule) => {
                let days: Vec<NaiveDate> = valid.iter().map(|(day, _)| *day).collect();
                shortfalls(period, &days, rule).is_empty()
            }
            Completeness::Percent(percent) => {
                u64::from(tally.count) * 100 >= u64::from(expected) * u64::from(percent)
            }
        };
    PeriodMean {
        value: tally.value,
        min: tally.min,
        max: tally.max,
        days: tally.count,
        expected,
        validity: if enough { Validity::Valid } else { Validity::Insufficient },
    }
}

/// Which minimum of GB 3095, Table 4, a period misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Minimum {
    /// Daily values of a month other than February.
    Month,
    /// Daily values of February.
    February,
    /// Daily values of a year.
    Year,
}

impl Minimum {
    /// Word of the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Month => "month_days",
            Self::February => "february_days",
            Self::Year => "year_days",
        }
    }
}

/// A minimum that is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Which.
    pub minimum: Minimum,
    /// The month or the year that is too thin.
    pub within: ReportPeriod,
    /// Days there are.
    pub days: u32,
    /// Days needed.
    pub needed: u32,
}

/// The minimums of GB 3095, Table 4, that valid days miss in a period: every month needs its days (February fewer), a year
/// also its total; a single day needs itself. Days outside the period are passed over, none may be given twice.
///
/// Table 4 names SO2, NO2, PM10, PM2.5 and NOx; that CO and ozone need as many days is inferred. It gives no count for
/// quarters of the basic items; whether their months must be complete is a setting.
#[must_use]
pub fn shortfalls(period: ReportPeriod, valid: &[NaiveDate], rule: &AirValidity) -> Vec<Shortfall> {
    let short = |minimum: Minimum, within: ReportPeriod, needed: u32| {
        let days = valid.iter().filter(|day| within.first() <= **day && **day <= within.last()).count();
        let days = u32::try_from(days).unwrap_or(u32::MAX);
        (days < needed).then_some(Shortfall { minimum, within, days, needed })
    };
    let month = |first: NaiveDate| {
        let (minimum, needed) = match first.month() {
            2 => (Minimum::February, rule.february_days),
            _ => (Minimum::Month, rule.month_days),
        };
        short(minimum, ReportPeriod::Month(first), needed)
    };
    let mut missed: Vec<Shortfall> = match period {
        ReportPeriod::Day(_) => short(Minimum::Month, period, 1).into_iter().collect(),
        ReportPeriod::Quarter(_) if !rule.quarter_by_months => Vec::new(),
        _ => period.days().filter(|day| day.day() == 1).filter_map(month).collect(),
    };
    if let ReportPeriod::Year(_) = period {
        missed.extend(short(Minimum::Year, period, rule.year_days));
    }
    missed
}

#[cfg(test)]
mod tests {
    use super::super::VALIDITY;
    use super::*;
    use lanbi_model::StationId;

    fn day(parameter: Parameter, day: NaiveDate, value: Option<i64>, validity: Validity) -> DailyMean {
        DailyMean {
            station: StationId::new("A"),
            parameter,
            day,
            value: value.map(Decimal::from),
            min: None,
            max: None,
            count: 24,
            expected: 24,
            validity,
        }
    }

    /// Every day of the year has a value, except those for which `missing` (month, day) is true.
    fn check(
        period: &str,
        missing: impl Fn(u32, u32) -> bool,
        completeness: Completeness<'_>,
        expected: (u32, Validity),
    ) {
        let year: ReportPeriod = "2026".parse().unwrap();
        let days: Vec<DailyMean> = year
            .days()
            .filter(|d| !missing(d.month(), d.day()))
            .map(|d| day(Parameter::Pm25, d, Some(i64::from(d.month())), Validity::Valid))
            .collect();
        let mean = period_mean(Parameter::Pm25, period.parse().unwrap(), &days, completeness);
        assert_eq!((mean.days, mean.validity), expected, "{period}");
    }

    #[test]
    fn months_quarters_and_years_need_their_days() {
        use Validity::{Insufficient, Valid};
        let air = Completeness::Air(&VALIDITY);
        check("2026-10", |_, _| false, air, (31, Valid));
        check("2026-10", |_, d| d > 27, air, (27, Valid));
        check("2026-10", |_, d| d > 26, air, (26, Insufficient));
        check("2026-02", |_, d| d > 25, air, (25, Valid));
        check("2026-02", |_, d| d > 24, air, (24, Insufficient));
        check("2026-Q1", |m, d| m == 2 && d > 25, air, (87, Valid));
        check("2026-Q1", |m, d| m == 3 && d > 26, air, (85, Insufficient));
        // 27 days a month and 25 in February are 322: the months pass, the year does not.
        check("2026", |m, d| d > 27 || (m == 2 && d > 25), air, (322, Insufficient));
        check("2026", |m, d| d > 28 || (m == 2 && d > 25), air, (333, Valid));
        // 350 days, but one month is thin.
        check("2026", |m, d| m == 7 && d > 16, air, (350, Insufficient));
        check("2026-10-05", |_, _| false, air, (1, Valid));
        check("2026-10-05", |_, _| true, air, (0, Insufficient));
        check("2026-11", |_, d| d > 18, Completeness::Percent(60), (18, Valid));
        check("2026-11", |_, d| d > 17, Completeness::Percent(60), (17, Insufficient));
        check("2026-11", |_, _| true, Completeness::Percent(0), (0, Insufficient));
    }

    #[test]
    fn only_valid_days_of_the_period_and_parameter_count() {
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        let days = [
            day(Parameter::Pm25, on("2026-09-30"), Some(900), Validity::Valid),
            day(Parameter::Pm25, on("2026-10-01"), Some(10), Validity::Valid),
            day(Parameter::Pm25, on("2026-10-02"), Some(900), Validity::Insufficient),
            day(Parameter::Pm25, on("2026-10-03"), None, Validity::Insufficient),
            day(Parameter::Pm10, on("2026-10-04"), Some(900), Validity::Valid),
            day(Parameter::Pm25, on("2026-10-31"), Some(21), Validity::Valid),
            day(Parameter::Pm25, on("2026-11-01"), Some(900), Validity::Valid),
        ];
        let mean = period_mean(Parameter::Pm25, "2026-10".parse().unwrap(), &days, Completeness::Percent(1));
        assert_eq!(mean.value, Some("15.5".parse().unwrap()));
        assert_eq!((mean.min, mean.max), (Some(Decimal::from(10)), Some(Decimal::from(21))));
        assert_eq!((mean.days, mean.expected), (2, 31));
    }

    /// A year is the mean of its days; the mean of its months would differ.
    #[test]
    fn a_year_is_the_mean_of_days() {
        let days = [("2026-01-01", 10), ("2026-01-02", 10), ("2026-02-01", 40)]
            .map(|(d, v)| day(Parameter::Pm10, d.parse().unwrap(), Some(v), Validity::Valid));
        let year = period_mean(Parameter::Pm10, "2026".parse().unwrap(), &days, Completeness::Air(&VALIDITY));
        assert_eq!(year.value, Some(Decimal::from(20)));
    }
}

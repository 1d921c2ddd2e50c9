//! Times of a series as whole numbers, for tests and slopes: which rows are how far apart, and in which season.
//!
//! Times need not be dates: `1`, `2`, `3` or a name of a campaign stand for their place among the rows. Years alone (`2019`)
//! are read as such where all times of a series are.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use lanbi_model::Zone;

use super::stamp::{Label, Stamp};

/// Unit of time of a slope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Per {
    /// From row to row; from month to month where times are months.
    Step,
    /// 24 hours.
    Day,
    /// A twelfth of a year.
    Month,
    /// A calendar year; between dates 365.2425 days.
    Year,
}

const DAYS_PER_YEAR: f64 = 365.2425;
const MONTHS_PER_YEAR: f64 = 12.0;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// A time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// A date.
    Dated {
        /// For order and distance.
        at: NaiveDateTime,
        /// The day it belongs to.
        day: NaiveDate,
        /// Whether only a month is given.
        is_month: bool,
    },
    /// Four digits; a year if all times of the series are.
    Year(NaiveDate),
    /// Anything else.
    Place,
}

impl Time {
    pub(super) fn parse(text: &str, zone: Zone, label: Label) -> Self {
        if let Some(stamp) = Stamp::parse(text) {
            let day = stamp.day_of_hour(zone, label).unwrap_or(stamp.first_day());
            let at = match stamp {
                Stamp::Moment(at) => at,
                Stamp::Month(first) | Stamp::Day(first) => first.into(),
            };
            return Self::Dated { at, day, is_month: matches!(stamp, Stamp::Month(_)) };
        }
        let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        let first =
            is_year.then(|| text.parse().ok()).flatten().and_then(|y| NaiveDate::from_ymd_opt(y, 1, 1));
        first.map_or(Self::Place, Self::Year)
    }
}

/// A row with a usable time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// On the scale of the slope.
    pub(super) time: i64,
    /// Steps since the first row.
    pub(super) step: i64,
    /// The day it belongs to, where times are dates.
    pub(super) day: Option<NaiveDate>,
}

/// Times of a series on one scale.
#[derive(Debug, PartialEq)]
pub(super) struct Timeline {
    /// One a row; none where the row's time cannot be used.
    pub(super) moments: Vec<Option<Moment>>,
    /// Units of time in the unit asked for; none where times are no dates, and that is asked for.
    pub(super) units: Option<f64>,
}

impl Timeline {
    /// Lays out the rows of a series, in file order.
    pub(super) fn of(times: &[Time], per: Per) -> Self {
        let has_dates = times.iter().any(|time| matches!(time, Time::Dated { .. }));
        let has_years_only = times.iter().all(|time| matches!(time, Time::Year(_)));
        if !has_dates && !has_years_only {
            let places = (0..).zip(times).map(|(step, _)| Some(Moment { time: step, step, day: None }));
            return Self { moments: places.collect(), units: (per == Per::Step).then_some(1.0) };
        }
        let dates: Vec<Option<(NaiveDateTime, NaiveDate, bool)>> = times
            .iter()
            .map(|time| match *time {
                Time::Dated { at, day, is_month } => Some((at, day, is_month)),
                Time::Year(first) if has_years_only => Some((first.into(), first, true)),
                Time::Year(_) | Time::Place => None,
            })
            .collect();
        let known = || dates.iter().flatten();
        let are_months = known().all(|(.., is_month)| *is_month);
        let mut months: Vec<i64> = known().map(|(_, day, _)| month(*day)).collect();
        months.sort_unstable();
        let first = months.first().copied().unwrap_or(0);
        let is_annual = months.iter().all(|month| (month - first) % 12 == 0);
        let counts_months = are_months || is_monthly(&months);
        let mut order: Vec<NaiveDateTime> = known().map(|(at, ..)| *at).collect();
        order.sort_unstable();
        order.dedup();

        let step = |at: NaiveDateTime, day: NaiveDate| match counts_months {
            true if are_months && is_annual => (month(day) - first) / 12,
            true => month(day) - first,
            // Rows of one time share their place.
            false => order.partition_point(|earlier| *earlier < at).try_into().unwrap_or(i64::MAX),
        };
        let moments = dates.iter().map(|date| {
            date.map(|(at, day, _)| {
                let step = step(at, day);
                let time = match per {
                    Per::Step => step,
                    _ if are_months => month(day),
                    _ => at.and_utc().timestamp(),
                };
                Moment { time, step, day: Some(day) }
            })
        });
        let moments = moments.collect();
        let per_year = if are_months { MONTHS_PER_YEAR } else { DAYS_PER_YEAR * SECONDS_PER_DAY };
        let units = match per {
            Per::Step => 1.0,
            Per::Day => per_year / DAYS_PER_YEAR,
            Per::Month => per_year / MONTHS_PER_YEAR,
            Per::Year => per_year,
        };
        Self { moments, units: Some(units) }
    }
}

/// Months since the year 0.
fn month(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// Whether sorted months are those of a monthly sampling: no month twice, and most are followed by the next one.
fn is_monthly(months: &[i64]) -> bool {
    let gaps = || months.windows(2).map(|pair| pair[1] - pair[0]);
    gaps().all(|gap| gap > 0) && 2 * gaps().filter(|gap| *gap == 1).count() > gaps().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(times: &[&str], per: Per) -> Timeline {
        let times: Vec<Time> =
            times.iter().map(|text| Time::parse(text, Zone::shanghai(), Label::End)).collect();
        Timeline::of(&times, per)
    }

    #[test]
    fn steps_count_rows_or_the_months_and_years_there_should_be() {
        let check = |times: &[&str], expected: &[Option<i64>]| {
            let moments = timeline(times, Per::Step).moments;
            let steps: Vec<Option<i64>> = moments.iter().map(|moment| moment.map(|m| m.step)).collect();
            assert_eq!(steps, expected, "{times:?}");
            assert_eq!(moments.iter().map(|moment| moment.map(|m| m.time)).collect::<Vec<_>>(), expected);
        };
        let all = |steps: &[i64]| -> Vec<Option<i64>> { steps.iter().copied().map(Some).collect() };
        check(&["2020-11", "2020-12", "2021-03"], &all(&[0, 1, 4]));
        check(&["2020-01", "2020-03", "2020-05"], &all(&[0, 2, 4]));
        check(&["2021-03", "2020-11", "2020-11"], &all(&[4, 0, 0]));
        // A year is the step where all months are the same.
        check(&["2016-01", "2017-01", "2019-01"], &all(&[0, 1, 3]));
        check(&["2016", "2017", "2019"], &all(&[0, 1, 3]));
        // Sampled once a month, April left out.
        check(&["2020-01-10", "2020-02-07", "2020-03-07", "2020-05-30"], &all(&[0, 1, 2, 4]));
        // Weeks, days and hours are places; rows of one time share theirs.
        check(&["2020-01-10", "2020-01-17", "2020-02-07"], &all(&[0, 1, 2]));
        check(&["2016-12-31", "2017-12-31", "2019-12-31"], &all(&[0, 1, 2]));
        check(&["2020-01-10T02:00", "2020-01-10T01:00", "2020-01-10T02:00"], &all(&[1, 0, 1]));
        // Anything else stands for its place; four digits among other numbers are no year.
        check(&["998", "999", "1000", ""], &all(&[0, 1, 2, 3]));
        check(&["1-01", "1-02", "1-01"], &all(&[0, 1, 2]));
        // Among dates it cannot be used.
        check(&["2020-01-01", "x", "2020", "2020-01-03"], &[Some(0), None, None, Some(1)]);
        check(&[], &[]);
    }

    #[test]
    fn units_turn_the_scale_into_the_one_asked_for() {
        let check = |times: &[&str], per, distance: Option<f64>| {
            let Timeline { moments, units } = timeline(times, per);
            let span = moments[1].unwrap().time - moments[0].unwrap().time;
            let got = units.map(|units| f64::from(i32::try_from(span).unwrap()) / units);
            let near = got.zip(distance).is_none_or(|(got, distance)| (got - distance).abs() < 1e-9);
            assert!(near && got.is_some() == distance.is_some(), "{times:?} {per:?}: {got:?}");
        };
        let months = ["2020-01", "2022-01"];
        check(&months, Per::Step, Some(2.0));
        check(&months, Per::Month, Some(24.0));
        check(&months, Per::Year, Some(2.0));
        check(&months, Per::Day, Some(2.0 * 365.2425));
        check(&["2019", "2022"], Per::Year, Some(3.0));
        let days = ["2020-01-10", "2020-02-09"];
        check(&days, Per::Step, Some(1.0));
        check(&days, Per::Day, Some(30.0));
        check(&days, Per::Month, Some(30.0 / 30.436_875));
        check(&["2020-01-10", "2021-01-09T05:49:12"], Per::Year, Some(1.0));
        check(&["2020-01-10T01:00", "2020-01-10T13:00"], Per::Day, Some(0.5));
        check(&["1", "2"], Per::Step, Some(1.0));
        check(&["1", "2"], Per::Year, None);
    }

    #[test]
    fn midnight_belongs_to_the_month_that_it_closes() {
        let moments = timeline(&["2020-02-01T00:00", "2020-02-01T01:00"], Per::Step).moments;
        let months: Vec<u32> = moments.iter().map(|moment| moment.unwrap().day.unwrap().month()).collect();
        assert_eq!(months, [1, 2]);
    }
}

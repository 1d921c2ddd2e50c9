//! Daily concentrations as a calendar without gaps, in binary numbers for estimates.

use chrono::{Days, Months, NaiveDate};
use lanbi_model::decimal;

use crate::air::AirDay;

/// Six values in the order of [`lanbi_model::Parameter::AQI`].
pub(super) type Six = [Option<f64>; 6];

/// One value a day and item, by position from the first day.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) first: NaiveDate,
    pub(super) days: Vec<Six>,
}

impl Series {
    /// The days that `keep` lets through; of a day given twice the later one counts.
    pub(super) fn of(days: &[AirDay], keep: impl Fn(NaiveDate) -> bool) -> Self {
        let kept = || days.iter().filter(|day| keep(day.day));
        let first = kept().map(|day| day.day).min().unwrap_or_default();
        let mut series = Self { first, days: Vec::new() };
        for AirDay { day, values } in kept() {
            let Some(place) = series.place(*day) else { continue };
            if place >= series.days.len() {
                series.days.resize(place + 1, [None; 6]);
            }
            series.days[place] = values.0.map(|value| value.map(decimal::to_f64));
        }
        series
    }

    /// Position of a day, also beyond the last one; none before the first.
    pub(super) fn place(&self, day: NaiveDate) -> Option<usize> {
        usize::try_from(day.signed_duration_since(self.first).num_days()).ok()
    }

    /// The day at a position.
    pub(super) fn day(&self, place: usize) -> NaiveDate {
        let days = Days::new(u64::try_from(place).unwrap_or(u64::MAX));
        self.first.checked_add_days(days).unwrap_or(NaiveDate::MAX)
    }

    /// The values of a day; nothing outside the series.
    pub(super) fn get(&self, day: NaiveDate) -> Six {
        self.place(day).and_then(|place| self.days.get(place)).copied().unwrap_or([None; 6])
    }
}

/// The same day of the calendar some years earlier, or later for less than zero; 28 February for a 29th that is not there.
pub(super) fn years_before(day: NaiveDate, years: i32) -> NaiveDate {
    let months = Months::new(years.unsigned_abs().saturating_mul(12));
    let moved = if years >= 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) };
    moved.unwrap_or(day)
}

/// A day some days later, or earlier for less than zero.
pub(super) fn moved(day: NaiveDate, days: i64) -> NaiveDate {
    let size = Days::new(days.unsigned_abs());
    let moved = if days >= 0 { day.checked_add_days(size) } else { day.checked_sub_days(size) };
    moved.unwrap_or(day)
}

/// All days from one to another, both included.
pub(super) fn span(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |day| *day <= to)
}

#[cfg(test)]
mod tests {
    use lanbi_model::Decimal;

    use super::*;
    use crate::air::Concentrations;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_lie_at_their_places_and_gaps_are_missing() {
        let air = |text, value: i64| AirDay {
            day: day(text),
            values: Concentrations([Some(Decimal::new(value, 1)), None, None, None, None, None]),
        };
        let series =
            Series::of(&[air("2024-02-28", 305), air("2024-03-01", 20), air("2024-03-02", 1)], |kept| {
                kept < day("2024-03-02")
            });
        assert_eq!((series.days.len(), series.day(2)), (3, day("2024-03-01")));
        let values = ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"]
            .map(|text| series.get(day(text))[0]);
        assert_eq!(values, [None, Some(30.5), None, Some(2.0), None]);
        assert_eq!(Series::of(&[], |_| true).get(day("2024-01-01")), [None; 6]);
    }

    #[test]
    fn a_29th_of_february_has_the_28th_beside_it() {
        let check = |from: &str, years: i32, to: &str| assert_eq!(years_before(day(from), years), day(to));
        check("2024-02-29", 1, "2023-02-28");
        check("2024-02-29", 4, "2020-02-29");
        check("2023-02-28", -1, "2024-02-28");
        check("2024-12-31", 1, "2023-12-31");
        assert_eq!(span(day("2024-02-28"), day("2024-03-01")).count(), 3);
        assert_eq!(moved(day("2024-03-01"), -1), day("2024-02-29"));
    }
}

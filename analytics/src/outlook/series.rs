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
